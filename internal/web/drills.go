package web

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

// drillsPage is where people practise.
type drillsPage struct {
	Scenarios []report.Scenario
	Running   []incident.Summary
	Past      []incident.Summary // newest first
	People    []named            // who can be asked to take part
}

func (drillsPage) title(l *catalogue.Language) string { return l.T("Drills") }

// pastDrills is how many drills that are over stand on the page.
const pastDrills = 20

// drills shows what can be practised, what runs and what was practised.
func (c *console) drills(w http.ResponseWriter, r *http.Request) { c.showDrills(w, r, nil) }

func (c *console) showDrills(w http.ResponseWriter, r *http.Request, wrong error) {
	all, err := c.Store.Incidents(r.Context(), store.Filter{Limit: math.MaxInt32})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	acc, _ := auth.From(r.Context())
	p := drillsPage{Scenarios: c.Scenarios}
	for _, one := range c.Directory.List() {
		if one.ID != acc.Person.ID && one.Rights != auth.RightsNone && one.Rights != auth.RightsViewer {
			p.People = append(p.People, named{ID: one.ID, Name: c.Directory.Name(one.ID)})
		}
	}
	for _, s := range all {
		switch {
		case !s.Drill:
		case s.Status == incident.Active:
			p.Running = append(p.Running, s)
		case len(p.Past) < pastDrills:
			p.Past = append(p.Past, s)
		}
	}
	c.beside(w, r, "drills", p, wrong)
}

// startDrill declares a drill, with whoever starts it as the point person, and begins to play a scenario in it.
func (c *console) startDrill(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	practise := map[string][]string{"kind": {"practise"}}
	for _, k := range []string{"mode", "speed"} {
		practise[k] = []string{r.PostFormValue(k)}
	}
	d := &incident.Declare{Title: strings.TrimSpace(r.PostFormValue("title")), Drill: true, Point: true, Page: r.PostForm["page"]}
	if name := r.PostFormValue("scenario"); name != "" {
		at := slices.IndexFunc(c.Scenarios, func(s report.Scenario) bool { return s.Name == name })
		if at < 0 {
			c.showDrills(w, r, incident.Refuse(incident.NotFound, "scenario", "there is no scenario %q", name))
			return
		}
		d.Title, d.Service = cmp.Or(d.Title, c.Scenarios[at].Title), c.Scenarios[at].Service
		practise["scenario"] = []string{name}
	} else {
		practise["mode"] = []string{incident.Lists}
	}
	cmd, err := command(practise)
	key := r.PostFormValue("key")
	var res ledger.Result
	if err == nil {
		res, err = c.Ledger.Do(r.Context(), ledger.Request{Actor: acc.Person.ID, Key: key, Command: d})
	}
	if err != nil {
		c.showDrills(w, r, err)
		return
	}
	if _, err = c.Ledger.Do(r.Context(), ledger.Request{Incident: res.Incident.ID, Actor: acc.Person.ID, Key: suffixed(key, "practise"), Command: cmd}); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/i/"+strings.TrimPrefix(res.Incident.Name, "INC-"), http.StatusSeeOther)
}

// suffixed is the key of a further command of the same form; none without one.
func suffixed(key, what string) string {
	if key == "" {
		return ""
	}
	return key + ":" + what
}

// practiceView is how a drill is played, for whoever leads it.
type practiceView struct {
	incident.Practice
	Title  string
	At     time.Duration
	Lasts  time.Duration
	Coming []incident.Injected // that have not come yet, and that this person planned
}

// practice is how a drill of real people is played; nil: it is none, or a machine's own.
func (c *console) practice(i *incident.Incident, acc auth.Account, now time.Time) *practiceView {
	if !i.Drill || c.Drill {
		return nil
	}
	v := practiceView{Practice: incident.Practice{Mode: incident.Lists, State: incident.Stopped, Speed: 1}}
	if i.Practice != nil {
		v.Practice = *i.Practice
	}
	for _, s := range c.Scenarios {
		if s.Name == v.Scenario {
			v.Title, v.Lasts = s.Title, s.Lasts
		}
	}
	v.At = min(v.Practice.At(now), v.Lasts)
	for _, in := range v.Injects {
		if l := i.Line(in.Seq); in.At.After(now) && l != nil && !acc.Hidden(i, *l) {
			v.Coming = append(v.Coming, in)
		}
	}
	return &v
}

type scorePage struct {
	I     *incident.Incident
	Base  string
	Score report.Score
}

func (p scorePage) title(l *catalogue.Language) string { return l.T("Score card of %s", p.I.Name) }

// score holds a drill, or a real incident, against its runbook.
func (c *console) score(w http.ResponseWriter, r *http.Request) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.render(w, r, http.StatusOK, "score", scorePage{I: i, Base: "/i/" + strings.TrimPrefix(i.Name, "INC-"), Score: report.NewScore(i, c.Ledger.Now())})
}
