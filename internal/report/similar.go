package report

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"tocsin/internal/incident"
)

// Similar lists at most n incidents before one that resemble it, the closest first: words of the title in common, the rarer the more, and
// the same service. Drills resemble drills only. What has nothing in common is not in the list.
func Similar(one incident.Summary, others []incident.Summary, n int) []incident.Summary {
	type near struct {
		incident.Summary
		score float64
	}
	var past []incident.Summary
	in := map[string]int{} // in how many titles a word stands
	for _, o := range others {
		if o.ID == one.ID || o.Drill != one.Drill || !o.DeclaredAt.Before(one.DeclaredAt) || o.Status == incident.Cancelled {
			continue
		}
		past = append(past, o)
		for w := range titleWords(o.Title) {
			in[w]++
		}
	}
	own := titleWords(one.Title)
	var found []near
	for _, o := range past {
		score := 0.0
		for w := range titleWords(o.Title) {
			if own[w] {
				score += math.Log(1 + float64(len(past))/float64(in[w]))
			}
		}
		if one.Service != "" && strings.EqualFold(one.Service, o.Service) {
			score++
		}
		if score > 0 {
			found = append(found, near{o, score})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(b.score, a.score), b.DeclaredAt.Compare(a.DeclaredAt))
	})
	var out []incident.Summary
	for _, f := range found[:min(n, len(found))] {
		out = append(out, f.Summary)
	}
	return out
}

// commonWords say nothing about what happened.
var commonWords = map[string]bool{"the": true, "and": true, "for": true, "with": true, "are": true, "is": true, "not": true, "outage": true, "incident": true,
	"problem": true, "problems": true, "issue": true, "issues": true, "service": true, "our": true, "from": true, "cannot": true, "can't": true, "all": true, "some": true}

// titleWords are the words of a title that say something, without their endings.
func titleWords(title string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '-' && r != '.'
	}) {
		w = strings.Trim(w, "'-.")
		if len(w) < 2 || commonWords[w] {
			continue
		}
		for _, end := range []string{"ing", "ed", "es", "s"} {
			if stem, ok := strings.CutSuffix(w, end); ok && len(stem) > 3 {
				w = stem
				break
			}
		}
		out[w] = true
	}
	return out
}
