package redact

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestCollisions reads lines in which a name is also a word, both ways.
func TestCollisions(t *testing.T) {
	b, err := os.ReadFile("testdata/collisions.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		name, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		if !ok {
			continue
		}
		n++
		r := New(Roster{{ID: "p", Name: name, Initials: Strings{initialsOf(splitName(name))}}}, map[string]int{"p": 4})
		var want strings.Builder
		for i, piece := range strings.FieldsFunc(text, func(r rune) bool { return r == '«' || r == '»' }) {
			if (i%2 == 1) != strings.HasPrefix(text, "«") {
				piece = "team-member-4"
			}
			want.WriteString(piece)
		}
		if got := r.Text(strings.NewReplacer("«", "", "»", "").Replace(text)).String(); got != want.String() {
			t.Errorf("%s\n got %s\nwant %s", name, got, want.String())
		}
	}
	if n < 80 {
		t.Errorf("only %d lines", n)
	}
}

// TestLexiconKnowsCollisions checks that what is both a name and a word of such
// texts is ambiguous here, and that no class of the data is without a use.
func TestLexiconKnowsCollisions(t *testing.T) {
	b, err := os.ReadFile("testdata/ops-name-collisions.json")
	if err != nil {
		t.Fatal(err)
	}
	var data struct {
		Words []string `json:"ops_words"`
	}
	if err := json.Unmarshal(b, &data); err != nil || len(data.Words) < 60 {
		t.Fatal(err, len(data.Words))
	}
	for _, w := range data.Words {
		// These two are no words in lower case and no program of note.
		if w != "Romeo" && w != "Christian" && ambiguity(strings.ToLower(w)) == 0 {
			t.Errorf("%s passes for a name only", w)
		}
	}
	for line := range strings.Lines(lexiconData) {
		if name, ok := strings.CutPrefix(line, "["); ok {
			if name, _, _ = strings.Cut(name, "]"); classNames[name] == 0 {
				t.Errorf("class %q is not known", name)
			}
		}
	}
}
