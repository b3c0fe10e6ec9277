package incident

import (
	"slices"

	"tocsin/internal/runbook"
)

// makers lists by capability the kinds of step that make what the other kinds of it work on, the one that wins first.
var makers = map[string][]string{
	"room": {"room.license", "room.open"}, "document": {"document.create"}, "chat": {"chat.channel"},
	"stream": {"stream.create"}, "tracker": {"tracker.issue"}, "social": {"social.post"},
}

// Opens reports whether a kind makes something new, so that it does not matter who made what came before.
func Opens(kind string) bool { return slices.Contains(makers[runbook.Kinds[kind].Capability], kind) }

// Made gives the latest finished step of the first of the kinds that has one, steps about follow-ups left out.
func (i *Incident) Made(kinds ...string) (Run, bool) {
	for _, k := range kinds {
		var found Run
		for _, r := range i.Runs() {
			if r.Step.Kind == k && r.Finished && r.State != Skipped && r.Step.Each != "follow_up" {
				found = r
			}
		}
		if found.StepRun != nil {
			return found, true
		}
	}
	return Run{}, false
}

// Owner is the provider that made what a step of a kind works on: a room is ended by who opened it. Empty: there is none.
func (i *Incident) Owner(kind string) string {
	if Opens(kind) || kind == "chat.post" {
		return ""
	}
	r, ok := i.Made(makers[runbook.Kinds[kind].Capability]...)
	if !ok || r.State == HandDone {
		return ""
	}
	return r.Provider
}

// Linked gives the latest finished step with an address of the first of the kinds that has one.
func (i *Incident) Linked(kinds ...string) (Run, bool) {
	for _, k := range kinds {
		if r, ok := i.Made(k); ok && r.URL != "" {
			return r, true
		}
	}
	return Run{StepRun: &StepRun{}}, false
}

// Link is where people find what the first of the kinds made that made anything with an address. Empty: there is none.
func (i *Incident) Link(kinds ...string) string {
	r, _ := i.Linked(kinds...)
	return r.URL
}

// WarRoom is the meeting that is current, and who keeps it. Empty: there is none.
func (i *Incident) WarRoom() (url, provider string) {
	r, _ := i.Linked(makers["room"]...)
	return r.URL, r.Provider
}
