package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// TestUnknownPeople holds that somebody nobody listed is masked on the public page until a person has decided, and that the answer holds
// in other incidents and after a restart (R13).
func TestUnknownPeople(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir := t.TempDir()
	a, stop := start(t, dir, services)
	do := func(id string, c incident.Command) *incident.Incident {
		t.Helper()
		r, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c})
		if err != nil {
			t.Fatal(err)
		}
		return r.Incident
	}
	public := func(i *incident.Incident) string {
		var b strings.Builder
		for _, e := range report.Public(i, a.redactors.of(i)).Entries {
			b.WriteString(e.Text.String() + "\n")
		}
		return b.String()
	}
	const line = "Talked to Marisol Echeverría from Acme about the failover."
	say := &incident.Say{Text: line, As: "fact", Visibility: incident.Public}
	do("", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
	do("1", &incident.DeclareMajor{})
	i := do("1", say)
	if got := public(i); !strings.Contains(got, "failover") || strings.Contains(got, "Marisol") {
		t.Fatalf("before anybody decided: %q", got)
	}
	word := ""
	for _, r := range report.Redactions(i, a.redactors.of(i)) {
		if r.State == "masked" && strings.Contains(r.Text, "Marisol") {
			word = r.Text
		}
	}
	i = do("1", &incident.SettleFlag{Text: word, Person: false})
	if got := public(i); !strings.Contains(got, word) {
		t.Errorf("settled as no person: %q", got)
	}
	i = do("1", &incident.SettleFlag{Text: word, Person: true})
	if got := public(i); strings.Contains(got, "Marisol") {
		t.Errorf("settled as a person: %q", got)
	}
	stop()
	a, stop = start(t, dir, services)
	defer stop()
	do("", &incident.Declare{Title: "Pulls fail", Disrupting: true, Point: true})
	do("2", &incident.DeclareMajor{})
	if err := a.learn(t.Context()); err != nil {
		t.Fatal(err)
	}
	i = do("2", say)
	found := report.Redactions(i, a.redactors.of(i))
	if len(found) == 0 || found[0].State != "replaced" {
		t.Errorf("the organisation has not learnt: %+v", found)
	}
}

// TestInDoubt holds that with in_doubt: wait a post with a word that may be a name waits until a person has said what it is, and goes out
// then, once.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	book := filepath.Join(t.TempDir(), "runbook.yaml")
	if err := os.WriteFile(book, bytes.Replace(runbook.DefaultYAML(), []byte("in_doubt: mask"), []byte("in_doubt: wait"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := drillConfig(services.url)
	cfg.Runbook = book
	a, stop := startWith(t, t.TempDir(), cfg)
	t.Cleanup(stop)
	do := func(id string, c incident.Command) {
		t.Helper()
		if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c}); err != nil {
			t.Fatal(err)
		}
	}
	posted := func() incident.Run {
		t.Helper()
		if err := a.runner.Settled(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		i, err := a.ledger.View(t.Context(), "1")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range i.Runs() {
			if r.Step.ID == "post_update" {
				return r
			}
		}
		t.Fatal("no update is to be posted")
		return incident.Run{}
	}
	do("", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
	do("1", &incident.GiveUpdate{Stage: "identified", Text: "Marisol Echeverría from Acme has found the cause."})
	r := posted()
	if r.State != incident.Failed || !strings.Contains(r.Error, "Marisol Echeverría") {
		t.Fatalf("it does not wait for an answer: %s %q", r.State, r.Error)
	}
	do("1", &incident.SettleFlag{Text: "Marisol Echeverría", Person: true})
	if r = posted(); r.State != incident.Done {
		t.Fatalf("%s %q", r.State, r.Error)
	}
	body, err := fetch(t.Context(), services.url+"/_objects")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(body, "has found the cause"); n != 2 || strings.Contains(body, "Marisol") {
		t.Errorf("%d posts, of one on the network and one in the channel:\n%s", n, body)
	}
}

// TestDisruptingNo refuses a value that stands apart from its flag, as it would say the opposite.
func TestDisruptingNo(t *testing.T) {
	t.Parallel()
	if _, words, code := run(t, nil, "declare", "Slow pages", "--disrupting", "no"); code != exitUsage || !strings.Contains(words, "write --disrupting=no") {
		t.Errorf("%d %s", code, words)
	}
}

// TestBaseURL refuses an address that nobody could open.
func TestBaseURL(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"banana", "tocsin.example.com", "ftp://example.com", "https://"} {
		if _, words, code := run(t, nil, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--base-url", base); code != exitUsage || !strings.Contains(words, "https://tocsin.example.com") {
			t.Errorf("%s: %d %s", base, code, words)
		}
	}
}

// TestEditOfNothing refuses what is not the draft, as it would take the place of what stands there.
func TestEditOfNothing(t *testing.T) {
	t.Parallel()
	if _, words, code := run(t, nil, "postmortem", "edit"); code != exitUsage || !strings.Contains(words, "tocsin postmortem show") {
		t.Errorf("%d %s", code, words)
	}
}

// TestUnknownVerbs refuses a verb that is none, below another one, too.
func TestUnknownVerbs(t *testing.T) {
	t.Parallel()
	for verb, hint := range map[string]string{"decare": "did you mean declare?", "user lik": "did you mean link?", "token xyz": "see tocsin token --help", "runbook lst": "there is no command", "review aprove": "did you mean approve?"} {
		if _, words, code := run(t, nil, strings.Fields(verb)...); code != exitUsage || !strings.Contains(words, hint) || !strings.Contains(words, verb) {
			t.Errorf("%s: %d %s", verb, code, words)
		}
	}
	if out, words, code := run(t, nil, "user"); code != exitOK || !strings.Contains(out, "link") {
		t.Errorf("%d %s%s", code, out, words)
	}
}
