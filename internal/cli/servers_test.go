package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tocsin/internal/api"
	"tocsin/internal/incident"
	"tocsin/internal/standin"
	"tocsin/internal/store/storetest"
)

// configFile writes a configuration whose services are the stand-ins.
func configFile(t *testing.T, base string) string {
	t.Helper()
	dir := t.TempDir()
	google := filepath.Join(dir, "google.json")
	text := strings.NewReplacer("BASE", base, "SECRET", standin.WebhookSecret, "GOOGLE", google).Replace(`
organisation: {name: Example, public_name: Example, domain: example.com}
connectors:
  slack:   {base_url: BASE/slack/api/, token: xoxb-test}
  zoom:    {base_url: BASE/zoom/v2, auth_url: BASE/zoom/oauth/token, account_id: test, client_id: test, client_secret: test, host: engineer@example.com, licensed_host: licensed@example.com}
  google:  {docs_url: BASE/google/docs/, drive_url: BASE/google/drive/v3/, token_url: BASE/google/token, domain: example.com, credentials_file: GOOGLE}
  youtube: {base_url: BASE/google/youtube/v3/, token_url: BASE/google/token, credentials_file: GOOGLE}
  x:       {base_url: BASE/x, api_key: test, api_secret: test, access_token: test, access_secret: test}
  gitlab:  {base_url: BASE/gitlab, token: glpat-test, project: example/infrastructure}
  webhook: {url: BASE/webhook, secret: SECRET}
runner: {deadline: 2s, batch: 100ms, settle: {slack: 100ms, zoom: 100ms, x: 100ms, google: 100ms, youtube: 100ms, gitlab: 100ms}}
`)
	for file, content := range map[string]string{google: `{"type":"authorized_user","client_id":"test","client_secret":"test","refresh_token":"test"}`,
		filepath.Join(dir, "tocsin.yaml"): text} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "tocsin.yaml")
}

// inject orders a fault of the stand-ins.
func inject(t *testing.T, base, body string) {
	t.Helper()
	res, err := http.Post(base+"/_faults", "application/json", strings.NewReader("["+body+"]"))
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%v, %d", err, res.StatusCode)
	}
}

// TestServerDies has one of two servers on one database killed by a service in the middle of a major outage. The other carries every
// step to its end, and no service has anything twice.
func TestServerDies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ call, fault string }{
		{"POST /zoom/v2/users/", "kill_after"}, {"POST /slack/api/chat.postMessage", "kill_after"}, {"POST /slack/api/chat.postMessage", "kill_before"},
		{"POST /x/2/tweets", "kill_after_reply"}, {"POST /google/drive/v3/files", "kill_after"}, {"POST /google/youtube/v3/liveBroadcasts", "kill_after"},
	} {
		t.Run(c.fault+" "+strings.ReplaceAll(c.call, "/", " "), func(t *testing.T) {
			t.Parallel()
			services, halt, err := startStandins(0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(halt)
			database, config := storetest.Postgres(t), configFile(t, services.url)
			token, words, code := tocsin(t, "token", "create", "--database", database, "--quiet")
			if code != 0 {
				t.Fatal(words)
			}
			a, b := serve(t, "--database", database, "--config", config), serve(t, "--database", database, "--config", config)
			inject(t, services.url, fmt.Sprintf(`{"match":%q,"nth":1,"fault":%q,"pid":%d}`, c.call, c.fault, a.cmd.Process.Pid))
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			first, second := api.NewClient(a.url, strings.TrimSpace(token), nil), api.NewClient(b.url, strings.TrimSpace(token), nil)
			yes := true
			if _, err := first.Declare(ctx, api.Declare{Title: "Pushes fail", Disrupting: &yes, Point: true}, api.NewKey()); err != nil {
				t.Fatal(err)
			}
			key := api.NewKey()
			if _, err := first.Do(ctx, "1", "declare_major", nil, key); err != nil { // it was killed before
				if _, err := second.Do(ctx, "1", "declare_major", nil, key); err != nil {
					t.Fatal(err)
				}
			}
			select {
			case <-a.exited:
			case <-ctx.Done():
				t.Fatal("the first server was not killed")
			}
			settled(t, ctx, second)
			exactly(t, services.url, once)
		})
	}
}

