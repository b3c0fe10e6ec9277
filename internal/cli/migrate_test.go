package cli

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/internal/api"
	"tocsin/internal/store/storetest"
)

// once is what a major outage leaves at the services, each thing once.
var once = map[string]int{"slack.message": 4, "zoom.meeting": 2, "google.document": 1, "x.tweet": 1, "youtube.broadcast": 1, "webhook.event": 2}

// TestMigrate kills a server on a folder in the middle of a major outage, moves the folder to PostgreSQL and goes on there.
func TestMigrate(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir, database, config := t.TempDir(), storetest.Postgres(t), configFile(t, services.url)
	token, words, code := tocsin(t, "token", "create", "--data", dir, "--quiet")
	if code != 0 {
		t.Fatal(words)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	p := serve(t, "--data", dir, "--config", config)
	if _, words, code := tocsin(t, "migrate", "--from", dir, "--to", database); code != exitConflict || !strings.Contains(words, "stop it first") {
		t.Errorf("a folder that is served: %d %s", code, words)
	}
	inject(t, services.url, fmt.Sprintf(`{"match":"POST /slack/api/chat.postMessage","nth":2,"fault":"kill_after","pid":%d}`, p.cmd.Process.Pid))
	client := api.NewClient(p.url, strings.TrimSpace(token), nil)
	yes := true
	if _, err := client.Declare(ctx, api.Declare{Title: "Pushes fail", Disrupting: &yes, Point: true}, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	key := api.NewKey()
	_, lost := client.Do(ctx, "1", "declare_major", nil, key) // the answer may be lost with the server
	select {
	case <-p.exited:
	case <-ctx.Done():
		t.Fatal("the server was not killed")
	}
	if out, words, code := tocsin(t, "migrate", "--from", dir, "--to", database); code != 0 || !strings.Contains(out, "entry ") {
		t.Fatalf("%d %s", code, words)
	}
	for name, args := range map[string][]string{
		"twice":            {"migrate", "--from", dir, "--to", database},
		"the old folder":   {"serve", "--listen", "127.0.0.1:0", "--data", dir},
		"nothing there":    {"migrate", "--from", t.TempDir(), "--to", database},
		"no word where to": {"migrate", "--from", dir},
	} {
		want := map[string]int{"nothing there": exitNotFound, "no word where to": exitUsage}[name]
		if want == 0 {
			want = exitConflict
		}
		if _, words, code := tocsin(t, args...); code != want {
			t.Errorf("%s: %d %s", name, code, words)
		}
	}
	p = serve(t, "--database", database, "--config", config)
	client = api.NewClient(p.url, strings.TrimSpace(token), nil)
	if lost != nil {
		if _, err := client.Do(ctx, "1", "declare_major", nil, key); err != nil {
			t.Fatal(err)
		}
	}
	settled(t, ctx, client)
	exactly(t, services.url, once)
}
