package web

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/store"
)

// askedView is that somebody is asked for, as they read it themselves (R18).
type askedView struct {
	Role  string // id of the role they are to take; empty: they are asked for as a person
	Title string // the role's
	Why   string
	By    string
	At    time.Time
}

// askedFor lists what an incident asks whoever reads for, until they are there: by name, until they hold a role or have written something since; for a role that they can
// take or are on call for, until somebody holds it.
func (c *console) askedFor(r *http.Request, i *incident.Incident, duties []duty) (all []askedView) {
	acc, _ := auth.From(r.Context())
	me := acc.Person.ID
	if i.Status != incident.Active || me == "" || len(i.RolesOf(me)) > 0 {
		return nil
	}
	for _, call := range i.Calls {
		line := i.Line(call.Seq)
		if line == nil {
			continue
		}
		v := askedView{Role: call.Role, Why: call.Why, By: c.Directory.Name(line.By), At: line.At}
		if call.Person == me {
			if !slices.ContainsFunc(i.Lines, func(l incident.Line) bool { return l.By == me && l.Seq > call.Seq }) {
				all = append(all, v)
			}
			continue
		}
		able := slices.Contains(acc.Person.Roles, call.Role) || slices.ContainsFunc(duties, func(d duty) bool { return d.Role == call.Role && d.Person == me })
		if call.Role == "" || !able || len(i.Roles[call.Role]) > 0 || slices.ContainsFunc(all, func(a askedView) bool { return a.Role == call.Role }) {
			continue
		}
		v.Title = c.roleTitle(c.lang(r), call.Role)
		all = append(all, v)
	}
	return all
}

// other is another incident that goes on: one can go there from a room.
type other struct {
	incident.Summary
	Key string // that leads there: to the one before, or the one after
}

// others are the other incidents that go on, of the same kind of real: drills lead to drills.
func (c *console) others(r *http.Request, i *incident.Incident) (all []other, err error) {
	list, err := c.Store.Incidents(r.Context(), store.Filter{Status: incident.Active, Limit: math.MaxInt32})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b incident.Summary) int { return number(a.Name) - number(b.Name) })
	before, after := -1, -1
	for _, s := range list {
		if s.Drill != i.Drill || s.ID == i.ID {
			continue
		}
		if number(s.Name) < number(i.Name) {
			before = len(all)
		} else if after < 0 {
			after = len(all)
		}
		all = append(all, other{Summary: s})
	}
	if before >= 0 {
		all[before].Key = "["
	}
	if after >= 0 {
		all[after].Key = "]"
	}
	return all, nil
}

// number is that of INC-7.
func number(name string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(name, "INC-")) // the ledger's own
	return n
}
