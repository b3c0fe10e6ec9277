package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/oncall"
	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

// onCallPage is who is on call now, in a week, and, for those who change it, why.
type onCallPage struct {
	Now       []duty
	Days      []rotaDay
	Back, On  string // addresses of the weeks before and after
	This      bool   // it is the present week
	Overrides []overrideView
	Turns     []turnsView // of every role
	People    []store.Person
	Roles     []runbook.Role
	Example   string // a time to come
	Feed      string // the address for one's calendar program; empty: none
}

func (onCallPage) title(l *catalogue.Language) string { return l.T("On call") }

// duty is who is on call for a role.
type duty struct {
	oncall.Shift
	Title   string // the role's
	Name    string // empty: nobody
	Tel     string
	At      time.Time // the moment
	Checked bool      // whoever declares an incident asks for them
}

// rotaDay is one day of a week, in UTC.
type rotaDay struct {
	Date  time.Time
	Today bool
	Parts []rotaPart
}

// rotaPart is a shift as far as it falls on a day; times that are not on that day are zero.
type rotaPart struct {
	duty
	From, Until time.Time
}

type overrideView struct {
	store.Override
	Title, Name, By string
}

type turnsView struct {
	oncall.Rotation
	Role, Title string
	Names       string
	Form        string // of the page, to find what was typed again
}

// duties are who is on call at a moment: for each role of the runbook that somebody takes turns or stands in for.
func (c *console) duties(r *http.Request, rota oncall.Rota, at time.Time) (all []duty) {
	for _, role := range c.Shelf.Current().Roles {
		_, turns := rota.Rotations[role.ID]
		if d := c.duty(r, rota.On(role.ID, at)); turns || d.Name != "" {
			d.At = at
			all = append(all, d)
		}
	}
	return all
}

// duty is a shift as whoever asks reads it: those who respond read a telephone, too.
func (c *console) duty(r *http.Request, s oncall.Shift) duty {
	d := duty{Shift: s, Title: c.roleTitle(c.lang(r), s.Role)}
	if s.Person == "" {
		return d
	}
	d.Name = c.Directory.Name(s.Person)
	if acc, _ := auth.From(r.Context()); acc.CanWrite() {
		p, _ := c.Directory.Get(s.Person)
		d.Tel = p.Contact
	}
	return d
}

// onDuty is who is on call now.
func (c *console) onDuty(r *http.Request) ([]duty, error) {
	rota, err := c.OnCall.Rota(r.Context())
	return c.duties(r, rota, c.OnCall.Now()), err
}

func (c *console) onCall(w http.ResponseWriter, r *http.Request) { c.showOnCall(w, r, nil) }

func (c *console) showOnCall(w http.ResponseWriter, r *http.Request, wrong error) {
	rota, err := c.OnCall.Rota(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	l, now := c.lang(r), c.OnCall.Now().UTC()
	acc, _ := auth.From(r.Context())
	monday := weekOf(now)
	first, err := time.Parse(time.DateOnly, r.URL.Query().Get("week"))
	if err != nil || first.Year() < 2000 || first.Year() > 3000 {
		first = monday
	}
	first = weekOf(first)
	p := onCallPage{Now: c.duties(r, rota, now), This: first.Equal(monday), People: c.Directory.List(), Roles: c.Shelf.Current().Roles, Example: now.Add(30*time.Hour).Format("2006-01-02 ") + "09:00"}
	p.Back, p.On = "/oncall?week="+first.AddDate(0, 0, -7).Format(time.DateOnly), "/oncall?week="+first.AddDate(0, 0, 7).Format(time.DateOnly)
	if p.Feed, err = c.feedAddress(r, acc.Person.ID); err != nil {
		c.fail(w, r, err)
		return
	}
	for n := range 7 {
		p.Days = append(p.Days, c.rotaDay(r, rota, first.AddDate(0, 0, n), now))
	}
	for _, o := range rota.Overrides {
		if o.Until.After(now) {
			p.Overrides = append(p.Overrides, overrideView{o, c.roleTitle(l, o.Role), c.Directory.Name(o.Person), c.Directory.Name(o.By)})
		}
	}
	if acc.CanAdmin() {
		for _, role := range c.Shelf.Current().Roles {
			t := turnsView{Rotation: rota.Rotations[role.ID], Role: role.ID, Title: l.Word(role.Name), Form: "turns-" + role.ID}
			t.Names = strings.Join(t.People, ", ")
			if t.Days == 0 {
				t.Days, t.Start, t.Zone = 7, monday.Format(time.DateOnly)+" 09:00", acc.Person.Zone
			}
			p.Turns = append(p.Turns, t)
		}
	}
	c.beside(w, r, "oncall", p, wrong)
}

// weekOf is the beginning of the Monday of a moment's week, in UTC.
func weekOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
}

