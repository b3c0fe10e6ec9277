package cli

import (
	"testing"

	"github.com/chromedp/chromedp"

	"tocsin/internal/store"
)

// TestConnectorsPage tests connections from the page: one that is well, and one whose service turns everything down.
func TestConnectorsPage(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	tab, base, link := consoleAs(t, services, store.Person{ID: "adam", Rights: "admin", Name: "Adam Stone"})
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	browse(t, tab, chromedp.Navigate(base+"/connectors"))
	see(t, tab, `document.querySelector("#zoom").innerText.includes("Not used yet") && document.querySelectorAll(".services > li").length >= 10`)
	browse(t, tab, chromedp.Click("#gitlab button"))
	see(t, tab, `document.querySelectorAll("#gitlab .findings li").length >= 2 && !document.querySelector("#gitlab .findings").innerText.includes("✖")`)
	if err := disturb(t.Context(), services.url, `[{"match":"* /slack","fault":"status","status":200,"body":{"ok":false,"error":"invalid_auth"}}]`); err != nil {
		t.Fatal(err)
	}
	browse(t, tab, chromedp.Click("#slack button"))
	see(t, tab, `document.querySelector("#slack .findings").innerText.includes("✖") && document.querySelector("#slack .findings").innerText.includes("→")`)
	see(t, tab, `!document.body.innerText.includes("xoxb-drill")`)
	inspectPart(t, tab, "connectors-tested")
	inspect(t, tab, "audit", base+"/audit")
	browse(t, tab, chromedp.EmulateViewport(360, 800))

	postForm(t, tab, "/declare", "title", "Pushes fail", "disrupting", "yes", "eta", "2h", "point", "yes")
	browse(t, tab, chromedp.Navigate(base+"/i/1"))
	see(t, tab, `document.querySelector("#head .links").innerText.includes("Join war room")`)
	browse(t, tab, chromedp.Navigate(base+"/connectors"))
	see(t, tab, `document.querySelector("#zoom").innerText.includes("Worked when it was last used") && document.querySelector("#zoom").innerText.includes("1 step done, 0 failed")`)
}
