// Pages are kept on this device for when nothing can be reached (worker.js). One that comes from there says so, and gives its forms new keys: what is sent is new.
"use strict";
(() => {
  const at = document.body.dataset.kept, offline = document.getElementById("offline");
  if ("serviceWorker" in navigator && document.querySelector(".top nav")) { // where it can't be, pages work as ever
    navigator.serviceWorker.register("/worker.js").catch(() => {});
    if (location.pathname === "/" && !at) navigator.serviceWorker.ready.then((r) => r.active.postMessage("home"));
  }
  if (!at) return;
  document.querySelectorAll("input[name=key]").forEach((key) => { key.value = crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random().toString(36).slice(2); });
  if (document.querySelector("[data-room]")) return; // it says so itself
  offline.hidden = false;
  offline.textContent = t("No connection. You read this page as it was at %s.", at.slice(11, 16) + " UTC") + " ";
  offline.append(Object.assign(document.createElement("a"), { href: location.href, textContent: t("Try again") }));
})();
