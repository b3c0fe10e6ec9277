// A section of a post-mortem is saved two seconds after its last key. What two people write meanwhile is put together, or both are told.
"use strict";
(() => {
  const pause = 2000, state = new WeakMap();
  const clock = () => new Date().toISOString().slice(11, 16) + " UTC";

  async function save(form) {
    const at = state.get(form), text = form.elements.text.value;
    clearTimeout(at.timer);
    if (at.stuck) return;
    if (at.going) { at.again = true; return; }
    at.going = true;
    const say = (words) => { form.querySelector(".saved").textContent = words; };
    let answer = null, status = 0;
    try {
      const fields = new URLSearchParams(new FormData(form));
      fields.delete("key");
      const res = await fetch(form.action, { method: "POST", body: fields, headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(15000) });
      status = res.status;
      answer = await res.json();
    } catch { /* no connection, or no answer of ours */ }
    at.going = false;
    if (status === 200 && answer) {
      form.elements.was.value = answer.was;
      at.saved = text;
      say(t("Saved %s", clock()));
    } else if (answer && answer.merged && form.elements.text.value === text) {
      form.elements.was.value = answer.was;
      form.elements.text.value = answer.merged;
      say(t("Somebody else wrote here, too: both stand together now."));
      at.again = true;
    } else if (answer && answer.merged) {
      at.again = true;
    } else if (answer && answer.error) {
      at.stuck = true; // the button saves with the page's help
      say(t("Not saved: %s", answer.error));
    } else {
      say(t("Not saved yet; your text stays here and is tried again."));
      at.timer = setTimeout(() => save(form), 10000);
    }
    if (at.again) { at.again = false; at.timer = setTimeout(() => save(form), pause); }
  }

  document.querySelectorAll("form[data-autosave]").forEach((form) => state.set(form, { timer: 0, saved: form.elements.text.value }));
  document.addEventListener("input", (e) => {
    const form = e.target.form, at = form && state.get(form);
    if (!at || e.target.name !== "text") return;
    clearTimeout(at.timer);
    at.timer = setTimeout(() => save(form), pause);
  });
  document.addEventListener("submit", (e) => { const at = state.get(e.target); if (at) { clearTimeout(at.timer); at.saved = e.target.elements.text.value; } });
  addEventListener("online", () => document.querySelectorAll("form[data-autosave]").forEach((f) => { if (state.get(f).saved !== f.elements.text.value) save(f); }));
  addEventListener("beforeunload", (e) => { if ([...document.querySelectorAll("form[data-autosave]")].some((f) => state.get(f).saved !== f.elements.text.value)) e.preventDefault(); });
})();
