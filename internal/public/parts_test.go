package public

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/report"
)

// affecting is a page of an incident with what it affects.
func affecting(id string, drill bool, ended *time.Time, affected ...report.Affected) report.Page {
	p := report.Page{ID: id, Kind: "major", Status: "active", Drill: drill, Started: affected[0].From, Updated: affected[0].From, Affected: affected}
	if ended != nil {
		p.Status, p.Ended = "resolved", ended
	}
	return p
}

// said is a part in short: how it is, how much of the time it worked, and its bad days.
func said(p partView) string {
	s := fmt.Sprintf("%s %s %s", p.Name, p.Sign.Word, english.percent(p.Share))
	for _, d := range p.Bad {
		s += fmt.Sprintf("; %s %s %s", d.Day.Date(), d.Sign.Word, d.Lasts)
	}
	return s
}

// TestParts holds how parts of the service stand and stood: the worst holds where incidents overlap, drills and parts that nobody shows any more count nothing.
func TestParts(t *testing.T) {
	t.Parallel()
	now := newClock("14:00")
	s := New(Options{Organisation: func() string { return "Example Forge" }, BaseURL: func() string { return base }, Now: now.time,
		Components: func() []string { return []string{"Git over SSH", "Web", "Pipelines"} }, Since: func() time.Time { return day.AddDate(0, 0, -10) }})
	s.real = now.time
	hours := func(h float64) time.Time { return at("14:00").Add(time.Duration(h * float64(time.Hour))) }
	span := func(part, state string, from, until float64) report.Affected {
		a := report.Affected{Component: part, State: state, From: hours(from)}
		if until < 0 {
			a.Until = ptr(hours(until))
		}
		return a
	}
	s.Update([]report.Page{
		affecting("INC-5", true, nil, span("Web", "major_outage", -5, 0)), // a drill
		affecting("INC-4", false, nil, span("Git over SSH", "major_outage", -1, 0), span("Pipelines", "degraded_performance", -0.5, 0), span("Gone", "major_outage", -1, 0)),
		affecting("INC-3", false, ptr(hours(-12)), span("Git over SSH", "partial_outage", -16, -12), span("Web", "partial_outage", -14, -13)), // over midnight
		affecting("INC-2", false, ptr(hours(-13)), span("Git over SSH", "major_outage", -15, -13)),
		affecting("INC-1", false, ptr(hours(-24*20)), span("Web", "major_outage", -24*30, -24*20)), // before anybody wrote it down
	})
	var got []string
	parts := s.parts(s.all.Load(), moment{at: at("14:00").Unix()})
	for _, p := range parts {
		got = append(got, said(p))
	}
	// Ten days and 14 hours are known: 254 h. Of Git 2 h partly (30 %) and 3 h wholly were bad, of the web 1 h partly.
	if diff := cmp.Diff([]string{
		"Git over SSH Major outage 98.58 %; 2026-11-23 Major outage 3 h; 2026-11-22 Major outage 2 h",
		"Web Operational 99.88 %; 2026-11-23 Partial outage 1 h",
		"Pipelines Degraded 100.00 %; 2026-11-23 Degraded 30 min",
	}, got); diff != "" {
		t.Error(diff)
	}
	if p := parts[0]; p.First != (partDays-11)*barStep || len(p.Bars) != 2 || p.Bars[0].X != (partDays-1)*barStep || p.Bars[0].Height != barHigh {
		t.Errorf("%+v", p)
	}
	html := read(t, get(t, s.Handler(), "/status"))
	has(t, html, "Services", "98.58 % up", "2 days with trouble", "Degraded")
	if strings.Contains(html, "Gone") {
		t.Error("a part that nobody shows is on the page")
	}
	has(t, read(t, get(t, s.Handler(), "/status", "Accept-Language", "de")), "98,58")
	has(t, read(t, get(t, s.Handler(), "/status/INC-4")), "Affects", "Git over SSH", "Pipelines")
	has(t, strings.Join(strings.Fields(read(t, get(t, s.Handler(), "/api/v2/components.json"))), ""), `"name":"GitoverSSH","status":"major_outage"`, `"name":"Web","status":"operational"`, `"name":"Pipelines","status":"degraded_performance"`)
}

// TestPartsAreSmall holds that twenty parts with trouble on every third day stay within the page's budget.
func TestPartsAreSmall(t *testing.T) {
	t.Parallel()
	now := newClock("14:00")
	var names []string
	for n := range 20 {
		names = append(names, fmt.Sprintf("Part %d of the service", n))
	}
	s := New(Options{BaseURL: func() string { return base }, Now: now.time, Components: func() []string { return names }})
	s.real = now.time
	var pages []report.Page
	for n := range 30 {
		begin := at("10:00").AddDate(0, 0, -3*n)
		end := begin.Add(time.Duration(n+7) * time.Minute)
		var all []report.Affected
		for k, name := range names {
			all = append(all, report.Affected{Component: name, State: states[1+(n+k)%3].name, From: begin, Until: &end})
		}
		pages = append(pages, affecting(fmt.Sprintf("INC-%d", 40-n), false, &end, all...))
	}
	s.Update(pages)
	// Every part is wholly down on ten of the thirty days, partly on ten: 10 times 7 to 36 minutes of 89 days and 14 hours.
	for _, p := range s.parts(s.all.Load(), moment{at: at("14:00").Unix()}) {
		if p.Share < 9970 || p.Share > 9980 || len(p.Bars) != 30 {
			t.Errorf("%s: %d, %d bars", p.Name, p.Share, len(p.Bars))
		}
	}
	if n := len(read(t, get(t, s.Handler(), "/status", "Accept-Encoding", "gzip"))); n > 14<<10 {
		t.Errorf("%d bytes", n)
	}
}
