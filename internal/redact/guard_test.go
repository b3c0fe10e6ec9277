package redact

import (
	"strings"
	"testing"
)

// TestGuard holds that a guarded redactor lets nobody out whom nobody has decided about, and leaves alone what was settled.
func TestGuard(t *testing.T) {
	t.Parallel()
	r := New(Roster{{ID: "will", Name: "Will Park"}}, map[string]int{"will": 1})
	const line = "Talked to Marisol Echeverría from Acme about the failover; Will Park agreed."
	if !strings.Contains(r.Text(line).String(), "Marisol") {
		t.Fatal("an unguarded redactor takes unknown people out: the test shows nothing")
	}
	g := r.Guard(nil)
	once := g.Text(line)
	if strings.Contains(once.String(), "Marisol") || strings.Contains(once.String(), "Echeverr") || strings.Contains(once.String(), "Will") {
		t.Errorf("left standing: %s", once)
	}
	if twice := g.Text(once.String()); twice != once {
		t.Errorf("not idempotent: %s", twice)
	}
	var words []string
	for _, s := range r.Find(line).Flag {
		words = append(words, strings.ToUpper(line[s.Start:s.End]))
	}
	if len(words) == 0 {
		t.Fatal("nobody is flagged")
	}
	settled := r.Guard(words).Text(line).String()
	if !strings.Contains(settled, "Marisol Echeverría") || strings.Contains(settled, "Park") {
		t.Errorf("settled as no person: %s", settled)
	}
}
