package web

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

type postmortemPage struct {
	lang      *catalogue.Language
	I         *incident.Incident
	Base      string
	Sections  []sectionView
	FollowUps []followUpView
	Owners    []named // roles and people
	Issue     string
	Title     redact.Text // of the issue, as it will stand there
	Body      redact.Text
	Similar   []incident.Summary // before it, the closest first
}

// sectionView is a section and the edit that it stands at.
type sectionView struct {
	report.Section
	Was    int64
	Theirs []diffLine // what somebody wrote while another text was being typed: from theirs to that
}

// Told reports whether something stands in the section, so that the outline can tick it.
func (s sectionView) Told() bool { return s.Written != "" || s.Managed && len(s.Claims) > 0 }

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
	red := c.Redactor(i)
	p := postmortemPage{lang: c.lang(r), I: i, Base: "/i/" + strings.TrimPrefix(i.Name, "INC-"), Issue: i.Link("tracker.issue"), FollowUps: c.followUps(i),
		Title: red.Text(report.IssueTitle(i)), Body: report.PublicMarkdown(i, red)}
	for _, s := range report.Draft(i, c.Directory.Name) {
		p.Sections = append(p.Sections, sectionView{Section: s, Was: i.Postmortem.Last[s.ID].Seq})
	}
	for _, role := range i.Runbook.Roles {
		p.Owners = append(p.Owners, named{ID: role.ID, Name: role.Name})
	}
	for _, one := range c.Directory.List() {
		p.Owners = append(p.Owners, named{ID: one.ID, Name: c.Directory.Name(one.ID)})
	}
	past, err := c.Store.Incidents(r.Context(), store.Filter{Limit: math.MaxInt32})
	p.Similar = report.Similar(i.Summary(), past, 3)
	return p, err
}

// saved is what a script is told of a section that it saved.
type saved struct {
	Was    int64  `json:"was"`              // the edit that the section stands at now
	Merged string `json:"merged,omitempty"` // not saved: somebody wrote meanwhile, and this is both together
	Error  string `json:"error,omitempty"`
}

// editPostmortem keeps one section. Where somebody wrote it meanwhile, both are put together if they can be; else the page shows theirs beside what
// was typed, which stays in its field.
func (c *console) editPostmortem(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	cmd := &incident.EditPostmortem{Section: r.PostFormValue("section"), Text: r.PostFormValue("text")}
	if was, err := strconv.ParseInt(r.PostFormValue("was"), 10, 64); err == nil {
		cmd.Was = &was
	}
	script := r.Header.Get("HX-Request") != ""
	do := func(key string) error {
		_, err := c.Ledger.Do(r.Context(), ledger.Request{Incident: r.PathValue("id"), Actor: acc.Person.ID, Key: key, Command: cmd})
		return err
	}
	err := do(r.PostFormValue("key"))
	var answer saved
	if e := (*incident.Error)(nil); errors.As(err, &e) && e.Code == incident.Conflict && cmd.Was != nil {
		i, verr := c.Ledger.View(r.Context(), r.PathValue("id"))
		if verr != nil {
			c.fail(w, r, verr)
			return
		}
		if both, ok := merge(sectionAt(i, cmd.Section, *cmd.Was), cmd.Text, i.Postmortem.Edits[cmd.Section]); ok {
			now := i.Postmortem.Last[cmd.Section].Seq
			if answer = (saved{Was: now, Merged: both}); !script {
				cmd.Text, cmd.Was = both, &now
				err = do("")
			}
		}
	}
	if script {
		c.tellSaved(w, r, cmd.Section, answer, err)
		return
	}
	if err == nil {
		http.Redirect(w, r, "/i/"+url.PathEscape(r.PathValue("id"))+"/postmortem#"+url.PathEscape(cmd.Section), http.StatusSeeOther)
		return
	}
	p, derr := c.draft(r)
	if derr != nil {
		c.fail(w, r, derr)
		return
	}
	for n, s := range p.Sections {
		if s.ID == cmd.Section {
			p.Sections[n].Written, p.Sections[n].Theirs = cmd.Text, diff(s.Written, cmd.Text)
		}
	}
	c.beside(w, r, "postmortem", p, err)
}

// tellSaved tells a script how the section stands that it saved, or why it was not.
func (c *console) tellSaved(w http.ResponseWriter, r *http.Request, section string, answer saved, err error) {
	if err != nil {
		if answer.Merged == "" {
			answer.Error, _ = sentence(c.lang(r), err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status(err))
		c.json(w, answer)
		return
	}
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.json(w, saved{Was: i.Postmortem.Last[section].Seq})
}

// sectionAt is a section as an edit left it; empty before the first.
func sectionAt(i *incident.Incident, section string, edit int64) string {
	if l := i.Line(edit); l != nil {
		if e, ok := l.Event.(*incident.PostmortemEdited); ok && e.Section == section {
			return e.Text
		}
	}
	return ""
}

type versionsPage struct {
	I        *incident.Incident
	Base     string
	Section  report.Section
	Now      int64 // the edit that the section stands at
	Versions []versionView
}

// versionView is a version of a section and what it changed.
type versionView struct {
	incident.Line
	Who  string
	Text string
	Diff []diffLine
}

func (p versionsPage) title(l *catalogue.Language) string {
	return l.T("Versions of %s", l.Word(p.Section.Title))
}

// postmortemVersions lists the versions of a section, the newest first, with what each changed.
func (c *console) postmortemVersions(w http.ResponseWriter, r *http.Request) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	sections := report.Draft(i, c.Directory.Name)
	at := slices.IndexFunc(sections, func(s report.Section) bool { return s.ID == r.PathValue("section") })
	if at < 0 {
		c.fail(w, r, incident.Refuse(incident.NotFound, "", "there is no section %q in a post-mortem", r.PathValue("section")))
		return
	}
	p := versionsPage{I: i, Base: "/i/" + strings.TrimPrefix(i.Name, "INC-"), Section: sections[at], Now: i.Postmortem.Last[sections[at].ID].Seq}
	was := ""
	for _, l := range i.Versions(sections[at].ID) {
		text := sectionAt(i, sections[at].ID, l.Seq)
		p.Versions = append(p.Versions, versionView{Line: l, Who: c.Directory.Name(l.By), Text: text, Diff: diff(was, text)})
		was = text
	}
	slices.Reverse(p.Versions)
	c.render(w, r, http.StatusOK, "versions", p)
}
