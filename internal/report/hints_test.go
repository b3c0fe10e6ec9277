package report

import (
	"testing"

	"tocsin/internal/blame"
)

// TestHints: what people wrote and what the draft quotes; a draft that is not shown gives none.
func TestHints(t *testing.T) {
	t.Parallel()
	sections := []Section{
		{ID: "summary", Written: "It was his fault.", Claims: []Claim{{Text: "The engineer should have looked.", Entries: []int64{4}}}},
		{ID: "timeline", Managed: true, Written: "Nobody checked the disk.", Claims: []Claim{{Text: "“The operator forgot to push”", Entries: []int64{7}}}},
	}
	var got []string
	for _, h := range Hints(sections) {
		got = append(got, h.Section+h.Entries+" "+h.Rule+" "+h.Text[h.Start:h.End])
	}
	want := []string{"summary fault his fault", "timeline failed-to-human Nobody checked", "timeline[e7] counterfactual-needed forgot to"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for n := range want {
		if got[n] != want[n] {
			t.Errorf("%q, want %q", got[n], want[n])
		}
	}
}

// TestOwnWords holds that the words of the program itself blame nobody, whatever happened.
func TestOwnWords(t *testing.T) {
	t.Parallel()
	for _, k := range sectionKinds {
		if f := blame.Check(k.title); len(f) != 0 {
			t.Errorf("%q: %v", k.title, f)
		}
	}
}
