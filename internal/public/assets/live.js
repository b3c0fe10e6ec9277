"use strict";
(() => {
const $ = id => document.getElementById(id), words = $("words") ? JSON.parse($("words").textContent) : {};
const t = (s, v) => (words[s] || s).replace(/%[sd]/, v), n = (one, many, v) => t(v === 1 ? one : many, v), now = () => new Date().toISOString().slice(11, 16) + " UTC";

// The reader's own time beside UTC.
function local(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    time.removeAttribute("data-local");
    const d = new Date(time.dateTime);
    if (!d.getTimezoneOffset()) continue;
    const o = {hour: "2-digit", minute: "2-digit"};
    if (d.getDate() != d.getUTCDate()) o.day = "numeric", o.month = "short";
    const s = document.createElement("span");
    s.className = "local";
    s.textContent = d.toLocaleString(document.documentElement.lang, o) + " " + t("local");
    time.after(s);
  }
}
function parse(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  local(box.content);
  return box.content;
}
const page = () => fetch(location.pathname + location.search).then(r => r.ok ? r.text() : Promise.reject()).then(html => new DOMParser().parseFromString(html, "text/html"));
local(document);

const board = $("board"), list = $("timeline");
if (board) { // status page: look again every 30 s
  let last;
  setInterval(() => document.hidden || page().then(d => {
    const html = d.querySelector("main").innerHTML;
    $("asof").innerHTML = d.getElementById("asof").innerHTML;
    if (last !== undefined && html !== last) $("main").replaceChildren(parse(html)), document.title = d.title;
    last = html;
  }, () => {}), 30000);
}
if (!list) return;

let version = list.dataset.version, paused = false, waiting = [], fresh = 0, source, timer, calm, talk;
const pill = $("pill"), pause = $("pause"), org = document.title.slice(document.title.lastIndexOf(" – "));
const say = s => { $("state").textContent = paused ? t("Paused") : s; };
const good = () => document.querySelector(".stale") ? t("Waiting for news") : t("● Live");
const key = li => +li.dataset.k;

function put(li) {
  const old = $(li.id);
  if (old) return old.outerHTML === li.outerHTML || old.replaceWith(li);
  li.classList.add("new");
  list.insertBefore(li, [...list.children].find(x => key(x) < key(li)) || null);
  $("none")?.remove();
}
function show() {
  for (const c of waiting) {
    const had = new Set();
    if (c.head) $("head").replaceChildren(parse(c.head));
    for (const h of c.entries) { const li = parse(h).firstElementChild; had.add(li.id); put(li); }
    for (const id of c.gone || []) $(id)?.remove();
    const from = Math.min(...[...had].map(id => key($(id)))); // of the oldest that a whole has
    if (c.whole) for (const li of [...list.children]) if (!had.has(li.id) && key(li) >= from) li.remove();
  }
  if (fresh) {
    const many = fresh;
    clearTimeout(talk);
    talk = setTimeout(() => { $("said").textContent = n("%d new entry", "%d new entries", many); }, 1000);
  }
  waiting = []; fresh = 0; pill.hidden = true;
}
const above = () => list.getBoundingClientRect().top < 0;

// What comes while people read further down, or have paused, waits behind the pill.
function take(c) {
  fresh += c.entries.filter(h => !$((/id="(e-\d+)"/.exec(h) || [])[1])).length;
  waiting.push(c);
  if (c.title) document.title = c.title + org;
  if (!paused && !above()) return show();
  pill.textContent = (fresh ? t("%d new ↑", fresh) : t("Changed ↑"));
  pill.hidden = false;
}
function poll() {
  page().then(d => {
    const l = d.getElementById("timeline");
    if (l.dataset.version !== version) {
      version = l.dataset.version;
      take({head: d.getElementById("head").innerHTML, entries: [...l.children].reverse().map(x => x.outerHTML), title: d.title.replace(org, ""), whole: true});
    }
    $("asof").innerHTML = d.getElementById("asof").innerHTML;
    if (!source || source.readyState === 2) say(t("Looked at %s", now())), open();
  }, () => say(t("No connection. Last try %s", now())));
}
function lost() { timer = timer || setInterval(poll, 30000); }
function open() {
  if (!window.EventSource || navigator.connection?.saveData) return lost();
  source?.close();
  source = new EventSource(list.dataset.events + (list.dataset.events.includes("?") ? "&" : "?") + "after=" + version);
  source.onopen = () => { clearInterval(timer); timer = 0; say(good()); };
  source.onerror = () => { say(t("Connection lost at %s. Trying again.", now())); lost(); };
  const got = e => {
    const c = JSON.parse(e.data);
    version = e.lastEventId;
    document.querySelector(".stale")?.remove();
    say(good());
    take({head: c.head, entries: c.entries.map(x => x.html), gone: c.gone, title: c.title, whole: c.whole});
  };
  source.onmessage = got;
  source.addEventListener("reset", got);
  source.addEventListener("stale", e => { say(t("Last copy of %s", e.data)); clearTimeout(calm); calm = setTimeout(() => say(good()), 40000); });
}
pause.onclick = () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", paused);
  pause.textContent = paused ? t("Go on") : t("Pause");
  say(good());
  if (!paused) show();
};
pill.onclick = () => { show(); $("tl").scrollIntoView(); $("tl").focus({preventScroll: true}); };
addEventListener("scroll", () => { if (waiting.length && !paused && !above()) show(); }, {passive: true});
document.addEventListener("visibilitychange", () => { if (!document.hidden && source && source.readyState !== 1) open(); });
$("live").hidden = false;
say(t("Connecting"));
open();
})();
