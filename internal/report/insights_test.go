package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// told plays a short incident that began at 13:00 of a day: declared after some minutes, told to the public after some more, resolved.
func told(t *testing.T, n int, day string, declared, first, resolved int, drill bool) *world {
	t.Helper()
	begin := moment(t, day+" 13:00")
	w := newWorld(t, day+" 13:00")
	w.i = incident.New(fmt.Sprintf("01TEST%d", n), fmt.Sprintf("INC-%d", n))
	after := func(minutes int) *world {
		w.now = begin.Add(time.Duration(minutes) * time.Minute)
		return w
	}
	after(declared).do("p1", &incident.Declare{Title: "Pushes fail", StartedAt: begin.Format(time.RFC3339), Disrupting: "partial", Drill: drill, Runbook: w.rb})
	w.do("p1", &incident.TakeRole{Role: "point"})
	w.do("p2", &incident.SetETA{ETA: &incident.Duration{D: time.Hour, Known: true}})
	after(first).do("p1", &incident.GiveUpdate{Text: "we know", Next: &incident.Duration{D: 20 * time.Minute, Known: true}})
	after(resolved).do("p1", &incident.Resolve{})
	return w
}

func sec(minutes float64) *report.Seconds {
	s := report.Seconds(minutes * 60)
	return &s
}

func TestGain(t *testing.T) {
	t.Parallel()
	a := told(t, 1, "2026-11-02", 10, 20, 70, false) // Monday
	b := told(t, 2, "2026-11-08", 2, 12, 30, false)  // Sunday of the same week
	c := told(t, 3, "2026-11-11", 30, 90, 300, false)
	c.do("p1", &incident.AddFollowUp{Text: "alert on\nage", Due: "2026-11-20"})
	c.do("p1", &incident.AddFollowUp{Text: "due today", Due: "2026-11-22"})
	drill := told(t, 4, "2026-11-12", 1, 2, 3, true)
	old := told(t, 5, "2026-10-31", 5, 6, 7, false)
	old.do("p1", &incident.AddFollowUp{Text: "long ago", Due: "2026-11-01"})
	old.do("p1", &incident.AddFollowUp{Text: "done", State: "done"})
	cancelled := newWorld(t, "2026-11-13 10:00")
	cancelled.do("p1", &incident.Declare{Title: "Nothing", Runbook: cancelled.rb})
	cancelled.do("p1", &incident.Cancel{Why: "false alarm"})
	all := []*incident.Incident{cancelled.i, drill.i, c.i, b.i, a.i, old.i}

	in := report.Gain(all, moment(t, "2026-11-02 00:00"), moment(t, "2026-11-22 12:00"), false)
	if in.Minor+in.Major != 3 || in.Cancelled != 1 || in.Drills {
		t.Errorf("counts %+v", in)
	}
	times := map[string]report.Spread{}
	for _, s := range in.Times {
		s.Title = ""
		times[s.ID] = s
	}
	want := map[string]report.Spread{
		"declare":      {ID: "declare", N: 3, Median: sec(10), P90: sec(30)},
		"point":        {ID: "point", N: 3, Median: sec(0), P90: sec(0)},
		"roles":        {ID: "roles"},
		"first_update": {ID: "first_update", N: 3, Median: sec(20), P90: sec(90)},
		"mitigate":     {ID: "mitigate", N: 3, Median: sec(70), P90: sec(300)},
		"resolve":      {ID: "resolve", N: 3, Median: sec(70), P90: sec(300)},
		"silence":      {ID: "silence", N: 3, Median: sec(50), P90: sec(210)},
		"postmortem":   {ID: "postmortem"},
	}
	if diff := cmp.Diff(want, times); diff != "" {
		t.Error(diff)
	}
	if len(in.Weeks) != 3 || in.Weeks[0].Minor+in.Weeks[0].Major != 2 || in.Weeks[1].Minor+in.Weeks[1].Major != 1 || in.Weeks[2].Minor+in.Weeks[2].Major != 0 {
		t.Errorf("weeks %+v", in.Weeks)
	}
	if in.Promises != 3 || in.Kept != 1 { // a: 50 min for 20, b: 18 min for 20, c: 210 min for 20
		t.Errorf("%d of %d promises", in.Kept, in.Promises)
	}
	var etas []string
	for _, e := range in.ETAs {
		etas = append(etas, fmt.Sprintf("%s %s %s", e.Incident, e.Said, e.Real))
	}
	if diff := cmp.Diff([]string{"INC-1 1 h 1 h", "INC-2 1 h 28 min", "INC-3 1 h 4 h 30 min"}, etas); diff != "" {
		t.Error(diff)
	}
	follow := report.FollowUpCount{Open: 3, Done: 1, Overdue: []report.LateWork{{"INC-5", "long ago", "2026-11-01"}, {"INC-3", "alert on age", "2026-11-20"}}}
	if diff := cmp.Diff(follow, in.FollowUps); diff != "" {
		t.Error(diff)
	}
	with := report.Gain(all, moment(t, "2026-11-02 00:00"), moment(t, "2026-11-22 12:00"), true)
	if with.Minor+with.Major != 4 || with.Times[0].N != 4 || *with.Times[0].Median != *sec(2) { // 1, 2, 10, 30: the lower of two
		t.Errorf("with drills: %+v", with.Times[0])
	}
}

