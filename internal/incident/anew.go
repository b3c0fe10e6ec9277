package incident

import (
	"slices"
	"strings"

	"tocsin/internal/runbook"
)

// remade lists the kinds whose work may be made anew after it was done, for people can spoil it: a document can be deleted or locked.
var remade = []string{"document.create"}

// Spoilt reports whether what a step made may be made anew: it is done, and a step that works on it has failed and is not tried again by
// itself.
func (i *Incident) Spoilt(r Run) bool {
	return r.StepRun.State == Done && slices.Contains(remade, r.Step.Kind) &&
		slices.ContainsFunc(i.Runs(), func(on Run) bool { return worksOn(on.Step.Kind, r.Step.Kind) && on.State == Failed && on.Next.IsZero() })
}

// worksOn reports whether steps of a kind work on what another kind makes.
func worksOn(kind, maker string) bool { return slices.Contains(runbook.Kinds[kind].Needs, maker) }

// anew forgets what a finished step made, and what others did with it: they do it again with what is made next, which gets another mark.
func (i *Incident) anew(id string) {
	s := i.Steps[id]
	if s == nil || s.State != Done || i.Runbook == nil {
		return
	}
	kind := func(id string) string {
		base, _, _ := strings.Cut(id, ":")
		step, _ := i.Runbook.Step(base)
		return step.Kind
	}
	s.Remade++
	s.forget()
	for other, on := range i.Steps {
		if worksOn(kind(other), kind(id)) && on.State != Skipped {
			on.due()
			on.forget()
		}
	}
}

// forget drops what an attempt made.
func (s *StepRun) forget() {
	s.Ref, s.URL, s.Outputs, s.Adopted, s.Tried, s.Claimed, s.Upto = "", "", nil, false, nil, false, 0
}
