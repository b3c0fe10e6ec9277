package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect/all"
	"tocsin/internal/connect/github"
	"tocsin/internal/connect/gitlab"
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

// TestTrackerBothWays holds that what people do with the issue of a follow-up in the tracker is taken over once, that nothing is sent back
// for it, and that what is changed here goes there, all this across a restart.
func TestTrackerBothWays(t *testing.T) {
	t.Parallel()
	for _, tracker := range []struct {
		name, kind string
		with       func(c *all.Config, base string)
		people     func(t *testing.T, base, state, due string) // change the second issue there
		dated      bool
	}{
		{"gitlab", "gitlab.issue", func(*all.Config, string) {}, func(t *testing.T, base, state, due string) {
			event := map[string]string{"closed": "close", "open": "reopen"}[state]
			change(t, http.MethodPut, base+"/gitlab/api/v4/projects/example%2Finfrastructure/issues/2", "PRIVATE-TOKEN", "glpat-drill", map[string]string{"state_event": event, "due_date": due})
		}, true},
		{"github", "github.issue", func(c *all.Config, base string) {
			c.GitLab = gitlab.Config{}
			c.GitHub = github.Config{BaseURL: base + "/github/api/v3", Token: "github_pat_drill", Repository: "example/infrastructure"}
		}, func(t *testing.T, base, state, _ string) {
			change(t, http.MethodPatch, base+"/github/api/v3/repos/example/infrastructure/issues/2", "Authorization", "Bearer github_pat_drill", map[string]string{"state": state})
		}, false},
	} {
		t.Run(tracker.name, func(t *testing.T) {
			t.Parallel()
			services, halt, err := startStandins(0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(halt)
			cfg := drillConfig(services.url)
			tracker.with(&cfg.Connectors, services.url)
			cfg.Capabilities["tracker"], cfg.Runner.Track = []string{tracker.name}, 20*time.Millisecond
			dir := t.TempDir()
			a, stop := startWith(t, dir, cfg)
			do := func(id string, c incident.Command) {
				t.Helper()
				if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c}); err != nil {
					t.Fatal(err)
				}
				if err := a.runner.Settled(t.Context(), "1"); err != nil {
					t.Fatal(err)
				}
			}
			until := func(state, due string, entries int) incident.FollowUp {
				t.Helper()
				i := await(t, a, func(i *incident.Incident) bool {
					return i.FollowUps[0].State == state && i.FollowUps[0].Due == due
				})
				heard := 0
				for _, l := range i.Lines {
					if _, ok := l.Event.(*incident.FollowUpTracked); ok {
						heard++
					}
				}
				if heard != entries {
					t.Errorf("%d entries tell of the tracker, want %d", heard, entries)
				}
				return i.FollowUps[0]
			}
			do("", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
			do("1", &incident.DeclareMajor{})
			do("1", &incident.AddFollowUp{Text: "Alert on disk space", Due: "2026-12-05"})
			do("1", &incident.Resolve{Text: "It is back."})
			do("1", &incident.PublishPostmortem{})
			do("1", &incident.GiveReview{Of: "postmortem", Verdict: "approved"})
			until("open", "2026-12-05", 0)
			due := "2026-12-05"
			if tracker.dated {
				due = "2026-12-12"
			}
			tracker.people(t, services.url, "closed", due)
			if f := until("done", due, 1); f.Why != "closed in the tracker" {
				t.Errorf("it says %q", f.Why)
			}
			stop()
			a, stop = startWith(t, dir, cfg) // it asks anew, and hears nothing new
			t.Cleanup(stop)
			tracker.people(t, services.url, "open", due)
			until("open", due, 2)
			writes := asked(t, services.url, tracker.name)
			do("1", &incident.AddFollowUp{ID: 1, State: "done"})
			until("done", due, 2)
			do("1", &incident.AddFollowUp{ID: 1, State: "open"})
			until("open", due, 2)
			if got := asked(t, services.url, tracker.name); got != writes+2 {
				t.Errorf("%d calls changed the issue, want 2", got-writes)
			}
			body, err := fetch(t.Context(), services.url+"/_objects")
			if err != nil {
				t.Fatal(err)
			}
			var made map[string][]struct{ State string }
			if err := json.Unmarshal([]byte(body), &made); err != nil {
				t.Fatal(err)
			}
			if is := made[tracker.kind]; len(is) != 2 || !strings.HasPrefix(is[1].State, "open") {
				t.Errorf("in the tracker: %+v", is)
			}
		})
	}
}

// await waits until the first incident is so.
func await(t *testing.T, a *app, so func(*incident.Incident) bool) *incident.Incident {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer a.ledger.Watch(func(ledger.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	late := time.After(2 * time.Minute)
	for {
		i, err := a.ledger.View(t.Context(), "1")
		if err != nil {
			t.Fatal(err)
		}
		if so(i) {
			return i
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("never so: %+v", i.FollowUps)
		}
	}
}

// change is what a person does in a tracker.
func change(t *testing.T, method, url, header, secret string, fields map[string]string) {
	t.Helper()
	for k, v := range fields {
		if v == "" {
			delete(fields, k)
		}
	}
	body, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(header, secret)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", method, url, res.Status)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
}

// asked counts the calls that changed an issue of a tracker.
func asked(t *testing.T, base, tracker string) (n int) {
	t.Helper()
	body, err := fetch(t.Context(), base+"/_calls")
	if err != nil {
		t.Fatal(err)
	}
	var calls []struct{ Method, Path string }
	if err := json.Unmarshal([]byte(body), &calls); err != nil {
		t.Fatal(err)
	}
	for _, c := range calls {
		if (c.Method == http.MethodPut || c.Method == http.MethodPatch) && strings.HasPrefix(c.Path, "/"+tracker+"/") {
			n++
		}
	}
	return n
}
