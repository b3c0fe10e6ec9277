package report

import (
	"fmt"
	"time"

	"tocsin/internal/incident"
)

// summary is three sentences for customers: what and how long, what it meant for them, how it was handled.
func (s *story) summary(sec *Section) {
	what := quote(s.title())
	if v := s.service(); v != "" {
		what += " (" + v + ")"
	}
	switch {
	case s.ended.zero():
		s.add(sec, "", "", fmt.Sprintf("%s began at %s and is not over yet.", what, stamp(s.start.at)), s.declared.seqs...)
	case s.i.Status == incident.Cancelled:
		s.add(sec, "", "", fmt.Sprintf("%s was declared at %s and called off at %s: it was no incident.", what, stamp(s.declared.at), stamp(s.ended.at)),
			seqs(s.declared, s.ended)...)
	default:
		s.add(sec, "", "", fmt.Sprintf("%s began at %s and was resolved at %s, %s.", what, stamp(s.start.at), stamp(s.ended.at), off(s.ended.at.Sub(s.start.at))),
			seqs(s.start, s.ended)...)
	}
	if note, ok := s.note(); ok {
		s.add(sec, "", "", "What it meant for customers: "+quote(note.Text), note.Seq)
	} else {
		s.add(sec, "", "", "What it meant for customers is not written down yet.", s.declared.seqs...)
		sec.Questions = append(sec.Questions, "What did customers notice, in their words?")
	}
	rests, handled := s.declared, "It was handled as a minor outage"
	if s.i.Kind == incident.Major && !s.major.zero() {
		rests, handled = s.major, "It was handled as a major outage from "+stamp(s.major.at)+" on"
	}
	if total, of := disrupted(s.lines); len(of) > 0 && total > 0 {
		s.add(sec, "", "", fmt.Sprintf("%s; the service was disrupted for %s.", handled, Span(total)), seqs(rests, mark{seqs: of})...)
	} else {
		s.add(sec, "", "", handled+".", rests.seqs...)
	}
}

// after says how far the second moment lies from the first.
func after(a, b mark) string {
	switch d := b.at.Sub(a.at); {
	case d < 0:
		return Span(d.Abs()) + " before"
	case d < time.Second:
		return "at once after"
	default:
		return Span(d) + " after"
	}
}

// note is the customer impact note, if there is one that may be told (R27).
func (s *story) note() (incident.Note, bool) {
	n := s.i.Impact
	return n, n.Text != "" && s.shown[n.Seq]
}

// impact is what customers had of it: the note, the curve of disruption, no number that nobody wrote down.
func (s *story) impact(sec *Section) {
	if note, ok := s.note(); ok {
		s.add(sec, "", "", sentence(oneline(note.Text)), note.Seq)
	}
	for _, g := range stretches(s.lines) {
		switch {
		case g.grade == "", !g.disrupts() && !g.to.zero() && g.length() == 0:
		case g.to.zero():
			s.add(sec, "How the service was", "from "+stamp(g.from.at), Disruption(g.grade)+", with no end written down", g.from.seqs...)
		default:
			s.add(sec, "How the service was", fmt.Sprintf("%s to %s", stamp(g.from.at), stamp(g.to.at)),
				fmt.Sprintf("%s, for %s", Disruption(g.grade), Span(g.length())), seqs(g.from, g.to)...)
		}
	}
	if total, of := disrupted(s.lines); len(of) > 0 {
		s.add(sec, "How the service was", "in all", "disrupted for "+Span(total), of...)
	} else {
		s.add(sec, "How the service was", "in all", "no entry says that the service was disrupted", s.declared.seqs...)
	}
	sec.Questions = append(sec.Questions,
		"How many customers were affected, and how was it counted?",
		"What was not affected?",
		"Was data lost, or seen by somebody it was not meant for: yes, no, or not known?")
}

