// Package oncall says who is on call for a role, now and later (R18): people take turns, and somebody may stand in.
//
// A role that has no rotation has nobody on call; then everyone who can take it is asked, as ever. What is kept is a rotation for each role and the
// overrides; who is on call at a moment is worked out from these and nothing else.
package oncall

import (
	"slices"
	"time"
	_ "time/tzdata" // zones are known on machines that have none

	"tocsin/internal/store"
)

// Rotation is how people take turns. Turns begin at the same time of day in the zone, whatever its clocks do.
type Rotation struct {
	People []string `json:"people"` // ids, in turn
	Start  string   `json:"start"`  // first hand-over in the zone: 2026-11-23 09:00
	Days   int      `json:"days"`   // length of a turn, 1 to 28
	Zone   string   `json:"zone"`   // Europe/Berlin
}

// Shift is who is on call for a role from a moment until another. Nobody, where Person is empty: a gap.
type Shift struct {
	Role     string
	Person   string
	From     time.Time
	Until    time.Time
	Override string // id of the override that says so; empty: it is their turn
}

// Rota is who is on call, as it is known at a moment.
type Rota struct {
	Rotations map[string]Rotation
	Overrides []store.Override // in the order they were made: the last that fits holds
}

// Layout is that of Rotation.Start.
const Layout = "2006-01-02 15:04"

// turn is the n-th beginning of a turn.
func (r Rotation) turn(first time.Time, n int) time.Time {
	return time.Date(first.Year(), first.Month(), first.Day()+n*r.Days, first.Hour(), first.Minute(), 0, 0, first.Location())
}

// at gives whose turn it is, and from when until when; before the first turn nobody's.
func (r Rotation) at(t time.Time) (person string, from, until time.Time) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		zone = time.UTC
	}
	first, err := time.ParseInLocation(Layout, r.Start, zone)
	if err != nil || len(r.People) == 0 || r.Days < 1 {
		return "", time.Time{}, time.Time{}
	}
	if t.Before(first) {
		return "", time.Time{}, first
	}
	n := int(t.Sub(first).Hours() / 24 / float64(r.Days)) // off by one where clocks were changed
	for n > 0 && r.turn(first, n).After(t) {
		n--
	}
	for !r.turn(first, n+1).After(t) {
		n++
	}
	return r.People[n%len(r.People)], r.turn(first, n), r.turn(first, n+1)
}

// On is who is on call for a role at a moment, and how long that holds.
func (r Rota) On(role string, t time.Time) Shift {
	s := Shift{Role: role, From: t}
	s.Person, s.From, s.Until = r.Rotations[role].at(t)
	last := -1
	for n, o := range r.Overrides {
		if o.Role == role && !t.Before(o.From) && t.Before(o.Until) {
			last, s.Person, s.Override, s.From, s.Until = n, o.Person, o.ID, o.From, o.Until
		}
	}
	for _, o := range r.Overrides[last+1:] { // these cut it short
		if o.Role != role {
			continue
		}
		if o.From.After(t) && (s.Until.IsZero() || o.From.Before(s.Until)) {
			s.Until = o.From
		}
		if !o.Until.After(t) && o.Until.After(s.From) {
			s.From = o.Until
		}
	}
	return s
}

// Shifts are those of a role between two moments, gaps too, in order.
func (r Rota) Shifts(role string, from, until time.Time) (all []Shift) {
	for t := from; t.Before(until); {
		s := r.On(role, t)
		if s.From.Before(t) {
			s.From = t
		}
		if s.Until.IsZero() || s.Until.After(until) {
			s.Until = until
		}
		t = s.Until
		if n := len(all); n > 0 && all[n-1].Person == s.Person && all[n-1].Override == s.Override && s.Person == "" {
			all[n-1].Until = s.Until
			continue
		}
		all = append(all, s)
	}
	return all
}

// Roles are those that somebody is ever on call for.
func (r Rota) Roles() []string {
	seen := map[string]bool{}
	for role := range r.Rotations {
		seen[role] = true
	}
	for _, o := range r.Overrides {
		seen[o.Role] = true
	}
	var all []string
	for role := range seen {
		all = append(all, role)
	}
	slices.Sort(all)
	return all
}
