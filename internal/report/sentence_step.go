package report

import (
	"slices"
	"strconv"

	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
)

// stepSentence says what happened to a step; any other line is what was written.
func stepSentence(lang *catalogue.Language, i *incident.Incident, l incident.Line) string {
	step := stepTitle(i, incident.AboutStep(l.Event))
	switch e := l.Event.(type) {
	case *incident.StepStarted:
		if e.Attempt > 1 {
			return lang.T("%s: attempt %d, %s", step, e.Attempt, e.Provider)
		}
		return lang.T("%s: begun, %s", step, e.Provider)
	case *incident.StepDone:
		if e.Adopted {
			return lang.T("%s: an earlier attempt had done it", step)
		}
		return lang.T("%s: done", step) + replaced(lang, e.Outputs)
	case *incident.StepKept:
		return lang.T("%s: brought up to date", step) + replaced(lang, e.Outputs)
	case *incident.StepFailed:
		if e.Waits != "" {
			return lang.T("%s: %s; waits until it is up, tried all the same in %s", step, e.Error, SpanIn(lang, incident.WaitFor))
		}
		if e.Next != nil {
			return lang.T("%s: %s; next try in %s", step, e.Error, SpanIn(lang, max(e.Next.Sub(l.Recorded), 0)))
		}
		return step + ": " + e.Error
	case *incident.StepUnclear:
		return lang.T("%s: it is not clear whether it happened (%s); looking it up", step, e.Error)
	case *incident.StepLooked:
		if e.Error != "" {
			return lang.T("%s: the look-up failed (%s)", step, e.Error)
		}
		return lang.T("%s: looked, it is not there", step)
	case *incident.StepUnsure:
		return lang.T("%s: unsure whether it went out (%s); please say", step, e.Error)
	case *incident.StepSkipped:
		return because(lang.T("Left out: %s", step), e.Why)
	case *incident.StepByHand:
		if e.Done {
			return lang.T("%s: done by hand", step)
		}
		return because(lang.T("%s: by hand", step), e.Why)
	case *incident.StepRetried:
		if made(i, e.Step, l.Seq) {
			return lang.T("%s: what was made is of no use any more; a new one is made", step)
		}
		if begun(i, e.Step, l.Seq) {
			return lang.T("%s: trying again", step)
		}
		return lang.T("%s: somebody starts it", step)
	}
	return l.Text
}

func stepTitle(i *incident.Incident, id string) string {
	if s, ok := stepOf(i, id); ok {
		return s.Title
	}
	return id
}

// replaced tells people that what one of them typed into the document was changed before the world could read it: not which name it was.
func replaced(lang *catalogue.Language, outputs map[string]string) string {
	n, err := strconv.Atoi(outputs["replaced"])
	if err != nil {
		return ""
	}
	return lang.N("; %d name that was typed into the document was replaced first. Please write team-member-N there",
		"; %d names that were typed into the document were replaced first. Please write team-member-N there", n)
}

// made reports whether a step stood as done before an entry.
func made(i *incident.Incident, step string, before int64) (done bool) {
	for _, l := range i.Lines {
		if l.Seq >= before {
			break
		}
		if incident.AboutStep(l.Event) != step {
			continue
		}
		switch l.Event.(type) {
		case *incident.StepDone:
			done = true
		case *incident.StepKept:
		default:
			done = false
		}
	}
	return done
}

// begun reports whether an attempt of a step came before an entry.
func begun(i *incident.Incident, step string, before int64) bool {
	return slices.ContainsFunc(i.Lines, func(l incident.Line) bool {
		s, ok := l.Event.(*incident.StepStarted)
		return ok && s.Step == step && l.Seq < before
	})
}
