package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/internal/blame"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// major declares a major outage at 13:10, with all roles taken.
func major(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, "2026-11-23 13:00")
	w.do("p1", &incident.Declare{Title: "Pushes fail", StartedAt: "2026-11-23T12:50Z", Point: true, Disrupting: "down", ETA: &incident.Duration{D: 2 * time.Hour, Known: true}, Runbook: w.rb})
	w.at("2026-11-23 13:10")
	w.do("p2", &incident.TakeRole{Role: "engineer"})
	w.do("p1", &incident.DeclareMajor{})
	w.do("p3", &incident.TakeRole{Role: "comms"})
	w.do("p5", &incident.TakeRole{Role: "marketing"})
	return w
}

func TestByHand(t *testing.T) {
	t.Parallel()
	w := major(t)
	w.put(incident.System, &incident.StepDone{Step: "open_channel", Outputs: map[string]string{"id": "C1", "name": "inc-1-pushes"}, URL: "https://chat.example/C1"},
		&incident.StepDone{Step: "create_document", Outputs: map[string]string{"id": "D"}, URL: "https://docs.example/D"},
		&incident.StepDone{Step: "publish_document", Outputs: map[string]string{"url": "https://docs.example/pub"}, URL: "https://docs.example/pub"},
		&incident.StepFailed{Step: "create_stream", Error: "forbidden", Scope: "youtube.force-ssl", AskWhom: "People Ops"})
	update := w.do("p1", &incident.GiveUpdate{Text: "Priya Raghunathan found it", Stage: "identified"})
	call := w.do("p1", &incident.PullIn{Who: "p4", Why: "knows the disks"})
	w.do("p1", &incident.Resolve{})
	w.do("p2", &incident.PublishPostmortem{})
	get := func(name string) (string, bool) {
		v := map[string]string{"runbook.url": "https://tocsin.example/runbooks/x", "room": "https://tocsin.example/i/1", "phone": "+1 555 0100", "postmortem.text": "# Post-mortem"}[name]
		return v, v != ""
	}
	for id, want := range map[string]report.Card{
		"post_general":                         {To: "#general", Text: "@channel, we have a major outage and need help creating a live streaming war room, refer to [runbooks-production-incident](https://tocsin.example/runbooks/x)"},
		"post_marketing":                       {To: "#marketing", Text: "@channel, we have a major outage and need help reviewing public documents"},
		"post_devrel":                          {To: "#devrel", Text: "@channel, we have a major outage and are working to solve it, you can find the public doc https://docs.example/pub"},
		"tweet_document":                       {To: "the status account", Text: "We are working on a major outage. Our notes, as we write them: https://docs.example/pub", Public: true},
		"announce":                             {To: "#inc-1-pushes", Link: "https://chat.example/C1", Text: "INC-1 Pushes fail. Everything happens here: https://tocsin.example/i/1. War room: {room.url}"},
		"share_document":                       {Link: "https://docs.example/D"},
		"create_stream":                        {Text: "Live: working on a major outage", Why: "forbidden; missing permission: youtube.force-ssl; ask People Ops", Public: true},
		"postmortem_issue":                     {To: "an issue labelled outage", Text: "# Post-mortem", Public: true},
		fmt.Sprintf("post_update:e%d", update): {To: "the status account", Text: "Priya Raghunathan found it", Public: true},
		fmt.Sprintf("call_people:e%d", call):   {To: "#inc-1-pushes", Link: "https://chat.example/C1", Text: "{text}", Phone: "+1 555 0100"},
	} {
		run, ok := w.i.Find(id)
		if !ok {
			t.Fatalf("there is no step %s", id)
		}
		got := report.ByHand(w.i, run, get)
		if got.Step != id || got.Title != run.Step.Title || got.How != run.Step.ByHand || got.How == "" {
			t.Errorf("%s: %+v", id, got)
		}
		if got.To != want.To || got.Text != want.Text || got.Link != want.Link || got.Why != want.Why || got.Phone != want.Phone || got.Public != want.Public {
			t.Errorf("%s\n got %+v\nwant %+v", id, got, want)
		}
		if strings.Contains(got.Text, "{") != (len(got.Missing) > 0) {
			t.Errorf("%s: missing %v in %q", id, got.Missing, got.Text)
		}
		if safe := got.Redacted(w.redactor()).Text; strings.Contains(safe, "Priya") {
			t.Errorf("%s shows a name: %q", id, safe)
		}
	}
	for _, run := range w.i.Runs() {
		if c := report.ByHand(w.i, run, nil); run.Step.Kind != "" && c.How == "" {
			t.Errorf("%s says nothing about how to do it by hand", run.ID)
		}
	}
}

func TestDraftUpdate(t *testing.T) {
	t.Parallel()
	w := major(t)
	for stage, want := range map[string]string{
		"":              "We are investigating a problem with our service since 12:50 UTC. Next update by 13:25 UTC.",
		"investigating": "We are investigating a problem with our service since 12:50 UTC. Next update by 13:25 UTC.",
		"identified":    "We found the cause of the problem and are working on a fix. Expected: 15:00 UTC. Next update by 13:40 UTC.",
		"monitoring":    "A fix is in place and errors are falling. We keep watching. Next update by 14:10 UTC.",
		"resolved":      "The problem with our service is over since 13:10 UTC, after 20 min. Thank you for your patience. What happened and what we change: https://status.example/INC-1",
	} {
		if got := report.DraftUpdate(w.i, stage, w.now, "https://status.example/INC-1"); got != want {
			t.Errorf("%s: %q, want %q", stage, got, want)
		}
		if hints := blame.CheckUpdate(want, blame.Update{Stage: stage}); len(hints) != 0 {
			t.Errorf("%s: our own draft is hinted at: %v", stage, hints)
		}
	}
	if got, want := report.DraftUpdate(w.i, "resolved", w.now, ""), "The problem with our service is over since 13:10 UTC, after 20 min. Thank you for your patience."; got != want {
		t.Errorf("without an address: %q, want %q", got, want)
	}
	w.at("2026-11-23 15:30")
	if got := report.DraftUpdate(w.i, "identified", w.now, ""); !strings.Contains(got, "Expected: not known yet.") {
		t.Errorf("with an estimate that has passed: %q", got)
	}
	w.do("p1", &incident.GiveUpdate{Text: "still", Stage: "monitoring"})
	if got := report.DraftUpdate(w.i, "", w.now, ""); !strings.HasPrefix(got, "A fix is in place") {
		t.Errorf("of the present stage: %q", got)
	}
	if got := report.DraftUpdate(incident.New("x", "INC-9"), "", w.now, ""); got != "" {
		t.Errorf("without a runbook: %q", got)
	}
}
