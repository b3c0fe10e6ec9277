package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
)

// Seconds is a length of time in seconds. A negative one means that it came before what it is counted from.
type Seconds float64

// Duration is the same as Go's.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// String writes it as Span does.
func (s Seconds) String() string { return Span(s.Duration()) }

// In writes it as SpanIn does.
func (s Seconds) In(l *catalogue.Language) string { return SpanIn(l, s.Duration()) }

func seconds(d time.Duration) Seconds { return Seconds(d.Seconds()) }

// Insights are how the incidents of a period went: what happened to the service and to the steps, never who was how fast. Cancelled
// incidents count only as such and in Connectors. Follow-ups are those of every incident so far: what is overdue does not expire.
type Insights struct {
	From       time.Time     `json:"from"`
	To         time.Time     `json:"to"`
	Drills     bool          `json:"drills" doc:"drills are counted, too"`
	Minor      int           `json:"minor"`
	Major      int           `json:"major"`
	Cancelled  int           `json:"cancelled" doc:"in none of the other numbers, except those of connectors"`
	Times      []Spread      `json:"times" nullable:"false"`
	Weeks      []Week        `json:"weeks" nullable:"false" doc:"from Monday to Sunday, in UTC; the first and the last may be cut by the period"`
	ETAs       []Estimate    `json:"etas" nullable:"false"`
	Promises   int           `json:"promises" doc:"times promised for a next public update that have passed or were met"`
	Kept       int           `json:"kept" doc:"of the promises"`
	Connectors []Reliability `json:"connectors" nullable:"false"`
	FollowUps  FollowUpCount `json:"follow_ups"`
}

// Spread is how a length of time came out over N incidents. Median and P90 are lengths that did occur (nearest rank); nil if N is 0.
type Spread struct {
	ID     string   `json:"id" example:"point"`
	Title  string   `json:"title" example:"Declared to point person"`
	N      int      `json:"n" doc:"incidents of which it is known"`
	Median *Seconds `json:"median_s" doc:"seconds; the lower of two"`
	P90    *Seconds `json:"p90_s" doc:"seconds; nine of ten took no longer"`
}

// Week counts what was declared in one week.
type Week struct {
	Monday time.Time `json:"monday"`
	Minor  int       `json:"minor"`
	Major  int       `json:"major"`
}

// Estimate is one stated estimate and what came, both counted from when it was said.
type Estimate struct {
	Incident string    `json:"incident" example:"INC-1"`
	Entry    string    `json:"entry" example:"e17"`
	At       time.Time `json:"at"`
	Said     Seconds   `json:"said_s"`
	Real     Seconds   `json:"real_s"`
}

// Reliability is how attempts at steps went with one connector. One that was unclear may be among Done or Asked, too: what became of it.
type Reliability struct {
	Connector string   `json:"connector" example:"zoom"`
	Attempts  int      `json:"attempts"`
	Failed    int      `json:"failed" doc:"surely did nothing"`
	Unclear   int      `json:"unclear" doc:"gave no readable answer, so that the connector was asked what came of it"`
	Asked     int      `json:"asked" doc:"a person was asked, since nothing else could tell"`
	Done      int      `json:"done"`
	Median    *Seconds `json:"median_s" doc:"seconds from the begin of the attempt that did it"`
}

// FollowUpCount is where follow-ups stand.
type FollowUpCount struct {
	Open    int        `json:"open" doc:"overdue ones are among them"`
	Done    int        `json:"done"`
	Wont    int        `json:"wont"`
	Overdue []LateWork `json:"overdue" nullable:"false" doc:"longest overdue first"`
}

// LateWork is an open follow-up whose day is past.
type LateWork struct {
	Incident string `json:"incident" example:"INC-1"`
	Text     string `json:"text"`
	Due      string `json:"due" example:"2026-12-05"`
}