// detection is how it became known: the start, the first signs, the declaration.
func (s *story) detection(sec *Section) {
	s.add(sec, "", "began", stamp(s.start.at)+", as far as known", s.start.seqs...)
	if s.detected.seqs[0] != s.declared.seqs[0] {
		l := s.i.Line(s.detected.seqs[0])
		s.add(sec, "", "first sign", fmt.Sprintf("%s, from a system: %s", stamp(l.At), quote(Sentence(s.i, *l, s.name))), l.Seq)
	}
	for _, l := range s.byTime {
		if spoken(l) && l.At.Before(s.declared.at) {
			s.add(sec, "", "first entry about it", fmt.Sprintf("%s: %s", stamp(l.At), quote(Sentence(s.i, l, s.name))), l.Seq)
			break
		}
	}
	for _, g := range stretches(s.lines) {
		if g.disrupts() || g.grade == incident.Degraded {
			s.add(sec, "", "first said to be disrupted or degraded", fmt.Sprintf("%s: %s", stamp(g.from.at), Disruption(g.grade)), g.from.seqs...)
			break
		}
	}
	s.add(sec, "", "declared", fmt.Sprintf("%s, %s it began", stamp(s.declared.at), after(s.start, s.declared)), s.declared.seqs...)
	if !s.asked.zero() {
		s.add(sec, "", "definition of a major outage met", fmt.Sprintf("%s, as the system asked the point person", stamp(s.asked.at)), s.asked.seqs...)
	}
	if !s.major.zero() {
		s.add(sec, "", "declared a major outage", fmt.Sprintf("%s, %s the declaration", stamp(s.major.at), after(s.declared, s.major)), seqs(s.declared, s.major)...)
	}
	sec.Questions = append(sec.Questions,
		"By which signal did it become known, and which other signals showed it?",
		"What would make it known sooner?")
}

// metrics is the table of numbers; each rests on the entries it is counted from.
func (s *story) metrics(sec *Section) {
	row := func(label string, a, b mark) {
		if d := between(a, b); d != nil {
			text := Span(*d)
			if *d < 0 {
				text = Span(d.Abs()) + " before"
			}
			s.add(sec, "", label, text, seqs(a, b)...)
		}
	}
	row("From the start to the first sign", s.start, s.detected)
	row("From the start to the declaration", s.start, s.declared)
	row("From the declaration to a point person", s.declared, s.point)
	row("From the declaration to all wanted roles held", s.declared, s.staffed)
	row("From the declaration to the war room", s.declared, s.warRoom)
	row("From the declaration to the first entry", s.declared, s.firstInternal)
	row("From the prompt to the declaration of a major outage", s.asked, s.major)
	row("From the declaration to that of a major outage", s.declared, s.major)
	row("From the major outage to all wanted roles held", s.major, s.majorStaffed)
	label := "From the major outage to the published document"
	if from := s.documentFrom(); !from.zero() && from.seqs[0] == s.declared.seqs[0] {
		label = "From the declaration to the published document"
	}
	row(label, s.documentFrom(), s.document)
	row("From the start to the first public update", s.start, s.firstUpdate)
	row("From the declaration to the first public update", s.declared, s.firstUpdate)
	row("From the start to the end of the disruption", s.start, s.mitigated)
	row("From the start to resolved", s.start, s.resolved)
	if total, of := disrupted(s.lines); len(of) > 0 {
		s.add(sec, "", "Disrupted, in all", Span(total), of...)
	}
	if gaps := s.silences(); len(gaps) > 0 {
		longest, median := gaps[len(gaps)-1], gaps[(len(gaps)-1)/2]
		s.add(sec, "", "Longest public silence while disrupted", fmt.Sprintf("%s, from %s", Span(longest.d), stamp(longest.from.at)), seqs(longest.from, longest.to)...)
		s.add(sec, "", "Median public silence while disrupted", Span(median.d), seqs(median.from, median.to)...)
	}
	if p := promises(s.lines); p.made > 0 {
		s.add(sec, "", "Promised updates that came in time", fmt.Sprintf("%d of %d", p.kept, p.made), p.rests...)
	}
	if over := s.handOvers(); len(over) > 0 {
		s.add(sec, "", "Hand-overs", fmt.Sprint(len(over)), lineSeqs(over)...)
	}
	for _, e := range s.etas() {
		s.add(sec, "", "Estimate of "+stamp(e.Said), fmt.Sprintf("%s; it came %s, at %s", stamp(e.ETA), off(e.Off), stamp(e.Actual)),
			seqs(mark{seqs: []int64{e.Entry}}, s.actual())...)
	}
	row("From resolved to the published post-mortem", s.resolved, s.published)
}

func off(d time.Duration) string {
	switch {
	case d == 0:
		return "just then"
	case d < 0:
		return Span(d.Abs()) + " earlier"
	}
	return Span(d) + " later"
}

func lineSeqs(lines []incident.Line) []int64 {
	out := make([]int64, 0, len(lines))
	for _, l := range lines {
		out = append(out, l.Seq)
	}
	return out
}
