package runner

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/connect/all"
	"tocsin/internal/connect/gitlab"
	"tocsin/internal/connect/slack"
	"tocsin/internal/connect/x"
	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// TestRequestsHoldToTheRunbook holds the three tables of kinds together: the runbook's, the runner's, and what connectors offer.
func TestRequestsHoldToTheRunbook(t *testing.T) {
	t.Parallel()
	for kind, k := range runbook.Kinds {
		if requests[connect.Kind(kind)] == nil {
			t.Errorf("a runbook may use %s, and no request is made for it", kind)
		}
		if got := connect.Kind(kind).Capability(); got != k.Capability {
			t.Errorf("%s: capability %s in the runbook, %s in connect", kind, k.Capability, got)
		}
	}
	for kind := range requests {
		if _, ok := runbook.Kinds[string(kind)]; !ok {
			t.Errorf("requests are made for %s, which no runbook may use", kind)
		}
	}
	cs, err := all.New(all.Config{Slack: slack.Config{Token: "t"}, X: x.Config{APIKey: "k", APISecret: "k", AccessToken: "k", AccessSecret: "k"},
		GitLab: gitlab.Config{Token: "t", Project: "a/b"}}, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		for kind, op := range c.Operations() {
			if requests[kind] == nil {
				t.Errorf("%s offers %s, which nobody asks for", c.Name(), kind)
			}
			if op.Class == connect.LookUp && op.Find == nil {
				t.Errorf("%s %s says it can be looked up, and can't", c.Name(), kind)
			}
		}
	}
}

// TestAfter is the table of DESIGN §4: what an attempt that went wrong means, by guarantee class.
func TestAfter(t *testing.T) {
	t.Parallel()
	cs, err := all.New(all.Config{Slack: slack.Config{Token: "t"}}, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Connectors: cs, Capabilities: all.Capabilities(), Settle: map[string]time.Duration{"slack": 7 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	unknown := connect.Error{Kind: connect.Unknown, Message: "no answer"}
	retry := connect.Error{Kind: connect.Retry, Message: "overloaded"}
	for _, c := range []struct {
		name    string
		class   connect.Class
		kind    string
		ask     string
		attempt int
		e       connect.Error
		want    string
		wait    time.Duration // of the next try or look-up, before jitter; 0: none
	}{
		{"key, unclear: send again", connect.Key, "chat.post", "", 1, unknown, "step_failed", time.Second},
		{"set, unclear: send again", connect.Set, "chat.pin", "", 1, unknown, "step_failed", time.Second},
		{"look-up, unclear: settle, then look", connect.LookUp, "chat.post", "", 1, unknown, "step_unclear", 7 * time.Second},
		{"look-up, unclear again and again: ask", connect.LookUp, "chat.post", "", maxUnclear, unknown, "step_unsure", 0},
		{"none, unclear: ask", connect.None, "chat.post", "", 1, unknown, "step_unsure", 0},
		{"the runbook wants people asked", connect.LookUp, "chat.post", "ask", 1, unknown, "step_unsure", 0},
		{"none, surely not sent: again", connect.None, "chat.post", "", 1, retry, "step_failed", time.Second},
		{"back-off grows", connect.Set, "chat.pin", "", 4, retry, "step_failed", 8 * time.Second},
		{"back-off is capped", connect.Set, "chat.pin", "", 11, retry, "step_failed", time.Minute},
		{"Retry-After is obeyed", connect.Set, "chat.pin", "", 1, connect.Error{Kind: connect.Retry, RetryAfter: 30 * time.Second}, "step_failed", 30 * time.Second},
		{"attempts are bounded", connect.Set, "chat.pin", "", maxAttempts, retry, "step_failed", 0},
		{"an issue waits for its tracker", connect.LookUp, "tracker.issue", "", maxAttempts, retry, "step_failed", 10 * time.Minute},
		{"but not for ever", connect.LookUp, "tracker.issue", "", patient, retry, "step_failed", 0},
		{"refused: a person acts", connect.LookUp, "chat.post", "", 1, connect.Error{Kind: connect.Refused, Message: "missing_scope"}, "step_failed", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			run := incident.Run{Step: runbook.Step{ID: "s", Kind: c.kind, OnUncertain: c.ask}, StepRun: &incident.StepRun{Class: string(c.class), Attempt: c.attempt}}
			ev := r.after(run, "slack", c.e, now)
			if ev.Kind() != c.want {
				t.Fatalf("%s, want %s", ev.Kind(), c.want)
			}
			var at time.Time
			switch ev := ev.(type) {
			case *incident.StepFailed:
				if ev.Next != nil {
					at = *ev.Next
				}
			case *incident.StepUnclear:
				at = ev.Look
			}
			if c.wait == 0 {
				if !at.IsZero() {
					t.Errorf("tried again at %v", at)
				}
				return
			}
			if d := at.Sub(now); d < c.wait || d > c.wait+c.wait/5 {
				t.Errorf("waits %v, want about %v", d, c.wait)
			}
			if e, err := json.Marshal(ev); err != nil || !strings.Contains(string(e), c.e.Message) {
				t.Errorf("%s does not say what went wrong", e)
			}
		})
	}
}
