// An update for the public: while it is written, how it will look outside and what might be better; before it goes, 10 s to take it back.
(() => {
  const form = document.querySelector("form[data-check]");
  if (!form) return;
  const box = form.querySelector(".checked"), slot = form.querySelector(".slot"), send = form.querySelector("button.primary");
  let timer = 0, turn = 0, going = 0;
  const check = () => {
    const mine = ++turn;
    if (!form.elements.text.value.trim()) { box.replaceChildren(); return; }
    fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" } })
      .then((r) => r.ok ? r.text() : "").then((html) => { if (mine === turn) box.innerHTML = html; }).catch(() => { if (mine === turn) box.replaceChildren(); });
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(check, 300); };
  form.addEventListener("input", soon);
  form.addEventListener("tocsin:filled", soon);
  soon();
  form.addEventListener("click", (e) => {
    const add = e.target.closest("[data-next]");
    if (add) { form.elements.next.value = add.dataset.next; soon(); }
  });

  const stop = () => { clearInterval(going); going = 0; send.disabled = false; slot.replaceChildren(); };
  const stay = (e) => { if (going) e.preventDefault(); };
  addEventListener("beforeunload", stay);
  document.addEventListener("submit", (s) => {
    if (s.target !== form || form.dataset.sure) { delete form.dataset.sure; return; }
    s.preventDefault();
    s.stopImmediatePropagation();
    if (going) return;
    let left = 10;
    const said = document.createElement("span"), undo = document.createElement("button"), now = document.createElement("button"), row = document.createElement("p");
    Object.assign(undo, { type: "button", textContent: t("Undo"), onclick: () => { stop(); form.elements.text.focus(); } });
    const go = () => { stop(); form.dataset.sure = "1"; form.requestSubmit(); };
    Object.assign(now, { type: "button", className: "quiet", textContent: t("Send now"), onclick: go });
    row.className = "row";
    row.append(said, undo, now);
    slot.replaceChildren(row);
    send.disabled = true;
    const tick = () => { said.textContent = t("Goes out in %d s", left); if (left-- <= 0) go(); };
    going = setInterval(tick, 1000);
    tick();
    undo.focus();
  }, true);
})();
