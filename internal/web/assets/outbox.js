// The outbox: what somebody writes is kept in the browser until the server has it. Every entry has its key from the start, so that sending
// it again never says it twice; it survives a reload, a lost connection and a session that has ended.
(() => {
  const room = document.querySelector("[data-room]"), form = document.querySelector("form[data-outbox]"), list = document.getElementById("outbox");
  if (!room || !form || !list) return;
  const slot = "tocsin:outbox:" + room.dataset.me + ":" + room.dataset.room;
  const skew = Date.parse(room.dataset.now) - Date.now(); // the server's clock counts
  let all = [], sending = false, wait = 1000, timer = 0;
  try { all = JSON.parse(localStorage.getItem(slot)) || []; } catch { all = []; }
  const keep = () => { try { all.length ? localStorage.setItem(slot, JSON.stringify(all)) : localStorage.removeItem(slot); } catch { /* full or forbidden: the page still has it */ } show(); };
  const el = (tag, text, set) => Object.assign(document.createElement(tag), { textContent: text }, set);
  const drop = (key) => { all = all.filter((e) => e.key !== key); keep(); };

  // A moment typed while nothing can be sent is meant as of now, not as of when it arrives.
  const moment = (typed) => {
    const ago = /^-\s*(?:\d+\s*[a-z]*\s*)+$|^(?:\d+\s*[a-z]+\s*)+ago$/i.test(typed), units = { d: 86400, h: 3600, m: 60, s: 1 };
    if (typed && !ago) return typed;
    const back = [...typed.replace(/ago$/i, "").matchAll(/(\d+)\s*([dhms]?)/gi)].reduce((sum, [, many, unit]) => sum + many * units[unit.toLowerCase() || "m"], 0);
    return new Date(Date.now() + skew - back * 1000).toISOString();
  };

  const show = () => {
    const stuck = all.some((e) => e.tries && !e.why); // whatever stands behind it waits, too
    list.replaceChildren(...all.map((e) => {
      const li = el("li", "", { className: e.why ? "refused" : "" });
      li.append(el("div", e.why ? t("✖ not taken") : stuck ? t("◔ waits here, will be sent") : t("⟳ sending …"), { className: "meta" }), el("div", e.fields.text, { className: "text" }));
      if (e.why) li.append(el("p", e.why, { className: "why" }));
      if (e.why || stuck) {
        const row = el("div", "", { className: "row" });
        const button = (text, act) => row.append(el("button", text, { type: "button", className: "quiet", onclick: act }));
        button(t("Retry"), () => { delete e.why; wait = 1000; keep(); send(); });
        if (e.why) button(t("Edit"), () => { form.elements.text.value = e.fields.text; form.elements.at.value = e.typed; drop(e.key); form.elements.text.focus(); });
        button(t("Copy"), (c) => navigator.clipboard.writeText(e.fields.text).then(() => { c.target.textContent = t("Copied"); }));
        if (e.why) button(t("Discard"), () => drop(e.key));
        li.append(row);
      }
      return li;
    }));
    document.dispatchEvent(new CustomEvent("tocsin:outbox", { detail: stuck ? all.filter((e) => !e.why).length : 0 }));
  };

  // send works through the entries in order. Only an answer about an entry itself takes it out of the queue.
  const send = async () => {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    for (let e; (e = all.find((x) => !x.why));) {
      let r = null;
      try { r = await fetch(room.dataset.room + "/do", { method: "POST", body: new URLSearchParams({ ...e.fields, key: e.key }), headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(15000) }); } catch { r = null; }
      if (r && r.ok) {
        wait = 1000;
        drop(e.key);
        document.dispatchEvent(new Event("tocsin:changed"));
        continue;
      }
      if (r && [400, 403, 404, 409, 413, 422].includes(r.status)) {
        e.why = new DOMParser().parseFromString(await r.text(), "text/html").body.textContent.trim() || t("The server refuses it (%d).", r.status);
        keep();
        continue;
      }
      e.tries = (e.tries || 0) + 1;
      keep();
      timer = setTimeout(send, wait);
      wait = Math.min(wait * 2, 15000);
      break;
    }
    sending = false;
  };

  document.addEventListener("submit", (s) => {
    if (s.target !== form) return;
    s.preventDefault();
    s.stopImmediatePropagation();
    const fields = Object.fromEntries(new FormData(form)), key = fields.key, typed = (fields.at || "").trim();
    delete fields.key;
    if (document.body.hasAttribute("data-offline")) fields.at = moment(typed);
    all.push({ key, fields, typed });
    form.elements.key.value = crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random().toString(36).slice(2);
    form.elements.text.value = form.elements.at.value = "";
    form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
    keep();
    send();
  }, true);
  addEventListener("online", () => { wait = 1000; send(); });
  document.addEventListener("tocsin:connected", () => { wait = 1000; send(); });
  show();
  send();
})();
