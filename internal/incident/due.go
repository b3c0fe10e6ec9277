package incident

import (
	"fmt"
	"slices"
	"time"

	"tocsin/internal/runbook"
)

// Run is one instance of a step: the step itself, or one for each update or call. ID is the step's id, with ":e17" for an instance.
type Run struct {
	ID       string
	Step     runbook.Step
	For      int64 // entry an instance is for; 0 otherwise
	State    string
	Finished bool
	Wanted   bool      // its condition holds
	Blocked  []string  // ids of steps it waits for
	Act      string    // what the machine does next: "start", "keep", "look", or ""
	At       time.Time // real time of that; zero: now
	*StepRun           // what came of it so far; never nil
}

// Runs lists every instance of every step in the runbook's order.
func (i *Incident) Runs() []Run { return i.runsAt(i.lastAt()) }

func (i *Incident) lastAt() time.Time {
	if n := len(i.Lines); n > 0 {
		return i.Lines[n-1].At
	}
	return time.Time{}
}

func (i *Incident) runsAt(now time.Time) []Run {
	var out []Run
	if i.Runbook == nil {
		return nil
	}
	facts, finished := i.facts(now), map[string]bool{}
	for _, s := range i.Runbook.Order() {
		var made []Run
		switch s.Each {
		case "update":
			for _, u := range i.Updates {
				if len(u.To) == 0 || slices.Contains(u.To, runbook.Kinds[s.Kind].Capability) {
					made = append(made, i.instance(s, u.Seq))
				}
			}
		case "call":
			for _, c := range i.Calls {
				made = append(made, i.instance(s, c.Seq))
			}
		case "follow_up":
			for _, f := range i.FollowUps {
				made = append(made, i.instance(s, f.Made))
			}
		default:
			made = append(made, i.instance(s, 0))
		}
		for n := range made {
			i.judge(&made[n], finished, facts)
			finished[made[n].ID] = made[n].Finished
		}
		all := len(made) > 0 || s.Each != ""
		for _, r := range made {
			all = all && r.Finished
		}
		finished[s.ID] = all
		out = append(out, made...)
	}
	place := map[string]int{}
	for n, s := range i.Runbook.Steps {
		place[s.ID] = n
	}
	slices.SortStableFunc(out, func(a, b Run) int { return place[a.Step.ID] - place[b.Step.ID] })
	return out
}

func (i *Incident) instance(s runbook.Step, seq int64) Run {
	r := Run{ID: s.ID, Step: s, For: seq}
	if seq != 0 {
		r.ID = instanceID(s.ID, seq)
	}
	if r.StepRun = i.Steps[r.ID]; r.StepRun == nil {
		r.StepRun = &StepRun{}
	}
	return r
}

func instanceID(step string, seq int64) string { return fmt.Sprintf("%s:e%d", step, seq) }

// judge finds the state of an instance and what the machine does next.
func (i *Incident) judge(r *Run, finished map[string]bool, facts runbook.Facts) {
	r.Wanted = i.Status != Cancelled && holds(r.Step.When, facts)
	for _, need := range r.Step.Needs {
		ready := finished[need]
		if of, ok := i.Runbook.Step(need); ok && r.Step.Each != "" && of.Each == r.Step.Each {
			ready = finished[instanceID(need, r.For)] // each waits for its own
		}
		if !ready {
			r.Blocked = append(r.Blocked, need)
		}
	}
	item := i.Items[r.ID]
	switch {
	case r.StepRun.State != "" && r.StepRun.State != Due:
		r.State = r.StepRun.State
	case item != nil && !item.Ticked.IsZero(), r.Step.Done != "" && !i.Declared.IsZero() && holds(r.Step.Done, facts):
		r.State = Done
	case r.Wanted && len(r.Blocked) == 0:
		r.State = Due
	default:
		r.State = Waiting
	}
	r.Finished = r.State == Done || r.State == Skipped || r.State == HandDone && !r.Claimed
	if r.Step.Kind == "" {
		return
	}
	began := r.StepRun.State != ""
	switch {
	case r.State == Due && (r.Step.Automatic() || began):
		r.Act, r.At = "start", r.Next
	case r.State == Failed && !r.Next.IsZero():
		r.Act, r.At = "start", r.Next
	case r.State == Failed && r.Doubt && i.versions["settled"] > r.Said.Seq:
		r.Act = "start"
	case r.State == Failed && r.Step.Keep && r.Upto < i.Shows(*r):
		r.Act = "start"
	case r.State == Started && r.Unclear:
		r.Act, r.At = "look", r.Next
	case r.State == Done && r.Step.Keep && r.Upto < i.Shows(*r):
		r.Act = "keep"
	}
}

// Shows is the version of what a step that is kept in step has to show now; the runner freezes it with the request.
func (i *Incident) Shows(r Run) int64 {
	switch r.Step.Kind {
	case "document.write":
		return max(i.versions["public"], i.versions["links"])
	case "document.publish":
		return i.versions["document"]
	case "chat.invite":
		return i.versions["roles"]
	case "tracker.update":
		if f := i.followUp(r.For); f != nil {
			return f.Seq
		}
		return max(i.Postmortem.Edited.Seq, i.versions["settled"])
	}
	return 0
}

// Due lists what the machine does now: attempts to begin, steps to bring in step, unclear ones to look up. It is a pure function of
// the log and the real time; no list of jobs is kept anywhere else.
func (i *Incident) Due(real time.Time) []Run {
	var out []Run
	for _, r := range i.Runs() {
		if r.Act != "" && !r.At.After(real) {
			out = append(out, r)
		}
	}
	return out
}

// NextDue is the next real moment after which Due has more to say; zero if none is known.
func (i *Incident) NextDue(real time.Time) time.Time {
	var next time.Time
	for _, r := range i.Runs() {
		if r.Act != "" && r.At.After(real) && (next.IsZero() || r.At.Before(next)) {
			next = r.At
		}
	}
	return next
}

// Busy reports whether anything automatic is under way or due at real time, planned retries left out.
func (i *Incident) Busy(real time.Time) bool {
	for _, r := range i.Runs() {
		if r.State == Started || r.Act != "" && !r.At.After(real) {
			return true
		}
	}
	return false
}

// Find gives an instance by id.
func (i *Incident) Find(id string) (Run, bool) {
	for _, r := range i.Runs() {
		if r.ID == id {
			return r, true
		}
	}
	return Run{}, false
}
