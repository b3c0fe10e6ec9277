package cli

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// start serves a whole Tocsin over a folder, wired to the stand-ins, until stop.
func start(t *testing.T, dir string, services standins) (a *app, stop func()) {
	t.Helper()
	return startWith(t, dir, drillConfig(services.url))
}

// startWith serves a whole Tocsin over a folder until stop.
func startWith(t *testing.T, dir string, cfg Config) (a *app, stop func()) {
	t.Helper()
	l, err := listenOn("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Runner.Settle = map[string]time.Duration{"slack": 100 * time.Millisecond, "zoom": 100 * time.Millisecond, "x": 100 * time.Millisecond,
		"google": 100 * time.Millisecond, "youtube": 100 * time.Millisecond, "gitlab": 100 * time.Millisecond}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	if a, err = newApp(ctx, appOptions{data: dir, config: cfg, console: l, log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- a.run(ctx) }()
	return a, func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}
}

// TestLostAnswers drops the answer of every creating call once, after it took effect: each is looked up, adopted, and made only once.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	var faults []string
	for _, call := range []string{"/slack/api/chat.postMessage", "/slack/api/conversations.create", "/zoom/v2/users/", "/google/drive/v3/files", "/x/2/tweets", "/google/youtube/v3/liveBroadcasts"} {
		faults = append(faults, `{"match":"POST `+call+`","nth":1,"fault":"reset_after"}`)
	}
	res, err := http.Post(services.url+"/_faults", "application/json", strings.NewReader("["+strings.Join(faults, ",")+"]"))
	if err != nil || res.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%v %v", res, err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	a, stop := start(t, t.TempDir(), services)
	defer stop()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	must := func(id string, c incident.Command) *incident.Incident {
		r, err := a.ledger.Do(ctx, ledger.Request{Incident: id, Actor: "ana", Command: c})
		if err != nil {
			t.Fatal(err)
		}
		return r.Incident
	}
	i := must("", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
	must(i.ID, &incident.DeclareMajor{})
	for {
		if err := a.runner.Settled(ctx, i.ID); err != nil {
			t.Fatal(err)
		}
		if i, err = a.ledger.View(ctx, i.ID); err != nil {
			t.Fatal(err)
		}
		next := i.NextDue(time.Now())
		if next.IsZero() {
			break
		}
		timer := time.NewTimer(time.Until(next) + 20*time.Millisecond) // a planned retry or look-up
		<-timer.C
	}
	adopted := 0
	for _, run := range i.Runs() {
		if run.Step.Automatic() && run.State != incident.Waiting && run.State != incident.Done {
			t.Errorf("%s is %s: %s", run.ID, run.State, run.Error)
		}
		if run.Adopted {
			adopted++
		}
	}
	if adopted < 5 {
		t.Errorf("%d steps were adopted", adopted)
	}
	body, err := fetch(ctx, services.url+"/_objects")
	if err != nil {
		t.Fatal(err)
	}
	var made map[string][]json.RawMessage
	if err := json.Unmarshal([]byte(body), &made); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]int{"slack.message": 4, "zoom.meeting": 2, "google.document": 1, "x.tweet": 1, "youtube.broadcast": 1} {
		if len(made[kind]) != want {
			t.Errorf("%d × %s, want %d", len(made[kind]), kind, want)
		}
	}
}

// TestRestart holds that the next server goes on from the log and sends nothing again.
func TestRestart(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir := t.TempDir()
	a, stop := start(t, dir, services)
	r, err := a.ledger.Do(t.Context(), ledger.Request{Actor: "ana", Command: &incident.Declare{Title: "Pushes fail", Point: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.runner.Settled(t.Context(), r.Incident.ID); err != nil {
		t.Fatal(err)
	}
	stop()
	a, stop = start(t, dir, services)
	defer stop()
	i, err := a.ledger.View(t.Context(), "INC-1")
	if err != nil {
		t.Fatal(err)
	}
	if run, ok := i.Find("open_war_room"); !ok || run.State != incident.Done {
		t.Errorf("the war room is %+v", run)
	}
	if err := a.runner.Settled(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	body, err := fetch(t.Context(), services.url+"/_objects")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(body, `"join_url"`); n != 1 {
		t.Errorf("%d meetings after a restart", n)
	}
}
