// Without a connection a declaration waits in the page and is sent, once, when the connection is back.
"use strict";
(() => {
  const form = document.querySelector("form[data-keep=declare]"), said = form && form.querySelector("[role=status]");
  if (!form) return;
  form.addEventListener("submit", (e) => {
    if (navigator.onLine) return;
    e.preventDefault();
    if (!said.textContent) addEventListener("online", () => { said.textContent = ""; form.requestSubmit(); }, { once: true });
    said.textContent = t("No connection. It is kept here and sent when the connection is back; leave this page open, and call somebody meanwhile.");
  });
})();
