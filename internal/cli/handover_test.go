package cli

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestHandover hands a role over with its sheet, and takes entries back from the public and gives them to it, without JavaScript's help.
func TestHandover(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	postForm(t, tab, "/declare", "title", "Pushes fail", "disrupting", "yes", "eta", "30m", "point", "yes")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "guess", "text", "The replica fell behind")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "decision", "text", "We stop the nightly job")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "fact", "text", "Ana Diaz sees lag", "visibility", "public")

	browse(t, tab, chromedp.Navigate(base+"/i/1/hand-over/point_person"))
	see(t, tab, `document.querySelector("main").innerText.includes("The replica fell behind") && document.querySelector("main").innerText.includes("We stop the nightly job")`)
	inspectPart(t, tab, "handover-mine")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(base+"/i/1/hand-over/no_such_role"))
	see(t, tab, `document.querySelector("main").innerText.includes("no role")`)
	browse(t, tab, chromedp.Navigate(base+"/i/1/hand-over/engineer"), chromedp.Click("form button.primary"))
	see(t, tab, `document.querySelector("[name=kind]").value == "give_role" && document.querySelector("main").innerText.includes("Ana Diaz")`)

	// What is public can be taken back where it is read, and given back.
	browse(t, tab, chromedp.Navigate(base+"/i/1/public"))
	see(t, tab, `document.querySelector(".preview").innerText.includes("sees lag") && document.querySelector(".whys").innerText.includes("Ana Diaz")`)
	browse(t, tab, chromedp.Click(".preview form button"))
	see(t, tab, `!document.querySelector(".preview").innerText.includes("sees lag") && document.querySelector("#held")?.textContent.includes("sees lag")`)
	see(t, tab, `!document.querySelector("#held li").textContent.includes("Ana Diaz")`)
	browse(t, tab, chromedp.Click("#held summary"))
	inspectPart(t, tab, "preview-held")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#held li")].find((li) => li.textContent.includes("sees lag")).querySelector("button").click()`))
	see(t, tab, `document.querySelector(".preview").innerText.includes("sees lag")`)

	// Marketing is asked to review it, and answers where it is read.
	ask := func(field, text, press string) string {
		return `(() => { const f = document.querySelector("[name=` + field + `]")?.form; if (!f) return false; f.elements.` + field + `.value = "` + text + `"; f.querySelector("` + press + `").click(); return true; })()`
	}
	see(t, tab, ask("note", "is the impact right?", "button"))
	see(t, tab, `document.querySelector("main").innerText.includes("Marketing is asked to review it") && !document.querySelector("[name=note]")`)
	postForm(t, tab, "/i/1/do", "kind", "take_role", "role", "marketing_representative")
	browse(t, tab, chromedp.Navigate(base+"/i/1/public"))
	see(t, tab, ask("comment", "Say since when", "[value=changes]"))
	see(t, tab, `document.querySelector("main").innerText.includes("Marketing wants changes: Say since when")`)
	inspectPart(t, tab, "preview-review")
	see(t, tab, ask("comment", "", "[value=approved]"))
	see(t, tab, `document.querySelector("main").innerText.includes("Reviewed by marketing.") && location.pathname == "/i/1/public"`)
}
