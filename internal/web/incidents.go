package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// incidentsPage is the list, narrowed: first what is going on, what needs somebody most on top, then what is over, the newest first.
type incidentsPage struct {
	Rows         []incidentRow
	Filter       incidentFilter
	Views        []view
	Viewed       bool   // one of them is shown
	Here         string // the list's own query, to be kept as a view
	Active       int    // that are no drills
	Older, Newer string
}

func (incidentsPage) title(l *catalogue.Language) string { return l.T("Incidents") }

// incidentRow is an incident in a list.
type incidentRow struct {
	incident.Summary
	Points     []string // names
	Needs      []string // what is missing or late, as people read it
	Done, Todo int      // of all lists
	Said       time.Time
	Draft      string // how the post-mortem stands, once the incident is over
	Acts, Open int    // follow-ups, and those open
	Found      found
}

// found is where a search found its words, if not in the title: an entry, or who was there.
type found struct{ Entry, Text string }

// Lasted is how long it ran.
func (r incidentRow) Lasted() time.Duration {
	if r.EndedAt == nil {
		return 0
	}
	return r.EndedAt.Sub(r.StartedAt)
}

// incidentFilter is what a list is narrowed to; its zero value shows all but drills.
type incidentFilter struct {
	Query, Status, Kind, Drills string
	Only                        []string // names of those chosen; empty: all
}

// rowsShown is how many stand on a page.
const rowsShown = 50

// recently is how long ago something may have ended to be a recent one.
const recently = 30 * 24 * time.Hour

func incidentFilterOf(q url.Values) incidentFilter {
	return incidentFilter{Query: strings.TrimSpace(q.Get("q")), Status: q.Get("status"), Kind: q.Get("kind"), Drills: q.Get("drills"), Only: q["only"]}
}

// With is the address of the list, narrowed otherwise.
func (f incidentFilter) With(status, drills string) string {
	f.Status, f.Drills = status, drills
	return f.address("/incidents", 1)
}

