package incident

import "strings"

// AboutEntry is the entry that an event speaks of; 0: none.
func AboutEntry(ev Event) int64 {
	switch e := ev.(type) {
	case *Amended:
		return e.Entry
	case *Struck:
		return e.Entry
	case *GuessSettled:
		return e.Entry
	case *VisibilitySet:
		return e.Entry
	case *PictureAdded:
		return e.Entry
	}
	return 0
}

// AboutStep is the step or item that an event speaks of, as instances are named; empty: none.
func AboutStep(ev Event) string {
	switch e := ev.(type) {
	case *Ticked:
		return e.Item
	case *Unticked:
		return e.Item
	case *ItemGiven:
		return e.Item
	case *StepStarted:
		return e.Step
	case *StepDone:
		return e.Step
	case *StepKept:
		return e.Step
	case *StepFailed:
		return e.Step
	case *StepUnclear:
		return e.Step
	case *StepLooked:
		return e.Step
	case *StepUnsure:
		return e.Step
	case *StepSkipped:
		return e.Step
	case *StepByHand:
		return e.Step
	case *StepRetried:
		return e.Step
	}
	return ""
}

// PrivateStep reports whether a step or item is one that those alone see who see what is private (R32).
func (i *Incident) PrivateStep(id string) bool {
	if id == "" || i.Runbook == nil {
		return false
	}
	base, _, _ := strings.Cut(id, ":")
	s, ok := i.Runbook.Step(base)
	return ok && s.Private
}
