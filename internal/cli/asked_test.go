package cli

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// TestAskedFor is R18 as whoever is asked for sees it: on their home page and in the room, until they are there. Who takes part in a drill is asked the same way.
func TestAskedFor(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	a, stop := start(t, t.TempDir(), services)
	t.Cleanup(stop)
	tokens := map[string]string{}
	for _, p := range []store.Person{{ID: "ana", Name: "Ana Diaz", Rights: auth.RightsResponder}, {ID: "bo", Name: "Bo Klein", Rights: auth.RightsResponder}, {ID: "cy", Name: "Cy Tran", Rights: auth.RightsResponder, Roles: []string{"communications_manager"}}} {
		if err := a.people.Put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		tokens[p.ID] = token(t, a, p.ID)
	}
	do := func(who, id string, c incident.Command) {
		t.Helper()
		if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: who, Command: c}); err != nil {
			t.Fatal(err)
		}
	}
	asked := func(who string, want bool) {
		t.Helper()
		for _, page := range []string{"/", "/i/2"} {
			if got := strings.Contains(readAs(t, tokens[who], a.links.Console+page), "You are asked for"); got != want {
				t.Errorf("%s on %s: asked for is %v, want %v", who, page, got, want)
			}
		}
	}
	do("ana", "", &incident.Declare{Title: "Slow pipelines", Point: true}) // INC-1
	do("ana", "", &incident.Declare{Title: "Pushes fail", Point: true})    // INC-2
	asked("bo", false)
	do("ana", "2", &incident.PullIn{Who: "bo", Why: "you know the load balancer"})
	do("ana", "2", &incident.PullIn{Who: "communications_manager", Why: "customers ask"})
	asked("ana", false)
	asked("bo", true)
	asked("cy", true)

	tab := browser(t)
	said := complaints(tab)
	browse(t, tab, chromedp.Navigate(linkOf(t, a, "cy")), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname === "/" && document.body.innerText.includes("You are asked for: Communications manager because: customers ask")`)
	inspectPart(t, tab, "home-asked")
	browse(t, tab, chromedp.Navigate(a.links.Room("INC-2")))
	see(t, tab, `document.querySelector("#head .asked") && !document.querySelector("[data-pause]").hidden`)
	inspectPart(t, tab, "room-asked")
	browse(t, tab, chromedp.Navigate(a.links.Room("INC-2")), chromedp.Click("#head .asked .primary"))
	see(t, tab, `!document.querySelector("#head .asked") && document.querySelector("#roles").innerText.includes("Cy Tran")`)
	browse(t, tab, chromedp.KeyEvent("["))
	see(t, tab, `location.pathname === "/i/1" && document.querySelector("[data-pause]") && !document.querySelector("[data-pause]").hidden`)
	browse(t, tab, chromedp.KeyEvent("]"))
	see(t, tab, `location.pathname === "/i/2"`)
	asked("cy", false)
	do("bo", "2", &incident.Say{Text: "I look at it"})
	asked("bo", false)

	browse(t, tab, chromedp.Navigate(a.links.Console+"/drills"))
	see(t, tab, `(d => (d.open = true, d.querySelector("[value=bo]").click(), d.closest("form").elements.title && (d.closest("form").elements.title.value = "Practice"), true))([...document.querySelectorAll(".scenario details")].pop())`)
	inspectPart(t, tab, "drills-party")
	see(t, tab, `([...document.querySelectorAll(".scenario form")].pop().requestSubmit(), true)`)
	see(t, tab, `location.pathname === "/i/3"`)
	if home := readAs(t, tokens["bo"], a.links.Console+"/"); !strings.Contains(home, "You are asked for") {
		t.Error("who takes part in the drill does not see it")
	}
	if err := a.runner.Settled(t.Context(), "INC-3"); err != nil {
		t.Fatal(err)
	}
	i, err := a.ledger.View(t.Context(), "INC-3")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range i.Runs() {
		if r.State == incident.Done && r.Step.Kind != "" {
			t.Errorf("the drill did %s", r.ID)
		}
	}
	inspect(t, tab, "insights-none", a.links.Console+"/insights")
	browse(t, tab, chromedp.Click(".notice a"))
	see(t, tab, `document.querySelector("main").innerText.includes("None of this happened here") && document.querySelectorAll("main svg").length >= 5`)
	inspectPart(t, tab, "insights-sample")
	for _, line := range said() {
		if !strings.Contains(line, http.StatusText(http.StatusNotFound)) {
			t.Error(line)
		}
	}
}