func (f incidentFilter) address(path string, page int) string {
	v := url.Values{}
	for name, value := range map[string]string{"q": f.Query, "status": f.Status, "kind": f.Kind, "drills": f.Drills} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, name := range f.Only {
		v.Add("only", name)
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// takes reports whether an incident is on the list, but for the words that are looked for.
func (f incidentFilter) takes(i *incident.Incident, now time.Time) bool {
	status := f.Status
	if status == "recent" {
		if status = incident.Resolved; now.Sub(i.Ended.At) > recently {
			return false
		}
	}
	return (f.Drills == "only") == i.Drill && (status == "" || status == i.Status) && (f.Kind == "" || f.Kind == i.Kind) && (len(f.Only) == 0 || slices.Contains(f.Only, i.Name))
}

func (c *console) incidents(w http.ResponseWriter, r *http.Request) {
	c.showIncidents(w, r, r.URL.Query(), nil)
}

// showIncidents is the list, with what was wrong with the name of a view; nil: nothing.
func (c *console) showIncidents(w http.ResponseWriter, r *http.Request, q url.Values, wrong error) {
	p := incidentsPage{Filter: incidentFilterOf(q)}
	p.Here = strings.TrimPrefix(p.Filter.address("", 1), "?")
	rows, active, err := c.listed(r, p.Filter)
	if err == nil {
		p.Views, err = c.views(r)
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.Viewed = slices.ContainsFunc(p.Views, func(v view) bool { return v.Query == p.Here })
	page, _ := strconv.Atoi(q.Get("page")) // not a number: the first
	page = min(max(page, 1), max((len(rows)+rowsShown-1)/rowsShown, 1))
	p.Active = active
	p.Rows = rows[(page-1)*rowsShown : min(page*rowsShown, len(rows))]
	if page > 1 {
		p.Newer = p.Filter.address("/incidents", page-1)
	}
	if page*rowsShown < len(rows) {
		p.Older = p.Filter.address("/incidents", page+1)
	}
	c.beside(w, r, "incidents", p, wrong)
}

// listed makes the rows of a list, and counts what is going on.
func (c *console) listed(r *http.Request, f incidentFilter) (rows []incidentRow, active int, err error) {
	all, err := c.Ledger.All(r.Context())
	if err != nil {
		return nil, 0, err
	}
	acc, _ := auth.From(r.Context())
	now, l := c.Ledger.Now(), c.lang(r)
	for _, i := range all {
		if i.Status == incident.Active && !i.Drill {
			active++
		}
		if !f.takes(i, now) {
			continue
		}
		row := incidentRow{Summary: i.Summary()}
		if f.Query != "" {
			at, ok := c.search(i, acc, strings.ToLower(f.Query))
			if !ok {
				continue
			}
			row.Found = at
		}
		c.describe(&row, i, l, now)
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b incidentRow) int { // Ledger.All gives the newest first
		if x, y := a.Status == incident.Active, b.Status == incident.Active; x != y || !x {
			return cmp.Compare(truth(y), truth(x))
		}
		return cmp.Or(cmp.Compare(len(b.Needs), len(a.Needs)), cmp.Compare(truth(b.Kind == incident.Major), truth(a.Kind == incident.Major)))
	})
	return rows, active, nil
}

func truth(is bool) int {
	if is {
		return 1
	}
	return 0
}

// describe says how an incident does.
func (c *console) describe(row *incidentRow, i *incident.Incident, l *catalogue.Language, now time.Time) {
	for _, id := range row.Point {
		row.Points = append(row.Points, c.Directory.Name(id))
	}
	for _, f := range i.FollowUps {
		row.Acts++
		row.Open += truth(f.State == "open")
	}
	if i.Status != incident.Active {
		row.Draft = l.T("draft")
		switch {
		case !i.Postmortem.SignedOff.IsZero():
			row.Draft = l.T("signed off")
		case !i.Postmortem.Published.IsZero():
			row.Draft = l.T("published")
		}
		return
	}
	if n := len(i.Updates); n > 0 {
		row.Said = i.Updates[n-1].At
	}
	need := func(so bool, words string) {
		if so {
			row.Needs = append(row.Needs, words)
		}
	}
	need(len(row.Points) == 0, l.T("nobody has point"))
	need(row.Prompt, l.T("is asked: major?"))
	need(row.ETA != nil && row.ETA.Before(now), l.T("ETA has passed"))
	need(row.UpdateDue != nil && row.UpdateDue.Before(now), l.T("update is late"))
	need(row.Trouble > 0, l.N("%d step needs a hand", "%d steps need a hand", row.Trouble))
	seen := map[string]bool{}
	if i.Runbook == nil {
		return
	}
	for _, role := range i.Runbook.Roles {
		for _, item := range i.List(role.ID, now) {
			if !seen[item.ID] {
				seen[item.ID] = true
				row.Todo++
				row.Done += truth(item.Finished)
			}
		}
	}
}

// search looks for words, in lower case, in what an incident is called, in what was said of it as far as the account may read that, and
// among who was there.
func (c *console) search(i *incident.Incident, acc auth.Account, want string) (found, bool) {
	if strings.Contains(strings.ToLower(i.Name+" "+i.Title+" "+i.Service), want) {
		return found{}, true
	}
	for _, line := range slices.Backward(i.Lines) {
		if line.Text == "" || line.Struck || acc.Hidden(i, line) {
			continue
		}
		if at := strings.Index(strings.ToLower(line.Text), want); at >= 0 {
			return found{report.EntryID(line.Seq), around(line.Text, at, len(want))}, true
		}
	}
	for _, line := range i.Lines {
		if name := c.Directory.Name(line.By); line.By != incident.System && strings.Contains(strings.ToLower(name), want) {
			return found{Text: name}, true
		}
	}
	return found{}, false
}

// around is a part of a text with what is at a place.
func around(s string, at, length int) string {
	const margin = 60
	from, to := max(min(at, len(s))-margin, 0), min(at+length+margin, len(s)) // letters in lower case may be longer
	part := strings.ToValidUTF8(s[from:to], "")
	if from > 0 {
		part = "… " + part
	}
	if to < len(s) {
		part += " …"
	}
	return strings.Join(strings.Fields(part), " ")
}
