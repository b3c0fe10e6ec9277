// What the public is to read, while it is written: how it will look outside and what might be better. An update always; an entry once it is for the public.
document.querySelectorAll("form[data-check],form[data-outside]").forEach((form) => {
  const box = form.querySelector(".checked"), to = form.dataset.check || form.dataset.outside;
  let timer = 0, turn = 0;
  const check = () => {
    const mine = ++turn;
    if (!form.elements.text.value.trim() || form.dataset.outside && form.elements.visibility.value !== "public") { box.replaceChildren(); return; }
    fetch(to, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" } })
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
});
