package cli

import (
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// asKeyboards has a key go down as a keyboard says it, so that a page that takes it for itself types nothing.
func asKeyboards(k *input.DispatchKeyEventParams) {
	if k.Type == kb.KeyDown {
		k.Type = kb.KeyRawDown
	}
}

// TestKeyboard is an outage by the keyboard alone: declared, major, an entry, resolved, the post-mortem published.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	tab, _, link := console(t)
	press := func(keys string, options ...chromedp.KeyOption) {
		t.Helper()
		browse(t, tab, chromedp.KeyEvent(keys, append(options, asKeyboards)...))
	}
	control := chromedp.KeyModifiers(chromedp.ModifierCtrl)
	browse(t, tab, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(link))
	see(t, tab, `document.querySelector("form button.primary")`)
	press(kb.Tab + kb.Tab + kb.Tab + kb.Enter) // past "Skip to the content" and the name
	see(t, tab, `location.pathname == "/" && !document.querySelector("[data-palette]").hidden`)

	press("c")
	see(t, tab, `location.pathname == "/declare" && document.activeElement.name == "title"`)
	press("Pushes fail" + kb.Tab + kb.ArrowRight) // from "don't know" round to "yes"
	press(kb.Tab + "2h" + kb.Tab + kb.Tab + " " + kb.Tab + kb.Enter)
	see(t, tab, `location.pathname == "/i/1" && document.querySelector("#head .danger") && !document.querySelector("[data-palette]").hidden`)
	see(t, tab, `document.querySelector("#head .links").innerText.includes("Join war room")`)

	press("m")
	see(t, tab, `document.activeElement.matches("#head .danger") && (document.activeElement.dataset.old = "1")`)
	see(t, tab, `(document.dispatchEvent(new Event("tocsin:changed")), true)`)
	see(t, tab, `document.activeElement.matches("#head .danger:not([data-old])")`) // what happens meanwhile takes nobody's place
	press(kb.Enter)
	see(t, tab, `document.activeElement.textContent == "Undo"`)
	press(kb.Tab + kb.Enter) // now, rather than in ten seconds
	see(t, tab, `document.querySelector("#head .meter-line")`)
	press("/")
	see(t, tab, `document.activeElement.type == "search"`)
	press("meets")
	see(t, tab, `(() => { const all = [...document.querySelectorAll("#timeline > ol > li")].filter((li) => li.checkVisibility()); return all.length > 0 && all.every((li) => li.textContent.toLowerCase().includes("meets")) && document.querySelector("[data-find] [role=status]").textContent.includes("fit"); })()`)
	see(t, tab, `(() => { const search = document.activeElement; search.value = ""; search.dispatchEvent(new Event("input")); search.blur(); return true; })()`)
	press("n")
	see(t, tab, `document.activeElement.id == "say-text"`)
	press("The disk is full")
	press(kb.Enter, control)
	see(t, tab, `document.querySelector("#timeline").querySelector("li.fact .text").textContent.trim() == "The disk is full" && document.activeElement.id == "say-text"`)
	press("It was full before")
	press(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl, chromedp.ModifierShift)) // and away from the field
	see(t, tab, `document.querySelector("#timeline").querySelector("li.fact .text").textContent.trim() == "It was full before" && document.activeElement.matches("#timeline h2")`)
	press("x")
	see(t, tab, `document.activeElement.dataset.say.startsWith("Done: ") && (document.title = document.activeElement.dataset.say)`)
	press("r")
	see(t, tab, `document.activeElement.matches("#roles h2")`)
	press("x")
	see(t, tab, `document.activeElement.dataset.say == document.title`)
	press(kb.Enter)
	see(t, tab, `![...document.querySelectorAll("[data-key=x]")].some((b) => b.dataset.say == document.title)`)
	see(t, tab, `document.querySelector("#head [data-key=d]") && (scrollTo(0, 0), true)`)

	press("k", control)
	see(t, tab, `document.querySelector("#palette").open && document.activeElement.id == "find"`)
	inspectPart(t, tab, "palette")
	browse(t, tab, chromedp.EmulateViewport(1280, 800))
	press("take nobody's role" + kb.Enter)
	see(t, tab, `document.querySelector("#palette .error")?.innerText.includes("There is no role") && document.querySelector("#find").value == "take nobody's role"`)
	see(t, tab, `(document.querySelector("#find").value = "", document.querySelector("#find").focus(), true)`)
	press("guess the nightly job fills it" + kb.Enter)
	see(t, tab, `!document.querySelector("#palette").open && document.querySelector("#timeline li.guess .text")?.textContent.trim() == "the nightly job fills it"`)
	press("k", control)
	press("eta 45m not disrupting" + kb.Enter)
	see(t, tab, `!document.querySelector("#palette").open && document.querySelector("#timeline").textContent.includes("in 45 min")`)
	press("k", control)
	press("resolve" + kb.Enter)
	see(t, tab, `document.activeElement.dataset.say == "Resolve the incident"`)
	press("Space was made" + kb.Enter)
	see(t, tab, `document.querySelector("#head .sign").innerText == "✔ Resolved" && !document.querySelector("[data-palette]").hidden`)
	press("p")
	see(t, tab, `location.pathname == "/i/1/postmortem" && document.querySelector("button[data-key=p]") && !document.querySelector("[data-palette]").hidden`)
	press("p")
	see(t, tab, `document.activeElement.matches("button[data-key=p]")`)
	press(kb.Enter)
	see(t, tab, `document.body.innerText.includes("Sign it off") && !document.querySelector("[data-palette]").hidden`)

	press("?")
	see(t, tab, `document.querySelector("#palette").open`)
	see(t, tab, `(document.querySelector("[data-keys]").focus(), document.activeElement.matches("[data-keys]"))`)
	press(" " + kb.Escape)
	see(t, tab, `!document.querySelector("#palette").open`)
	press("c") // switched off
	press("k", control)
	see(t, tab, `document.querySelector("#palette").open && location.pathname == "/i/1/postmortem"`)
}
