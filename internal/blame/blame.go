// Package blame reads texts about an outage for words that look for somebody to blame, and texts for the public for words that do not
// belong there. Each hint says what to write instead. Hints are advice: nobody is kept from writing what they mean.
//
// Whether words blame depends on who does what: "the engineer failed to notice" is a judgement, "pg_dump failed to connect" a fact. So a
// rule is a pattern and a question to the grammar around it, see subject.go.
package blame

import (
	"slices"
	"strings"
)

// Finding is a hint about the bytes Start to End, half-open, of the text that was read. Message and Rewrite are marked for the catalogue.
type Finding struct {
	Rule    string `json:"rule"`
	Start   int    `json:"start"`
	End     int    `json:"end"`
	Message string `json:"message"` // what is wrong, a sentence
	Rewrite string `json:"rewrite"` // what to write instead
}

// Check finds blame, judgement, hindsight and what did not happen, in order of place; at most one finding of a rule in a place. It knows
// common given names; people are further names, as they are written. Code between backticks, links and HTML comments are passed over.
func Check(text string, people ...string) []Finding { return check(text, rules, people) }

func check(text string, rules []rule, people []string) []Finding {
	t := parse(text, people)
	low := strings.ToLower(t.plain)
	var out []Finding
	for _, r := range rules {
		for _, p := range r.patterns {
			if !p.sieve.passes(low) {
				continue
			}
			for _, at := range p.re.FindAllStringSubmatchIndex(t.plain, -1) {
				start, end := at[0], at[1]
				if len(at) > 2 && at[2] >= 0 {
					start, end = at[2], at[3]
				}
				if p.when == nil || p.when(t.at(start, end)) {
					out = append(out, Finding{r.ID, start, end, r.Message, r.Rewrite})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	kept, ended := out[:0], map[string]int{}
	for _, f := range out {
		if f.Start >= ended[f.Rule] {
			kept = append(kept, f)
			ended[f.Rule] = f.End
		}
	}
	return slices.Clip(kept)
}
