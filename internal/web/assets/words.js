// The words of scripts in the page's language: t("text", values…) puts values in where the text has %s or %d, n("one", "many", count, values…)
// takes what fits a number.
"use strict";
const { t, n } = (() => {
  const box = document.getElementById("words"), words = box ? JSON.parse(box.textContent) : {};
  const fill = (text, values) => { let at = 0; return text.replace(/%(?:\[(\d+)\])?[sd]/g, (_, which) => values[which ? which - 1 : at++]); };
  const t = (text, ...values) => fill(words[text] || text, values);
  const n = (one, many, count, ...values) => t(count === 1 ? one : many, count, ...values);
  return { t, n };
})();
