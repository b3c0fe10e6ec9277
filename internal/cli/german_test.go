package cli

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestGerman goes through an outage with a browser that prefers German, on a phone: every page is German, fits, and is usable; longer words are
// where layouts break. What the scripts say is German, too.
func TestGerman(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	if _, err := chromedp.Call(tab, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(tab, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": "de-DE,de;q=0.9"}}); err != nil {
		t.Fatal(err)
	}
	phone := looks[:1]
	visit := func(name, path string) {
		t.Helper()
		browse(t, tab, chromedp.Navigate(base+path))
		see(t, tab, `document.documentElement.lang == "de"`)
		inspectAs(t, tab, "de-"+name, phone)
	}
	visit("signin", "/signin")
	browse(t, tab, chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/" && document.body.innerText.includes("Alles ruhig")`)
	visit("welcome", "/welcome")
	visit("drills", "/drills")
	visit("declare", "/declare?title=Pushes+gehen+nicht&disrupting=yes&eta=2h&point=yes")
	browse(t, tab, chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/i/1" && document.querySelector("#head").innerText.includes("schwere Störung ausrufen") || document.querySelector("#head .danger")`)
	visit("room-asked", "/i/1")
	see(t, tab, `(document.querySelector("#head .danger").click(), true)`)
	see(t, tab, `document.activeElement.textContent == "Rückgängig" || document.activeElement.textContent == "Zurücknehmen"`)
	see(t, tab, `(document.querySelector("#head [data-counts] .quiet").click(), true)`)
	see(t, tab, `document.querySelector("#head .meter-line")?.innerText.includes("Schwere Störung")`)
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "fact", "text", "Ana Diaz sieht, dass die Platte voll ist", "visibility", "public")
	postForm(t, tab, "/i/1/do", "kind", "update", "stage", "identified", "text", "Pushes gehen nicht. Wir wissen, warum.", "next", "30m")
	for name, path := range map[string]string{"room": "/i/1", "preview": "/i/1/public", "handover": "/i/1/hand-over/point_person", "postmortem": "/i/1/postmortem", "score": "/i/1/score", "home": "/", "incidents": "/incidents",
		"insights": "/insights", "people": "/people", "connectors": "/connectors", "account": "/account", "runbook": "/runbooks/production-incidents", "versions": "/runbooks/production-incidents/versions",
		"status": "/status", "outage": "/status/INC-1", "history": "/history", "subscribe": "/subscribe", "missing": "/status/INC-99"} {
		visit(name, path)
	}
	// What is new comes in German, too, and a reader who chooses English keeps it.
	browse(t, tab, chromedp.Navigate(base+"/status/INC-1"))
	see(t, tab, `document.querySelector("#state").textContent == "● Live" && document.querySelector("#pause").textContent == "Anhalten"`)
	evaluate[bool](t, tab, `window.stays = true`)
	if _, err := chromedp.Run(tab, chromedp.Evaluate[bool](fmt.Sprintf(`fetch(%q, {method: "POST", body: new URLSearchParams({kind: "resolve", text: "Platz gemacht"}), headers: {"HX-Request": "true"}}).then((r) => r.ok)`, base+"/i/1/do"), chromedp.EvalAwaitPromise)); err != nil {
		t.Fatal(err)
	}
	see(t, tab, `window.stays && document.querySelector("#timeline").textContent.includes("Die Störung ist vorbei.")`)
	browse(t, tab, chromedp.Click(`.feeds a[hreflang=en]`))
	see(t, tab, `document.documentElement.lang == "en" && document.querySelector("#timeline").textContent.includes("The outage is over.")`)
}
