// Pages that were read are kept on this device, so that they can be read again while nothing can be reached. What they held then is said on them. Signing in or out
// forgets them: whoever comes next reads nothing of who was here.
"use strict";
const pages = "tocsin-pages", files = "tocsin-files", most = 60;
const worth = /^\/($|i\/\d+$|i\/\d+\/hand-over\/|incidents$|declare$|oncall$|people$|runbooks\/[^/]+$)/, comers = /^\/(signin|signout|link|setup)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));

// Keeping and forgetting take turns, so that what was asked for before pages were forgotten is not kept after that.
let turn = Promise.resolve(), forgotten = 0;
const next = (what) => (turn = turn.then(what, what));
const forget = () => { forgotten++; return next(() => caches.delete(pages)); };

// keep puts an answer away, and lets the oldest go; unless pages were forgotten since it was asked for.
const keep = async (name, request, answer, asked) => {
  const body = await answer.blob(), headers = new Headers(answer.headers);
  headers.set("X-Kept", new Date().toISOString());
  await next(async () => {
    if (asked !== forgotten) return;
    const cache = await caches.open(name);
    await cache.put(request, new Response(body, { headers }));
    const all = await cache.keys();
    await Promise.all(all.slice(0, Math.max(0, all.length - most)).map((old) => cache.delete(old)));
  });
};

// last is a page as it was read last; it says of when.
const last = async (request) => {
  const kept = await caches.match(request, { cacheName: pages });
  if (!kept) return null;
  const html = (await kept.text()).replace("<body", '<body data-kept="' + kept.headers.get("X-Kept") + '"');
  return new Response(html, { headers: kept.headers });
};

// read asks the server; where it can't be reached, or takes long, what was kept does.
const read = async (e) => {
  const asked = forgotten, answer = fetch(e.request).then((a) => {
    if (a.type === "opaqueredirect") e.waitUntil(forget()); // to the sign-in
    else if (a.ok) e.waitUntil(keep(pages, e.request, a.clone(), asked));
    return a;
  });
  answer.catch(() => {});
  const slow = new Promise((done) => setTimeout(async () => done((await last(e.request)) || answer), 8000));
  try { return await Promise.race([answer, slow]); } catch (gone) {
    const old = await last(e.request);
    if (old) return old;
    throw gone;
  }
};

// Whoever is at home has at hand what is needed when everything is down: the form to declare with, and who is on call.
self.addEventListener("message", (e) => {
  if (e.data === "home") e.waitUntil(Promise.all(["/declare", "/oncall"].map(async (path) => {
    const asked = forgotten, request = new Request(path), answer = await fetch(request);
    if (answer.ok && !answer.redirected) await keep(pages, request, answer, asked);
  })).catch(() => {}));
});

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (url.origin !== self.location.origin) return;
  if (comers.test(url.pathname) && e.request.method === "POST") { e.waitUntil(forget()); return; }
  if (e.request.method !== "GET") return;
  if (comers.test(url.pathname) && e.request.mode === "navigate") { // signed out by now: what was asked for meanwhile goes, too
    e.respondWith(fetch(e.request).then((a) => { e.waitUntil(forget()); return a; }));
    return;
  }
  if (url.pathname.startsWith("/assets/")) {
    e.respondWith(caches.match(e.request).then((had) => had || fetch(e.request).then((a) => {
      if (a.ok) e.waitUntil(keep(files, e.request, a.clone(), forgotten));
      return a;
    })));
  } else if (e.request.mode === "navigate" && worth.test(url.pathname)) e.respondWith(read(e));
});
