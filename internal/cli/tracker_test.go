package cli

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// TestTrackerDown holds that the post-mortem's issue waits while its tracker is the thing that is down, says so, and is made once when it
// is back (R15).
func TestTrackerDown(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	faults := func(method, body string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, services.url+"/_faults", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	faults(http.MethodPost, `[{"match":"* /gitlab","fault":"status","status":503,"retry_after":1}]`)
	a, stop := start(t, t.TempDir(), services)
	t.Cleanup(stop)
	do := func(id string, c incident.Command) *incident.Incident {
		t.Helper()
		r, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c})
		if err != nil {
			t.Fatal(err)
		}
		return r.Incident
	}
	changed := make(chan struct{}, 1)
	t.Cleanup(a.ledger.Watch(func(ledger.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	}))
	issue := func(state string) incident.Run {
		t.Helper()
		late := time.After(2 * time.Minute)
		for {
			i, err := a.ledger.View(t.Context(), "1")
			if err != nil {
				t.Fatal(err)
			}
			for _, run := range i.Runs() {
				if run.Step.Kind == "tracker.issue" && run.State == state {
					return run
				}
			}
			select {
			case <-changed:
			case <-late:
				t.Fatalf("the issue never is %s", state)
			}
		}
	}
	do("", &incident.Declare{Title: "GitLab is down", Disrupting: true, Point: true})
	do("1", &incident.DeclareMajor{})
	do("1", &incident.Resolve{Text: "It is back."})
	do("1", &incident.PublishPostmortem{})
	waiting := issue(incident.Failed)
	if waiting.Next.IsZero() || !strings.Contains(waiting.Error, "gitlab") {
		t.Errorf("it does not say that it waits: next %v, %q", waiting.Next, waiting.Error)
	}
	faults(http.MethodDelete, "")
	done := issue(incident.Done)
	if done.URL == "" {
		t.Error("the issue has no address")
	}
	body, err := fetch(t.Context(), services.url+"/_objects")
	if err != nil {
		t.Fatal(err)
	}
	var made map[string][]json.RawMessage
	if err := json.Unmarshal([]byte(body), &made); err != nil {
		t.Fatal(err)
	}
	if len(made["gitlab.issue"]) != 1 {
		t.Errorf("%d issues", len(made["gitlab.issue"]))
	}
}

// TestFollowUpsInTheTracker holds that follow-ups become issues once the post-mortem is signed off, that these are kept in step, and that
// the post-mortem's own issue follows what people write into it.
func TestFollowUpsInTheTracker(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	a, stop := start(t, t.TempDir(), services)
	t.Cleanup(stop)
	var i *incident.Incident
	do := func(id string, c incident.Command) {
		t.Helper()
		r, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.runner.Settled(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		if i, err = a.ledger.View(t.Context(), r.Incident.ID); err != nil {
			t.Fatal(err)
		}
	}
	type issue struct {
		Title, Description, State string
		Labels                    []string
		Confidential              bool
		Due                       string `json:"due_date"`
	}
	issues := func() []issue {
		t.Helper()
		body, err := fetch(t.Context(), services.url+"/_objects")
		if err != nil {
			t.Fatal(err)
		}
		var made struct {
			Issues []issue `json:"gitlab.issue"`
		}
		if err := json.Unmarshal([]byte(body), &made); err != nil {
			t.Fatal(err)
		}
		return made.Issues
	}
	do("", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
	do("1", &incident.DeclareMajor{})
	do("1", &incident.AddFollowUp{Text: "Alert on disk space", Owner: "engineer", Due: "2026-12-05", Class: "detect"})
	do("1", &incident.Resolve{Text: "It is back."})
	do("1", &incident.PublishPostmortem{})
	if got := issues(); len(got) != 1 || !got[0].Confidential {
		t.Fatalf("before it is signed off: %+v", got)
	}
	do("1", &incident.EditPostmortem{Section: "lucky", Text: "It was a Sunday."})
	if got := issues(); !strings.Contains(got[0].Description, "It was a Sunday.") {
		t.Errorf("the issue does not follow what people write: %s", got[0].Description)
	}
	do("1", &incident.GiveReview{Of: "postmortem", Verdict: "approved"})
	got := issues()
	if len(got) != 2 || got[1].Title != "Alert on disk space" || got[1].Confidential || len(got[1].Labels) != 1 || !strings.Contains(got[1].Description, "Owner: Engineer") {
		t.Fatalf("signed off: %+v", got)
	}
	if i.FollowUps[0].URL == "" {
		t.Error("the follow-up does not say where its issue is")
	}
	do("1", &incident.AddFollowUp{ID: 1, Text: "Alert on disk space a day before"})
	do("1", &incident.AddFollowUp{Text: "Rehearse the restore"})
	do("1", &incident.AddFollowUp{ID: 1, State: "done"})
	if got = issues(); len(got) != 3 || got[1].Title != "Alert on disk space a day before" || got[1].State != "closed" || got[1].Due != "2026-12-05" || got[2].State != "opened" {
		t.Errorf("kept in step: %+v", got)
	}
}
