package report

import (
	"slices"
	"time"

	"tocsin/internal/incident"
)

// Metrics are the lengths of time by which a response is understood. They compare an incident with itself and with the runbook, never
// people. nil: not known, or not yet. A negative length means that it came before what it is counted from.
type Metrics struct {
	Detected        *time.Duration // start → first sign from a system, or the declaration
	Declared        *time.Duration // start → declaration
	Major           *time.Duration // declaration → declared a major outage
	MajorAsked      *time.Duration // prompt that the definition is met → declared a major outage
	Point           *time.Duration // declaration → somebody is point person
	Roles           *time.Duration // declaration → every wanted role is held
	MajorRoles      *time.Duration // major outage → every wanted role is held
	WarRoom         *time.Duration // declaration → war room open
	Document        *time.Duration // major outage, or declaration → document published
	FirstInternal   *time.Duration // declaration → first entry people wrote
	FirstUpdate     *time.Duration // start → first public update
	FirstUpdateFrom *time.Duration // declaration → first public update
	Mitigated       *time.Duration // start → no longer disrupted
	Resolved        *time.Duration // start → resolved
	Disrupted       *time.Duration // total disruption; of one that goes on, what is over
	LongestSilence  *time.Duration // between public updates while disrupted
	MedianSilence   *time.Duration // the same, the lower one of two medians
	Postmortem      *time.Duration // resolved → post-mortem published
	Promises        int            // promised times of a next update that have passed or were met
	Kept            int
	HandOvers       int
	ETAs            []ETAAccuracy
}

// ETAAccuracy is one stated estimate held against what came.
type ETAAccuracy struct {
	Entry     int64
	Said, ETA time.Time
	Actual    time.Time     // end of the disruption, or of the incident
	Off       time.Duration // Actual − ETA: positive, it took longer
}

// Measure gives the metrics of an incident as far as its log tells.
func Measure(i *incident.Incident) Metrics {
	s := tell(i, nil)
	m := Metrics{
		Detected: between(s.start, s.detected), Declared: between(s.start, s.declared),
		Major: between(s.declared, s.major), MajorAsked: between(s.asked, s.major),
		Point: between(s.declared, s.point), Roles: between(s.declared, s.staffed), MajorRoles: between(s.major, s.majorStaffed),
		WarRoom: between(s.declared, s.warRoom), Document: between(s.documentFrom(), s.document),
		FirstInternal: between(s.declared, s.firstInternal),
		FirstUpdate:   between(s.start, s.firstUpdate), FirstUpdateFrom: between(s.declared, s.firstUpdate),
		Mitigated: between(s.start, s.mitigated), Resolved: between(s.start, s.resolved), Postmortem: between(s.resolved, s.published),
		HandOvers: len(s.handOvers()), ETAs: s.etas(),
	}
	if total, seqs := disrupted(s.lines); len(seqs) > 0 {
		m.Disrupted = &total
	}
	if gaps := s.silences(); len(gaps) > 0 {
		m.LongestSilence, m.MedianSilence = &gaps[len(gaps)-1].d, &gaps[(len(gaps)-1)/2].d
	}
	p := promises(s.lines)
	m.Promises, m.Kept = p.made, p.kept
	return m
}

// marks is the marks of an incident.
type marks struct {
	start, detected, declared, asked, major, point, staffed, majorStaffed, warRoom, document, firstInternal, firstUpdate,
	mitigated, resolved, ended, published mark
}

