package report

import (
	"tocsin/internal/blame"
)

// Hint is a finding in a section of the post-mortem.
type Hint struct {
	Section string `json:"section" doc:"its id"`
	Entries string `json:"entries,omitempty" doc:"the entries a drafted sentence rests on; mend the entry, not the draft"`
	Text    string `json:"text" doc:"the text that start and end count bytes of"`
	blame.Finding
}

// Hints reads a post-mortem for words of blame (R29): first what people wrote, then drafted sentences, which repeat what was said in the
// log. people are names that count as people.
func Hints(sections []Section, people ...string) []Hint {
	out := []Hint{}
	for _, sec := range sections {
		for _, f := range blame.Check(sec.Written, people...) {
			out = append(out, Hint{Section: sec.ID, Text: sec.Written, Finding: f})
		}
		if sec.Written != "" && !sec.Managed {
			continue // the draft is not shown
		}
		for _, c := range sec.Claims {
			for _, f := range blame.Check(c.Text, people...) {
				out = append(out, Hint{Section: sec.ID, Entries: cited(c), Text: c.Text, Finding: f})
			}
		}
	}
	return out
}
