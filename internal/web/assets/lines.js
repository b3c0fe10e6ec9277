// A problem of a source names its line: its button goes there.
"use strict";
(() => {
  const source = document.querySelector("[data-lines]");
  if (!source) return;
  document.addEventListener("click", (e) => {
    const at = e.target.closest("[data-line]");
    if (!at) return;
    const lines = source.value.split("\n"), line = Math.min(+at.dataset.line, lines.length) - 1;
    const start = lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0);
    source.focus();
    source.setSelectionRange(start, start + lines[line].length);
    source.scrollTop = Math.max(0, line - 5) * source.scrollHeight / lines.length;
  });
})();
