package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/internal/api"
	"tocsin/internal/connect/smtp"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// pulled serves a Tocsin with Ada, who has an address, Grace, who has none, and pulls one person or role in. It gives the step of the mail.
func pulled(t *testing.T, services standins, change func(*Config), who string) incident.Run {
	t.Helper()
	l, err := listenOn("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := services.config()
	change(&cfg)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 3*time.Minute)
	a, err := newApp(ctx, appOptions{data: t.TempDir(), config: cfg, console: l, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []store.Person{{ID: "ada", Name: "Ada Moore", Emails: []string{"ada@example.com"}, Roles: []string{"engineer"}}, {ID: "grace", Name: "Grace Ito"}} {
		if err := a.people.Put(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	served := make(chan error, 1)
	go func() { served <- a.run(ctx) }()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	id := ""
	for _, c := range []incident.Command{&incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true}, &incident.PullIn{Who: who, Why: "a second pair of eyes"}} {
		r, err := a.ledger.Do(ctx, ledger.Request{Incident: id, Actor: "ana", Command: c})
		if err != nil {
			t.Fatal(err)
		}
		id = r.Incident.ID
	}
	if err := a.runner.Settled(ctx, id); err != nil {
		t.Fatal(err)
	}
	i, err := a.ledger.View(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	runs := i.Runs()
	n := slices.IndexFunc(runs, func(r incident.Run) bool { return r.Step.Kind == "mail.send" })
	if n < 0 {
		t.Fatal("there is no step that writes to whoever is pulled in")
	}
	return runs[n]
}

// TestMailToWhoIsPulledIn is R18: whoever is pulled in is written to where there is a mail server. Where there is none, or no address, that
// is left out with a word, and nobody is bothered.
func TestMailToWhoIsPulledIn(t *testing.T) {
	t.Parallel()
	same := func(*Config) {}
	for name, tc := range map[string]struct {
		change func(*Config)
		fault  string
		who    string
		state  string
		says   string
		mails  int
	}{
		"a person":               {change: same, who: "ada", state: incident.Done, mails: 1},
		"a role":                 {change: same, who: "engineer", state: incident.Done, mails: 1},
		"a role nobody has":      {change: same, who: "marketing", state: incident.Skipped, says: "no e-mail address"},
		"somebody without":       {change: same, who: "grace", state: incident.Skipped, says: "no e-mail address"},
		"no mail server":         {change: func(c *Config) { c.Connectors.SMTP = smtp.Config{} }, who: "ada", state: incident.Skipped, says: "no service is set up"},
		"later, please":          {change: same, fault: `[{"match":"RCPT /smtp","nth":1,"fault":"status","status":450}]`, who: "ada", state: incident.Failed, says: "450"},
		"refused":                {change: same, fault: `[{"match":"RCPT /smtp","fault":"status","status":550}]`, who: "ada", state: incident.Failed, says: "550"},
		"no answer, and it went": {change: same, fault: `[{"match":"DATA /smtp","fault":"reset_after"}]`, who: "ada", state: incident.Unsure, says: "may have gone out", mails: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			services, halt, err := startStandins(0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(halt)
			if tc.fault != "" {
				if err := disturb(t.Context(), services.url, tc.fault); err != nil {
					t.Fatal(err)
				}
			}
			run := pulled(t, services, tc.change, tc.who)
			if run.State != tc.state || !strings.Contains(run.Error+run.Why, tc.says) {
				t.Errorf("it is %s: %s%s; want %s, with %q", run.State, run.Error, run.Why, tc.state, tc.says)
			}
			if tc.state == incident.Failed && run.Next.IsZero() != (name == "refused") {
				t.Errorf("the next try is at %v", run.Next)
			}
			body, err := fetch(t.Context(), services.url+"/_objects")
			if err != nil {
				t.Fatal(err)
			}
			var all struct {
				Mail []struct {
					To            []string
					Subject, Text string
				} `json:"smtp.mail"`
			}
			if err := json.Unmarshal([]byte(body), &all); err != nil {
				t.Fatal(err)
			}
			if len(all.Mail) != tc.mails {
				t.Fatalf("%d mails, not %d", len(all.Mail), tc.mails)
			}
			for _, m := range all.Mail {
				if !slices.Equal(m.To, []string{"ada@example.com"}) || m.Subject != "You are needed: INC-1 Pushes fail" || !strings.Contains(m.Text, "a second pair of eyes") {
					t.Errorf("to %v: %s\n%s", m.To, m.Subject, m.Text)
				}
			}
		})
	}
}

// TestLeftOut is a small installation: it has neither a mail server nor a receiver of webhooks, is promised nothing of them, sees why, and
// is asked for nothing.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, stop := startWith(t, dir, Config{})
	t.Cleanup(stop)
	run := desk(t, a, dir)
	for _, line := range []string{"declare Pushes --disrupting --eta 90m --point", "page engineer"} {
		if said, code := run(strings.Fields(line)...); code != exitOK {
			t.Fatalf("%s: exit %d\n%s", line, code, said)
		}
	}
	if err := a.runner.Settled(t.Context(), "INC-1"); err != nil {
		t.Fatal(err)
	}
	plan, code := run("declare-major", "-n")
	if code != exitOK || !strings.Contains(plan, "Post to #general") || strings.Contains(plan, "Tell other systems") {
		t.Errorf("what a major outage sets going: exit %d\n%s", code, plan)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.links.Room("INC-1"), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", session(t, a))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "Post to #general") || strings.Contains(string(page), "Tell other systems that it is a major outage") {
		t.Errorf("the room promises otherwise: %s", res.Status)
	}
	steps, _ := run("steps")
	if !strings.Contains(steps, "skipped   hook_declared          Tell other systems that there is an incident\n          no service is set up that can do this") {
		t.Errorf("it does not say why it is left out:\n%s", steps)
	}
	for line := range strings.Lines(steps) {
		if (strings.Contains(line, " hook_") || strings.Contains(line, " mail_")) && !strings.HasPrefix(line, "skipped") && !strings.HasPrefix(line, "waiting") {
			t.Errorf("it bothers people: %s", line)
		}
	}
}

// TestKilledWhileMailing kills the server between the mail server's taking a mail and its answer: the next one asks whether it went out, and
// does not send it again by itself.
func TestKilledWhileMailing(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir, config := t.TempDir(), configFile(t, services.url)
	people := filepath.Join(dir, "people.yaml")
	if err := os.WriteFile(people, []byte("people: [{id: ada, name: Ada Moore, emails: [ada@example.com]}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	mailing := fmt.Sprintf("people: %s\nconnectors:\n  smtp: {address: %q, tls: none, from: incidents@example.com}", people, services.mail)
	if err := os.WriteFile(config, []byte(strings.Replace(string(src), "connectors:", mailing, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	token, words, code := tocsin(t, "token", "create", "--data", dir, "--quiet")
	if code != 0 {
		t.Fatal(words)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	first := serve(t, "--data", dir, "--config", config)
	inject(t, services.url, fmt.Sprintf(`{"match":"DATA /smtp","nth":1,"fault":"kill_after","pid":%d}`, first.cmd.Process.Pid))
	client := api.NewClient(first.url, strings.TrimSpace(token), nil)
	if _, err := client.Declare(ctx, api.Declare{Title: "Pushes fail", Point: true}, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	// The server may be killed before it has answered this.
	_, _ = client.Do(ctx, "1", "pull_in", map[string]string{"who": "ada"}, api.NewKey())
	select {
	case <-first.exited:
	case <-ctx.Done():
		t.Fatal("it was not killed")
	}
	client = api.NewClient(serve(t, "--data", dir, "--config", config).url, strings.TrimSpace(token), nil)
	comesAbout(t, ctx, func() bool {
		steps, err := client.Steps(ctx, "1")
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(steps, func(s api.Step) bool { return s.Kind == "mail.send" && s.State == incident.Unsure })
	})
	exactly(t, services.url, map[string]int{"smtp.mail": 1})
}
