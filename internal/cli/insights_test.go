package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// post sends a JSON body from the page, as a script of the console would, and gives the status.
const post = `(() => { const x = new XMLHttpRequest(); x.open("POST", %q, false); x.setRequestHeader("Content-Type", "application/json"); x.send(%q); return x.status })()`

func TestInsights(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	browse(t, tab, chromedp.Navigate(base+"/insights"))
	see(t, tab, `document.querySelector("#title-weeks").textContent == "No incidents" && !document.querySelector("#title-weeks ~ svg")`)

	send := func(path, body string) {
		t.Helper()
		see(t, tab, fmt.Sprintf(post+" < 300", path, body))
	}
	for n, began := range []string{"-20m", "-3h", "-50m"} {
		send("/api/v1/incidents", fmt.Sprintf(`{"title":"Pushes fail","started_at":%q,"disrupting":"partial","point":true,"eta":"30m"}`, began))
		path := fmt.Sprintf("/api/v1/incidents/%d/commands", n+1)
		send(path, `{"kind":"update","text":"We are looking into failing pushes.","next":"20m"}`)
		send(path, `{"kind":"follow_up","text":"Alert on slow pushes","due":"2020-01-02"}`)
		send(path, `{"kind":"resolve"}`)
	}
	send("/api/v1/incidents", `{"title":"A rehearsal","drill":true}`)

	browse(t, tab, chromedp.Navigate(base+"/insights"))
	see(t, tab, `document.querySelector("#title-weeks").textContent.startsWith("3 incidents, ")`)
	see(t, tab, `document.querySelector("#title-follow-ups").textContent == "3 of 3 open follow-ups overdue"`)
	see(t, tab, `document.querySelectorAll("svg[role=img] > title").length >= 5`)
	see(t, tab, `document.documentElement.scrollWidth <= 360`)
	see(t, tab, `document.querySelector(".chart .tone-1") && getComputedStyle(document.querySelector(".chart .tone-1")).fill != "rgb(0, 0, 0)"`)
	see(t, tab, `[...document.querySelectorAll(".chart text")].every(e => e.getBoundingClientRect().height >= 10)`)
	inspect(t, tab, "insights", base+"/insights")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Click("#title-times ~ details summary"))
	see(t, tab, `document.querySelector("#title-times ~ details td").checkVisibility()`)
	browse(t, tab, chromedp.Click(`input[name=drills]`), chromedp.Click("main form button"))
	see(t, tab, `document.querySelector("#title-weeks").textContent.startsWith("4 incidents, ")`)
	sheet, err := chromedp.Run(tab, chromedp.Evaluate[string](`(() => { const x = new XMLHttpRequest(); x.open("GET", document.querySelector("a[href^='/insights.csv']").href, false); x.send(); return x.responseText })()`))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(sheet, "period,drills,counted,true\n") || !strings.Contains(sheet, "times,resolve,n,3\n") {
		t.Errorf("the sheet:\n%s", sheet)
	}
	browse(t, tab, chromedp.Navigate(base+"/i/2/postmortem"))
	see(t, tab, `document.querySelector("#metrics svg title").textContent == "The phases of INC-2"`)
}
