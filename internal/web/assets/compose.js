// An update for the public: while it is written, how it will look outside and what might be better.
(() => {
  const form = document.querySelector("form[data-check]");
  if (!form) return;
  const box = form.querySelector(".checked");
  let timer = 0, turn = 0;
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
})();
