// Times in UTC get what the reader's own clock shows beside them, and a clock that is wrong is told so: what people type is read by it.
"use strict";
(() => {
  const lang = document.documentElement.lang, clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const hour = new Intl.DateTimeFormat(lang, clock), day = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", ...clock });
  const local = (time) => {
    const at = new Date(time.dateTime);
    if (isNaN(at) || !at.getTimezoneOffset() || time.querySelector("time,.local")) return;
    const span = document.createElement("span");
    span.className = "local";
    span.textContent = " (" + t("%s here", (at.getDate() === at.getUTCDate() ? hour : day).format(at)) + ")";
    time.append(span);
  };
  const all = (root) => root.querySelectorAll("time[datetime]").forEach(local);
  all(document);
  new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.forEach((e) => { if (e.querySelectorAll) all(e); })))
    .observe(document.getElementById("main"), { childList: true, subtree: true });

  const room = document.querySelector("[data-now]"), page = performance.getEntriesByType("navigation")[0];
  if (!room || !page || !page.responseStart) return;
  // The page was made between the question and the answer; its time is cut to the second.
  const made = Date.parse(room.dataset.now), asked = performance.timeOrigin + page.requestStart, answered = performance.timeOrigin + page.responseStart;
  const fast = asked - made - 1000, slow = made - answered, off = Math.round(Math.max(fast, slow) / 1000);
  if (off <= 5) return;
  const p = document.createElement("p");
  p.className = "wrong";
  p.setAttribute("role", "status");
  p.textContent = fast > slow ? n("This device's clock is %d second fast. Times here are Tocsin's.", "This device's clock is %d seconds fast. Times here are Tocsin's.", off)
    : n("This device's clock is %d second slow. Times here are Tocsin's.", "This device's clock is %d seconds slow. Times here are Tocsin's.", off);
  document.getElementById("offline").after(p);
})();
