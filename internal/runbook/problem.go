package runbook

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem is one thing that is wrong with the source of a runbook, and what to do about it.
type Problem struct {
	Line    int    `json:"line"`           // from 1
	Column  int    `json:"column"`         // from 1, in characters
	Path    string `json:"path,omitempty"` // what it is about, in words: `step "open_war_room": when`; empty for the file as a whole
	Message string `json:"message"`
}

// String writes "12:5: step \"x\": when: …".
func (p Problem) String() string {
	if p.Path == "" {
		return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Message)
	}
	return fmt.Sprintf("%d:%d: %s: %s", p.Line, p.Column, p.Path, p.Message)
}

// Problems are what Parse returns as its error, in the order of the source and never empty.
type Problems []Problem

// Error is the first problem and the number of the others.
func (ps Problems) Error() string {
	switch len(ps) {
	case 0:
		return "no problem"
	case 1:
		return ps[0].String()
	}
	return fmt.Sprintf("%s (and %d more)", ps[0], len(ps)-1)
}

// maxProblems bounds what is reported at once: a file that is wrong all over is not made clearer by more.
const maxProblems = 100

// tidy puts problems into the order of the source, each once, and not too many.
func (ps Problems) tidy() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	ps = slices.Compact(ps)
	if more := len(ps) - maxProblems; more > 0 {
		last := ps[maxProblems]
		ps = append(ps[:maxProblems:maxProblems], Problem{Line: last.Line, Column: last.Column,
			Message: fmt.Sprintf("%d more problems from here on are not listed; mend those above first", more)})
	}
	return ps
}
