package web

import (
	"math"
	"net/http"
	"net/url"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

type postmortemPage struct {
	lang     *catalogue.Language
	I        *incident.Incident
	Base     string
	Sections []report.Section
	Issue    string
	Similar  []incident.Summary // before it, the closest first
}

func (p postmortemPage) title(l *catalogue.Language) string {
	return l.T("Post-mortem of %s", p.I.Name)
}

// postmortem shows the draft and what people wrote, section by section (R15, R29).
func (c *console) postmortem(w http.ResponseWriter, r *http.Request) {
	p, err := c.draft(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.render(w, r, http.StatusOK, "postmortem", p)
}

func (c *console) draft(r *http.Request) (postmortemPage, error) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		return postmortemPage{}, err
	}
	p := postmortemPage{lang: c.lang(r), I: i, Base: "/i/" + strings.TrimPrefix(i.Name, "INC-"), Sections: report.Draft(i, c.Directory.Name), Issue: i.Link("tracker.issue")}
	past, err := c.Store.Incidents(r.Context(), store.Filter{Limit: math.MaxInt32})
	p.Similar = report.Similar(i.Summary(), past, 3)
	return p, err
}

// editPostmortem keeps one section, and shows the page again with what was typed if that can't be done.
func (c *console) editPostmortem(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	cmd := &incident.EditPostmortem{Section: r.PostFormValue("section"), Text: r.PostFormValue("text")}
	_, err := c.Ledger.Do(r.Context(), ledger.Request{Incident: r.PathValue("id"), Actor: acc.Person.ID, Key: r.PostFormValue("key"), Command: cmd})
	if err == nil {
		http.Redirect(w, r, "/i/"+url.PathEscape(r.PathValue("id"))+"/postmortem#"+url.PathEscape(cmd.Section), http.StatusSeeOther)
		return
	}
	p, derr := c.draft(r)
	if derr != nil {
		c.fail(w, r, derr)
		return
	}
	for n := range p.Sections {
		if p.Sections[n].ID == cmd.Section {
			p.Sections[n].Written = cmd.Text
		}
	}
	f := c.frame(r, p.title(c.lang(r)), p)
	f.Error, f.Field = sentence(f.Lang, err)
	c.write(w, status(err), "postmortem", "layout.html", f)
}
