package redact

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/unlisted.lines
var strangerLines string

// TestPeopleNobodyListed holds the recall of people nobody listed, by whether a line that names one is flagged at all, and the false alarms on lines
// that name nobody but systems, products and places with people's names among them.
func TestPeopleNobodyListed(t *testing.T) {
	t.Parallel()
	r := New(nil, nil)
	var people, seen, clean, flagged int
	for line := range strings.Lines(strangerLines) {
		kind, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		found := len(r.Find(text).Flag) > 0
		switch kind {
		case "+":
			people++
			if found {
				seen++
			} else {
				t.Logf("not seen: %s", text)
			}
		case "-":
			clean++
			if found {
				flagged++
				t.Logf("false alarm: %s", text)
			}
		}
	}
	if people < 100 || clean < 300 || seen*100 < people*95 || flagged*100 > clean {
		t.Errorf("%d of %d people seen, %d of %d clean lines flagged", seen, people, flagged, clean)
	}
}
