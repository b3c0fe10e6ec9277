package incident

import "time"

// nudgedOut marks a vacant role whose last reminder has been given.
const nudgedOut = 1 << 20

// Wake lets time pass: it answers with what the clock alone makes due, prompts, nudges and reminders (R1, R6, R16). All are bounded.
type Wake struct{}

// Decide gives the events due by a.Now.
func (*Wake) Decide(i *Incident, a Ask) ([]Event, error) {
	var evs []Event
	if i.Status != Active || i.Runbook == nil {
		return nil, nil
	}
	if reason, ok := i.prompt(a.Now); ok {
		evs = append(evs, &Prompted{Reason: reason})
	}
	for _, r := range i.Wanted() {
		since, ok := i.Vacant[r.ID]
		if !ok || i.nudged[r.ID] >= nudgedOut {
			continue
		}
		if page := i.Runbook.Nudges.Page.Duration(); page > 0 && !a.Now.Before(since.Add(page)) {
			evs = append(evs, &PulledIn{Role: r.ID, Why: "nobody has taken it"})
			continue
		}
		n := 0
		for _, after := range i.Runbook.Nudges.Role {
			if !a.Now.Before(since.Add(after.Duration())) {
				n++
			}
		}
		if n > i.nudged[r.ID] {
			evs = append(evs, &Nudged{Role: r.ID, N: n})
		}
	}
	if due := i.UpdateDue(); !due.IsZero() {
		if late := !a.Now.Before(due); late && i.versions["late"] != i.updateSeq() {
			evs = append(evs, &Reminded{Due: due, Late: true})
		} else if !late && !a.Now.Before(due.Add(-i.Runbook.Nudges.Due.Duration())) && i.versions["soon"] != i.updateSeq() {
			evs = append(evs, &Reminded{Due: due})
		}
	}
	return evs, nil
}

// updateSeq names the present wait for an update: the entry it is counted from.
func (i *Incident) updateSeq() int64 {
	if n := len(i.Updates); n > 0 {
		return i.Updates[n-1].Seq
	}
	return i.Declared.Seq
}

// NextWake is the next moment of the incident's clock after now at which Wake may have something to say; zero if none.
func (i *Incident) NextWake(now time.Time) time.Time {
	var next time.Time
	at := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if i.Status != Active || i.Runbook == nil {
		return next
	}
	if !i.Disruption.Since.IsZero() && i.Kind != Major {
		at(i.Disruption.Since.Add(i.Runbook.Definition.Ask.Duration()))
		at(i.Disruption.Since.Add(i.Runbook.Definition.Passed.Duration()))
	}
	for id, since := range i.Vacant {
		if i.nudged[id] >= nudgedOut {
			continue
		}
		for _, after := range i.Runbook.Nudges.Role {
			at(since.Add(after.Duration()))
		}
		at(since.Add(i.Runbook.Nudges.Page.Duration()))
	}
	if due := i.UpdateDue(); !due.IsZero() {
		at(due.Add(-i.Runbook.Nudges.Due.Duration()))
		at(due)
	}
	return next
}

// Nudged is a reminder that nobody holds a wanted role.
type Nudged struct {
	Role string `json:"role"`
	N    int    `json:"n"`
}

// Kind names the entry.
func (*Nudged) Kind() string { return "nudged" }

// Apply counts it.
func (c *Nudged) Apply(i *Incident, _ Entry) { i.nudged[c.Role] = max(i.nudged[c.Role], c.N) }

// Reminded is a reminder that the public expects word.
type Reminded struct {
	Due  time.Time `json:"due"`
	Late bool      `json:"late,omitempty"`
}

// Kind names the entry.
func (*Reminded) Kind() string { return "reminded" }

// Apply remembers that this wait was reminded of.
func (c *Reminded) Apply(i *Incident, _ Entry) {
	if c.Late {
		i.versions["late"] = i.updateSeq()
	}
	i.versions["soon"] = i.updateSeq()
}
