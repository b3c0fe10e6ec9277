// Live parts of a page, kept short: forms work without it, htmx does the fetching.
(() => {
  const room = document.querySelector("[data-room]");
  const newKey = () => crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random().toString(36).slice(2);

  // A part that somebody is typing into is not replaced under their hands; it is fetched when they leave it.
  const busy = (panel) => {
    const el = document.activeElement;
    if (panel.contains(el) && el.matches("input:not([type=radio]):not([type=checkbox]),textarea,select")) return true;
    return [...panel.querySelectorAll("input:not([type=hidden]):not([type=radio]):not([type=checkbox]),textarea")].some((i) => i.value !== i.defaultValue);
  };
  const asked = {}; // panel → how often it was asked for: an answer that a newer request has overtaken shows the past
  const refresh = (panel) => {
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
      const y = window.scrollY, h = document.body.scrollHeight;
      now.replaceWith(next);
      next.querySelectorAll("details").forEach((d) => {
        if (open.includes(d.id) || open.includes((d.closest("[id]") || {}).id + ":" + d.querySelector("summary").textContent.trim())) d.open = true;
      });
      if (window.htmx) htmx.process(next);
      if (name === "timeline" && next.getBoundingClientRect().top < 0) window.scrollTo(0, y + document.body.scrollHeight - h);
    }).catch(() => { if (turn === asked[name]) setTimeout(() => { const p = document.getElementById(panel.id); if (p && turn === asked[name]) refresh(p); }, 2000); });
  };
  let timer;
  const changed = () => { timer = timer || setTimeout(() => { timer = 0; document.querySelectorAll("[data-panel]").forEach(refresh); }, 60); };
  document.addEventListener("focusout", () => setTimeout(() => document.querySelectorAll("[data-stale]").forEach((p) => { delete p.dataset.stale; refresh(p); }), 200));

  if (room) {
    const offline = document.getElementById("offline");
    const source = new EventSource(room.dataset.room + "/events");
    source.addEventListener("change", changed);
    source.onopen = () => { offline.hidden = true; changed(); };
    source.onerror = () => { offline.hidden = false; };
    setInterval(() => { if (source.readyState !== EventSource.OPEN) changed(); }, 30000);
    setInterval(() => document.querySelectorAll("[data-panel=head]").forEach(refresh), 60000);
  }

  document.body.addEventListener("htmx:afterRequest", (e) => {
    const form = e.detail.elt.closest ? e.detail.elt.closest("form") : null;
    if (!form) return;
    const slot = form.querySelector(".slot");
    if (e.detail.successful) {
      if (slot) slot.textContent = "";
      if (form.dataset.keep) localStorage.removeItem(store(form));
      if (form.hasAttribute("data-clear")) form.reset();
      const key = form.querySelector("input[name=key]");
      if (key) key.value = newKey();
      document.activeElement && document.activeElement.blur && form.dataset.keep !== "say" && document.activeElement.blur();
      changed();
    } else if (!e.detail.xhr || e.detail.xhr.status === 0) {
      if (slot) slot.innerHTML = "<p class=error role=alert>Not sent: no connection. Your text stays here; try again.</p>";
    }
  });

  // What was typed survives a reload.
  const store = (form) => "tocsin:" + location.pathname + ":" + form.dataset.keep;
  document.querySelectorAll("form[data-keep]").forEach((form) => {
    const area = form.querySelector("textarea,input[name=title]");
    const kept = localStorage.getItem(store(form));
    if (kept && area && !area.value) area.value = kept;
    if (area) area.addEventListener("input", () => localStorage.setItem(store(form), area.value));
    form.addEventListener("submit", () => { if (!form.hasAttribute("hx-post")) localStorage.removeItem(store(form)); });
  });
  document.addEventListener("keydown", (e) => {
    if ((e.metaKey || e.ctrlKey) && e.key === "Enter" && e.target.form) { e.preventDefault(); e.target.form.requestSubmit(); }
  });
  document.addEventListener("click", (e) => {
    if (e.target.matches("[data-copy]")) {
      navigator.clipboard.writeText(e.target.previousElementSibling.textContent).then(() => { e.target.textContent = "Copied"; });
    }
    if (e.target.matches("[data-draft-use]")) {
      const form = e.target.form, pick = form.querySelector("[data-drafts]").selectedOptions[0];
      form.querySelector("textarea").value = pick.dataset.draft;
    }
  });
  document.querySelectorAll("[data-records]").forEach((box) => {
    box.checked = localStorage.getItem("tocsin:records") === "1";
    const set = () => { document.body.classList.toggle("records", box.checked); localStorage.setItem("tocsin:records", box.checked ? "1" : "0"); };
    box.addEventListener("change", set);
    set();
  });
})();
