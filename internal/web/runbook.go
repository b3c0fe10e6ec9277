package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/runbook"
	"tocsin/internal/runbook/importer"
	"tocsin/internal/shelf"
)

type runbookPage struct {
	Runbook *runbook.Runbook
	Steps   map[string][]runbook.Step // by role
	File    string                    // that the configuration names; it is edited there
	Ask     []string                  // who can edit it, for those who can't
}

func (p runbookPage) title(*catalogue.Language) string { return p.Runbook.Title }

// runbookNamed gives the runbook that new incidents are run by, if it has the name of the request.
func (c *console) runbookNamed(r *http.Request) (*runbook.Runbook, error) {
	book := c.Shelf.Current()
	if r.PathValue("name") != book.Name {
		return nil, &incident.Error{Code: incident.NotFound, Message: "there is no such runbook; the active one is " + book.Name}
	}
	return book, nil
}

// runbook shows the runbook that new incidents are run by (R30).
func (c *console) runbook(w http.ResponseWriter, r *http.Request) {
	book, err := c.runbookNamed(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := runbookPage{Runbook: book, Steps: byRole(book), File: c.Shelf.File()}
	if acc, _ := auth.From(r.Context()); !acc.CanAdmin() {
		p.Ask = c.admins()
	}
	c.render(w, r, http.StatusOK, "runbook", p)
}

func byRole(book *runbook.Runbook) map[string][]runbook.Step {
	steps := map[string][]runbook.Step{}
	for _, s := range book.Steps {
		steps[s.Role] = append(steps[s.Role], s)
	}
	return steps
}

// runbookEditor is the source of the runbook in somebody's hands.
type runbookEditor struct {
	Name     string
	Source   string
	From     int // the version it was begun from
	Note     string
	Problems runbook.Problems
	Checked  *runbook.Runbook // nil: it was not checked, or has problems
	Steps    map[string][]runbook.Step
	Happens  []stage
	Diff     []diffLine // from the current version
	Overtook []diffLine // what another version changed that was saved meanwhile
	Document string     // in Markdown, that a draft was made of
	Unread   []importer.Unread
	File     string
}

func (p runbookEditor) title(l *catalogue.Language) string { return l.T("Edit %s", p.Name) }

// stage is when something happens in an incident, and what a runbook makes due then.
type stage struct {
	When  string // marked for the catalogue
	Steps []happening
}

type happening struct {
	Title string
	Role  string
	By    string // the services that can do it, in order of preference; empty: a person
	Hand  bool   // nothing that is set up can do it: it comes to a person as a card
	Text  string // of a post
}

// editRunbook shows the source of the current version, or of an older one that is to be gone back to.
func (c *console) editRunbook(w http.ResponseWriter, r *http.Request) {
	book, err := c.runbookNamed(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := runbookEditor{Name: book.Name, Source: c.Shelf.Source(), From: book.Version, File: c.Shelf.File()}
	if n, err := strconv.Atoi(r.URL.Query().Get("version")); err == nil && n != book.Version {
		v, err := c.Shelf.Version(r.Context(), n)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		p.Source, p.Note = v.Source, c.lang(r).T("Back to version %d", n)
		c.examine(&p, r)
	}
	c.render(w, r, http.StatusOK, "runbook_edit", p)
}

// saveRunbook checks a source, or makes it the newest version. What was typed stays, whatever is wrong with it.
func (c *console) saveRunbook(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 2<<20)
	book, err := c.runbookNamed(r)
	if err == nil {
		err = r.ParseForm()
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	from, _ := strconv.Atoi(r.PostFormValue("from")) // none: the current one
	p := runbookEditor{Name: book.Name, Source: strings.ReplaceAll(r.PostFormValue("source"), "\r\n", "\n"), From: from, Note: strings.TrimSpace(r.PostFormValue("note")), File: c.Shelf.File()}
	if r.PostFormValue("do") == "import" {
		p.Document = r.PostFormValue("document")
		draft, unread, err := importer.Markdown([]byte(p.Document), p.Name)
		if err != nil {
			c.beside(w, r, "runbook_edit", p, &incident.Error{Code: incident.Invalid, Field: "document", Message: c.lang(r).Word(err.Error())})
			return
		}
		p.Source, p.Unread = draft, unread
	}
	c.examine(&p, r)
	if r.PostFormValue("do") != "save" || len(p.Problems) > 0 {
		code := http.StatusOK
		if len(p.Problems) > 0 {
			code = http.StatusUnprocessableEntity
		}
		c.render(w, r, code, "runbook_edit", p)
		return
	}
	acc, _ := auth.From(r.Context())
	kept, err := c.Shelf.Save(r.Context(), shelf.Draft{Source: p.Source, From: p.From, Person: acc.Person.ID, Note: p.Note})
	if errors.Is(err, shelf.ErrOvertaken) {
		if was, verr := c.Shelf.Version(r.Context(), p.From); verr == nil {
			p.Overtook = diff(was.Source, c.Shelf.Source())
		}
		p.From = c.Shelf.Current().Version
	}
	if err == nil {
		err = c.Auth.Note(r.Context(), auth.DeedRunbook, fmt.Sprintf("%s %d", book.Name, kept.Version))
	}
	if err != nil {
		c.beside(w, r, "runbook_edit", p, err)
		return
	}
	http.Redirect(w, r, "/runbooks/"+book.Name+"/versions", http.StatusSeeOther)
}

// examine checks the source in somebody's hands: its problems, or what it would do and how it differs.
func (c *console) examine(p *runbookEditor, r *http.Request) {
	book, err := runbook.Parse([]byte(p.Source))
	if err != nil && !errors.As(err, &p.Problems) {
		p.Problems = runbook.Problems{{Line: 1, Column: 1, Message: err.Error()}}
	}
	if len(p.Problems) > 0 {
		return
	}
	p.Checked, p.Steps, p.Happens = book, byRole(book), c.happens(book, c.lang(r))
	p.Diff = diff(c.Shelf.Source(), shelf.Numbered(p.Source, c.Shelf.Current().Version))
}

// happens is a dry run: an invented incident is run by a runbook, and what falls due is listed moment by moment. Nothing is sent.
func (c *console) happens(book *runbook.Runbook, l *catalogue.Language) []stage {
	now := c.Ledger.Now()
	i := incident.Fold("dry-run", "INC-0", nil)
	apply := func(e incident.Event) {
		i.Apply(incident.Entry{Seq: i.Seq + 1, At: now, Recorded: now, By: "you", Event: e})
	}
	seen := map[string]bool{}
	due := func(when string) (m stage) {
		m.When = when
		for _, run := range i.Runs() {
			if !run.Wanted || seen[run.ID] || c.Ledger.Services().LeavesOut(run.Step) {
				continue
			}
			seen[run.ID] = true
			h := happening{Title: run.Step.Title}
			if role, ok := book.Role(run.Step.Role); ok {
				h.Role = role.Name
			}
			if run.Step.Kind != "" {
				h.By = strings.Join(c.Ledger.Services().Able[run.Step.Kind], ", ")
				h.Hand = h.By == ""
				if strings.HasPrefix(run.Step.Kind, "chat.") || strings.HasPrefix(run.Step.Kind, "social.") {
					h.Text = run.Step.Text
				}
			}
			m.Steps = append(m.Steps, h)
		}
		return m
	}
	apply(&incident.Declared{Title: l.T("An outage"), Started: now, Runbook: book})
	eta := now.Add(book.Definition.Passed.Duration() + time.Hour)
	var out []stage
	out = append(out, due(catalogue.Mark("When an incident is declared")))
	apply(&incident.DisruptionSet{Grade: incident.Down})
	apply(&incident.ETASet{ETA: &eta})
	apply(&incident.MajorDeclared{})
	out = append(out, due(catalogue.Mark("When a major outage is declared")))
	apply(&incident.Updated{Text: l.T("Something does not work."), Stage: incident.Stages[0]})
	out = append(out, due(catalogue.Mark("When the public is told something")))
	apply(&incident.ResolvedEvent{})
	out = append(out, due(catalogue.Mark("When it is resolved")))
	apply(&incident.PostmortemPublished{})
	return append(out, due(catalogue.Mark("When the post-mortem is published")))
}

// runbookVersions lists the versions and what each changed.
func (c *console) runbookVersions(w http.ResponseWriter, r *http.Request) {
	book, err := c.runbookNamed(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	all, err := c.Shelf.Versions(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := bookVersions{Runbook: book, File: c.Shelf.File()}
	newer := "" // source of the version above
	for n, v := range all {
		if n >= versionsShown {
			break
		}
		one, err := c.Shelf.Version(r.Context(), v.Version)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		view := bookVersion{Version: v.Version, Saved: v.Saved, Note: v.Note}
		if v.Person != "" {
			view.Who = c.Directory.Name(v.Person)
		}
		if n > 0 {
			p.Versions[n-1].Diff = diff(shelf.Numbered(one.Source, 0), shelf.Numbered(newer, 0))
		}
		p.Versions = append(p.Versions, view)
		newer = one.Source
	}
	c.render(w, r, http.StatusOK, "runbook_versions", p)
}

// versionsShown is how many versions stand on the page.
const versionsShown = 50

type bookVersions struct {
	Runbook  *runbook.Runbook
	File     string
	Versions []bookVersion // newest first
}

type bookVersion struct {
	Version int
	Who     string // empty: it came with Tocsin, or is the file
	Note    string
	Saved   time.Time
	Diff    []diffLine // from the version before
}

func (p bookVersions) title(l *catalogue.Language) string {
	return l.T("Versions of %s", p.Runbook.Title)
}

// runbookSource gives a version as a file.
func (c *console) runbookSource(w http.ResponseWriter, r *http.Request) {
	book, err := c.runbookNamed(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	source, n := c.Shelf.Source(), book.Version
	if asked, err := strconv.Atoi(r.URL.Query().Get("version")); err == nil {
		v, err := c.Shelf.Version(r.Context(), asked)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		source, n = v.Source, asked
	}
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%d.yaml"`, book.Name, n))
	_, _ = w.Write([]byte(source)) // whoever has gone needs nothing
}
