package report

import (
	"time"

	"tocsin/internal/incident"
)

// Affected is how an incident affects a part of the service, between two moments. Its name is the operator's, its state one of incident.ComponentStates.
type Affected struct {
	Component string     `json:"component"`
	State     string     `json:"state"`
	From      time.Time  `json:"from"`
	Until     *time.Time `json:"until,omitempty"` // absent: it still is
}

// affected lists it, part by part in the order they were named. What is operational is left out, and what was no incident affected nothing.
func affected(i *incident.Incident) (all []Affected) {
	if i.Status == incident.Cancelled {
		return nil
	}
	open := map[string]int{} // part → its span that goes on, counted from 1
	for _, c := range i.Components {
		state := c.State
		if state == "" {
			state = i.Worst()
		}
		if n := open[c.Name]; n > 0 {
			at := c.From
			if all[n-1].Until = &at; !at.After(all[n-1].From) { // it was corrected at once
				all[n-1].State = incident.ComponentStates[0]
			}
			delete(open, c.Name)
		}
		all = append(all, Affected{Component: c.Name, State: state, From: c.From})
		open[c.Name] = len(all)
	}
	var out []Affected
	for _, one := range all {
		if one.Until == nil && !i.Ended.IsZero() {
			end := i.Ended.At
			one.Until = &end
		}
		if one.State != incident.ComponentStates[0] && (one.Until == nil || one.Until.After(one.From)) {
			out = append(out, one)
		}
	}
	return out
}
