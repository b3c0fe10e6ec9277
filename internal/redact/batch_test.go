package redact

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestBatch(t *testing.T) {
	in := `{"id":"1","text":"Zoë: ask Ana","roster":[{"name":"Ana Kovač","initials":"AK"}]}
not json
{"id":3,"text":"@stranger77 wrote","roster":[]}

{"id":"4","text":"ok"}`
	var out strings.Builder
	err := Batch(strings.NewReader(in), &out)
	if err == nil || err.Error() != "line 2: not a batch line" {
		t.Errorf("error %v", err)
	}
	want := `{"id":"1","text":"Zoë: ask team-member-1","redact":[[10,13]],"flag":[]}
{"id":3,"text":"@stranger77 wrote","redact":[],"flag":[[0,11]]}
{"id":"4","text":"ok","redact":[],"flag":[]}
`
	if out.String() != want {
		t.Errorf("\n got %s\nwant %s", out.String(), want)
	}
}

// TestBatchOffsets reads the labelled set through the filter: the offsets are
// those of Find.
func TestBatchOffsets(t *testing.T) {
	b, err := os.ReadFile("testdata/redaction-dev.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := Batch(strings.NewReader(string(b)), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	want := gold(t, "redaction-dev.jsonl")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d", len(lines), len(want))
	}
	for i, l := range lines {
		var got struct {
			ID     string
			Redact [][2]int
		}
		if err := json.Unmarshal([]byte(l), &got); err != nil {
			t.Fatal(err)
		}
		f := New(want[i].Roster, nil).Find(want[i].Text)
		if got.ID != want[i].ID || len(got.Redact) != len(f.Redact) {
			t.Errorf("%s: %v, want %v", got.ID, got.Redact, f.Redact)
		}
	}
}

func TestFilter(t *testing.T) {
	r := New(pair, map[string]int{"a": 3, "b": 1})
	for in, want := range map[string]string{
		"":                                    "",
		"ask Ana\n":                           "ask team-member-3\n",
		"no newline at the end, Voss":         "no newline at the end, team-member-1",
		"a\n\nb\nBenedikt\nVoss\nc Ana\nKo\n": "a\n\nb\nteam-member-1\nc team-member-3\nKo\n",
		"approved by Ana\r\nKovač\r\n":        "approved by team-member-3\r\n",
	} {
		var out strings.Builder
		if err := r.Filter(strings.NewReader(in), &out); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("%q\n got %q\nwant %q", in, out.String(), want)
		}
	}
}
