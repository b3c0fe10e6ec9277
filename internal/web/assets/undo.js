// What leaves the house can be taken back for ten seconds: a form with data-undo counts them before it is sent, with Undo and the word to send
// it at once. A form that is sent before the page is left keeps whoever leaves from losing it unawares.
"use strict";
(() => {
  const going = new Map(); // form → what counts
  const stop = (form) => {
    clearInterval(going.get(form));
    going.delete(form);
    form.querySelectorAll("button:not([type=button])").forEach((b) => { b.disabled = false; });
    form.querySelector(".slot").replaceChildren();
  };
  addEventListener("beforeunload", (e) => { if (going.size) e.preventDefault(); });
  document.addEventListener("submit", (s) => {
    const form = s.target;
    if (!form.matches("[data-undo]")) return;
    if (form.dataset.sure) { delete form.dataset.sure; return; }
    s.preventDefault();
    s.stopImmediatePropagation();
    if (going.has(form)) return;
    let left = 10;
    const el = (tag, set) => Object.assign(document.createElement(tag), set), row = el("p", { className: "row" }), said = el("span");
    const undo = el("button", { type: "button", textContent: t("Undo"), onclick: () => { stop(form); (form.elements.text || form.querySelector("button")).focus(); } });
    const go = () => { stop(form); form.dataset.sure = "1"; form.requestSubmit(); };
    const now = el("button", { type: "button", className: "quiet", textContent: form.dataset.undo, onclick: go });
    row.dataset.counts = "";
    row.append(said, undo, now);
    form.querySelector(".slot").replaceChildren(row);
    form.querySelectorAll("button:not([type=button])").forEach((b) => { b.disabled = true; });
    const tick = () => { said.textContent = t("Goes out in %d s", left); if (left-- <= 0) go(); };
    going.set(form, setInterval(tick, 1000));
    tick();
    undo.focus();
  }, true);
})();