func findMarks(s *story) marks {
	var t marks
	i := s.i
	if i.Declared.IsZero() {
		return t
	}
	t.declared = mark{i.Declared.At, []int64{i.Declared.Seq}}
	if l := i.Line(i.Declared.Seq); l != nil {
		t.declared.at = l.At // as it was corrected
	}
	t.start, t.detected = mark{i.Started, t.declared.seqs}, t.declared
	set := func(m *mark, l incident.Line) {
		if m.zero() {
			*m = markOf(l)
		}
	}
	for _, l := range s.lines {
		if told(l) && isSystem(l.By) && l.By != incident.System && !l.At.Before(t.start.at) && l.At.Before(t.detected.at) {
			t.detected = markOf(l)
		}
		if slices.Contains(incident.Spoken, l.Kind) && !isSystem(l.By) && !l.At.Before(t.declared.at) {
			set(&t.firstInternal, l)
		}
		switch e := l.Event.(type) {
		case *incident.Prompted:
			if e.Reason != "ask" {
				set(&t.asked, l)
			}
		case *incident.MajorDeclared:
			set(&t.major, l)
		case *incident.RoleTaken:
			if e.Role == "point_person" {
				set(&t.point, l)
			}
		case *incident.Updated:
			if t.firstUpdate.zero() || l.At.Before(t.firstUpdate.at) {
				t.firstUpdate = markOf(l)
			}
		case *incident.StepDone:
			t.done(i, e.Step, l)
		case *incident.StepByHand:
			if e.Done {
				t.done(i, e.Step, l)
			}
		case *incident.PostmortemPublished:
			set(&t.published, l)
		}
	}
	if !i.Ended.IsZero() && s.shown[i.Ended.Seq] {
		t.ended = markOf(*i.Line(i.Ended.Seq))
		if i.Status == incident.Resolved {
			t.resolved = t.ended
		}
	}
	if !t.asked.zero() && !t.major.zero() && t.asked.seqs[0] > t.major.seqs[0] {
		t.asked = mark{}
	}
	t.mitigated = mitigated(s.lines)
	t.staffed = staffed(s, t.declared)
	if !t.major.zero() {
		t.majorStaffed = staffed(s, t.major)
	}
	return t
}

// done notes the first time that a kind of step was carried out.
func (t *marks) done(i *incident.Incident, id string, l incident.Line) {
	step, ok := stepOf(i, id)
	switch {
	case !ok:
	case step.Kind == "room.open" && t.warRoom.zero():
		t.warRoom = markOf(l)
	case step.Kind == "document.publish" && t.document.zero():
		t.document = markOf(l)
	}
}

func (t *marks) documentFrom() mark {
	if t.major.zero() || !t.document.zero() && t.document.seqs[0] < t.major.seqs[0] {
		return t.declared
	}
	return t.major
}

// isSystem reports whether an entry was written by a machine: Tocsin itself, or one that reports to it.
func isSystem(by string) bool {
	return by == incident.System || len(by) > len("integration:") && by[:len("integration:")] == "integration:"
}

func between(a, b mark) *time.Duration {
	if a.zero() || b.zero() {
		return nil
	}
	d := b.at.Sub(a.at)
	return &d
}

// staffed is when, from a moment on, every wanted role was first held. It plays the log again, since what is wanted changes with it.
func staffed(s *story, from mark) mark {
	x := incident.New(s.i.ID, s.i.Name)
	m := mark{seqs: slices.Clone(from.seqs)}
	for _, l := range s.i.Lines {
		x.Apply(incident.Entry{Seq: l.Seq, At: l.At, Recorded: l.Recorded, By: l.By, Event: l.Event})
		_, taken := l.Event.(*incident.RoleTaken)
		if taken && s.shown[l.Seq] {
			m.seqs = append(m.seqs, l.Seq)
		}
		if l.Seq < from.seqs[0] || !s.shown[l.Seq] && l.Seq != from.seqs[0] || x.Status != incident.Active || len(x.Wanted()) > 0 {
			continue
		}
		m.at = l.At
		if m.at.Before(from.at) {
			m.at = from.at
		}
		m.seqs = append(m.seqs, l.Seq)
		slices.Sort(m.seqs)
		m.seqs = slices.Compact(m.seqs)
		return m
	}
	return mark{}
}

// stretch is how the service was for a time. to is the zero mark while it lasts.
type stretch struct {
	grade    string
	from, to mark
}

func (g stretch) disrupts() bool { return g.grade == incident.Partial || g.grade == incident.Down }

func (g stretch) length() time.Duration {
	if g.to.zero() {
		return 0
	}
	return max(g.to.at.Sub(g.from.at), 0)
}

// stretches is the curve of disruption that the entries tell.
func stretches(lines []incident.Line) []stretch {
	var out []stretch
	end := func(l incident.Line) {
		if n := len(out); n > 0 && out[n-1].to.zero() {
			out[n-1].to = markOf(l)
		}
	}
	for _, l := range lines {
		switch e := l.Event.(type) {
		case *incident.DisruptionSet:
			if n := len(out); n > 0 && out[n-1].to.zero() && out[n-1].grade == e.Grade {
				continue
			}
			end(l)
			out = append(out, stretch{grade: e.Grade, from: markOf(l)})
		case *incident.ResolvedEvent, *incident.CancelledEvent, *incident.Reopened:
			end(l)
		}
	}
	return out
}

