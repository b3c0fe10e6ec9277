// Search and kinds in a timeline: what does not fit is hidden, also in what comes later.
"use strict";
(() => {
  const box = document.querySelector("[data-find]");
  if (!box) return;
  const text = box.querySelector("input"), kind = box.querySelector("select"), said = box.querySelector("[role=status]");
  let timer = 0;
  const apply = () => {
    const want = text.value.toLowerCase().split(/\s+/).filter(Boolean), only = kind.value, all = document.querySelectorAll("#timeline > ol > li");
    let left = 0;
    for (const li of all) {
      const fits = (!only || li.classList.contains(only)) && (!want.length || (li.find = li.find || li.textContent.toLowerCase(), want.every((w) => li.find.includes(w))));
      li.hidden = !fits;
      if (fits) left++;
    }
    said.textContent = want.length || only ? n("%d entry fits", "%d entries fit", left) : "";
  };
  box.hidden = false;
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 80); });
  kind.addEventListener("change", apply);
  document.addEventListener("tocsin:painted", () => { if (text.value || kind.value) apply(); });
})();
