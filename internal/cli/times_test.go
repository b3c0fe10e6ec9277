package cli

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestTimes holds that times are told in UTC and as the reader's own clock shows them, and that a wrong clock is noticed.
func TestTimes(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	postForm(t, tab, "/declare", "title", "Pushes fail", "disrupting", "yes", "eta", "2h", "point", "yes")
	zone := func(name string) {
		t.Helper()
		if _, err := chromedp.Call(tab, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: name}); err != nil {
			t.Fatal(err)
		}
		browse(t, tab, chromedp.Navigate(base+"/i/1"))
		see(t, tab, `document.querySelector("#timeline time")`)
	}
	zone("Asia/Kolkata") // half an hour beside every other
	const right = `[...document.querySelectorAll("#main time")].filter((e) => !e.querySelector("time")).every((e) => {
		const at = new Date(e.dateTime), two = (n) => String(n).padStart(2, "0");
		return e.textContent.includes(two(at.getUTCHours()) + ":" + two(at.getUTCMinutes()) + " UTC (")
			&& e.querySelectorAll(".local").length == 1 && e.querySelector(".local").textContent.includes(two(at.getHours()) + ":" + two(at.getMinutes()) + " here)");
	})`
	see(t, tab, right)
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "fact", "text", "The disk is full")
	see(t, tab, `document.querySelector("#timeline").textContent.includes("The disk is full") && `+right) // what comes in later, too
	see(t, tab, `document.documentElement.scrollWidth <= 360`)
	see(t, tab, `!document.querySelector(".wrong")`)
	shoot(t, tab, "room-local-360-light", "light", 360)
	zone("UTC")
	see(t, tab, `!document.querySelector(".local")`)

	clock := `performance.timeOrigin; Object.defineProperty(performance, "timeOrigin", {value: performance.timeOrigin + 90000})`
	if _, err := chromedp.Call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: clock}); err != nil {
		t.Fatal(err)
	}
	browse(t, tab, chromedp.Navigate(base+"/i/1"))
	see(t, tab, `/clock is (8\d|9[01]) seconds fast/.test(document.querySelector(".wrong")?.innerText)`)
}