// disrupted is the total length of disruption that is over, and the entries it rests on; none if the service never was.
func disrupted(lines []incident.Line) (total time.Duration, rests []int64) {
	for _, g := range stretches(lines) {
		if g.disrupts() {
			total += g.length()
			rests = append(rests, seqs(g.from, g.to)...)
		}
	}
	slices.Sort(rests)
	return total, slices.Compact(rests)
}

// mitigated is the end of the last disruption, if it has one.
func mitigated(lines []incident.Line) (m mark) {
	for _, g := range stretches(lines) {
		if g.disrupts() {
			m = g.to
		}
	}
	return m
}

// silence is a time in which the public heard nothing.
type silence struct {
	d        time.Duration
	from, to mark
}

// silences lists, shortest first, the waits of the public from the first disruption to the end of the last.
func (s *story) silences() []silence {
	var from mark
	for _, g := range stretches(s.lines) {
		if g.disrupts() {
			from = g.from
			break
		}
	}
	to := s.mitigated
	if to.zero() {
		to = s.last()
	}
	if from.zero() || to.zero() {
		return nil
	}
	points := []mark{from}
	for _, l := range s.byTime {
		if _, ok := l.Event.(*incident.Updated); ok && l.At.After(from.at) && l.At.Before(to.at) {
			points = append(points, markOf(l))
		}
	}
	points = append(points, to)
	var out []silence
	for n := 1; n < len(points); n++ {
		out = append(out, silence{max(points[n].at.Sub(points[n-1].at), 0), points[n-1], points[n]})
	}
	slices.SortStableFunc(out, func(a, b silence) int { return int(max(min(a.d-b.d, 1), -1)) })
	return out
}

// promised is how promises of a next update were kept.
type promised struct {
	made, kept int
	rests      []int64
}

// promises holds each promised time against what came. One that has not passed yet is not counted.
func promises(lines []incident.Line) (p promised) {
	var updates []incident.Line
	var end, last mark
	for _, l := range lines {
		switch l.Event.(type) {
		case *incident.Updated:
			updates = append(updates, l)
		case *incident.ResolvedEvent, *incident.CancelledEvent:
			end = markOf(l)
			p.rests = append(p.rests, l.Seq)
		case *incident.Reopened:
			end = mark{}
			p.rests = append(p.rests, l.Seq)
		}
		if last.zero() || l.At.After(last.at) {
			last = markOf(l)
		}
	}
	slices.SortStableFunc(updates, func(a, b incident.Line) int { return a.At.Compare(b.At) })
	for n, l := range updates {
		p.rests = append(p.rests, l.Seq)
		next := l.Event.(*incident.Updated).Next
		if next == nil || next.IsZero() {
			continue
		}
		came := end
		if came.at.Before(l.At) {
			came = mark{}
		}
		if n+1 < len(updates) {
			came = markOf(updates[n+1])
		}
		switch {
		case !came.zero() && !came.at.After(*next):
			p.made, p.kept = p.made+1, p.kept+1
		case !came.zero() || last.at.After(*next):
			p.made++
		}
	}
	p.rests = seqs(mark{seqs: p.rests}, last)
	return p
}

// handOvers lists the entries by which a role passed from one person to another.
func (s *story) handOvers() []incident.Line {
	var out []incident.Line
	for _, l := range s.lines {
		if e, ok := l.Event.(*incident.RoleTaken); ok && e.From != "" && e.From != e.Person {
			out = append(out, l)
		}
	}
	return out
}

func (s *story) etas() []ETAAccuracy {
	actual := s.actual()
	if actual.zero() {
		return nil
	}
	var out []ETAAccuracy
	for _, l := range s.lines {
		if e, ok := l.Event.(*incident.ETASet); ok && e.ETA != nil {
			out = append(out, ETAAccuracy{Entry: l.Seq, Said: l.At, ETA: *e.ETA, Actual: actual.at, Off: actual.at.Sub(*e.ETA)})
		}
	}
	return out
}

// actual is the moment that estimates were about: the end of the disruption, or of the incident.
func (s *story) actual() mark {
	if !s.mitigated.zero() {
		return s.mitigated
	}
	return s.resolved
}
