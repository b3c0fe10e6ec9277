// Hints on a text as it is written: advice below the field, never in the way. A field says by data-hints what it is for: "inside", or
// "public" with what the public should not read.
"use strict";
(() => {
  const wait = 400, timers = new WeakMap(), asked = new WeakMap();
  const bytes = new TextEncoder(), words = new TextDecoder();

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

  function show(field, findings) {
    const text = bytes.encode(field.value);
    box(field).replaceChildren(...findings.slice(0, 8).map((f) => {
      const li = document.createElement("li"), mark = document.createElement("q");
      mark.textContent = words.decode(text.slice(f.start, f.end));
      li.append(mark, " " + f.message + " ", f.rewrite);
      return li;
    }));
  }

  async function ask(field) {
    const text = field.value;
    asked.set(field, text);
    if (!text.trim()) return show(field, []);
    try {
      const res = await fetch("/api/v1/blame", {method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({text, public: field.dataset.hints === "public"})});
      if (res.ok && asked.get(field) === text) show(field, (await res.json()).findings);
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
