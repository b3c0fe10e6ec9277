package web

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// diffLine is a line of what differs between two texts.
type diffLine struct {
	Sign string // "+" came, "−" went, "" stayed, "⋯" what stayed is left out
	Text string
}

// diff lists what differs between two texts, line by line, with three lines around each change; nil: nothing does.
func diff(was, is string) []diffLine {
	was, is = ended(was), ended(is)
	u, err := udiff.ToUnifiedDiff("", "", was, udiff.Lines(was, is), udiff.DefaultContextLines)
	if err != nil { // only edits that don't fit the text have one
		panic(err)
	}
	var out []diffLine
	next := 1
	for _, h := range u.Hunks {
		if h.FromLine > next {
			out = append(out, diffLine{Sign: "⋯"})
		}
		next = h.FromLine
		for _, l := range h.Lines {
			sign := map[udiff.OpKind]string{udiff.Insert: "+", udiff.Delete: "−"}[l.Kind]
			if l.Kind != udiff.Insert {
				next++
			}
			out = append(out, diffLine{sign, strings.TrimSuffix(l.Content, "\n")})
		}
	}
	return out
}

// merge puts what two people made of one text together; false: they changed the same lines.
func merge(base, mine, theirs string) (string, bool) {
	base, mine, theirs = ended(base), ended(mine), ended(theirs)
	edits, ok := udiff.Merge(udiff.Lines(base, theirs), udiff.Lines(base, mine))
	if !ok {
		return "", false
	}
	text, err := udiff.Apply(base, edits)
	return text, err == nil
}

// ended ends a text with a line feed, so that its last line is compared like all others.
func ended(s string) string {
	if s = strings.ReplaceAll(s, "\r\n", "\n"); s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}
