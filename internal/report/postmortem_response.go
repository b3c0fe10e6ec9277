package report

import (
	"fmt"
	"strings"

	"tocsin/internal/incident"
)

// response is who did it by role, how roles passed on, who was asked for, what needed a person's hand, and what was decided.
func (s *story) response(sec *Section) {
	for _, l := range s.byTime {
		switch l.Event.(type) {
		case *incident.RoleTaken, *incident.RoleDropped:
			s.add(sec, "Roles", stamp(l.At), Sentence(s.i, l, s.name), l.Seq)
		}
	}
	for _, l := range s.handOvers() {
		s.handOver(sec, l)
	}
	for _, l := range s.byTime {
		if _, ok := l.Event.(*incident.PulledIn); ok {
			s.add(sec, "People asked for", stamp(l.At), Sentence(s.i, l, s.name), l.Seq)
		}
	}
	s.byHand(sec)
	s.decisions(sec)
}

func (s *story) handOver(sec *Section, l incident.Line) {
	e := l.Event.(*incident.RoleTaken)
	text := fmt.Sprintf("%s passes from %s to %s", title(s.roleName(e.Role)), s.name(e.From), s.name(e.Person))
	if why := oneline(firstOf(e.Note, e.Why)); why != "" {
		text += ": " + quote(why)
	}
	if e.Sheet != nil {
		var open []string
		for _, id := range e.Sheet.Open {
			if t, ok := s.stepTitle(id); ok {
				open = append(open, quote(t))
			}
		}
		if len(open) > 0 {
			text += "; open: " + strings.Join(open, ", ")
		}
		if e.Sheet.ETA != nil {
			text += "; ETA " + stamp(*e.Sheet.ETA)
		}
		if e.Sheet.Next != nil {
			text += "; next public update due " + stamp(*e.Sheet.Next)
		}
	}
	s.add(sec, "Hand-overs", stamp(l.At), text, l.Seq)
}

// byHand lists the steps at which the machine was not enough: it took more than one attempt, or a person, or was left out.
func (s *story) byHand(sec *Section) {
	for _, run := range s.i.Runs() {
		name, ok := s.stepTitle(run.ID)
		said := run.StepRun.Said.Seq
		if !ok || run.Step.Kind == "" && run.State != incident.Skipped || !s.shown[said] {
			continue
		}
		rests := []int64{said}
		text := ""
		switch run.State {
		case incident.HandDone:
			if text = "done by hand"; run.Claimed {
				text = "by hand, not finished"
			}
		case incident.Skipped:
			if run.Step.Optional && run.Said.By == incident.System {
				continue // it was never meant to be done here
			}
			why, of := s.skipped(run.ID)
			text, rests = becauseOf("left out", why), append(rests, of...)
		case incident.Failed:
			text = "did not work"
		case incident.Unsure:
			text = "not known whether it went out"
		case incident.Done:
			if n, of := s.attempts(run.ID); n > 1 {
				text, rests = fmt.Sprintf("done at attempt %d", n), append(rests, of...)
			}
		}
		if text != "" {
			s.add(sec, "Steps that took more than one attempt, or a person", name, text, rests...)
		}
	}
}

// skipped is why a step was left out, and the entry that says so.
func (s *story) skipped(id string) (why string, rests []int64) {
	for _, l := range s.lines {
		if e, ok := l.Event.(*incident.StepSkipped); ok && e.Step == id {
			why, rests = oneline(e.Why), []int64{l.Seq}
		}
	}
	return why, rests
}

// attempts is the number of the last attempt at a step, and the entries that begin attempts at it.
func (s *story) attempts(id string) (n int, rests []int64) {
	for _, l := range s.lines {
		if e, ok := l.Event.(*incident.StepStarted); ok && e.Step == id {
			n = e.Attempt
			rests = append(rests, l.Seq)
		}
	}
	return n, rests
}

// decisions lists what was decided, with what was said in answer.
func (s *story) decisions(sec *Section) {
	for _, l := range s.byTime {
		if !decides(l) {
			continue
		}
		text, rests := oneline(Sentence(s.i, l, s.name)), []int64{l.Seq}
		for _, o := range s.byTime {
			if o.Reply == l.Seq && spoken(o) {
				text += fmt.Sprintf(" — in answer, %s, %s: %s", EntryID(o.Seq), o.Kind, oneline(Sentence(s.i, o, s.name)))
				rests = append(rests, o.Seq)
			}
		}
		s.add(sec, "Decisions", stamp(l.At), text, rests...)
	}
}

func decides(l incident.Line) bool {
	switch l.Event.(type) {
	case *incident.NotNowSaid, *incident.MajorDeclared, *incident.MinorDeclared, *incident.FurtherDecided:
		return true
	}
	return l.Kind == "decision" && spoken(l)
}
