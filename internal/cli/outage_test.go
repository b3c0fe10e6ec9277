package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/api"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

// get fetches a page and gives status, headers and body.
func get(t *testing.T, ctx context.Context, url string) (*http.Response, string) {
	t.Helper()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b strings.Builder
	if _, err := io.Copy(&b, res.Body); err != nil {
		t.Fatal(err)
	}
	return res, b.String()
}

// refused holds that an error says: not now, nothing is half done, come back soon.
func refused(t *testing.T, err error) {
	t.Helper()
	var p *api.Problem
	if !errors.As(err, &p) || p.Status != http.StatusServiceUnavailable || p.RetryAfter <= 0 {
		t.Errorf("while the database is gone: %v", err)
	}
}

// TestDatabaseStops stops the database in the middle of a major outage, while services are being called. Who writes is asked to come
// back, the public pages stay, and afterwards everything is carried to its end, once.
func TestDatabaseStops(t *testing.T) {
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
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	p := serve(t, "--database", database, "--config", config)
	client := api.NewClient(p.url, strings.TrimSpace(token), nil)
	yes := true
	if _, err := client.Declare(ctx, api.Declare{Title: "Pushes fail", Disrupting: &yes, Point: true}, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	settled(t, ctx, client)
	inject(t, services.url, `{"match":"POST /slack/api/chat.postMessage","fault":"latency","ms":700}`)
	if _, err := client.Do(ctx, "1", "declare_major", nil, api.NewKey()); err != nil {
		t.Fatal(err)
	}
	comesAbout(t, ctx, func() bool {
		page, _ := get(t, ctx, p.url+"/status/1")
		_, calls := get(t, ctx, services.url+"/_calls")
		return page.StatusCode == http.StatusOK && strings.Contains(calls, "chat.postMessage")
	})
	name := database[strings.LastIndex(database, "/tocsin_")+1:]
	name, _, _ = strings.Cut(name, "?")
	storetest.Run(t, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	key := api.NewKey()
	_, err = client.Do(ctx, "1", "say", map[string]string{"text": "the disk is full"}, key)
	refused(t, err)
	_, err = client.Declare(ctx, api.Declare{Title: "Another"}, api.NewKey())
	refused(t, err)
	_, err = client.Show(ctx, "1")
	refused(t, err)
	if res, body := get(t, ctx, p.url+"/i/1"); res.StatusCode == http.StatusInternalServerError {
		t.Errorf("the console: %s %s", res.Status, body)
	}
	for path, want := range map[string]int{"/status": http.StatusOK, "/status/1": http.StatusOK, "/history.atom": http.StatusOK, "/api/v2/summary.json": http.StatusOK,
		"/livez": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
		if res, body := get(t, ctx, p.url+path); res.StatusCode != want {
			t.Errorf("%s: %s %s", path, res.Status, body)
		}
	}
	answered := 0
	comesAbout(t, ctx, func() bool { // what was sent is answered, and nobody can write it down
		_, calls := get(t, ctx, services.url+"/_calls")
		before := answered
		answered = strings.Count(calls, `"path":"/slack/api/chat.postMessage"`)
		return answered > 0 && answered == before
	})
	storetest.Run(t, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS true")
	comesAbout(t, ctx, func() bool {
		res, _ := get(t, ctx, p.url+"/readyz")
		return res.StatusCode == http.StatusOK
	})
	for range 2 {
		if _, err := client.Do(ctx, "1", "say", map[string]string{"text": "the disk is full"}, key); err != nil {
			t.Error(err)
		}
	}
	settled(t, ctx, client)
	exactly(t, services.url, once)
	entries, err := client.Timeline(ctx, "1", false)
	said := 0
	for _, e := range entries {
		if strings.Contains(e.Text, "the disk is full") {
			said++
		}
	}
	if err != nil || said != 1 {
		t.Errorf("said %d times, %v", said, err)
	}
}

// comesAbout waits for a condition.
func comesAbout(t *testing.T, ctx context.Context, holds func() bool) {
	t.Helper()
	every := time.NewTicker(100 * time.Millisecond)
	defer every.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatal("it does not come about")
		case <-every.C:
		}
	}
}

// TestDiskTakesNothing has SQLite's disk be full, and then read-only: who writes is asked to come back, nothing is half done, and the
// same command under the same key goes through once there is room.
func TestDiskTakesNothing(t *testing.T) {
	t.Parallel()
	for name, pragma := range map[string][2]string{"full": {"PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"}, "read-only": {"PRAGMA query_only = 1", "PRAGMA query_only = 0"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := listenOn("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			a, err := newApp(ctx, appOptions{data: t.TempDir(), config: Config{}, console: l, log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			if err := a.people.Put(ctx, store.Person{ID: "ana", Name: "Ana Diaz", Rights: "owner"}); err != nil {
				t.Fatal(err)
			}
			token, err := a.auth.CreateToken(ctx, "ana", "", 0)
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- a.run(ctx) }()
			defer func() {
				cancel()
				if err := <-served; err != nil {
					t.Error(err)
				}
			}()
			client := api.NewClient(a.links.Console, token, nil)
			if _, err := client.Declare(ctx, api.Declare{Title: "Pushes fail", Point: true}, api.NewKey()); err != nil {
				t.Fatal(err)
			}
			if _, err := client.Do(ctx, "1", "update", map[string]string{"text": "We are at it."}, api.NewKey()); err != nil {
				t.Fatal(err)
			}
			comesAbout(t, ctx, func() bool {
				_, page := get(t, ctx, a.links.Console+"/status/1")
				return strings.Contains(page, "We are at it.")
			})
			if _, err := a.store.Writer().ExecContext(ctx, pragma[0]); err != nil { // no page more than there is
				t.Fatal(err)
			}
			long := map[string]string{"text": strings.Repeat("the disk is full ", 900)} // more than a page has left
			key := ""
			for n := 0; err == nil && n < 20; n++ {
				key = api.NewKey()
				_, err = client.Do(ctx, "1", "say", long, key)
			}
			refused(t, err)
			before, err := client.Timeline(ctx, "1", false)
			if err != nil {
				t.Fatal(err)
			}
			if _, page := get(t, ctx, a.links.Console+"/status/1"); !strings.Contains(page, "We are at it.") {
				t.Error("the public page is gone")
			}
			if _, err := a.store.Writer().ExecContext(ctx, pragma[1]); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := client.Do(ctx, "1", "say", long, key); err != nil {
					t.Fatal(err)
				}
			}
			after, err := client.Timeline(ctx, "1", false)
			if err != nil {
				t.Fatal(err)
			}
			said := 0
			for _, e := range after[len(before):] {
				if strings.HasPrefix(e.Text, "the disk is full") {
					said++
				}
			}
			if said != 1 {
				t.Errorf("said %d times once there is room", said)
			}
		})
	}
}
