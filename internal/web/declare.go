package web

import (
	"net/http"
	"slices"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

type declarePage struct {
	Active []incident.Summary // perhaps it is one of these
	Reach  []named            // whom to call by hand: who is on call first, then those who can take a role
	OnCall []duty             // who is asked for at once
}

func (declarePage) title(l *catalogue.Language) string { return l.T("Declare an incident") }

// declarePage shows the form; its fields can be filled in by the address: ?title=…&disrupting=yes&eta=90m&service=…&drill=yes&page=engineer.
func (c *console) declarePage(w http.ResponseWriter, r *http.Request) {
	kept := map[string]string{}
	for _, k := range []string{"title", "disrupting", "eta", "service", "started_at", "point", "drill"} {
		kept[k] = r.URL.Query().Get(k)
	}
	c.showDeclare(w, r, http.StatusOK, nil, kept)
}

// whomToAsk is who is on call, each checked as the form or the address says; where neither says anything, all are.
func (c *console) whomToAsk(r *http.Request) ([]duty, error) {
	all, err := c.onDuty(r)
	said, ok := r.URL.Query()["page"]
	if r.Method == http.MethodPost {
		said, ok = r.PostForm["page"], true
	}
	return checked(all, said, !ok), err
}

func (c *console) showDeclare(w http.ResponseWriter, r *http.Request, code int, err error, kept map[string]string) {
	list, lerr := c.Store.Incidents(r.Context(), store.Filter{Status: incident.Active, Limit: 5})
	if lerr != nil {
		c.fail(w, r, lerr)
		return
	}
	duties, derr := c.whomToAsk(r)
	if derr != nil {
		c.fail(w, r, derr)
		return
	}
	f := c.frame(r, c.lang(r).T("Declare an incident"), declarePage{Active: list, Reach: c.reach(duties), OnCall: duties})
	f.Kept = kept
	if err != nil {
		f.Error, f.Field = sentence(f.Lang, err)
	}
	c.write(w, code, "declare", "layout.html", f)
}

// mostReach is how many people stand on the page.
const mostReach = 12

// reach lists who has a telephone: who is on call first, then those who can take a role.
func (c *console) reach(duties []duty) []named {
	var on, able, others []named
	for _, p := range c.Directory.List() {
		one := named{p.ID, c.Directory.Name(p.ID), p.Contact}
		switch {
		case p.Contact == "":
		case slices.ContainsFunc(duties, func(d duty) bool { return d.Person == p.ID }):
			on = append(on, one)
		case len(p.Roles) > 0:
			able = append(able, one)
		default:
			others = append(others, one)
		}
	}
	all := slices.Concat(on, able, others)
	return all[:min(len(all), mostReach)]
}

func (c *console) declare(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	d := &incident.Declare{Title: r.PostFormValue("title"), Service: r.PostFormValue("service"), StartedAt: strings.TrimSpace(r.PostFormValue("started_at")),
		Disrupting: r.PostFormValue("disrupting"), Point: r.PostFormValue("point") == "yes", Drill: c.Drill || r.PostFormValue("drill") == "yes", Page: r.PostForm["page"]}
	eta, err := incident.ParseDuration(r.PostFormValue("eta"))
	d.ETA = &eta
	var res ledger.Result
	if err == nil {
		res, err = c.Ledger.Do(r.Context(), ledger.Request{Actor: acc.Person.ID, Key: r.PostFormValue("key"), Command: d})
	}
	if err != nil {
		c.showDeclare(w, r, status(err), err, typed(r))
		return
	}
	http.Redirect(w, r, "/i/"+strings.TrimPrefix(res.Incident.Name, "INC-"), http.StatusSeeOther)
}
