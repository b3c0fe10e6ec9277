package cli

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/internal/api"
	"tocsin/internal/store/storetest"
)

// TestRestore backs a running server up, goes on to a major outage, loses everything since, and goes through the same again: what the
// services have from before is found, and nothing is there twice.
func TestRestore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		services, halt, err := startStandins(0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(halt)
		config, file := configFile(t, services.url), filepath.Join(t.TempDir(), "tocsin.backup")
		at := []string{"--data", d.Dir}
		if d.Kind == "postgres" {
			at = []string{"--database", d.URL}
		}
		with := func(at []string, args ...string) []string { return append(args, at...) }
		token, words, code := tocsin(t, with(at, "token", "create", "--quiet")...)
		if code != 0 {
			t.Fatal(words)
		}
		token = strings.TrimSpace(token)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		p := serve(t, with(at, "--config", config)...)
		client := api.NewClient(p.url, token, nil)
		yes := true
		if _, err := client.Declare(ctx, api.Declare{Title: "Pushes fail", Disrupting: &yes, Point: true}, api.NewKey()); err != nil {
			t.Fatal(err)
		}
		settled(t, ctx, client)
		if out, words, code := tocsin(t, with(at, "backup", file)...); code != 0 || !strings.Contains(out, "entry ") {
			t.Fatalf("%d %s", code, words)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others may read the backup: %v, %v", info.Mode(), err)
		}
		if _, err := client.Do(ctx, "1", "declare_major", nil, api.NewKey()); err != nil {
			t.Fatal(err)
		}
		settled(t, ctx, client)
		exactly(t, services.url, once)
		if _, err := client.Do(ctx, "1", "update", map[string]string{"text": "It is as it was."}, api.NewKey()); err != nil {
			t.Fatal(err)
		}
		settled(t, ctx, client)
		if _, words, code := tocsin(t, with(at, "restore", file)...); code != exitUsage || !strings.Contains(words, "--confirm") {
			t.Errorf("without --confirm: %d %s", code, words)
		}
		if _, words, code := tocsin(t, with(at, "restore", file, "--confirm")...); code != exitConflict {
			t.Errorf("over a server that runs, or a database that is in use: %d %s", code, words)
		}
		p.kill(t)
		if d.Kind == "postgres" {
			at = []string{"--database", storetest.Postgres(t)}
		}
		if _, words, code := tocsin(t, with(at, "restore", file, "--confirm")...); code != 0 {
			t.Fatalf("%d %s", code, words)
		}
		p = serve(t, with(at, "--config", config)...)
		client = api.NewClient(p.url, token, nil)
		i, err := client.Show(ctx, "1")
		if err != nil || i.Kind != "minor" {
			t.Fatalf("the incident from the backup: %+v, %v", i, err)
		}
		if _, err := client.Do(ctx, "1", "declare_major", nil, api.NewKey()); err != nil {
			t.Fatal(err)
		}
		settled(t, ctx, client)
		// What comes new has nothing to do with what was lost, perhaps under the same number.
		if _, err := client.Do(ctx, "1", "update", map[string]string{"text": "It gets better."}, api.NewKey()); err != nil {
			t.Fatal(err)
		}
		settled(t, ctx, client)
		told := maps.Clone(once)
		said, err := fetch(ctx, services.url+"/_objects")
		if err != nil || !strings.Contains(said, "It is as it was.") || !strings.Contains(said, "It gets better.") {
			t.Errorf("the updates were not both told, %v", err)
		}
		told["x.tweet"] += 2
		told["slack.message"] += 2
		exactly(t, services.url, told)
		kept, err := filepath.Glob(filepath.Join(d.Dir, "replaced-*", "tocsin.db"))
		if d.Kind == "sqlite" && (err != nil || len(kept) != 1) {
			t.Errorf("what was there before is not kept: %v, %v", kept, err)
		}
	})
}

// TestRestoreWhatIsNone holds that a file that is no backup changes nothing.
func TestRestoreWhatIsNone(t *testing.T) {
	t.Parallel()
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "x")
	if _, words, code := tocsin(t, "token", "create", "--data", dir); code != 0 {
		t.Fatal(words)
	}
	if err := os.WriteFile(file, []byte("no backup"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "tocsin.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, words, code := tocsin(t, "restore", file, "--confirm", "--data", dir); code != exitFailed || !strings.Contains(words, "is no backup") {
		t.Errorf("%d %s", code, words)
	}
	after, err := os.ReadFile(filepath.Join(dir, "tocsin.db"))
	if err != nil || string(before) != string(after) {
		t.Errorf("the database has changed, %v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if f.Name() != "tocsin.db" && f.Name() != "serve.lock" {
			t.Errorf("%s is left behind", f.Name())
		}
	}
}