// Gain gives the insights of the incidents declared in [from, to); to is also the moment that follow-ups are judged by.
func Gain(all []*incident.Incident, from, to time.Time, drills bool) Insights {
	in := Insights{From: from.UTC(), To: to.UTC(), Drills: drills, Weeks: weeksOf(from, to), ETAs: []Estimate{}, FollowUps: FollowUpCount{Overdue: []LateWork{}}}
	var measured []Metrics
	var steps tally
	for _, i := range all {
		at := i.Declared.At
		if i.Declared.IsZero() || i.Drill && !drills || !at.Before(to) {
			continue
		}
		in.FollowUps.add(i, to)
		if at.Before(from) {
			continue
		}
		steps.add(i)
		if i.Status == incident.Cancelled {
			in.Cancelled++
			continue
		}
		in.count(i, at)
		m := Measure(i)
		measured = append(measured, m)
		in.Promises, in.Kept = in.Promises+m.Promises, in.Kept+m.Kept
		for _, e := range m.ETAs {
			if e.Said.Before(e.Actual) { // one said later was about something else
				in.ETAs = append(in.ETAs, Estimate{i.Name, EntryID(e.Entry), e.Said.UTC(), seconds(e.ETA.Sub(e.Said)), seconds(e.Actual.Sub(e.Said))})
			}
		}
	}
	slices.SortStableFunc(in.ETAs, func(a, b Estimate) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(in.FollowUps.Overdue, func(a, b LateWork) int { return strings.Compare(a.Due, b.Due) })
	for _, t := range spreads {
		in.Times = append(in.Times, spread(t.id, t.title, measured, t.of))
	}
	in.Connectors = steps.list()
	return in
}

// spreads are the lengths of time that are told, in the order of an incident.
var spreads = []struct {
	id, title string
	of        func(Metrics) *time.Duration
}{
	{"declare", catalogue.Mark("Began to declared"), func(m Metrics) *time.Duration { return m.Declared }},
	{"point", catalogue.Mark("Declared to point person"), func(m Metrics) *time.Duration { return m.Point }},
	{"roles", catalogue.Mark("Declared to every role held"), func(m Metrics) *time.Duration { return m.Roles }},
	{"first_update", catalogue.Mark("Began to first public update"), func(m Metrics) *time.Duration { return m.FirstUpdate }},
	{"mitigate", catalogue.Mark("Began to mitigated"), func(m Metrics) *time.Duration { return m.Mitigated }},
	{"resolve", catalogue.Mark("Began to resolved"), func(m Metrics) *time.Duration { return m.Resolved }},
	{"silence", catalogue.Mark("Longest public silence"), func(m Metrics) *time.Duration { return m.LongestSilence }},
	{"postmortem", catalogue.Mark("Resolved to post-mortem"), func(m Metrics) *time.Duration { return m.Postmortem }},
}

func spread(id, title string, all []Metrics, of func(Metrics) *time.Duration) Spread {
	var known []time.Duration
	for _, m := range all {
		if d := of(m); d != nil {
			known = append(known, *d)
		}
	}
	return Spread{ID: id, Title: title, N: len(known), Median: rank(known, 50), P90: rank(known, 90)}
}

// rank is the percentile by nearest rank: the smallest value that no less than percent of all do not exceed. nil of nothing.
func rank(all []time.Duration, percent int) *Seconds {
	if len(all) == 0 {
		return nil
	}
	all = slices.Sorted(slices.Values(all))
	s := seconds(all[(len(all)*percent+99)/100-1])
	return &s
}

// monday is the begin of a moment's week.
func monday(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d-(int(t.UTC().Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
}

func weeksOf(from, to time.Time) []Week {
	out := []Week{}
	for w := monday(from); w.Before(to); w = w.AddDate(0, 0, 7) {
		out = append(out, Week{Monday: w})
	}
	return out
}

func (in *Insights) count(i *incident.Incident, at time.Time) {
	n, _ := slices.BinarySearchFunc(in.Weeks, monday(at), func(w Week, t time.Time) int { return w.Monday.Compare(t) })
	if i.Kind == incident.Major {
		in.Major++
		in.Weeks[n].Major++
		return
	}
	in.Minor++
	in.Weeks[n].Minor++
}

// add counts the follow-ups of an incident. A day is over at its end in UTC.
func (f *FollowUpCount) add(i *incident.Incident, now time.Time) {
	for _, u := range i.FollowUps {
		switch u.State {
		case "done":
			f.Done++
		case "wont":
			f.Wont++
		default:
			f.Open++
			if u.Due != "" && u.Due < now.UTC().Format(time.DateOnly) {
				f.Overdue = append(f.Overdue, LateWork{i.Name, oneline(u.Text), u.Due})
			}
		}
	}
}

// tally counts attempts by connector.
type tally struct {
	by   map[string]*Reliability
	took map[string][]time.Duration
}

func (t *tally) add(i *incident.Incident) {
	if t.by == nil {
		t.by, t.took = map[string]*Reliability{}, map[string][]time.Duration{}
	}
	type attempt struct {
		with  string
		begun time.Time
	}
	running := map[string]attempt{} // by step
	end := func(step string, how func(*Reliability)) {
		if a, ok := running[step]; ok {
			how(t.by[a.with])
			delete(running, step)
		}
	}
	for _, l := range i.Lines {
		switch e := l.Event.(type) {
		case *incident.StepStarted:
			running[e.Step] = attempt{e.Provider, l.Recorded}
			if t.by[e.Provider] == nil {
				t.by[e.Provider] = &Reliability{Connector: e.Provider}
			}
			t.by[e.Provider].Attempts++
		case *incident.StepFailed:
			end(e.Step, func(r *Reliability) { r.Failed++ })
		case *incident.StepUnclear:
			if a, ok := running[e.Step]; ok {
				t.by[a.with].Unclear++
			}
		case *incident.StepUnsure:
			end(e.Step, func(r *Reliability) { r.Asked++ })
		case *incident.StepDone:
			if a, ok := running[e.Step]; ok {
				t.took[a.with] = append(t.took[a.with], l.Recorded.Sub(a.begun))
			}
			end(e.Step, func(r *Reliability) { r.Done++ })
		}
	}
}

// list gives the connectors, most attempts first.
func (t *tally) list() []Reliability {
	out := []Reliability{}
	for _, name := range slices.Sorted(maps.Keys(t.by)) {
		r := *t.by[name]
		r.Median = rank(t.took[name], 50)
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Reliability) int { return cmp.Compare(b.Attempts, a.Attempts) })
	return out
}
