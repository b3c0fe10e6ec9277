// Without a connection a declaration waits in the page and is sent, once, when the server can be reached again.
"use strict";
(() => {
  const form = document.querySelector("form[data-keep=declare]"), said = form && form.querySelector("[role=status]");
  if (!form) return;
  let waiting = 0, sending = false;
  const send = async () => {
    clearTimeout(waiting);
    if (sending) return;
    sending = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.redirected) {
        localStorage.removeItem("tocsin:" + location.pathname + ":declare");
        location.href = answer.url;
      } else form.submit(); // the page says what is wrong; its key makes it one declaration
    } catch {
      said.textContent = t("No connection. It is kept here and sent when the connection is back; leave this page open, and call somebody meanwhile.");
      form.parentElement.querySelectorAll("details:has(.tel)").forEach((d) => { d.open = true; });
      waiting = setTimeout(send, 3000);
    }
    sending = false;
  };
  form.addEventListener("submit", (e) => { e.preventDefault(); send(); });
  addEventListener("online", () => { if (waiting) send(); });
})();
