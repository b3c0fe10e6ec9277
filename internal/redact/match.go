package redact

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Redactor is a compiled roster for one incident. It is safe for concurrent use.
type Redactor struct {
	number map[string]int
	re     *regexp.Regexp
	who    map[string]string
}

// New compiles a roster. number gives the pseudonym number of a person's ID in
// this incident; who has none is rendered "a team member". An empty roster works:
// unknown people are still flagged.
func New(roster Roster, number map[string]int) *Redactor {
	r := &Redactor{number: maps.Clone(number), who: map[string]string{}}
	var forms []string
	for _, p := range roster {
		for _, f := range slices.Concat([]string{p.Name}, strings.Fields(p.Name), p.Aliases, p.Handles, p.Emails, p.Initials) {
			if len(f) < 2 {
				continue
			}
			forms = append(forms, regexp.QuoteMeta(f))
			r.who[strings.ToLower(f)] = p.ID
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	if len(forms) > 0 {
		r.re = regexp.MustCompile(`(?i)` + strings.Join(forms, "|"))
	}
	return r
}

// Find reports the people in s.
func (r *Redactor) Find(s string) Findings { return r.find(s, true) }

func (r *Redactor) find(s string, _ bool) (f Findings) {
	if r.re == nil {
		return f
	}
	reserved := reservedWords.FindAllStringIndex(s, -1)
	for _, m := range r.re.FindAllStringIndex(s, -1) {
		if wordAt(s, m[0]-1) || wordAt(s, m[1]) || slices.ContainsFunc(reserved, func(v []int) bool { return v[0] < m[1] && m[0] < v[1] }) {
			continue
		}
		f.Redact = append(f.Redact, Span{Start: m[0], End: m[1], Person: r.who[strings.ToLower(s[m[0]:m[1]])], Why: "name"})
	}
	return f
}

var reservedWords = regexp.MustCompile(`(?i)team[- ]member(-\d+)?`)

func wordAt(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z')
}

// Leaks reports roster people that stand in a finished artefact: HTML, JSON or plain text.
func (r *Redactor) Leaks(artefact string) []Span { return r.Find(artefact).Redact }
