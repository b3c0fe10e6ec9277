package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/internal/incident"
)

// factors lists candidates only: what was found before it was over. Which of them are factors, people say.
func (s *story) factors(sec *Section) {
	for _, l := range s.byTime {
		found := l.Kind == "finding" || l.Kind == "guess" && l.Outcome == "confirmed"
		if !spoken(l) || !found || !s.ended.zero() && l.At.After(s.ended.at) {
			continue
		}
		label := "found at " + stamp(l.At)
		if l.Kind == "guess" {
			label = "guessed at " + stamp(l.At) + ", confirmed"
		}
		s.add(sec, "Candidates: what was found before it was over", label, Sentence(s.i, l, s.name), l.Seq)
	}
	sec.Questions = append(sec.Questions,
		"Which of these triggered it, which lay there before, which made it larger, which made it hard to see, which made it hard to end?")
	var whys []string
	for _, c := range sec.Claims {
		whys = append(whys, fmt.Sprintf("%s: what made that possible? Name each condition, and ask the same of each; whys may branch.", EntryID(c.Entries[0])))
	}
	sec.Questions = append(sec.Questions, limit(whys)...)
}

// wentWell names the times that were within what the runbook asks for.
func (s *story) wentWell(sec *Section) {
	rb := s.i.Runbook
	within := func(a, b mark, limit time.Duration, what, of, means string) {
		if d := between(a, b); d != nil && *d >= 0 && limit > 0 && *d <= limit {
			s.add(sec, "", "", fmt.Sprintf("%s %s %s; %s %s.", what, after(a, b), of, means, Span(limit)), seqs(a, b, s.declared)...)
		}
	}
	cadence, ok := rb.Cadence[s.i.Kind+"."+incident.Stages[0]]
	if !ok {
		cadence = rb.Cadence[s.i.Kind]
	}
	within(s.declared, s.firstUpdate, cadence.Duration(), "The public was told", "the declaration", "the runbook allows")
	if len(rb.Nudges.Role) > 0 {
		first := rb.Nudges.Role[0].Duration()
		within(s.declared, s.point, first, "Somebody was point person", "the declaration", "the runbook reminds after")
		within(s.declared, s.staffed, first, "Every wanted role was held", "the declaration", "the runbook reminds after")
		within(s.major, s.majorStaffed, first, "Every wanted role was held", "the declaration of a major outage", "the runbook reminds after")
	}
	if p := promises(s.lines); p.made > 0 && p.made == p.kept {
		s.add(sec, "", "", fmt.Sprintf("Of %d promised updates, %d came in time.", p.made, p.kept), p.rests...)
	}
	var settled []incident.Line
	for _, l := range s.lines {
		if l.Kind == "guess" && spoken(l) && l.Outcome != "" {
			settled = append(settled, l)
		}
	}
	if len(settled) > 0 {
		s.add(sec, "", "", fmt.Sprintf("Guesses were written down as such and settled: %d.", len(settled)), lineSeqs(settled)...)
	}
}

func (s *story) lucky(sec *Section) {
	end := s.end()
	sec.Questions = append(sec.Questions, fmt.Sprintf("Between %s and %s: what helped that nobody had planned?", stamp(s.start.at), stamp(end.at)))
}

// mostQuestions bounds how many questions of one sort are asked: people answer few well rather than many badly.
const mostQuestions = 5

// hard asks about the moments that look hard from outside.
func (s *story) hard(sec *Section) {
	sec.Questions = append(sec.Questions, limit(s.attemptsAsked())...)
	sec.Questions = append(sec.Questions, limit(s.quietAsked())...)
	var guesses []string
	for _, l := range s.byTime {
		if l.Kind == "guess" && spoken(l) && l.Outcome == "ruled_out" {
			guesses = append(guesses, fmt.Sprintf("At %s it was thought, %s: %s What pointed to it, and what showed otherwise?", stamp(l.At), EntryID(l.Seq), quote(sentence(l.Text))))
		}
	}
	sec.Questions = append(sec.Questions, limit(guesses)...)
}

func limit(qs []string) []string { return qs[:min(len(qs), mostQuestions)] }

// attemptsAsked asks about actions that follow each other within minutes.
func (s *story) attemptsAsked() (out []string) {
	var row []incident.Line
	flush := func() {
		if len(row) > 1 {
			var ids []string
			for _, l := range row {
				ids = append(ids, EntryID(l.Seq))
			}
			out = append(out, fmt.Sprintf("Several actions between %s and %s (%s): what was seen after each, and what did it suggest?",
				stamp(row[0].At), stamp(row[len(row)-1].At), strings.Join(ids, ", ")))
		}
		row = nil
	}
	for _, l := range s.byTime {
		if !spoken(l) || l.Kind != "action" {
			continue
		}
		if n := len(row); n > 0 && l.At.Sub(row[n-1].At) > 10*time.Minute {
			flush()
		}
		row = append(row, l)
	}
	flush()
	return out
}

// quietAsked asks about hours in which nothing was written down, longest first.
func (s *story) quietAsked() []string {
	type gap struct{ from, to time.Time }
	var gaps []gap
	end := s.end()
	var before time.Time
	for _, l := range s.byTime {
		if !told(l) || l.At.Before(s.start.at) || l.At.After(end.at) {
			continue
		}
		if !before.IsZero() && l.At.Sub(before) > time.Hour {
			gaps = append(gaps, gap{before, l.At})
		}
		before = l.At
	}
	slices.SortStableFunc(gaps, func(a, b gap) int {
		return int(max(min(b.to.Sub(b.from)-a.to.Sub(a.from), 1), -1))
	})
	var out []string
	for _, g := range gaps {
		out = append(out, fmt.Sprintf("Between %s and %s nothing was written down: what went on?", stamp(g.from), stamp(g.to)))
	}
	return out
}

// homes says, by words of the question, which section a question of the runbook belongs to; in order.
var homes = []struct{ word, section string }{
	{"well", "went_well"}, {"luck", "lucky"}, {"hard", "hard"}, {"difficult", "hard"}, {"condition", "contributing_factors"}, {"why", "contributing_factors"},
	{"cause", "contributing_factors"}, {"factor", "contributing_factors"}, {"detect", "detection"}, {"notice", "detection"}, {"customer", "impact"},
	{"impact", "impact"}, {"action", "actions"}, {"follow", "actions"},
}

// ask puts the runbook's questions first in the sections they belong to; what belongs nowhere is an open question.
func (s *story) ask(sections []Section) {
	if s.i.Runbook == nil || s.declared.zero() {
		return
	}
	at := map[string][]string{}
	for _, q := range s.i.Runbook.Questions {
		home := "open_questions"
		for _, h := range homes {
			if strings.Contains(strings.ToLower(q), h.word) {
				home = h.section
				break
			}
		}
		at[home] = append(at[home], oneline(q))
	}
	for n := range sections {
		sections[n].Questions = append(at[sections[n].ID], sections[n].Questions...)
	}
}