// TestServerHangs has one of two servers stand still in the middle of a major outage, long enough for the other to carry on, and then go
// on as if nothing had been: what it was about to send is not sent again.
func TestServerHangs(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(20 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	database, config := storetest.Postgres(t), configFile(t, services.url)
	token, words, code := tocsin(t, "token", "create", "--database", database, "--quiet")
	if code != 0 {
		t.Fatal(words)
	}
	inject(t, services.url, `{"match":"POST /slack/api/chat.postMessage","fault":"latency","ms":700}`)
	a, b := serve(t, "--database", database, "--config", config), serve(t, "--database", database, "--config", config)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	first, second := api.NewClient(a.url, strings.TrimSpace(token), nil), api.NewClient(b.url, strings.TrimSpace(token), nil)
	yes := true
	if _, err := first.Declare(ctx, api.Declare{Title: "Pushes fail", Disrupting: &yes, Point: true}, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Do(ctx, "1", "declare_major", nil, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	comesAbout(t, ctx, func() bool {
		steps, err := second.Steps(ctx, "1")
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(steps, func(s api.Step) bool { return s.Kind == "chat.post" && s.State == incident.Started })
	})
	if err := a.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.cmd.Process.Signal(syscall.SIGCONT) })
	settled(t, ctx, second)
	if err := a.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Do(ctx, "1", "say", map[string]string{"text": "I am back"}, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	settled(t, ctx, first)
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil { // it ends what it is at
		t.Fatal(err)
	}
	<-a.exited
	exactly(t, services.url, once)
}

// settled waits until every automatic step that fell due is done, or left out as nothing is set up for it.
func settled(t *testing.T, ctx context.Context, c *api.Client) {
	t.Helper()
	every := time.NewTicker(100 * time.Millisecond)
	defer every.Stop()
	for {
		steps, err := c.Steps(ctx, "1")
		if err != nil {
			t.Fatal(err)
		}
		var open []string
		for _, s := range steps {
			left := s.State == incident.Skipped && s.Why == "no service is set up that can do this" // it is optional
			if s.Automatic && s.State != incident.Done && s.State != incident.Waiting && !left {
				open = append(open, s.ID+" "+s.State+" "+s.Error)
			}
		}
		if len(open) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("not done: %s", strings.Join(open, "; "))
		case <-every.C:
		}
	}
}

// exactly holds that the services have as many of each thing, no more and no less.
func exactly(t *testing.T, base string, want map[string]int) {
	t.Helper()
	body, err := fetch(t.Context(), base+"/_objects")
	if err != nil {
		t.Fatal(err)
	}
	var made map[string][]json.RawMessage
	if err := json.Unmarshal([]byte(body), &made); err != nil {
		t.Fatal(err)
	}
	for kind, n := range want {
		if len(made[kind]) != n {
			t.Errorf("%d × %s, want %d", len(made[kind]), kind, n)
		}
	}
}

// TestServersHear holds that what one server writes is told by the other: to whoever follows the incident, and to the public.
func TestServersHear(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	database, config := storetest.Postgres(t), configFile(t, services.url)
	token, words, code := tocsin(t, "token", "create", "--database", database, "--quiet")
	if code != 0 {
		t.Fatal(words)
	}
	a, b := serve(t, "--database", database, "--config", config), serve(t, "--database", database, "--config", config)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	client := api.NewClient(a.url, strings.TrimSpace(token), nil)
	if _, err := client.Declare(ctx, api.Declare{Title: "Pushes fail", Point: true}, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Do(ctx, "1", "declare_major", nil, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	settled(t, ctx, client)
	inside := listenTo(t, ctx, b.url+"/api/v1/incidents/1/events", strings.TrimSpace(token))
	outside := listenTo(t, ctx, b.url+"/status/1/events", "")
	var took []time.Duration
	for n := range 9 {
		word := fmt.Sprintf("Word number %d is out.", n)
		began := time.Now()
		if _, err := client.Do(ctx, "1", "update", map[string]string{"text": word}, api.NewKey()); err != nil {
			t.Fatal(err)
		}
		for _, lines := range []<-chan string{inside, outside} {
			for heard := ""; !strings.Contains(heard, word); {
				select {
				case heard = <-lines:
				case <-ctx.Done():
					t.Fatalf("%q was not told by the other server", word)
				}
			}
		}
		took = append(took, time.Since(began))
	}
	t.Logf("from the command at one server to the readers of the other: %v", took)
	// Somebody whom one server comes to know is known to the other, who must not show their name.
	if _, err := client.PutPerson(ctx, api.Person{ID: "marisol", Name: "Marisol Quiroga", Rights: "responder"}, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Do(ctx, "1", "update", map[string]string{"text": "Marisol Quiroga restores the data."}, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	for heard := ""; !strings.Contains(heard, "restores the data"); {
		select {
		case heard = <-outside:
		case <-ctx.Done():
			t.Fatal("the last update was not told")
		}
		if strings.Contains(heard, "Marisol") {
			t.Errorf("the other server shows the name: %s", heard)
		}
	}
}

// listenTo gives the lines of server-sent events, from when they flow.
func listenTo(t *testing.T, ctx context.Context, url, token string) <-chan string {
	t.Helper()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	lines := make(chan string, 1000)
	go func() {
		defer func() { _ = res.Body.Close() }()
		s := bufio.NewScanner(res.Body)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// TestServerIsTold has a server told to stop while services are being called: it waits for their answers, writes them down, and leaves
// nothing unclear to the next one.
func TestServerIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		services, halt, err := startStandins(0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(halt)
		config, at := configFile(t, services.url), []string{"--data", d.Dir}
		if d.Kind == "postgres" {
			at = []string{"--database", d.URL}
		}
		token, words, code := tocsin(t, append([]string{"token", "create", "--quiet"}, at...)...)
		if code != 0 {
			t.Fatal(words)
		}
		inject(t, services.url, `{"match":"POST /slack/api/chat.postMessage","fault":"latency","ms":1000}`)
		p := serve(t, append(at, "--config", config)...)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		client := api.NewClient(p.url, strings.TrimSpace(token), nil)
		yes := true
		if _, err := client.Declare(ctx, api.Declare{Title: "Pushes fail", Disrupting: &yes, Point: true}, api.NewKey()); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Do(ctx, "1", "declare_major", nil, api.NewKey()); err != nil {
			t.Fatal(err)
		}
		comesAbout(t, ctx, func() bool {
			steps, err := client.Steps(ctx, "1")
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(steps, func(s api.Step) bool { return s.Kind == "chat.post" && s.State == incident.Started })
		})
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		<-p.exited
		p = serve(t, append(at, "--config", config)...)
		client = api.NewClient(p.url, strings.TrimSpace(token), nil)
		settled(t, ctx, client)
		exactly(t, services.url, once)
		steps, err := client.Steps(ctx, "1")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range steps {
			if s.Automatic && (s.Attempts > 1 || s.Adopted) {
				t.Errorf("%s was left unclear: %d attempts, adopted %v", s.ID, s.Attempts, s.Adopted)
			}
		}
	})
}
