package api

import (
	"slices"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
)

// confidants are the roles that see what is private (rulings 3, R32).
var confidants = []string{"point_person", "communications_manager", "security"}

// confided reports whether an account sees what is private in an incident: the point person, the communications manager, security, and
// whoever administers. A token that may only read never does: it is for dashboards.
func confided(i *incident.Incident, a auth.Account) bool {
	if a.Scope == auth.ScopeRead {
		return false
	}
	admin := slices.Index(auth.Rights, a.Rights) >= slices.Index(auth.Rights, auth.RightsAdmin)
	return admin || slices.ContainsFunc(confidants, func(role string) bool { return i.Holds(a.Person.ID, role) })
}

// hidden reports whether a line must not be shown to an account: it is private, or speaks of a private line or step, and the account
// neither is a confidant nor wrote it.
func hidden(i *incident.Incident, l incident.Line, a auth.Account) bool {
	if confided(i, a) {
		return false
	}
	if l.Visibility == incident.Private && l.By != a.Person.ID {
		return true
	}
	if about := i.Line(aboutEntry(l)); about != nil && about.Visibility == incident.Private && about.By != a.Person.ID {
		return true
	}
	return secret(i, aboutStep(l))
}

// secret reports whether a step is one that confidants alone see.
func secret(i *incident.Incident, id string) bool {
	base, _, _ := strings.Cut(id, ":")
	s, ok := i.Runbook.Step(base)
	return ok && s.Private
}

// aboutEntry is the entry a line speaks of; 0: none.
func aboutEntry(l incident.Line) int64 {
	switch e := l.Event.(type) {
	case *incident.Amended:
		return e.Entry
	case *incident.Struck:
		return e.Entry
	case *incident.GuessSettled:
		return e.Entry
	case *incident.VisibilitySet:
		return e.Entry
	case *incident.PictureAdded:
		return e.Entry
	}
	return 0
}

// aboutStep is the step or item a line speaks of; empty: none.
func aboutStep(l incident.Line) string {
	switch e := l.Event.(type) {
	case *incident.Ticked:
		return e.Item
	case *incident.Unticked:
		return e.Item
	case *incident.ItemGiven:
		return e.Item
	case *incident.StepStarted:
		return e.Step
	case *incident.StepDone:
		return e.Step
	case *incident.StepKept:
		return e.Step
	case *incident.StepFailed:
		return e.Step
	case *incident.StepUnclear:
		return e.Step
	case *incident.StepLooked:
		return e.Step
	case *incident.StepUnsure:
		return e.Step
	case *incident.StepSkipped:
		return e.Step
	case *incident.StepByHand:
		return e.Step
	case *incident.StepRetried:
		return e.Step
	}
	return ""
}
