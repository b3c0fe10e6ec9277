// The keyboard: what can be reached on a page has a key, and a palette finds it by its words. Single keys can be switched off (WCAG 2.1.4),
// and never fire while somebody types. A key that would change something only goes to its button; Enter presses it.
(() => {
  const dialog = document.getElementById("palette"), opener = document.querySelector("[data-palette]");
  if (!dialog || !opener) return;
  const input = dialog.querySelector("input[name=find]"), list = dialog.querySelector("ul"), box = dialog.querySelector("[data-keys]");
  const on = () => localStorage.getItem("tocsin:keys") !== "off";
  box.checked = on();
  box.addEventListener("change", () => localStorage.setItem("tocsin:keys", box.checked ? "on" : "off"));
  opener.hidden = false;

  const places = () => [...document.querySelectorAll("[data-key],[data-say]")].filter((e) => !e.closest("dialog") && !e.disabled);
  const words = (e) => e.dataset.say || e.textContent.trim().replace(/\s+/g, " ");
  const go = (e) => {
    if (e.matches("a")) { e.click(); return; }
    for (let d = e.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    e.focus();
    e.scrollIntoView({ block: "center" });
  };
  // In a room the palette takes the command line's own words: "say …", "guess …", "eta 90m disrupting", "take point".
  const room = document.querySelector(".room:not(.readonly)[data-room]");
  const kinds = { say: "fact", fact: "fact", find: "finding", finding: "finding", guess: "guess", act: "action", action: "action", decide: "decision", decision: "decision" };
  const command = () => {
    const [, verb, rest] = /^\s*(\S+)\s+(\S.*)$/s.exec(input.value) || [];
    if (!room || !verb) return null;
    if (Object.hasOwn(kinds, verb)) return { kind: "say", as: kinds[verb], text: rest };
    if (verb === "todo") return { kind: "say", as: "action", text: "TODO: " + rest };
    if (verb === "take") return { kind: "take_role", role: rest.trim() };
    const eta = verb === "eta" && /^(\S+)(?:\s+(not[- ]disrupting|disrupting))?\s*$/.exec(rest);
    return eta ? { kind: "set_eta", eta: eta[1], ...(eta[2] && { disrupting: eta[2] === "disrupting" ? "yes" : "no" }) } : null;
  };
  const give = async (fields, row) => {
    row.querySelector("button").disabled = true;
    let answer = null;
    try { answer = await fetch(room.dataset.room + "/do", { method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true" } }); } catch { answer = null; }
    if (answer && answer.ok) {
      dialog.close();
      document.dispatchEvent(new Event("tocsin:changed"));
      return;
    }
    const why = answer ? new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim() : t("Not sent: no connection. Your text stays here; try again.");
    row.append(Object.assign(document.createElement("p"), { className: "error", role: "alert", textContent: why }));
    row.querySelector("button").disabled = false;
  };
  const order = () => {
    const c = command(), li = document.createElement("li");
    if (!c) return [];
    c.key = crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random().toString(36).slice(2);
    li.append(Object.assign(document.createElement("button"), { type: "button", textContent: t("Do it: %s", input.value.trim()), onclick: () => give(c, li) }));
    return [li];
  };
  const show = () => {
    const want = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.replaceChildren(...order(), ...places().filter((e) => want.every((w) => words(e).toLowerCase().includes(w))).map((e) => {
      const li = document.createElement("li"), b = document.createElement("button");
      Object.assign(b, { type: "button", className: "quiet", textContent: words(e), onclick: () => { dialog.close(); go(e); } });
      if (e.dataset.key) b.append(Object.assign(document.createElement("kbd"), { textContent: e.dataset.key }));
      li.append(b);
      return li;
    }));
  };
  const open = () => { if (dialog.open) return; input.value = ""; show(); dialog.showModal(); input.focus(); };
  opener.addEventListener("click", open);
  input.addEventListener("input", show);
  dialog.querySelector("form").addEventListener("submit", (e) => {
    e.preventDefault();
    const first = list.querySelector("button");
    if (first) first.click();
  });
  dialog.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    e.preventDefault();
    const all = [input, ...list.querySelectorAll("button")], at = all.indexOf(document.activeElement);
    all[(at + (e.key === "ArrowDown" ? 1 : all.length - 1)) % all.length].focus();
  });
  let before = "", when = 0;
  document.addEventListener("keydown", (e) => {
    if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === "k") { e.preventDefault(); open(); return; }
    if (!on() || dialog.open || e.metaKey || e.ctrlKey || e.altKey || e.isComposing || e.target.matches("input:not([type=radio]):not([type=checkbox]),textarea,select,[contenteditable]")) return;
    if (e.key === "?") { e.preventDefault(); open(); return; }
    if (e.key === "j" || e.key === "k") { // to the next or the previous of a list
      const all = [...document.querySelectorAll("main .rows > li, #timeline > li")].map((li) => li.querySelector("a[href]")).filter((a) => a && a.checkVisibility());
      const at = all.findIndex((a) => a.closest("li") === document.activeElement.closest("li"));
      const to = all[e.key === "j" ? at + 1 : at < 0 ? all.length - 1 : at - 1];
      if (to) { e.preventDefault(); to.focus(); to.scrollIntoView({ block: "nearest" }); }
      return;
    }
    if (e.key === "x") { // choose the one of the list that has the focus
      const box = document.activeElement.closest(".rows > li")?.querySelector("input[name=only]");
      if (box) { e.preventDefault(); box.click(); return; }
    }
    const two = before && Date.now() - when < 1500 ? before + " " + e.key : "";
    const here = document.activeElement.closest("li"), all = places().filter((p) => p.dataset.key === e.key);
    const hit = places().find((p) => p.dataset.key === two) || all.find((p) => here && here.contains(p)) || all[0];
    before = e.key;
    when = Date.now();
    if (hit) { e.preventDefault(); before = ""; go(hit); }
  });
})();
