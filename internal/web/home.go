package web

import (
	"math"
	"net/http"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

type homePage struct {
	Active []activeCard
	Recent []incident.Summary
	Past   []report.Anniversary
	OnCall []duty
	Quiet  time.Duration // since the last incident was over; 0: there was none
	Glass  []deedView    // who was let in at the machine lately; told to whoever administers
}

func (homePage) title(l *catalogue.Language) string { return l.T("What needs me") }

// activeCard is an active incident as it concerns the person who looks.
type activeCard struct {
	incident.Summary
	Points []string // names
	Mine   []incident.ListItem
	Roles  []string // that this person holds
	Vacant []string // wanted and free
	Asked  []askedView
}

func (c *console) home(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	list, err := c.Store.Incidents(r.Context(), store.Filter{Limit: 20})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	duties, err := c.onDuty(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := homePage{OnCall: duties}
	for _, s := range list {
		if s.Status != incident.Active {
			if p.Quiet == 0 && s.Status == incident.Resolved && !s.Drill && s.EndedAt != nil {
				p.Quiet = c.Ledger.Now().Sub(*s.EndedAt)
			}
			p.Recent = append(p.Recent, s)
			continue
		}
		i, err := c.Ledger.View(r.Context(), s.ID)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		card := activeCard{Summary: i.Summary(), Roles: i.RolesOf(acc.Person.ID), Asked: c.askedFor(r, i, duties)}
		for _, id := range i.Roles["point_person"] {
			card.Points = append(card.Points, c.Directory.Name(id))
		}
		for _, role := range i.Wanted() {
			card.Vacant = append(card.Vacant, c.lang(r).Word(role.Name))
		}
		for _, role := range card.Roles {
			for _, item := range i.List(role, c.Ledger.Now()) {
				if item.Due && item.Step.Kind == "" {
					card.Mine = append(card.Mine, item)
				}
			}
		}
		p.Active = append(p.Active, card)
	}
	past, err := c.Store.Incidents(r.Context(), store.Filter{Kind: incident.Major, Limit: math.MaxInt32})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.Past = report.Anniversaries(past, c.Ledger.Now())
	if acc.CanAdmin() {
		if p.Glass, err = c.brokenGlass(r); err != nil {
			c.fail(w, r, err)
			return
		}
	}
	c.render(w, r, http.StatusOK, "home", p)
}
