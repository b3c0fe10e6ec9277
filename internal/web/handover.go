package web

import (
	"net/http"
	"slices"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
)

// handoverPage is what the next holder of a role needs to know, on one page: to be read before saying yes, aloud on a call, or on paper (R3).
type handoverPage struct {
	roomPage
	Role     roleView
	Open     []incident.ListItem // of the role, due and not finished
	Guesses  []lineView          // that nobody settled, the newest first
	Last     []lineView          // the newest finding, decision and action
	Troubled []stepView          // steps that need a hand
}

func (p handoverPage) title(l *catalogue.Language) string {
	return l.T("Hand over: %s", l.Word(p.Role.Name))
}

// handover shows the sheet of a role as things stand.
func (c *console) handover(w http.ResponseWriter, r *http.Request) { c.showHandover(w, r, nil) }

// handOver gives, accepts or takes over a role, and shows the sheet again: with what came of it, or with what was wrong.
func (c *console) handOver(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := c.carryOut(r); err != nil {
		c.showHandover(w, r, err)
		return
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
}

func (c *console) showHandover(w http.ResponseWriter, r *http.Request, wrong error) {
	room, err := c.roomOf(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	acc, _ := auth.From(r.Context())
	at := slices.IndexFunc(room.Roles, func(v roleView) bool { return v.ID == r.PathValue("role") })
	if at < 0 {
		c.fail(w, r, incident.Refuse(incident.NotFound, "", "there is no role %q in the runbook of this incident", r.PathValue("role")))
		return
	}
	p := handoverPage{roomPage: room, Role: room.Roles[at]}
	p.People = slices.DeleteFunc(p.People, func(n named) bool { return n.ID == acc.Person.ID })
	for _, list := range room.Lists {
		if list.Role.ID == p.Role.ID {
			p.Open = slices.DeleteFunc(list.Items, func(item incident.ListItem) bool { return item.Finished || !item.Due })
		}
	}
	seen := map[string]bool{}
	for _, l := range room.Lines {
		switch {
		case l.Struck:
		case l.Kind == "guess" && l.Outcome == "":
			p.Guesses = append(p.Guesses, l)
		case slices.Contains([]string{"finding", "decision", "action"}, l.Kind) && !seen[l.Kind]:
			seen[l.Kind] = true
			p.Last = append(p.Last, l)
		}
	}
	for _, s := range room.Steps {
		if !s.Finished && slices.Contains([]string{incident.Failed, incident.Unsure, incident.HandDone}, s.State) {
			p.Troubled = append(p.Troubled, s)
		}
	}
	c.beside(w, r, "handover", p, wrong)
}
