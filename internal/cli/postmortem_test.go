package cli

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// fill puts a text into the field of a section as a person who types does.
const fill = `(section, text) => { const area = document.querySelector("#" + section + " textarea"); area.closest("details").open = true; area.value = text; area.dispatchEvent(new Event("input", {bubbles: true})); }`

// TestPostmortemEditor writes a section that saves itself, has somebody else write it meanwhile, goes back to an earlier version, and manages
// follow-ups.
func TestPostmortemEditor(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	postForm(t, tab, "/declare", "title", "Pushes fail", "disrupting", "yes", "eta", "30m", "point", "yes")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "action", "text", "TODO: alert on the age of the newest backup")
	postForm(t, tab, "/i/1/do", "kind", "resolve", "text", "The old settings are back")
	browse(t, tab, chromedp.Navigate(base+"/i/1/postmortem"))
	was := func() string {
		t.Helper()
		return evaluate[string](t, tab, `document.querySelector("#lucky [name=was]").value`)
	}
	begun := was()
	evaluate[bool](t, tab, `(`+fill+`)("lucky", "It was a Sunday.\nNobody deployed.\nThe replica was young.") || true`)
	see(t, tab, `document.querySelector("#lucky .saved").textContent.startsWith("Saved ")`)
	if was() == begun {
		t.Error("the section stands at the edit it began from")
	}
	// Somebody else changes another line: both stand together.
	postForm(t, tab, "/i/1/postmortem", "section", "lucky", "text", "It was a Sunday.\nNobody deployed.\nThe replica was young, and small.")
	evaluate[bool](t, tab, `(`+fill+`)("lucky", "It was a quiet Sunday.\nNobody deployed.\nThe replica was young.") || true`)
	see(t, tab, `document.querySelector("#lucky textarea").value == "It was a quiet Sunday.\nNobody deployed.\nThe replica was young, and small.\n"`)
	see(t, tab, `document.querySelector("#lucky .saved").textContent.startsWith("Saved ")`)
	// And the same line: nothing of either is lost, and the page shows both.
	postForm(t, tab, "/i/1/postmortem", "section", "lucky", "text", "It was a Monday.")
	evaluate[bool](t, tab, `(`+fill+`)("lucky", "It was a Tuesday.") || true`)
	see(t, tab, `document.querySelector("#lucky .saved").textContent.includes("Not saved: ")`)
	browse(t, tab, chromedp.Evaluate[chromedp.Void](`document.querySelector("#lucky form button").click()`))
	see(t, tab, `document.querySelector("#lucky textarea").value == "It was a Tuesday." && document.querySelector("#lucky .diff").innerText.includes("− It was a Monday.") && document.querySelector("#lucky .diff").innerText.includes("+ It was a Tuesday.")`)
	inspectPart(t, tab, "postmortem-clash")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Evaluate[chromedp.Void](`document.querySelector("#lucky form button").click()`))
	see(t, tab, `!document.querySelector("#lucky .diff") && document.querySelector("#lucky textarea").value == "It was a Tuesday."`)

	// One person without a pause: one version. Another section has its own.
	postForm(t, tab, "/i/1/postmortem", "section", "hard", "text", "Nobody knew where the runbook was.")
	browse(t, tab, chromedp.Navigate(base+"/i/1/postmortem/lucky"))
	see(t, tab, `document.querySelectorAll(".version").length == 1 && document.querySelector(".diff").innerText.includes("+ It was a Tuesday.")`)
	inspectPart(t, tab, "postmortem-versions")

	// Follow-ups: what is wrong is said beside what was typed, which stays.
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(base+"/i/1/postmortem"))
	see(t, tab, `document.querySelector("#follow-up-1").innerText.includes("alert on the age of the newest backup") && document.querySelector("#follow-up-1").innerText.includes("no owner yet")`)
	evaluate[bool](t, tab, `(() => { const f = document.querySelector("#follow-up-1 form"); f.closest("details").open = true; f.elements.state.value = "wont"; f.elements.owner.value = "ana"; f.requestSubmit(); return true; })()`)
	see(t, tab, `document.querySelector("#follow-up-1 .error")?.innerText.includes("why") && document.querySelector("#follow-up-1 [name=state]").value == "wont" && document.querySelector("#follow-up-1 [name=owner]").value == "ana"`)
	evaluate[bool](t, tab, `(() => { const f = document.querySelector("#follow-up-1 form"); f.elements.state.value = "open"; f.elements.due.value = "2020-01-01"; f.requestSubmit(); return true; })()`)
	see(t, tab, `document.querySelector("#follow-up-1 small")?.innerText.includes("Ana Diaz") && document.querySelector("#follow-up-1 small").innerText.includes("overdue: 2020-01-01")`)
	inspectPart(t, tab, "postmortem-follow-ups")
	see(t, tab, `document.querySelector("#issue pre").textContent.includes("It was a Tuesday.") && !document.querySelector("#issue pre").textContent.includes("Ana Diaz")`)
}
