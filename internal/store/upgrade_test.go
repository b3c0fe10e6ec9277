package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"tocsin/internal/incident"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

// raw opens a database without the store.
func raw(t *testing.T, d storetest.Database) (*sql.DB, goose.Dialect) {
	t.Helper()
	driver, name, dialect := "sqlite", filepath.Join(d.Dir, store.DatabaseFile), goose.DialectSQLite3
	if d.Kind == "postgres" {
		driver, name, dialect = "pgx", d.URL, goose.DialectPostgres
	}
	c, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, dialect
}

// TestUpgrade opens the databases of earlier versions: all that was in them is there, and can be gone on with.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for version := range int64(len(files)) {
		if version == 0 {
			continue // an empty database, as in every other test
		}
		t.Run(filepath.Base(files[version-1]), func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d storetest.Database) {
				old, dialect := raw(t, d)
				p, err := goose.NewProvider(dialect, old, os.DirFS("migrations"))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := p.UpTo(t.Context(), version); err != nil {
					t.Fatal(err)
				}
				for _, s := range []string{
					`INSERT INTO incident (id, number, title, kind, status, drill, declared_at, updated_at, seq, summary) VALUES
					 ('01A', 1, 'Pushes fail', 'minor', 'active', false, 1, 2, 1, '{"id":"01A","name":"INC-1","title":"Pushes fail"}')`,
					`INSERT INTO entry (incident, seq, happened, recorded, author, kind, body) VALUES ('01A', 1, 1, 2, 'ana', 'said', '{"as":"fact","text":"x"}')`,
					`INSERT INTO counter (name, value) VALUES ('incident', 1)`,
					`INSERT INTO command (author, key, hash, incident, first_seq, last_seq) VALUES ('ana', 'k', 'h', '01A', 1, 1)`,
				} {
					if _, err := old.ExecContext(t.Context(), s); err != nil {
						t.Fatal(err)
					}
				}
				if version >= 2 { // from then on the program writes it
					if _, err := old.ExecContext(t.Context(), `UPDATE incident SET search = 'pushes fail'`); err != nil {
						t.Fatal(err)
					}
				}
				if err := old.Close(); err != nil {
					t.Fatal(err)
				}
				s := d.Open(t)
				if list, err := s.Incidents(t.Context(), store.Filter{Query: "PUSH"}); err != nil || len(list) != 1 || list[0].Name != "INC-1" {
					t.Errorf("listed %+v, %v", list, err)
				}
				if _, err := s.Append(t.Context(), store.Append{ID: "01A", Was: 1, Entries: []incident.Entry{said(2)}, Summary: summary("01A", 2)}); err != nil {
					t.Error(err)
				}
				if log, err := s.Entries(t.Context(), "01A", 0); err != nil || len(log) != 2 || log[0].Event.(*incident.Said).Text != "x" {
					t.Errorf("the log %+v, %v", log, err)
				}
				if name, err := s.Append(t.Context(), begin("01B")); err != nil || name != "INC-2" {
					t.Errorf("the next incident is %s, %v", name, err)
				}
				if done, err := s.Command(t.Context(), "ana", "k"); err != nil || done.Hash != "h" {
					t.Errorf("the command %+v, %v", done, err)
				}
			})
		})
	}
}
