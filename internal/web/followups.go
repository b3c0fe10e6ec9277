package web

import (
	"net/http"
	"net/url"
	"strconv"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// followUpView is a follow-up as people manage it beside the post-mortem.
type followUpView struct {
	incident.FollowUp
	Who     string // the owner's name or role
	Overdue bool
	Typed   bool // it holds what was typed and could not be kept
}

// followUps lists those of an incident.
func (c *console) followUps(i *incident.Incident) []followUpView {
	var out []followUpView
	today := c.Ledger.Now().UTC().Format("2006-01-02")
	for _, f := range i.FollowUps {
		v := followUpView{FollowUp: f, Overdue: f.State == "open" && f.Due != "" && f.Due < today}
		if role, ok := i.Runbook.Role(f.Owner); ok {
			v.Who = role.Name
		} else if f.Owner != "" {
			v.Who = c.Directory.Name(f.Owner)
		}
		out = append(out, v)
	}
	return out
}

// followUp adds or changes a follow-up, and shows the post-mortem again with what was typed if that can't be done.
func (c *console) followUp(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	err := c.carryOut(r)
	if err == nil {
		http.Redirect(w, r, "/i/"+url.PathEscape(r.PathValue("id"))+"/postmortem#"+report.SectionActions, http.StatusSeeOther)
		return
	}
	p, derr := c.draft(r)
	if derr != nil {
		c.fail(w, r, derr)
		return
	}
	id, _ := strconv.ParseInt(r.PostFormValue("id"), 10, 64) // none: a new one
	for n := range p.FollowUps {
		if f := &p.FollowUps[n]; f.ID == id {
			f.Text, f.Owner, f.Due, f.State, f.Why, f.Typed = r.PostFormValue("text"), r.PostFormValue("owner"), r.PostFormValue("due"), r.PostFormValue("state"), r.PostFormValue("why"), true
		}
	}
	c.beside(w, r, "postmortem", p, err)
}
