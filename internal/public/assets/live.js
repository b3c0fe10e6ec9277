"use strict";
(() => {
const $ = id => document.getElementById(id), now = () => new Date().toISOString().slice(11, 16) + " UTC";

// The reader's own time beside UTC.
function local(root) {
  for (const t of root.querySelectorAll("time[data-local]")) {
    t.removeAttribute("data-local");
    const d = new Date(t.dateTime);
    if (!d.getTimezoneOffset()) continue;
    const o = {hour: "2-digit", minute: "2-digit"};
    if (d.getDate() != d.getUTCDate()) o.day = "numeric", o.month = "short";
    const s = document.createElement("span");
    s.className = "local";
    s.textContent = d.toLocaleString([], o) + " local";
    t.after(s);
  }
}
function parse(html) {
  const t = document.createElement("template");
  t.innerHTML = html;
  local(t.content);
  return t.content;
}
const page = () => fetch(location.pathname).then(r => r.ok ? r.text() : Promise.reject()).then(t => new DOMParser().parseFromString(t, "text/html"));
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
const say = s => { $("state").textContent = paused ? "Paused" : s; };
const good = () => document.querySelector(".stale") ? "Waiting for news" : "● Live";
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
    const n = fresh;
    clearTimeout(talk);
    talk = setTimeout(() => { $("said").textContent = n + (n > 1 ? " new entries" : " new entry"); }, 1000);
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
  pill.textContent = (fresh ? fresh + " new" : "Changed") + " ↑";
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
    if (!source || source.readyState === 2) say("Looked at " + now()), open();
  }, () => say("No connection. Last try " + now()));
}
function lost() { timer = timer || setInterval(poll, 30000); }
function open() {
  if (!window.EventSource || navigator.connection?.saveData) return lost();
  source?.close();
  source = new EventSource(list.dataset.events + "?after=" + version);
  source.onopen = () => { clearInterval(timer); timer = 0; say(good()); };
  source.onerror = () => { say("Connection lost at " + now() + ". Trying again."); lost(); };
  const got = e => {
    const c = JSON.parse(e.data);
    version = e.lastEventId;
    document.querySelector(".stale")?.remove();
    say(good());
    take({head: c.head, entries: c.entries.map(x => x.html), gone: c.gone, title: c.title, whole: c.whole});
  };
  source.onmessage = got;
  source.addEventListener("reset", got);
  source.addEventListener("stale", e => { say("Last copy of " + e.data); clearTimeout(calm); calm = setTimeout(() => say(good()), 40000); });
}
pause.onclick = () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", paused);
  pause.textContent = paused ? "Go on" : "Pause";
  say(good());
  if (!paused) show();
};
pill.onclick = () => { show(); $("tl").scrollIntoView(); $("tl").focus({preventScroll: true}); };
addEventListener("scroll", () => { if (waiting.length && !paused && !above()) show(); }, {passive: true});
document.addEventListener("visibilitychange", () => { if (!document.hidden && source && source.readyState !== 1) open(); });
$("live").hidden = false;
say("Connecting");
open();
})();