func (c *console) roleTitle(l *catalogue.Language, id string) string {
	if role, ok := c.Shelf.Current().Role(id); ok {
		return l.Word(role.Name)
	}
	return id
}

func (c *console) rotaDay(r *http.Request, rota oncall.Rota, from, now time.Time) rotaDay {
	until := from.AddDate(0, 0, 1)
	d := rotaDay{Date: from, Today: !now.Before(from) && now.Before(until)}
	for _, role := range rota.Roles() {
		for _, s := range rota.Shifts(role, from, until) {
			part := rotaPart{duty: c.duty(r, s)}
			if _, turns := rota.Rotations[role]; !turns && part.Name == "" {
				continue // nobody is missing where nobody takes turns
			}
			if s.From.After(from) {
				part.From = s.From
			}
			if s.Until.Before(until) {
				part.Until = s.Until
			}
			d.Parts = append(d.Parts, part)
		}
	}
	return d
}

// standIn has somebody stand in.
func (c *console) standIn(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	_, err := c.OnCall.StandIn(r.Context(), oncall.StandIn{Role: r.PostFormValue("role"), Person: r.PostFormValue("person"), From: r.PostFormValue("from"), Until: r.PostFormValue("until"), By: acc.Person.ID, Key: r.PostFormValue("key")})
	c.turned(w, r, err)
}

func (c *console) takeBack(w http.ResponseWriter, r *http.Request) {
	c.turned(w, r, c.OnCall.TakeBack(r.Context(), r.PostFormValue("id")))
}

// rotate has people take turns for a role, or nobody.
func (c *console) rotate(w http.ResponseWriter, r *http.Request) {
	role := r.PostFormValue("role")
	if r.PostFormValue("stop") != "" {
		c.turned(w, r, c.OnCall.Stop(r.Context(), role))
		return
	}
	days, _ := strconv.Atoi(r.PostFormValue("days")) // not a number: refused as 0 is
	turns := oncall.Rotation{Start: strings.TrimSpace(r.PostFormValue("start")), Days: days, Zone: strings.TrimSpace(r.PostFormValue("zone"))}
	for word := range strings.SplitSeq(r.PostFormValue("people"), ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		if p, ok := c.Directory.Find(word); ok {
			word = p.ID
		}
		turns.People = append(turns.People, word)
	}
	_, err := c.OnCall.Rotate(r.Context(), role, turns)
	c.turned(w, r, err)
}

// turned leads back to the page, or shows it with what was wrong.
func (c *console) turned(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		c.showOnCall(w, r, err)
		return
	}
	http.Redirect(w, r, "/oncall", http.StatusSeeOther)
}

// calendar is the next weeks for a calendar program.
func (c *console) calendar(w http.ResponseWriter, r *http.Request) {
	const days = 92
	text, err := c.OnCall.Calendar(r.Context(), days, r.URL.Query().Get("person"), c.Directory.Name)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="on-call.ics"`)
	_, _ = w.Write([]byte(text)) // a browser that is gone is its own affair
}

// checked are those who are on call, each checked if whoever declares wants them asked for: as they said, or, where they have not said, everyone.
func checked(all []duty, said []string, silent bool) []duty {
	all = slices.DeleteFunc(all, func(d duty) bool { return d.Name == "" })
	for n, d := range all {
		all[n].Checked = silent || slices.Contains(said, d.Role)
	}
	return all
}
