package cli

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

// TestComponents declares an outage of a part of the service, tells of another, and looks at what the public reads of both; where an update goes is chosen.
func TestComponents(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	cfg := drillConfig(services.url)
	cfg.Public.Components = []string{"Git over SSH", "Web", "Pipelines"}
	a, stop := startWith(t, t.TempDir(), cfg)
	t.Cleanup(stop)
	came := time.Now().AddDate(0, 0, -30) // from then on it is known how the service was
	if err := a.store.PutPerson(t.Context(), store.Person{ID: "ana", Name: "Ana Diaz", Rights: auth.RightsResponder, Created: came}); err != nil {
		t.Fatal(err)
	}
	if err := a.people.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	tab := browser(t)
	said := complaints(tab)
	browse(t, tab, chromedp.Navigate(linkOf(t, a, "ana")), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname === "/"`)
	postForm(t, tab, "/declare", "title", "Pushes fail", "service", "git over ssh", "started_at", "-30m", "disrupting", "yes", "eta", "2h", "point", "yes")
	browse(t, tab, chromedp.Navigate(a.links.Room("INC-1")))
	see(t, tab, `!document.querySelector("[data-pause]").hidden`)
	evaluate[bool](t, tab, `(f => (f.closest("details").open = true, f.querySelector("details").open = true, f.elements.text.value = "Pushes fail, pipelines wait.", f.elements["components.Pipelines"].value = "degraded_performance",
		f.querySelector("[name=to][value=social]").checked = false, f.dispatchEvent(new Event("input")), true))(document.querySelector("[data-check]"))`)
	see(t, tab, `document.querySelector("[name='components.Git over SSH'] option").textContent === "as it is: partial outage"`)
	inspectPart(t, tab, "composer-components")
	see(t, tab, `(document.querySelector("[data-check]").requestSubmit(), true)`)
	const buttons = `[...document.querySelectorAll("[data-check] .slot button")]`
	see(t, tab, buttons+`.length == 2`)
	see(t, tab, `(`+buttons+`[1].click(), true)`)
	comesAbout(t, t.Context(), func() bool {
		i, err := a.ledger.View(t.Context(), "INC-1")
		return err == nil && len(i.Updates) == 1
	})
	if err := a.runner.Settled(t.Context(), "INC-1"); err != nil {
		t.Fatal(err)
	}
	i, err := a.ledger.View(t.Context(), "INC-1")
	if err != nil {
		t.Fatal(err)
	}
	if got := i.ComponentNow("Pipelines"); got != "degraded_performance" {
		t.Errorf("pipelines are %s", got)
	}
	if to := i.Updates[0].To; !slices.Contains(to, "page") || slices.Contains(to, "social") {
		t.Errorf("it goes to %v", i.Updates[0].To)
	}
	if slices.ContainsFunc(i.Runs(), func(r incident.Run) bool { return r.Step.Each == "update" && r.Step.Kind == "social.post" }) {
		t.Error("it went to the networks")
	}
	token, err := a.auth.CreateToken(t.Context(), "ana", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	cli := func(args ...string) (string, int) {
		out, words, code := run(t, []string{"TOCSIN_SERVER=" + a.links.Console, "TOCSIN_TOKEN=" + token}, args...)
		return out + words, code
	}
	if out, code := cli("update", "Pushes fail; the web is slow.", "--component", "Web=degraded_performance", "--component", "pipelines=operational", "--to", "page"); code != exitOK {
		t.Fatal(code, out)
	}
	if out, code := cli("update", "x", "--component", "Mail=operational"); code != exitUsage || !strings.Contains(out, "there are Git over SSH, Web, Pipelines") {
		t.Error(code, out)
	}
	if out, code := cli("update", "The web is slow, pushes fail. More in a while.", "--network", "x=Pushes fail, the web is slow", "--network", "mastodon=Slow, and Ana Diaz = failing"); code != exitOK {
		t.Fatal(code, out)
	}
	if out, code := cli("update", "y", "--network", "x"); code != exitUsage || !strings.Contains(out, `--network "NAME=…"`) {
		t.Error(code, out)
	}
	if i, err = a.ledger.View(t.Context(), "INC-1"); err != nil || !maps.Equal(i.Updates[2].Networks, map[string]string{"x": "Pushes fail, the web is slow", "mastodon": "Slow, and Ana Diaz = failing"}) {
		t.Errorf("%+v, %v", i.Updates, err)
	}
	if got := report.Redactions(i, a.redactors.of(i)); len(got) != 1 || got[0].Text != "Ana Diaz" {
		t.Errorf("what is taken out of what networks are given: %+v", got)
	}
	// What a network was given goes with a correction of the text.
	if out, code := cli("amend", report.EntryID(i.Updates[2].Seq), "The web is slow."); code != exitOK {
		t.Fatal(code, out)
	}
	if i, err = a.ledger.View(t.Context(), "INC-1"); err != nil || i.Updates[2].Words("x") != "The web is slow." {
		t.Errorf("%+v, %v", i.Updates, err)
	}
	if out, code := cli("declare-major", "--yes"); code != exitOK {
		t.Fatal(code, out)
	}
	comesAbout(t, t.Context(), func() bool {
		body, err := fetch(t.Context(), a.links.Public+"/api/v2/components.json")
		return err == nil && strings.Contains(body, `"major_outage"`)
	})
	inspect(t, tab, "public-parts", a.links.Public+"/status")
	see(t, tab, `(t => ["Git over SSH ◆ Major outage", "Web ▲ Degraded", "Pipelines ✔ Operational"].every((s) => t.includes(s)))([...document.querySelectorAll(".part")].map((p) => p.innerText.replace(/\s+/g, " ")).join("|"))`)
	browse(t, tab, chromedp.Click(".parts summary"))
	inspectPart(t, tab, "public-parts-table")
	inspect(t, tab, "public-affects", a.links.Public+"/status/INC-1")
	inspect(t, tab, "de-public-parts", a.links.Public+"/status?lang=de")
	for _, line := range said() {
		t.Error(line)
	}
}

// TestComponentNames refuses names that a status page can't show apart, and tidies the others up.
func TestComponentNames(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{"[Web, ' Git  over SSH ']": true, "[]": true, "[Web, web]": false, "['']": false, "['a, b']": false, "[" + strings.Repeat("x", 61) + "]": false} {
		file := filepath.Join(t.TempDir(), "tocsin.yaml")
		if err := os.WriteFile(file, []byte("public: {components: "+text+"}"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := loadConfig(file, nil)
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "public.components") {
			t.Errorf("%s: %v", text, err)
		}
		if ok && len(c.Public.Components) == 2 && c.Public.Components[1] != "Git over SSH" {
			t.Errorf("%q", c.Public.Components)
		}
	}
}
