package report

import (
	"fmt"
	"slices"
	"strings"

	"tocsin/internal/incident"
)

// spoken reports whether a line is what somebody wrote into the timeline.
func spoken(l incident.Line) bool {
	_, ok := l.Event.(*incident.Said)
	return ok && slices.Contains(incident.Spoken, l.Kind)
}

// told are the lines that the timeline of a post-mortem holds besides what was spoken.
func told(l incident.Line) bool {
	switch l.Event.(type) {
	case *incident.Said, *incident.Declared, *incident.Announced, *incident.Updated, *incident.ImpactNoted, *incident.ETASet, *incident.DisruptionSet,
		*incident.NotNowSaid, *incident.MajorDeclared, *incident.MinorDeclared, *incident.RoleTaken, *incident.RoleDropped, *incident.PulledIn,
		*incident.FurtherDecided, *incident.ServicesDown, *incident.ServicesUp, *incident.ResolvedEvent, *incident.Reopened, *incident.CancelledEvent:
		return true
	}
	return false
}

// timeline is what happened, in order of time. Guesses stand with how they were settled, corrections with what stood before,
// contradictions on both sides.
func (s *story) timeline(sec *Section) {
	for _, l := range s.byTime {
		if !told(l) {
			continue
		}
		notes, rests := s.notes(l)
		text := s.lineText(l)
		if len(notes) > 0 {
			text += " — " + strings.Join(notes, " — ")
		}
		s.add(sec, "", stamp(l.At), text, append(rests, l.Seq)...)
	}
}

// lineText is a line with its kind before it.
func (s *story) lineText(l incident.Line) string {
	text := oneline(Sentence(s.i, l, s.name))
	switch e := l.Event.(type) {
	case *incident.Said:
		return title(l.Kind) + ": " + text
	case *incident.Announced:
		return "Announced: " + text
	case *incident.Updated:
		return fmt.Sprintf("Update, %s: %s", oneline(e.Stage), text)
	case *incident.ImpactNoted:
		return "Impact on customers: " + text
	}
	return text
}

// notes is what became of a line later, and the entries that say so.
func (s *story) notes(l incident.Line) (notes []string, rests []int64) {
	var settled *incident.Line
	var corrected, against []int64
	for n := range s.lines {
		o := &s.lines[n]
		switch e := o.Event.(type) {
		case *incident.GuessSettled:
			if e.Entry == l.Seq {
				settled = o
			}
		case *incident.Amended:
			if e.Entry == l.Seq {
				corrected = append(corrected, o.Seq)
			}
		}
		if o.Contradict == l.Seq {
			against = append(against, o.Seq)
		}
	}
	if l.Kind == "guess" && spoken(l) {
		switch {
		case l.Outcome == "" || settled == nil:
			notes = append(notes, "not settled")
		default:
			why := oneline(settled.Event.(*incident.GuessSettled).Why)
			notes = append(notes, becauseOf(outcome(l.Outcome)+", "+EntryID(settled.Seq), why))
			rests = append(rests, settled.Seq)
		}
	}
	for _, a := range l.Amended {
		if a.Was != l.Text && a.Was != "" {
			notes = append(notes, becauseOf("corrected; before, it read "+quote(a.Was), oneline(a.Why)))
		} else if !a.WasAt.Equal(l.At) {
			notes = append(notes, becauseOf("corrected; before, it stood at "+stamp(a.WasAt), oneline(a.Why)))
		}
	}
	rests = append(rests, corrected...)
	if s.shown[l.Contradict] {
		notes = append(notes, "contradicts "+EntryID(l.Contradict))
		rests = append(rests, l.Contradict)
	}
	for _, seq := range against {
		notes = append(notes, "contradicted by "+EntryID(seq))
		rests = append(rests, seq)
	}
	return notes, rests
}

func outcome(o string) string { return strings.ReplaceAll(oneline(o), "_", " ") }

func becauseOf(s, why string) string {
	if why == "" {
		return s
	}
	return s + ": " + why
}
