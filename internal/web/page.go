package web

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

//go:embed pages/*.html
var pageFiles embed.FS

// frame is what every page has around it.
type frame struct {
	Title  string
	Lang   *catalogue.Language
	Theme  string // light, dark, or empty: as the device is set
	Path   string // of the page, to come back to
	Me     auth.Account
	In     bool // somebody is signed in
	Drill  bool
	Org    string
	Book   string // the runbook of new incidents, by name
	Now    time.Time
	Asset  func(string) string
	Page   any
	Error  string
	Field  string
	Kept   map[string]string // what stands in a form: as it is known, or as it was typed when it was refused
	NewKey func() string
}

// Has reports whether a choice is one of those that were made in a field of a form.
func (f frame) Has(field, one string) bool {
	return slices.Contains(strings.Split(f.Kept[field], ", "), one)
}

var funcs = template.FuncMap{
	"provider": report.Provider,
	"rfc":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"entry":    report.EntryID,
	"join":     func(s []string) string { return strings.Join(s, ", ") },
	"upper":    strings.ToUpper,
	"shape":    func(kind string) string { return shapes[kind] },
	"options":  func(s ...string) []string { return s },
	"num":      func(name string) string { return strings.TrimPrefix(name, "INC-") },
}

// shapes of what people say, beside its word.
var shapes = map[string]string{"fact": "●", "finding": "◉", "guess": "◇", "action": "►", "decision": "▣", "update": "◈", "impact": "◐"}

// sign is the shape and word of an incident, so that colour is never alone; it is marked for the catalogue.
func sign(kind, status, stage string) string {
	switch {
	case status == incident.Resolved:
		return catalogue.Mark("✔ Resolved")
	case status == incident.Cancelled:
		return catalogue.Mark("– Cancelled")
	case kind == incident.Major:
		return catalogue.Mark("◆ Major outage")
	case stage == "monitoring":
		return catalogue.Mark("● Monitoring")
	}
	return catalogue.Mark("▲ Minor outage")
}

// pages are the templates by language and name, read once by those who serve them: a command on the command line does not.
var pages = sync.OnceValue(func() map[string]map[string]*template.Template {
	out := map[string]map[string]*template.Template{}
	for _, l := range catalogue.Languages() {
		out[l.Tag] = parse(l)
	}
	return out
})

func parse(l *catalogue.Language) map[string]*template.Template {
	out := map[string]*template.Template{}
	files, err := pageFiles.ReadDir("pages")
	if err != nil {
		panic(err) // they are embedded
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".html")
		if name == "layout" || name == "panels" {
			continue
		}
		out[name] = template.Must(template.New("layout.html").Funcs(funcs).Funcs(spoken(l)).ParseFS(pageFiles, "pages/layout.html", "pages/panels.html", "pages/"+f.Name()))
	}
	return out
}

// frame makes the surroundings of a page.
func (c *console) frame(r *http.Request, title string, page any) frame {
	acc, in := auth.From(r.Context())
	drill := c.Drill
	if p, ok := page.(interface{ rehearsal() bool }); ok {
		drill = drill || p.rehearsal()
	}
	return frame{Title: title, Lang: c.lang(r), Theme: theme(r), Path: r.URL.RequestURI(), Me: acc, In: in, Drill: drill, Org: c.Organisation(), Book: c.Shelf.Current().Name, Now: c.Ledger.Now(), Asset: c.assetURL, Page: page,
		NewKey: func() string { return ulid.Make().String() }}
}

// render writes a whole page.
func (c *console) render(w http.ResponseWriter, r *http.Request, status int, name string, page any) {
	c.write(w, status, name, "layout.html", c.titled(r, page))
}

// beside writes a whole page, with what was wrong with a form of it; nil: nothing.
func (c *console) beside(w http.ResponseWriter, r *http.Request, name string, page any, wrong error) {
	f, code := c.titled(r, page), http.StatusOK
	if wrong != nil {
		code = status(wrong)
		f.Error, f.Field = sentence(f.Lang, wrong)
		f.Kept = typed(r)
	}
	c.write(w, code, name, "layout.html", f)
}

// titled is the frame of a page that knows its title.
func (c *console) titled(r *http.Request, page any) frame {
	f := c.frame(r, "Tocsin", page)
	if title, ok := page.(interface {
		title(*catalogue.Language) string
	}); ok {
		f.Title = title.title(f.Lang)
	}
	if filled, ok := page.(interface{ kept() map[string]string }); ok {
		f.Kept = filled.kept()
	}
	return f
}

func (c *console) write(w http.ResponseWriter, status int, name, part string, f frame) {
	var b bytes.Buffer
	if err := pages()[f.Lang.Tag][name].ExecuteTemplate(&b, part, f); err != nil {
		http.Error(w, "this page can't be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a browser that is gone is its own affair
}

// status maps an error to its HTTP status.
func status(err error) int {
	var e *incident.Error
	switch {
	case errors.Is(err, errTooMany):
		return http.StatusTooManyRequests
	case !errors.As(err, &e):
		return http.StatusServiceUnavailable
	}
	return map[incident.Code]int{incident.Invalid: http.StatusUnprocessableEntity, incident.NotFound: http.StatusNotFound,
		incident.Forbidden: http.StatusForbidden, incident.Conflict: http.StatusConflict}[e.Code]
}

// sentence is an error as people read it. What is not about their command stays inside.
func sentence(l *catalogue.Language, err error) (text, field string) {
	var e *incident.Error
	if errors.As(err, &e) {
		said := e.In(l)
		_, n := utf8.DecodeRuneInString(said)
		return strings.ToUpper(said[:n]) + said[n:] + ".", e.Field
	}
	return l.T("Tocsin can't reach its data right now. Nothing was changed; try again in a moment."), ""
}

type problemPage struct{ Text string }

func (problemPage) title(l *catalogue.Language) string { return l.T("Not possible") }

// fail shows an error as a page.
func (c *console) fail(w http.ResponseWriter, r *http.Request, err error) {
	text, _ := sentence(c.lang(r), err)
	c.render(w, r, status(err), "problem", problemPage{text})
}
