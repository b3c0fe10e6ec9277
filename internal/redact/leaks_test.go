package redact

import (
	"encoding/json"
	"html"
	"testing"
)

func TestLeaks(t *testing.T) {
	r := New(append(Roster{{ID: "w", Name: "Mark Page", Handles: []string{"mpage"}}}, pair...), map[string]int{"a": 3})
	for in, want := range map[string]string{
		`<p>ask <b>An</b>a</p>`:                                       "An</b>a",
		`<p>ask <b class="x">An</b>a now</p>`:                         `An</b>a`,
		`<a href="/u/akovac">x</a>`:                                   "akovac",
		`<img alt="Ana at her desk">`:                                 "Ana",
		`<script>var who = "Ana Kova\u010d"</script>`:                 `Ana Kova\u010d`,
		`<!-- Voss -->ok`:                                             "Voss",
		`{"by":"Ana&#32;Kova&ccaron;"}`:                               "Ana&#32;Kova&ccaron;",
		`{"text":"ok","n":"Ana Kovač"}`:                               "Ana Kovač",
		"plain Voss text":                                             "Voss",
		`<p>team-member-3 and Team-member-4, a team member</p>`:       "",
		`<ul><li>Mark the node</li><li>the page is down</li></ul>`:    "",
		`<mark>page</mark><div class="mark x page" id="ana-x"></div>`: "ana",
		`{"title":"Mark as resolved","text":"Page the on-call"}`:      "",
		`<style>.page{margin:0}</style><title>Status page</title>`:    "",
		`<p>Ben<wbr>edikt</p><table><tr><td>Voss</td></tr></table>`:   "Ben<wbr>edikt",
		`<td>Benedikt</td><td>x</td> 3 < 4 and Ana > <unclosed`:       "Benedikt",
		`<svg><text x="1">A</text><text x="2">B</text></svg> no name`: "",
	} {
		got := ""
		if spans := r.Leaks(in); len(spans) > 0 {
			got = in[spans[0].Start:spans[0].End]
		}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", in, got, want)
		}
	}
}

// TestLeaksFindsNothingBehindTheDoor puts the labelled set through the door and
// looks for what is left, in plain text, HTML and JSON.
func TestLeaksFindsNothingBehindTheDoor(t *testing.T) {
	for _, g := range gold(t, "redaction-dev.jsonl") {
		r := New(Numbered(g.Roster))
		text := r.Text(g.Text)
		js := must(json.Marshal(map[string]Text{"text": text}))
		for _, artefact := range []string{text.String(), "<p>" + html.EscapeString(text.String()) + "</p>", string(js)} {
			for _, s := range r.Leaks(artefact) {
				if !s.Review {
					t.Errorf("%s: %s: %q in %s", g.ID, s.Why, artefact[s.Start:s.End], artefact)
				}
			}
		}
	}
}
