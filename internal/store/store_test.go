package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
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
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		if err := d.Open(t).Close(); err != nil {
			t.Fatal(err)
		}
		c, _ := raw(t, d)
		if _, err := c.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)"); err != nil {
			t.Fatal(err)
		}
		var err error
		if d.Kind == "sqlite" {
			_, err = store.Open(t.Context(), d.Dir)
		} else {
			_, err = store.OpenPostgres(t.Context(), d.URL)
		}
		if err == nil || !strings.Contains(err.Error(), "newer tocsin") {
			t.Errorf("a newer schema: %v", err)
		}
	})
}

// TestPostgresThatCannotBe holds that an error about a database names it and never holds its password.
func TestPostgresThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://ana:hunter2@127.0.0.1:1/tocsin?connect_timeout=2", "postgres://ana:hunter2@127.0.0.1:port/tocsin", "postgres://ana:hunter2@127.0.0.1/x?sslmode=perhaps", "ana:hunter2"} {
		_, err := store.OpenPostgres(t.Context(), url)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
	if got := store.Where("postgres://ana:hunter2@db.example.com:5433/tocsin"); got != "postgres://db.example.com:5433/tocsin" {
		t.Errorf("the database is called %s", got)
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

// TestServerThatHangs has a server stand still in the middle of a transaction: the others get its locks within seconds.
func TestServerThatHangs(t *testing.T) {
	t.Parallel()
	d := storetest.Database{Kind: "postgres", URL: storetest.Postgres(t)}
	hangs, goes := d.Open(t), d.Open(t)
	if _, err := goes.Append(t.Context(), begin("01A")); err != nil {
		t.Fatal(err)
	}
	tx, err := hangs.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), "UPDATE incident SET seq = seq + 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := goes.Append(t.Context(), store.Append{ID: "01A", Was: 1, Entries: []incident.Entry{said(2)}, Summary: summary("01A", 2)}); err != nil {
		t.Error(err)
	}
	if err := tx.Commit(); err == nil {
		t.Error("what hung was kept all the same")
	}
}
