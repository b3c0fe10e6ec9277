package web

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/chart"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// periods are the lengths of time, in days, that the page offers.
var periods = []int{30, 90, 365}

type insightsPage struct {
	report.Insights
	Days    int
	Periods []int
	Sample  bool // none of it happened
	Empty   bool // no incident is over yet
	Charts  []figure
}

func (insightsPage) title(l *catalogue.Language) string { return l.T("Insights") }

// figure is a chart, what it says, and the same as a table. Nothing is drawn where there is nothing to tell.
type figure struct {
	ID, Title string
	SVG       template.HTML
	Columns   []string
	Rows      [][]string
}

func (f *figure) row(cells ...string) { f.Rows = append(f.Rows, cells) }

// gain reads the period from the address. Anything but a period that is offered is 90 days.
func (c *console) gain(r *http.Request) (insightsPage, error) {
	p := insightsPage{Days: 90, Periods: periods}
	for _, d := range periods {
		if r.URL.Query().Get("days") == strconv.Itoa(d) {
			p.Days = d
		}
	}
	all, err := c.Ledger.All(r.Context())
	if err != nil {
		return p, err
	}
	now := c.Ledger.Now()
	if p.Sample = r.URL.Query().Get("sample") != ""; p.Sample {
		all = report.Sample(now)
	}
	p.Insights = report.Gain(all, now.AddDate(0, 0, -p.Days), now, r.URL.Query().Get("drills") != "")
	p.Empty = !slices.ContainsFunc(all, func(i *incident.Incident) bool { return i.Status == incident.Resolved && (p.Drills || !i.Drill) })
	return p, nil
}

