package redact

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

type goldLine struct {
	ID      string   `json:"id"`
	Tags    []string `json:"tags"`
	Text    string   `json:"text"`
	Roster  Roster   `json:"roster"`
	Redact  [][2]int `json:"must_redact"`
	Keep    [][2]int `json:"must_keep_spans"`
	Unknown [][2]int `json:"unknown_people"`
}

func gold(t testing.TB, name string) []goldLine {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []goldLine
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var g goldLine
		if err := json.Unmarshal(sc.Bytes(), &g); err != nil {
			t.Fatalf("%s: line %d: %v", name, len(out)+1, err)
		}
		out = append(out, g)
	}
	return out
}

// score is what tools/redeval.py counts.
type score struct {
	spans, leaks, keep, kept, tp, fp, unknown, seen, clean, flags int
	notes                                                         []string
}

func (s score) String() string {
	return fmt.Sprintf("leaks %d/%d, keep violated %d/%d, precision %.4f, unknown recall %.3f (%d), flags per 100 clean lines %.2f (%d lines)", s.leaks, s.spans, s.kept, s.keep,
		s.precision(), s.recall(), s.unknown, 100*float64(s.flags)/float64(max(1, s.clean)), s.clean)
}

func (s score) precision() float64 { return float64(s.tp) / float64(max(1, s.tp+s.fp)) }
func (s score) recall() float64    { return float64(s.seen) / float64(max(1, s.unknown)) }

func overlaps(spans []Span, a, z int) bool {
	for _, s := range spans {
		if s.Start < z && s.End > a {
			return true
		}
	}
	return false
}

func covered(text string, a, z int, spans []Span) bool {
	for i := a; i < z; i++ {
		in := false
		for _, s := range spans {
			in = in || s.Start <= i && i < s.End
		}
		c := text[i]
		if !in && (c >= 0x80 || wordByte(c) && c != '_') {
			return false
		}
	}
	return true
}

func scoreLines(lines []goldLine) score {
	var s score
	for _, g := range lines {
		r := New(g.Roster, nil)
		f := r.Find(g.Text)
		note := func(what string, a, z int) {
			s.notes = append(s.notes, fmt.Sprintf("%s %s %v: %q in %q", what, g.ID, g.Tags, g.Text[a:z], g.Text))
		}
		for _, x := range g.Redact {
			s.spans++
			if !covered(g.Text, x[0], x[1], f.Redact) {
				s.leaks++
				note("LEAK", x[0], x[1])
			}
		}
		for _, x := range g.Keep {
			s.keep++
			if overlaps(f.Redact, x[0], x[1]) {
				s.kept++
				note("KEEP", x[0], x[1])
			}
		}
		ok := append(append([][2]int{}, g.Redact...), g.Unknown...)
		for i := 0; i < len(g.Text); {
			j := i
			for j < len(g.Text) && wordByte(g.Text[j]) {
				j++
			}
			if j == i {
				i++
				continue
			}
			if overlaps(f.Redact, i, j) {
				good := false
				for _, x := range ok {
					good = good || x[0] < j && x[1] > i
				}
				if good {
					s.tp++
				} else {
					s.fp++
					note("FALSE", i, j)
				}
			}
			i = j
		}
		for _, x := range g.Unknown {
			s.unknown++
			if overlaps(f.Redact, x[0], x[1]) || overlaps(f.Flag, x[0], x[1]) {
				s.seen++
			} else {
				note("MISSED", x[0], x[1])
			}
		}
		if len(g.Unknown) == 0 {
			s.clean++
			s.flags += len(f.Flag)
			for _, x := range f.Flag {
				note("FLAG "+x.Why, x.Start, x.End)
			}
		}
	}
	return s
}

// TestDevSet holds the bars of R13 over the labelled set.
func TestDevSet(t *testing.T) {
	s := scoreLines(gold(t, "redaction-dev.jsonl"))
	t.Log(s)
	if s.spans < 300 || s.keep < 250 || s.unknown < 25 || s.clean < 290 {
		t.Errorf("the set is not whole")
	}
	if s.leaks > 0 || s.precision() < 0.98 || s.kept*100 > s.keep || s.recall() < 0.9 || s.flags*100 > 3*s.clean {
		for _, n := range s.notes {
			t.Error(n)
		}
	}
}
