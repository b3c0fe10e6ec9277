package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

func open(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestOneServerPerFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir)
	if err := a.Lock(); err != nil {
		t.Fatal(err)
	}
	if err := b.Lock(); !errors.Is(err, store.ErrLocked) {
		t.Errorf("the second server: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Lock(); err != nil {
		t.Errorf("after the first has stopped: %v", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", filepath.Join(dir, "tocsin.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "newer tocsin") {
		t.Errorf("a newer schema: %v", err)
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), filepath.Join(file, "data"))
	if err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("a folder within a file: %v", err)
	}
}

func TestAppendConflict(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	now := time.Now().UTC().Truncate(time.Millisecond)
	entry := func(seq int64) incident.Entry {
		return incident.Entry{Seq: seq, At: now, Recorded: now, By: "ana", Event: &incident.Said{As: "fact", Text: "x", Visibility: "internal"}}
	}
	sum := func(seq int64) func(string) incident.Summary {
		return func(name string) incident.Summary {
			return incident.Summary{ID: "01A", Name: name, Title: "Pushes fail", Kind: "minor", Status: "active", Seq: seq}
		}
	}
	name, err := s.Append(t.Context(), store.Append{ID: "01A", New: true, Entries: []incident.Entry{entry(1)}, Summary: sum(1)})
	if err != nil || name != "INC-1" {
		t.Fatalf("%q, %v", name, err)
	}
	if _, err := s.Append(t.Context(), store.Append{ID: "01A", Was: 1, Entries: []incident.Entry{entry(2)}, Summary: sum(2)}); err != nil {
		t.Fatal(err)
	}
	// Somebody who decided on the old log, in two ways of noticing it.
	for _, was := range []int64{1, 0} {
		if _, err := s.Append(t.Context(), store.Append{ID: "01A", Was: was, Entries: []incident.Entry{entry(was + 1)}, Summary: sum(was + 1)}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("decided on %d: %v", was, err)
		}
	}
	log, err := s.Entries(t.Context(), "01A", 0)
	if err != nil || len(log) != 2 || !log[1].At.Equal(now) || log[1].By != "ana" {
		t.Errorf("%+v, %v", log, err)
	}
	// A command under a key that is taken leaves nothing behind.
	a := store.Append{ID: "01A", Was: 2, Entries: []incident.Entry{entry(3)}, Summary: sum(3), Author: "ana", Key: "k", Hash: "h"}
	if _, err := s.Append(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	a.Was, a.Entries, a.Summary = 3, []incident.Entry{entry(4)}, sum(4)
	if _, err := s.Append(t.Context(), a); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the same key: %v", err)
	}
	if log, _ = s.Entries(t.Context(), "01A", 0); len(log) != 3 {
		t.Errorf("half a command is kept: %d entries", len(log))
	}
	done, err := s.Command(t.Context(), "ana", "k")
	if err != nil || done.First != 3 || done.Last != 3 || done.Hash != "h" {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestIncidentsAreListed(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for _, title := range []string{"Pushes fail", "Slow pages", "pushes again"} {
		id := strings.ReplaceAll(title, " ", "")
		if _, err := s.Append(t.Context(), store.Append{ID: id, New: true, Summary: func(name string) incident.Summary {
			return incident.Summary{ID: id, Name: name, Title: title, Kind: "minor", Status: "active"}
		}}); err != nil {
			t.Fatal(err)
		}
	}
	for want, f := range map[string]store.Filter{
		"INC-3 INC-2 INC-1": {}, "INC-3 INC-1": {Query: "PUSH"}, "INC-3": {Limit: 1}, "INC-2 INC-1": {Before: 3}, "": {Status: "resolved"}, "INC-3 INC-2 INC-1 ": {Kind: "minor"},
	} {
		list, err := s.Incidents(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, sum := range list {
			names = append(names, sum.Name)
		}
		if got := strings.Join(names, " "); got != strings.TrimSpace(want) {
			t.Errorf("%+v lists %q, want %q", f, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	now := time.Now().UTC().Truncate(time.Millisecond)
	if err := s.AddToken(t.Context(), store.Token{ID: "1", Kind: "setup", Person: "ana", Created: now, Expires: now.Add(time.Minute)}, "hash"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} {
		if got, err := s.TakeToken(t.Context(), "hash", "setup", now); got != want || err != nil {
			t.Errorf("taken %v, %v; want %v", got, err, want)
		}
	}
	if _, err := s.Token(t.Context(), "hash"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a token that was used up: %v", err)
	}
	first, err := s.FirstSetting(t.Context(), "installation", "a")
	second, err2 := s.FirstSetting(t.Context(), "installation", "b")
	if err != nil || err2 != nil || first != "a" || second != "a" {
		t.Errorf("settings %q, %q, %v, %v", first, second, err, err2)
	}
}