func (c *console) insights(w http.ResponseWriter, r *http.Request) {
	p, err := c.gain(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	lang := c.lang(r)
	p.Charts = []figure{weeksFigure(lang, p.Insights), timesFigure(lang, p.Insights), etasFigure(lang, p.Insights), cadenceFigure(lang, p.Insights),
		connectorsFigure(lang, p.Insights), followUpsFigure(lang, p.Insights)}
	c.render(w, r, http.StatusOK, "insights", p)
}

// insightsCSV is every number of the page for a spreadsheet.
func (c *console) insightsCSV(w http.ResponseWriter, r *http.Request) {
	p, err := c.gain(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="insights-%d-days.csv"`, p.Days))
	_, _ = w.Write([]byte(p.CSV())) // a browser that is gone is its own affair
}

// head names a figure's chart.
func (f *figure) head(l *catalogue.Language, desc string) chart.Head {
	return chart.Head{ID: "chart-" + f.ID, Title: f.Title, Desc: desc + " " + l.T("The table beneath has the numbers.")}
}

// drawn is what package chart made, in which every text is escaped.
func drawn(svg string) template.HTML { return template.HTML(svg) } //nolint:gosec // see above

func weeksFigure(l *catalogue.Language, in report.Insights) figure {
	f := figure{ID: "weeks", Title: in.WeeksSaid(l), Columns: []string{l.T("Week from"), l.T("Minor"), l.T("Major")}}
	labels, minor, major := []string{}, []int{}, []int{}
	for _, w := range in.Weeks {
		labels, minor, major = append(labels, l.Date(w.Monday, "2 Jan")), append(minor, w.Minor), append(major, w.Major)
		f.row(w.Monday.Format(time.DateOnly), strconv.Itoa(w.Minor), strconv.Itoa(w.Major))
	}
	if in.Minor+in.Major > 0 {
		f.SVG = drawn(chart.Bars(f.head(l, l.T("A bar for each week, minor below major.")), labels, []chart.Series{{Name: l.T("minor"), Values: minor}, {Name: l.T("major"), Values: major}}))
	}
	return f
}

func timesFigure(l *catalogue.Language, in report.Insights) figure {
	f := figure{ID: "times", Title: in.TimesSaid(l), Columns: []string{l.T("From, to"), l.T("Half within"), l.T("Nine of ten within"), l.T("Incidents")}}
	var ranges []chart.Range
	for _, t := range in.Times {
		if t.N == 0 {
			f.row(l.Word(t.Title), "–", "–", "0")
			continue
		}
		f.row(l.Word(t.Title), t.Median.In(l), t.P90.In(l), strconv.Itoa(t.N))
		ranges = append(ranges, chart.Range{Label: l.Word(t.Title), Note: t.Median.In(l) + " – " + t.P90.In(l), Median: t.Median.Duration(), P90: t.P90.Duration()})
	}
	if len(ranges) > 0 {
		f.SVG = drawn(chart.Ranges(f.head(l, l.T("For each length of time a full dot where half were done and a ring where nine of ten were; each step of the scale is several times the one before.")), ranges))
	}
	return f
}

func etasFigure(l *catalogue.Language, in report.Insights) figure {
	f := figure{ID: "etas", Title: in.ETAsSaid(l), Columns: []string{l.T("Said in"), l.T("Said"), l.T("Real")}}
	var dots []chart.Dot
	for _, e := range in.ETAs {
		f.row(e.Incident+" "+e.Entry, e.Said.In(l), e.Real.In(l))
		dots = append(dots, chart.Dot{X: e.Said.Duration(), Y: e.Real.Duration(), Hint: l.T("%s %s: said %s, real %s", e.Incident, e.Entry, e.Said.In(l), e.Real.In(l))})
	}
	if len(dots) > 0 {
		f.SVG = drawn(chart.Dots(f.head(l, l.T("A dot for each estimate; above the diagonal it took longer than said.")), l.T("said"), l.T("real"), dots))
	}
	return f
}

func cadenceFigure(l *catalogue.Language, in report.Insights) figure {
	f := figure{ID: "cadence", Title: in.CadenceSaid(l), Columns: []string{l.T("Next update"), l.T("Number")}}
	f.row(l.T("in time"), strconv.Itoa(in.Kept))
	f.row(l.T("late or never"), strconv.Itoa(in.Promises-in.Kept))
	if in.Promises > 0 {
		f.SVG = drawn(chart.Rows(f.head(l, l.T("One bar: in time, then late.")), []string{l.T("in time"), l.T("late or never")},
			[]chart.Part{{Label: l.T("Promised updates"), Note: strconv.Itoa(in.Promises), Values: []int{in.Kept, in.Promises - in.Kept}}}))
	}
	return f
}

func connectorsFigure(l *catalogue.Language, in report.Insights) figure {
	f := figure{ID: "connectors", Title: in.ConnectorsSaid(l), Columns: []string{l.T("Connector"), l.T("Attempts"), l.T("Done"), l.T("Failed"), l.T("Unclear"), l.T("Person asked"), l.T("Half within")}}
	var parts []chart.Part
	for _, r := range in.Connectors {
		median, name := "–", report.Provider(r.Connector)
		if r.Median != nil {
			median = r.Median.In(l)
		}
		f.row(name, strconv.Itoa(r.Attempts), strconv.Itoa(r.Done), strconv.Itoa(r.Failed), strconv.Itoa(r.Unclear), strconv.Itoa(r.Asked), median)
		parts = append(parts, chart.Part{Label: name, Note: l.T("%d of %d done", r.Done, r.Attempts), Values: []int{r.Done, r.Attempts - r.Done - r.Failed, r.Failed}})
	}
	if len(parts) > 0 {
		f.SVG = drawn(chart.Rows(f.head(l, l.T("A bar for each connector: attempts that did it, are open, or failed.")), []string{l.T("done"), l.T("open"), l.T("failed")}, parts))
	}
	return f
}

func followUpsFigure(l *catalogue.Language, in report.Insights) figure {
	f := figure{ID: "follow-ups", Title: in.FollowUpsSaid(l), Columns: []string{l.T("Overdue since"), l.T("Incident"), l.T("Follow-up")}}
	for _, late := range in.FollowUps.Overdue {
		f.row(late.Due, late.Incident, late.Text)
	}
	u := in.FollowUps
	if u.Open+u.Done+u.Wont > 0 {
		f.SVG = drawn(chart.Rows(f.head(l, l.T("One bar: done, open, overdue, won't be done.")), []string{l.T("done"), l.T("open"), l.T("overdue"), l.T("won't do")},
			[]chart.Part{{Label: l.T("Follow-ups so far"), Note: strconv.Itoa(u.Open + u.Done + u.Wont), Values: []int{u.Done, u.Open - len(u.Overdue), len(u.Overdue), u.Wont}}}))
	}
	return f
}

// Strip is the incident's phases as a chart; empty while there are fewer than two.
func (p postmortemPage) Strip() template.HTML { return strip(p.lang, p.I) }

func strip(l *catalogue.Language, i *incident.Incident) template.HTML {
	var marks []chart.Mark
	for _, p := range report.Phases(i) {
		marks = append(marks, chart.Mark{Name: l.Word(p.Name), At: p.At})
	}
	return drawn(chart.Phases(chart.Head{ID: "chart-phases", Title: l.T("The phases of %s", i.Name),
		Desc: l.T("A strip from the first moment to the last; the lines beneath say when each was.")}, marks, func(d time.Duration) string { return report.SpanIn(l, d) }))
}
