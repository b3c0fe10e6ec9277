package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/incident"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

// fill puts something into every table.
func fill(t *testing.T, s *store.Store) {
	t.Helper()
	for n := range 3 {
		id := fmt.Sprintf("01%c", 'A'+n)
		if _, err := s.Append(t.Context(), begin(id)); err != nil {
			t.Fatal(err)
		}
		for seq := range int64(20) {
			a := store.Append{ID: id, Was: seq + 1, Entries: []incident.Entry{said(seq + 2)}, Summary: summary(id, seq+2), Author: "ana", Key: fmt.Sprint(id, seq), Hash: "h"}
			if _, err := s.Append(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.PutPicture(t.Context(), store.Picture{Incident: "01A", ID: "a", Entry: 2, Type: "png", Data: []byte{0, 255}}); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	if err := s.PutPerson(t.Context(), store.Person{ID: "ana", Name: "Ana María 🙂 \u0000", Rights: "owner", Created: now}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddToken(t.Context(), store.Token{ID: "1", Kind: "api", Person: "ana", Created: now}, "hash"); err != nil {
		t.Fatal(err)
	}
	if err := s.PutCredential(t.Context(), store.Credential{ID: "p", Person: "ana", Kind: "password", Data: "x", Created: now}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddDeed(t.Context(), store.Deed{At: now, Person: "ana", What: "signed_in", About: "link"}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddRunbook(t.Context(), store.Runbook{Version: 2, Source: "name: x", Person: "ana", Saved: now}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutRotation(t.Context(), "engineer", `{"people":["ana"]}`); err != nil {
		t.Fatal(err)
	}
	if added, err := s.AddOverride(t.Context(), store.Override{ID: "o", Role: "engineer", Person: "ana", From: now, Until: now.Add(time.Hour), By: "ana", Made: now}); err != nil || !added {
		t.Fatal(added, err)
	}
	if _, err := s.PutSubscriber(t.Context(), "01S", "reader@example.net", "", "en", now); err != nil {
		t.Fatal(err)
	}
	if ok, err := s.ConfirmSubscriber(t.Context(), "01S", now.Add(-time.Hour), now); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if added, letters, err := s.AddMailing(t.Context(), "INC-1", 2, false, now); err != nil || !added || letters != 1 {
		t.Fatal(added, letters, err)
	}
	if err := s.PutSetting(t.Context(), "installation", "x"); err != nil {
		t.Fatal(err)
	}
}

// TestCopy copies each kind of database into each, and back: everything is there, and the copy can be gone on with.
func TestCopy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, from storetest.Database) {
		src := from.Open(t)
		fill(t, src)
		storetest.Each(t, func(t *testing.T, to storetest.Database) {
			dst := to.Open(t)
			sums, err := store.Copy(t.Context(), src, dst)
			if err != nil {
				t.Fatal(err)
			}
			rows := map[string]int64{}
			for _, s := range sums {
				rows[s.Table] = s.Rows
			}
			if diff := cmp.Diff(map[string]int64{"incident": 3, "entry": 63, "picture": 1, "command": 60, "counter": 1, "person": 1, "token": 1, "credential": 1, "audit": 1, "runbook": 1, "rotation": 1, "oncall_override": 1, "subscriber": 1, "mailing": 1, "letter": 1, "setting": 1}, rows); diff != "" {
				t.Error(diff)
			}
			for _, id := range []string{"01A", "01B", "01C"} {
				want, _ := src.Entries(t.Context(), id, 0)
				got, err := dst.Entries(t.Context(), id, 0)
				if err != nil || len(got) != 21 || !reflect.DeepEqual(want, got) {
					t.Errorf("%s: %v, %v, want %v", id, err, got, want)
				}
			}
			if name, err := dst.Append(t.Context(), begin("01D")); err != nil || name != "INC-4" {
				t.Errorf("the next incident is %s, %v", name, err)
			}
			if _, err := store.Copy(t.Context(), src, dst); !errors.Is(err, store.ErrNotEmpty) {
				t.Errorf("into one that is not empty: %v", err)
			}
			again, err := store.Copy(t.Context(), src, storetest.Database{Kind: "sqlite", Dir: t.TempDir()}.Open(t))
			if err != nil || !slices.Equal(sums, again) {
				t.Errorf("the sums depend on the database: %v, %v, %v", sums, again, err)
			}
		})
	})
}

// TestCopyKnowsAllTables holds that a table somebody adds is thought of.
func TestCopyKnowsAllTables(t *testing.T) {
	t.Parallel()
	d := storetest.Database{Kind: "sqlite", Dir: t.TempDir()}
	fill(t, d.Open(t))
	sums, err := store.Copy(t.Context(), d.Open(t), storetest.Database{Kind: "sqlite", Dir: t.TempDir()}.Open(t))
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"lease", "goose_db_version", "sqlite_sequence"} // of the moment, or of the database itself
	for _, s := range sums {
		if known = append(known, s.Table); s.Rows == 0 {
			t.Errorf("no test copies anything of table %s", s.Table)
		}
	}
	c, _ := raw(t, d)
	rows, err := c.QueryContext(t.Context(), "SELECT name FROM sqlite_master WHERE type = 'table'")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(known, name) {
			t.Errorf("table %s is not copied", name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}
