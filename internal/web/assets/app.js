// Live parts of a page, kept short: forms work without it, htmx does the fetching.
(() => {
  const room = document.querySelector("[data-room]");
  const newKey = () => crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random().toString(36).slice(2);

  // A part that somebody is typing into is not replaced under their hands; it is fetched when they leave it.
  const busy = (panel) => {
    const el = document.activeElement;
    if (panel.querySelector("[data-counts]")) return true; // it counts
    if (panel.contains(el) && el.matches("input:not([type=radio]):not([type=checkbox]),textarea,select")) return true;
    return [...panel.querySelectorAll("input:not([type=hidden]):not([type=radio]):not([type=checkbox]),textarea")].some((i) => i.value !== i.defaultValue);
  };
  // What would be dangerous without a connection says why it can't be done.
  const bar = (root) => {
    const off = document.body.hasAttribute("data-offline");
    root.querySelectorAll(".danger").forEach((b) => { b.disabled = off; b.title = off ? t("Needs a connection") : ""; });
  };
  // Whoever stands on something stays on it when its part is fetched anew: on what says the same, about the same.
  const says = (e) => [e.tagName, e.id, e.name, e.value, e.href, e.textContent, e.closest("li")?.textContent].join("\n").replace(/\s+/g, " ");
  const stay = (was, next) => was && [...next.querySelectorAll(was.tagName)].find((e) => says(e) === says(was))?.focus({ preventScroll: true });
  const asked = {}; // panel → how often it was asked for: an answer that a newer request has overtaken shows the past
  // Whoever reads further down, or has paused, is told that there is news; nothing moves under their eyes.
  const pill = document.getElementById("pill"), pause = document.querySelector("[data-pause]"), said = document.getElementById("said");
  let paused = false, untold = 0, telling = 0;
  const newest = (root) => Math.max(0, ...[...root.querySelectorAll("li[id^=e-]")].map((li) => +li.id.slice(2)));
  const held = (now) => paused || now.getBoundingClientRect().top < -100;
  const news = (next, now) => [...next.querySelectorAll("li[id^=e-]:not(.record)")].filter((li) => +li.id.slice(2) > newest(now)).length;
  const tell = (more) => { // at most one announcement in 5 s
    untold += more;
    telling = telling || setTimeout(() => { said.textContent = n("%d new entry", "%d new entries", untold); untold = telling = 0; }, 5000);
  };
  const refresh = (panel, force) => {
    if (busy(panel)) { panel.dataset.stale = "1"; return; }
    const open = [...panel.querySelectorAll("details[open]")].map((d) => d.id || d.closest("[id]").id + ":" + d.querySelector("summary").textContent.trim());
    const name = panel.dataset.panel;
    const turn = asked[name] = (asked[name] || 0) + 1;
    fetch(room.dataset.room + "?panel=" + name, { headers: { "HX-Request": "true" } }).then((r) => r.ok ? r.text() : Promise.reject(r.status)).then((html) => {
      if (turn !== asked[name]) return;
      const now = document.getElementById(panel.id);
      if (!now || busy(now)) { if (now) now.dataset.stale = "1"; return; }
      const box = document.createElement("template");
      box.innerHTML = html.trim();
      const next = box.content.firstElementChild;
      if (!next) return;
      if (name === "timeline") {
        const n = news(next, now);
        pill.hidden = force === true || !held(now) || !n;
        pill.textContent = t("%d new ↑", n);
        if (force !== true && held(now)) return;
        if (n) tell(n);
      }
      now.querySelectorAll(".tools").forEach((tools) => { const li = next.querySelector("#" + tools.closest("li").id); if (li) li.append(tools); });
      const was = now.contains(document.activeElement) && document.activeElement;
      now.replaceWith(next);
      bar(next);
      next.querySelectorAll("details").forEach((d) => {
        if (open.includes(d.id) || open.includes((d.closest("[id]") || {}).id + ":" + d.querySelector("summary").textContent.trim())) d.open = true;
      });
      stay(was, next);
      if (window.htmx) htmx.process(next);
      if (name === "timeline") document.dispatchEvent(new Event("tocsin:painted"));
      if (name === "timeline" && force === true) { next.scrollIntoView(); next.querySelector("h2").focus(); }
    }).catch(() => { if (turn === asked[name]) setTimeout(() => { const p = document.getElementById(panel.id); if (p && turn === asked[name]) refresh(p); }, 2000); });
  };
  let timer;
  const changed = () => { timer = timer || setTimeout(() => { timer = 0; document.querySelectorAll("[data-panel]").forEach((p) => refresh(p)); }, 60); };
  document.addEventListener("focusout", () => setTimeout(() => document.querySelectorAll("[data-stale]").forEach((p) => { delete p.dataset.stale; refresh(p); }), 200));

  if (room) {
    const offline = document.getElementById("offline");
    const clock = () => new Date().toISOString().slice(11, 16) + " UTC";
    let since = "", waiting = 0, off = false; // off: the device itself says that it has no connection
    let kept = document.body.dataset.kept || ""; // since when this page is as it is, if it was kept
    const line = () => {
      offline.hidden = !since && !waiting;
      offline.textContent = (since && kept ? t("No connection. You read this page as it was at %s.", kept.slice(11, 16) + " UTC") : since ? t("No connection since %s. What you see may be old.", since) : t("The server does not answer.")) + " " +
        (waiting ? n("Your entry waits here and will be sent.", "Your %d entries wait here and will be sent.", waiting) : t("What you type stays here."));
      document.body.toggleAttribute("data-offline", !!since);
      bar(document);
    };
    document.addEventListener("tocsin:outbox", (e) => { waiting = e.detail; line(); });
    document.addEventListener("tocsin:changed", () => changed());
    pause.hidden = false;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", paused);
      pause.textContent = paused ? t("▶ Go on") : t("‖ Pause");
      if (!paused) changed();
    });
    pill.addEventListener("click", () => refresh(document.getElementById("timeline"), true));
    addEventListener("scroll", () => { if (!pill.hidden && !held(document.getElementById("timeline"))) changed(); }, { passive: true });
    const source = new EventSource(room.dataset.room + "/events");
    const heard = (e) => { if (e.data !== room.dataset.seq) { room.dataset.seq = e.data; changed(); } };
    source.addEventListener("hello", heard); // nothing to fetch if the page is as new
    source.addEventListener("change", heard);
    source.onopen = () => { if (off) return; since = kept = ""; line(); document.dispatchEvent(new Event("tocsin:connected")); };
    source.onerror = () => { since = since || clock(); line(); };
    addEventListener("offline", () => { off = true; source.onerror(); });
    addEventListener("online", () => { off = false; since = ""; line(); changed(); });
    setInterval(() => { if (source.readyState !== EventSource.OPEN) changed(); }, 30000);
    setInterval(() => document.querySelectorAll("[data-panel=head]").forEach((p) => refresh(p)), 60000);
  }

  document.body.addEventListener("htmx:afterRequest", (e) => {
    const form = e.detail.elt.closest ? e.detail.elt.closest("form") : null;
    if (!form) return;
    const slot = form.querySelector(".slot");
    if (e.detail.successful) {
      if (slot) slot.textContent = "";
      if (form.dataset.keep) drop(form);
      if (form.hasAttribute("data-clear")) form.reset();
      const key = form.querySelector("input[name=key]");
      if (key) key.value = newKey();
      document.activeElement && document.activeElement.blur && form.dataset.keep !== "say" && document.activeElement.blur();
      changed();
      leave(form);
    } else if (!e.detail.xhr || e.detail.xhr.status === 0) {
      if (slot) slot.replaceChildren(Object.assign(document.createElement("p"), { className: "error", ariaLive: "assertive", textContent: t("Not sent: no connection. Your text stays here; try again.") }));
    }
  });

  // What was typed survives a reload.
  const areas = (form) => [...form.querySelectorAll("textarea,input[name=title]")];
  const store = (form, area) => "tocsin:" + location.pathname + ":" + form.dataset.keep + (area === areas(form)[0] ? "" : ":" + area.name);
  const drop = (form) => areas(form).forEach((area) => localStorage.removeItem(store(form, area)));
  document.querySelectorAll("form[data-keep]").forEach((form) => {
    for (const area of areas(form)) {
      const kept = localStorage.getItem(store(form, area));
      if (kept && !area.value) {
        area.value = kept;
        if (area.name.includes(".")) area.closest("details").open = true;
      }
      area.addEventListener("input", () => localStorage.setItem(store(form, area), area.value));
    }
    form.addEventListener("submit", () => { if (!form.hasAttribute("hx-post") && form.dataset.keep !== "declare") drop(form); });
  });
  document.addEventListener("keydown", (e) => {
    const form = (e.metaKey || e.ctrlKey) && e.key === "Enter" && e.target.form;
    if (!form) return;
    e.preventDefault();
    form.toggleAttribute("data-away", e.shiftKey);
    form.requestSubmit();
    if (form.hasAttribute("data-outbox")) leave(form); // it is kept already
  });
  // leave closes a form that was sent with Shift, and goes on to the timeline.
  const leave = (form) => {
    if (!form.hasAttribute("data-away")) return;
    form.removeAttribute("data-away");
    for (let d = form.closest("details"); d; d = d.parentElement.closest("details")) d.open = false;
    document.querySelector("#timeline h2")?.focus();
  };
  document.addEventListener("click", (e) => {
    if (e.target.matches("[data-copy]")) {
      navigator.clipboard.writeText(e.target.previousElementSibling.textContent).then(() => { e.target.textContent = t("Copied"); });
    }
    if (e.target.matches("a.more") && !e.metaKey && !e.ctrlKey) { // its forms come when they are asked for
      e.preventDefault();
      const li = e.target.closest("li"), tools = li.querySelector(".tools");
      if (tools) return tools.remove();
      fetch(e.target.href, { headers: { "HX-Request": "true" } }).then((r) => r.ok ? r.text() : Promise.reject(r.status)).then((html) => {
        li.insertAdjacentHTML("beforeend", html);
        if (window.htmx) htmx.process(li.lastElementChild);
        li.lastElementChild.querySelector("button").focus();
      }).catch(() => { location.href = e.target.href; });
    }
    if (e.target.matches("[data-draft-use]")) {
      const form = e.target.form, pick = form.querySelector("[data-drafts]").selectedOptions[0];
      form.querySelector("textarea").value = pick.dataset.draft;
      form.dispatchEvent(new Event("tocsin:filled"));
    }
  });
  document.querySelectorAll("[data-records]").forEach((box) => {
    box.checked = localStorage.getItem("tocsin:records") === "1";
    const set = () => { document.body.classList.toggle("records", box.checked); localStorage.setItem("tocsin:records", box.checked ? "1" : "0"); };
    box.addEventListener("change", set);
    set();
  });
})();
