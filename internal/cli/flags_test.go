package cli

import (
	"strings"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/report"
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
