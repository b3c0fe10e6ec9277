package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tocsin/internal/auth"
	"tocsin/internal/drill"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// TestPractice plays an outage among the people of a running server, who bring something in, pause, and read the score card afterwards. No
// service hears of it.
func TestPractice(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	tab, base, link := consoleAs(t, services, store.Person{ID: "ana", Rights: "responder", Name: "Ana Diaz"})
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	inspect(t, tab, "drills-none", base+"/drills")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector("#cloudflare-2019 form"); f.elements.speed.value = "600"; f.requestSubmit(); })()`))
	see(t, tab, `location.pathname == "/i/1" && document.querySelector(".drill") && document.title.includes("DRILL")`)
	see(t, tab, `document.querySelector("#timeline").textContent.includes("Pages for failing proxies")`)
	see(t, tab, `document.querySelector("#roles").innerText.includes("Ana Diaz")`)
	browse(t, tab, chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector("#practice form.stack"); f.elements.text.value = "The disk of db2 is full, too"; f.requestSubmit(); })()`))
	see(t, tab, `document.querySelector("#timeline").textContent.includes("The disk of db2 is full, too")`)
	browse(t, tab, chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector("#practice form.stack"); f.elements.text.value = "And now the network"; f.elements.in.value = "30m"; f.requestSubmit(); })()`))
	see(t, tab, `document.querySelector("#injects")?.textContent.includes("And now the network") && !document.querySelector("#timeline").textContent.includes("And now the network")`)
	browse(t, tab, chromedp.Evaluate[chromedp.Void](`document.querySelector("#practice input[value=paused]").form.requestSubmit()`))
	see(t, tab, `document.querySelector("#practice").innerText.includes("Go on with the drill")`)
	inspectPart(t, tab, "room-drill")
	postForm(t, tab, "/i/1/do", "kind", "resolve", "text", "The rule was taken back")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(base+"/i/1/score"))
	see(t, tab, `document.querySelector(".score").innerText.includes("until somebody had point")`)
	inspectPart(t, tab, "score")
	inspect(t, tab, "drills", base+"/drills")
	see(t, tab, `document.querySelector("main").innerText.includes("score card")`)
	if body, err := fetch(t.Context(), services.url+"/_calls"); err != nil || strings.TrimSpace(body) != "[]" {
		t.Errorf("a service heard of it: %v %s", err, body)
	}
}

// TestPracticeGoesOn holds that after a restart a drill goes on where it was, and nothing comes twice.
func TestPracticeGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	come := func(a *app, want func(*incident.Incident) bool) *incident.Incident {
		t.Helper()
		changed := make(chan struct{}, 1)
		stop := a.ledger.Watch(func(ledger.Change) {
			select {
			case changed <- struct{}{}:
			default:
			}
		})
		defer stop()
		for {
			i, err := a.ledger.View(t.Context(), "1")
			if err != nil {
				t.Fatal(err)
			}
			if want(i) {
				return i
			}
			select {
			case <-changed:
			case <-t.Context().Done():
				t.Fatal("it never came")
			}
		}
	}
	says := func(i *incident.Incident) (texts []string) {
		for _, l := range i.Lines {
			if l.By == drill.By && l.Text != "" {
				texts = append(texts, l.Text)
			}
		}
		return texts
	}
	do := func(a *app, id string, c incident.Command) {
		t.Helper()
		if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c}); err != nil {
			t.Fatal(err)
		}
	}
	a, stop := startWith(t, dir, Config{})
	do(a, "", &incident.Declare{Title: "Practice", Drill: true, Point: true})
	do(a, "1", &incident.SetPractice{Scenario: "fastly-2021", Speed: 2000})
	come(a, func(i *incident.Incident) bool { return len(says(i)) >= 3 })
	stop()
	a, stop = startWith(t, dir, Config{})
	t.Cleanup(stop)
	s, err := drill.Load("fastly-2021")
	if err != nil {
		t.Fatal(err)
	}
	come(a, func(i *incident.Incident) bool { return len(says(i)) >= len(s.Events) })
	do(a, "1", &incident.InjectEvent{Text: "That was all"})
	all := says(come(a, func(i *incident.Incident) bool { return slices.Contains(says(i), "That was all") }))
	if len(all) != len(s.Events)+1 {
		t.Errorf("%d entries of %d events and what was brought in: %q", len(all), len(s.Events), all)
	}
	do(a, "1", &incident.InjectEvent{Text: "Nobody should know this yet", In: incident.Duration{D: time.Hour, Known: true}})
	i, err := a.ledger.View(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	for who, hidden := range map[string]bool{"ana": false, "bo": true} {
		acc := auth.Account{Person: store.Person{ID: who}, Rights: auth.RightsOwner}
		if got := acc.Hidden(i, i.Lines[len(i.Lines)-1]); got != hidden {
			t.Errorf("what Ana planned is hidden from %s: %v", who, got)
		}
	}
	if _, err := a.ledger.Do(t.Context(), ledger.Request{Actor: "ana", Command: &incident.Declare{Title: "For real"}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []incident.Command{&incident.SetPractice{Scenario: "fastly-2021"}, &incident.InjectEvent{Text: "x"}} {
		if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: "2", Actor: "ana", Command: c}); err == nil {
			t.Errorf("%T is taken in a real incident", c)
		}
	}
}

// TestDrillVerbs practises by the command line with a running server.
func TestDrillVerbs(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serve(t, "--data", data)
	token, _, code := tocsin(t, "token", "create", "--data", data, "--quiet")
	if code != 0 {
		t.Fatal("no token")
	}
	run := func(args ...string) (string, string, int) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
		return tocsin(t, append(args, "--server", p.url, "--token-file", file)...)
	}
	if out, words, code := run("drill", "start", "fastly-2021", "--speed", "1"); code != 0 || !strings.HasPrefix(out, "INC-1  "+p.url+"/i/1") {
		t.Fatal(code, out, words)
	}
	if out, words, code := run("drill", "inject", "The", "disk", "is", "full", "--in", "30m"); code != 0 || !strings.Contains(out, "Something comes into the drill at") {
		t.Error(code, out, words)
	}
	if out, words, code := run("drill", "stop"); code != 0 || !strings.Contains(out, "Nothing more is played in this drill") {
		t.Error(code, out, words)
	}
	if out, words, code := run("drill", "score"); code != 0 || !strings.Contains(out, "✔ until somebody had point") || !strings.Contains(out, "▲ until the first word to the public") {
		t.Error(code, out, words)
	}
	for _, c := range []struct {
		args []string
		code int
	}{{[]string{"drill", "start", "no-such"}, exitNotFound}, {[]string{"drill", "start", "fastly-2021", "--speed", "fast"}, exitUsage}, {[]string{"drill", "inject", "x", "--in", "later"}, exitUsage}} {
		if out, words, code := run(c.args...); code != c.code || strings.Count(words, "tocsin: ") != 1 {
			t.Errorf("%v: exit %d, want %d: %s%s", c.args, code, c.code, out, words)
		}
	}
}
