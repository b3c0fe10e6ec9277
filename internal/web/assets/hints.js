// Hints on a text as it is written: advice below the field, never in the way, for every field with data-hints.
"use strict";
(() => {
  const wait = 400, timers = new WeakMap(), asked = new WeakMap();

  function box(field) {
    let b = document.getElementById(field.getAttribute("aria-describedby") || "");
    if (!b) {
      b = document.createElement("ul");
      b.id = "hints-" + Math.random().toString(36).slice(2);
      b.className = "hints";
      field.setAttribute("aria-describedby", b.id);
      field.closest("label").after(b);
    }
    return b;
  }

  async function ask(field) {
    const text = field.value;
    asked.set(field, text);
    if (!text.trim()) return box(field).replaceChildren();
    try {
      const res = await fetch("/hints", { method: "POST", body: new URLSearchParams({ text }), headers: { "HX-Request": "true" } });
      if (res.ok) { const html = await res.text(); if (asked.get(field) === text) box(field).innerHTML = html; }
    } catch { /* no connection: the page says so, and hints can wait */ }
  }

  document.addEventListener("input", (e) => {
    const field = e.target;
    if (!field.dataset || !field.dataset.hints) return;
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(() => ask(field), wait));
  });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("textarea[data-hints]").forEach((f) => f.value && ask(f)));
})();
