package public

import (
	"slices"
	"time"
)

// partDays is how far the state of a part of the service is shown back.
const partDays = 90

// partView is a part of the service: how it is, and how its last days were.
type partView struct {
	Name  setting
	Sign  sign
	Share int       // of the time that is known of it worked, in hundredths of a percent, rounded down
	Known bool      // enough is known for a share to say something
	First int       // where the bars of days that are known of begin
	Bars  []barView // of days on which something was wrong
	Bad   []badDay  // the same in words, the latest first
}

// barView is the bar of a day: where it stands, and how high it is. A day without one was well.
type barView struct {
	X, Y, Height int
	Class        word
}

// badDay is a day on which something was wrong.
type badDay struct {
	Day   stamp
	Sign  sign
	Lasts span
}

// affectView is a part of the service as an incident affects it.
type affectView struct {
	Name setting
	Sign sign
}

// The bars of days: each is barStep wide, its gap included, and at most barHigh high.
const (
	barStep = 4
	barHigh = 24
)

// Width of all bars.
func (partView) Width() int { return partDays * barStep }

// High is the height of the highest bar.
func (partView) High() int { return barHigh }

// states are those of parts of the service, the best first, as status pages name them.
var states = []struct {
	name   string
	v2     word
	sign   sign
	high   int           // of a day's bar
	counts time.Duration // of each 100 that it lasts, so much is no time in which the part worked: as Statuspage counts
}{{"operational", "operational", signWorks, 8, 0}, {"degraded_performance", "degraded_performance", signDegraded, 13, 0}, {"partial_outage", "partial_outage", signPartial, 18, 30}, {"major_outage", "major_outage", signMajor, barHigh, 100}}

func stateNamed(name string) int {
	for n, s := range states {
		if s.name == name {
			return n
		}
	}
	return 0
}

// stretch is how long a part was in a state, which is never the best.
type stretch struct {
	state       int
	from, until time.Time
}

// stretches are those of a part within a time, in order, of real incidents: where two overlap, the worse holds.
func (e *edition) stretches(part string, from, until time.Time) []stretch {
	var all []stretch
	edges := []time.Time{}
	for _, i := range e.incidents {
		if i.page.Drill {
			continue
		}
		for _, a := range i.page.Affected {
			end := until
			if a.Until != nil && a.Until.Before(until) {
				end = *a.Until
			}
			begin := a.From
			if begin.Before(from) {
				begin = from
			}
			if n := stateNamed(a.State); n > 0 && a.Component == part && end.After(begin) {
				all = append(all, stretch{n, begin, end})
				edges = append(edges, begin, end)
			}
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	edges = slices.CompactFunc(edges, time.Time.Equal)
	var out []stretch
	for n := 1; n < len(edges); n++ {
		worst := 0
		for _, s := range all {
			if !s.from.After(edges[n-1]) && s.until.After(edges[n-1]) {
				worst = max(worst, s.state)
			}
		}
		if worst > 0 {
			out = append(out, stretch{worst, edges[n-1], edges[n]})
		}
	}
	return out
}

// now is the state of a part: the worst that real incidents which go on say of it.
func (e *edition) now(part string) int {
	worst := 0
	for _, i := range e.incidents {
		if i.over() || i.page.Drill {
			continue
		}
		for _, a := range i.page.Affected {
			if a.Component == part && a.Until == nil {
				worst = max(worst, stateNamed(a.State))
			}
		}
	}
	return worst
}

// parts are all of them, in the operator's order.
func (s *Site) parts(e *edition, m moment) (all []partView) {
	names := s.o.Components()
	first := m.time().Truncate(24*time.Hour).AddDate(0, 0, 1-partDays)
	begin := first
	if since := s.o.Since(); since.After(begin) {
		begin = since
	}
	for n, name := range names {
		p := partView{Name: setting(s.o.Components()[n]), Sign: states[e.now(name)].sign, Share: 10000, First: dayOf(first, begin) * barStep}
		bad := time.Duration(0)
		days := map[int]badDay{}
		worst := map[int]int{}
		for _, x := range e.stretches(name, begin, m.time()) {
			bad += x.until.Sub(x.from) * states[x.state].counts / 100
			for x.from.Before(x.until) { // a day at a time
				day := dayOf(first, x.from)
				end := first.AddDate(0, 0, day+1)
				if x.until.Before(end) {
					end = x.until
				}
				d := days[day]
				d.Lasts += span(end.Sub(x.from))
				worst[day] = max(worst[day], x.state)
				d.Day, d.Sign = m.on(first.AddDate(0, 0, day)), states[worst[day]].sign
				days[day], x.from = d, end
			}
		}
		if known := m.time().Sub(begin); known >= 24*time.Hour {
			p.Known = true
			p.Share = int(int64((known - bad).Seconds()) * 10000 / int64(known.Seconds()))
		}
		for day := partDays - 1; day >= 0; day-- {
			if d, ok := days[day]; ok {
				high := states[worst[day]].high
				p.Bars = append(p.Bars, barView{X: day * barStep, Y: barHigh - high, Height: high, Class: d.Sign.Class})
				d.Lasts = span(max(time.Duration(d.Lasts).Truncate(time.Minute), time.Minute))
				p.Bad = append(p.Bad, d)
			}
		}
		all = append(all, p)
	}
	return all
}

// dayOf counts days.
func dayOf(first, t time.Time) int { return int(t.Sub(first) / (24 * time.Hour)) }

// affects lists the parts an incident affects, or affected: each at its worst.
func (s *Site) affects(i *record) (all []affectView) {
	for n, name := range s.o.Components() {
		worst := 0
		for _, a := range i.page.Affected {
			if a.Component == name && (i.over() || a.Until == nil) {
				worst = max(worst, stateNamed(a.State))
			}
		}
		if worst > 0 {
			all = append(all, affectView{setting(s.o.Components()[n]), states[worst].sign})
		}
	}
	return all
}
