package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// story is an incident as the post-mortem may tell it: what was struck and what is private is not in it (R32).
type story struct {
	i       *incident.Incident
	name    Names
	lines   []incident.Line // shown ones, in order of the log
	byTime  []incident.Line // the same in order of time
	shown   map[int64]bool
	written map[string]string
	used    []string // names that went into the sentence being made
	marks
}

// mark is a moment and the entries that tell of it.
type mark struct {
	at   time.Time
	seqs []int64
}

func (m mark) zero() bool { return len(m.seqs) == 0 }

func markOf(l incident.Line) mark { return mark{l.At, []int64{l.Seq}} }

func seqs(marks ...mark) []int64 {
	var out []int64
	for _, m := range marks {
		out = append(out, m.seqs...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func tell(i *incident.Incident, name Names) *story {
	if name == nil {
		name = func(id string) string { return id }
	}
	s := &story{i: i, shown: shownLines(i), written: map[string]string{}}
	s.name = func(id string) string {
		n := oneline(name(id))
		s.used = append(s.used, n)
		return n
	}
	for _, l := range i.Lines {
		if s.shown[l.Seq] {
			s.lines = append(s.lines, l)
		}
	}
	s.byTime = slices.Clone(s.lines)
	slices.SortStableFunc(s.byTime, func(a, b incident.Line) int { return a.At.Compare(b.At) })
	for id, text := range i.Postmortem.Edits {
		s.written[id] = text
	}
	for _, l := range i.Lines {
		if e, ok := l.Event.(*incident.PostmortemEdited); ok && !s.shown[l.Seq] && s.written[e.Section] == e.Text {
			delete(s.written, e.Section)
		}
	}
	s.marks = findMarks(s)
	return s
}

// shownLines tells which entries may be told: neither struck nor private, not about such an entry, not about a private step.
func shownLines(i *incident.Incident) map[int64]bool {
	open := func(l incident.Line) bool {
		return !l.Struck && (l.Visibility == incident.Internal || l.Visibility == incident.Public)
	}
	shown := map[int64]bool{}
	for n, l := range i.Lines {
		ok := open(l)
		if about := incident.AboutEntry(l.Event); about != 0 {
			target := i.Line(about)
			ok = ok && target != nil && open(*target)
		}
		ok = ok && !i.PrivateStep(incident.AboutStep(l.Event))
		switch l.Event.(type) {
		case *incident.Struck:
			ok = false
		case *incident.FollowedUp:
			// "TODO: …" said in private made it, in the same breath.
			if n > 0 {
				said := i.Lines[n-1]
				if _, is := said.Event.(*incident.Said); is && said.By == l.By && said.Recorded.Equal(l.Recorded) && !open(said) {
					ok = false
				}
			}
		}
		shown[l.Seq] = ok
	}
	return shown
}

func baseStep(id string) string {
	base, _, _ := strings.Cut(id, ":")
	return base
}

// add puts a claim into the section. The names used since the last one are its own.
func (s *story) add(sec *Section, group, label, text string, entries ...int64) {
	names := s.used
	s.used = nil
	slices.Sort(entries)
	sec.Claims = append(sec.Claims, Claim{Group: group, Label: label, Text: oneline(text), Entries: slices.Compact(entries), names: names})
}

// title is what the incident is called now: its declaration may have been corrected or struck since.
func (s *story) title() string { return Title(s.i) }

// Title is what the incident is called now: the words of its declaration as they stand, "(removed)" where they were struck.
func Title(i *incident.Incident) string {
	l := i.Line(i.Declared.Seq)
	switch {
	case l == nil || i.Declared.IsZero():
		return oneline(i.Title)
	case l.Struck || l.Visibility == incident.Private:
		return "(removed)"
	case l.Text == "":
		return oneline(i.Title)
	}
	return oneline(l.Text)
}

// service is where it happened, as it was declared.
func (s *story) service() string {
	if l := s.i.Line(s.i.Declared.Seq); l != nil && s.shown[l.Seq] {
		return oneline(s.i.Service)
	}
	return ""
}

func (s *story) roleName(id string) string { return roleName(s.i, id) }

func roleName(i *incident.Incident, id string) string {
	if r, ok := roleOf(i, id); ok {
		return strings.ToLower(r.Name)
	}
	return oneline(strings.ReplaceAll(id, "_", " "))
}

func roleOf(i *incident.Incident, id string) (runbook.Role, bool) {
	if i.Runbook == nil {
		return runbook.Role{}, false
	}
	return i.Runbook.Role(id)
}

func stepOf(i *incident.Incident, id string) (runbook.Step, bool) {
	if i.Runbook == nil {
		return runbook.Step{}, false
	}
	return i.Runbook.Step(baseStep(id))
}

// stepTitle names a step; private ones have no name here.
func (s *story) stepTitle(id string) (string, bool) {
	step, ok := stepOf(s.i, id)
	if ok && step.Private {
		return "", false
	}
	return oneline(cmp.Or(step.Title, baseStep(id))), true
}

// last is the entry that happened last.
func (s *story) last() mark {
	if n := len(s.byTime); n > 0 {
		return markOf(s.byTime[n-1])
	}
	return mark{}
}

// end is when it ended; while it goes on, the last entry.
func (s *story) end() mark {
	for _, m := range []mark{s.ended, s.last()} {
		if !m.zero() {
			return m
		}
	}
	return s.declared
}

// oneline folds a text into one line.
func oneline(s string) string { return strings.Join(strings.Fields(s), " ") }

func quote(s string) string { return "“" + oneline(s) + "”" }

// sentence ends a text with a full stop unless it has an end already.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") || strings.HasSuffix(s, "…") {
		return s
	}
	return s + "."
}
