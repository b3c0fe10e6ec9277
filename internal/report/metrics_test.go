package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

func TestMeasure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-11-23 13:00")
	if got := report.Measure(w.i); !cmp.Equal(got, report.Metrics{}) {
		t.Errorf("of nothing: %+v", got)
	}
	d := func(s string) *time.Duration {
		v, err := time.ParseDuration(s)
		if err != nil {
			t.Fatal(err)
		}
		return &v
	}
	hour := &incident.Duration{D: time.Hour, Known: true}
	w.do("p1", &incident.Declare{Title: "Pushes fail", StartedAt: "2026-11-23T12:40Z", Disrupting: "down", Runbook: w.rb})
	w.do("integration:monitoring", &incident.Say{Text: "error rate up", At: "2026-11-23T12:45Z"})
	w.at("2026-11-23 13:02").do("p1", &incident.TakeRole{Role: "point"})
	w.at("2026-11-23 13:05").do("p2", &incident.TakeRole{Role: "engineer"})
	w.put(incident.System, &incident.StepDone{Step: "open_war_room", URL: "https://x.example"})
	w.at("2026-11-23 13:06").do("p2", &incident.Say{Text: "looking"})
	w.at("2026-11-23 13:08").do("p1", &incident.GiveUpdate{Text: "we know", Next: &incident.Duration{D: 10 * time.Minute, Known: true}})
	w.at("2026-11-23 13:17").do("p1", &incident.GiveUpdate{Text: "still", Next: &incident.Duration{D: 10 * time.Minute, Known: true}})
	w.at("2026-11-23 13:20").do("p2", &incident.SetETA{ETA: hour})
	w.at("2026-11-23 13:40").do("p1", &incident.GiveUpdate{Text: "fixed", Stage: "monitoring", Next: hour})
	w.do("p2", &incident.SetETA{Disrupting: "none"})
	w.at("2026-11-23 13:45").do("p2", &incident.SetETA{Disrupting: "partial"})
	w.at("2026-11-23 13:55").do("p1", &incident.TakeRole{Role: "engineer"})
	w.do("p1", &incident.GiveRole{Role: "point", To: "p3"})
	w.do("p3", &incident.AcceptRole{Role: "point"})
	w.at("2026-11-23 14:00").do("p3", &incident.Resolve{})
	w.at("2026-11-23 16:00").do("p2", &incident.PublishPostmortem{})
	got := report.Measure(w.i)
	want := report.Metrics{
		Detected: d("5m"), Declared: d("20m"), Point: d("2m"), Roles: d("5m"), WarRoom: d("5m"), FirstInternal: d("6m"),
		FirstUpdate: d("28m"), FirstUpdateFrom: d("8m"), Mitigated: d("80m"), Resolved: d("80m"), Disrupted: d("55m"),
		LongestSilence: d("23m"), MedianSilence: d("9m"), Postmortem: d("2h"), Promises: 3, Kept: 2, HandOvers: 1,
	}
	want.ETAs = got.ETAs
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got.ETAs) != 1 || got.ETAs[0].Off != -20*time.Minute || !got.ETAs[0].Actual.Equal(w.i.Ended.At) {
		t.Errorf("ETAs %+v", got.ETAs)
	}
	if *got.Disrupted != w.i.Disruption.Total {
		t.Errorf("disrupted %s, the state says %s", got.Disrupted, w.i.Disruption.Total)
	}
	draft(t, w.i)
}