func TestGainOfNothing(t *testing.T) {
	t.Parallel()
	in := report.Gain(nil, moment(t, "2026-11-02 00:00"), moment(t, "2026-11-09 00:00"), false)
	for _, s := range in.Times {
		if s.N != 0 || s.Median != nil || s.P90 != nil {
			t.Errorf("invented: %+v", s)
		}
	}
	if len(in.Weeks) != 1 || len(in.Connectors)+len(in.ETAs)+in.Promises != 0 {
		t.Errorf("%+v", in)
	}
}

func TestGainConnectors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-11-02 13:00")
	w.do("p1", &incident.Declare{Title: "Pushes fail", Runbook: w.rb})
	start := func(step, with string) {
		w.put(incident.System, &incident.StepStarted{Step: step, Provider: with, Request: json.RawMessage(`{}`)})
	}
	start("a", "zoom")
	w.now = w.now.Add(2 * time.Second)
	w.put(incident.System, &incident.StepFailed{Step: "a", Error: "503"})
	w.put(incident.System, &incident.StepFailed{Step: "a", Error: "no attempt ran"})
	start("a", "zoom")
	w.now = w.now.Add(3 * time.Second)
	w.put(incident.System, &incident.StepDone{Step: "a"})
	start("b", "zoom")
	w.put(incident.System, &incident.StepUnclear{Step: "b"})
	w.now = w.now.Add(9 * time.Second)
	w.put(incident.System, &incident.StepDone{Step: "b", Adopted: true})
	start("c", "x")
	w.put(incident.System, &incident.StepUnclear{Step: "c"}, &incident.StepUnsure{Step: "c"})
	in := report.Gain([]*incident.Incident{w.i}, moment(t, "2026-11-02 00:00"), moment(t, "2026-11-03 00:00"), false)
	three := report.Seconds(3)
	want := []report.Reliability{
		{Connector: "zoom", Attempts: 3, Failed: 1, Unclear: 1, Done: 2, Median: &three},
		{Connector: "x", Attempts: 1, Unclear: 1, Asked: 1},
	}
	if diff := cmp.Diff(want, in.Connectors); diff != "" {
		t.Error(diff)
	}
}

func TestPhases(t *testing.T) {
	t.Parallel()
	var got []string
	for _, p := range report.Phases(told(t, 1, "2026-11-02", 10, 20, 70, false).i) {
		got = append(got, p.Name+" "+p.At.Format("15:04"))
	}
	want := []string{"Began 13:00", "Declared 13:10", "First public update 13:20", "Mitigated 14:10", "Resolved 14:10"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if none := report.Phases(incident.New("01TEST", "INC-1")); len(none) != 0 {
		t.Errorf("of nothing: %v", none)
	}
}

func TestInsightsInWords(t *testing.T) {
	t.Parallel()
	a := told(t, 1, "2026-11-02", 10, 20, 70, false)
	a.do("p1", &incident.AddFollowUp{Text: "=1+1", Due: "2026-11-03"})
	b := told(t, 2, "2026-11-03", 2, 12, 30, false)
	in := report.Gain([]*incident.Incident{b.i, a.i}, moment(t, "2026-11-02 00:00"), moment(t, "2026-11-09 00:00"), false)
	in.Connectors = []report.Reliability{{Connector: "x", Attempts: 9, Failed: 1, Unclear: 2}, {Connector: "gitlab", Attempts: 2, Failed: 2}}
	got := []string{in.WeeksSaid(catalogue.English), in.TimesSaid(catalogue.English), in.ETAsSaid(catalogue.English), in.CadenceSaid(catalogue.English), in.ConnectorsSaid(catalogue.English), in.FollowUpsSaid(catalogue.English)}
	want := []string{
		"2 incidents, 0 of them major; the fullest week had 2",
		"At least half: point person within 0 s, first public update within 12 min, resolved within 30 min",
		"2 of 2 estimates held; half were off by 0 s or less",
		"1 of 2 promised updates came in time",
		"Of 11 attempts at steps 3 failed, 2 got no clear answer; most with GitLab (2)",
		"1 of 1 open follow-up overdue",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	sheet := in.CSV()
	for _, line := range []string{"group,name,measure,value\n", "times,resolve,median_s,1800\n", "times,roles,n,0\n", "connectors,gitlab,failed,2\n", "overdue,INC-1: =1+1,due,2026-11-03\n"} {
		if !strings.Contains(sheet, line) {
			t.Errorf("no %q in\n%s", line, sheet)
		}
	}
	if strings.Contains(sheet, "roles,median") {
		t.Error("a median of nothing")
	}
}
