package cli

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// connected takes the browser off the network, or back.
func connected(t *testing.T, tab context.Context, on bool) {
	t.Helper()
	rule := &network.Conditions{DownloadThroughput: -1, UploadThroughput: -1, Offline: !on}
	if _, err := chromedp.Call(tab, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{rule}}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(tab, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}); err != nil {
		t.Fatal(err)
	}
}

// TestOutbox holds that nothing typed is lost: not without a connection, not by leaving the page, and nothing is said twice.
func TestOutbox(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	postForm(t, tab, "/declare", "title", "Pushes fail", "disrupting", "yes", "eta", "2h", "point", "yes")
	browse(t, tab, chromedp.Navigate(base+"/i/1"))
	see(t, tab, `document.querySelector("#head .danger") && !document.querySelector("[data-pause]").hidden`)
	say := func(text, at string) {
		t.Helper()
		see(t, tab, fmt.Sprintf(`(f => (f.elements.text.value = %q, f.elements.at.value = %q, f.requestSubmit(), true))(document.querySelector("[data-outbox]"))`, text, at))
	}
	const times = `[...document.querySelectorAll("#timeline .text")].filter((e) => e.textContent == "The disk is full").length`

	connected(t, tab, false)
	see(t, tab, `!document.querySelector("#offline").hidden && document.querySelector("#head .danger").disabled`)
	say("The disk is full", "")
	say("It was slow before", "-1h30m")
	see(t, tab, `document.querySelector("#outbox").innerText.includes("waits here") && document.querySelector("#offline").innerText.includes("Your 2 entries wait here") && document.querySelector("#say-text").value == ""`)
	shoot(t, tab, "room-offline-360-dark", "dark", 360)
	browse(t, tab, chromedp.Navigate("about:blank"))
	connected(t, tab, true)
	browse(t, tab, chromedp.Navigate(base+"/i/1"))
	see(t, tab, `document.querySelector("#outbox").children.length == 0 && `+times+` == 1 && Object.keys(localStorage).filter((k) => k.startsWith("tocsin:outbox")).length == 0`)
	see(t, tab, `document.querySelector("#offline").hidden && !document.querySelector("#head .danger").disabled`)
	see(t, tab, `(li => li && Math.abs(Date.now() - 90 * 60000 - Date.parse(li.querySelector("time").dateTime)) < 60000)([...document.querySelectorAll("#timeline li")].find((li) => li.textContent.includes("It was slow before")))`)

	say("It began earlier", "soonish")
	see(t, tab, `document.querySelector("#outbox .refused .why")?.innerText.includes("soonish")`)
	see(t, tab, `([...document.querySelectorAll("#outbox button")].find((b) => b.textContent == "Edit").click(), true)`)
	see(t, tab, `document.querySelector("#say-text").value == "It began earlier" && document.querySelector("#outbox").children.length == 0`)
	say("It began earlier", "5 min ago")
	see(t, tab, `document.querySelector("#timeline").textContent.includes("It began earlier") && `+times+` == 1`)
}

// TestReadingInPeace holds that news does not move what somebody reads.
func TestReadingInPeace(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	postForm(t, tab, "/declare", "title", "Slow pipelines", "disrupting", "no", "eta", "30m", "point", "yes")
	for n := range 12 {
		postForm(t, tab, "/i/1/do", "kind", "say", "text", fmt.Sprintf("Thing %d that we know", n))
	}
	browse(t, tab, chromedp.Navigate(base+"/i/1"))
	see(t, tab, `document.querySelector("#steps").innerText.includes("done") && !document.querySelector("[data-pause]").hidden`)
	const nth = `[...document.querySelectorAll("#timeline li.spoken")].find((li) => li.textContent.includes("Thing 3"))`
	see(t, tab, `(document.documentElement.style.scrollBehavior = "auto", `+nth+`.scrollIntoView({block: "center"}), true)`)
	where := evaluate[float64](t, tab, nth+`.getBoundingClientRect().top`)
	postForm(t, tab, "/i/1/do", "kind", "say", "text", "The first news")
	postForm(t, tab, "/i/1/do", "kind", "say", "text", "The second news")
	see(t, tab, `document.querySelector("#pill").innerText == "2 new ↑" && !document.querySelector("#timeline").textContent.includes("news")`)
	if now := evaluate[float64](t, tab, nth+`.getBoundingClientRect().top`); now != where {
		t.Errorf("the page jumped by %v px", now-where)
	}
	see(t, tab, `(document.querySelector("#pill").click(), true)`) // what comes in may move it while a pointer is on its way
	see(t, tab, `document.querySelector("#pill").hidden && document.querySelector("#timeline li.spoken .text").textContent.trim() == "The second news" && document.activeElement.closest("#timeline")`)

	see(t, tab, `(document.querySelector("[data-pause]").click(), true)`)
	postForm(t, tab, "/i/1/do", "kind", "say", "text", "The third news")
	see(t, tab, `document.querySelector("#pill").innerText == "1 new ↑" && document.querySelector("#timeline li.spoken .text").textContent.trim() == "The second news"`)
	see(t, tab, `(document.querySelector("[data-pause]").click(), true)`)
	see(t, tab, `document.querySelector("#timeline li.spoken .text").textContent.trim() == "The third news" && document.querySelector("#pill").hidden`)
	see(t, tab, `document.querySelector("#said").innerText.includes("new entr")`)
}
