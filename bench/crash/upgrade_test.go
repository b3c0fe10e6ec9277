package crash

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"testing"

	_ "modernc.org/sqlite" // the driver

	"tocsin/bench/world"
	"tocsin/internal/api"
)

// previous takes every migration but the first back: the schema as the first version made it.
var previous = []string{`DROP TABLE oncall_override`, `DROP TABLE rotation`, `DROP TABLE letter`, `DROP TABLE mailing`, `DROP TABLE subscriber`, `DROP TABLE runbook`, `DROP TABLE audit`, `DROP TABLE credential`, `DROP TABLE picture`, `DROP TABLE lease`, `ALTER TABLE incident DROP COLUMN search`, `DELETE FROM goose_db_version WHERE version_id > 1`}

// TestUpgrade kills the server at fsyncs of its first start over a folder of the first schema, with a major outage in flight. The outage is
// carried to its end, and nothing is lost or doubled.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	binary := world.Build(t)
	want, _, _ := reference(t, binary)
	fsyncs := 3
	if *full {
		fsyncs = 16
	}
	for n := 1; n <= fsyncs; n++ {
		t.Run(fmt.Sprintf("fsync-%02d", n), func(t *testing.T) {
			t.Parallel()
			w := newStory(t, binary, "")
			if err := w.Faults(map[string]any{"match": "POST /zoom/v2/users/", "nth": 1, "fault": "hang"}); err != nil {
				t.Fatal(err)
			}
			w.Serve()
			id := w.Declare("declare")
			w.Do(id, "declare_major", nil, "the declare_major")
			w.Until("a step in flight", func(ctx context.Context) (bool, error) {
				steps, err := w.Client.Steps(ctx, id)
				return slices.ContainsFunc(steps, func(s api.Step) bool { return s.State == "started" }), err
			})
			w.Crash()
			downgrade(t, w.Path("data/tocsin.db"))
			after := &story{w.Beside(), t}
			after.Trace = fmt.Sprintf("inject=fsync,fdatasync:signal=SIGKILL:when=%d", n)
			after.Serve()
			after.end(id, func(s api.Step) { t.Errorf("%s asks", s.ID) })
			after.check(want)
			if after.Deaths() == 0 {
				t.Log("it was not killed: there are fewer fsyncs")
			}
		})
	}
}

func downgrade(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range previous {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
