package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// may is the house (docs/design.md): which of our packages each package may import. What is not listed has no business in the tree.
var may = map[string][]string{
	"runbook":             {"catalogue"},
	"incident":            {"runbook", "catalogue"},
	"redact":              {},
	"blame":               {"catalogue"},
	"chart":               {},
	"catalogue":           {},
	"report":              {"incident", "runbook", "redact", "blame", "catalogue"},
	"runbook/importer":    {"runbook", "catalogue"},
	"store":               {"incident", "runbook", "store/db"},
	"store/db":            {},
	"store/storetest":     {"store"},
	"shelf":               {"incident", "runbook", "store"},
	"oncall":              {"incident", "store"},
	"ledger":              {"incident", "runbook", "store"},
	"connect":             {"redact"},
	"connect/*":           {"connect", "redact", "connect/google"},
	"connect/all":         {"connect", "connect/*"},
	"connect/conformance": {"connect", "redact"},
	"standin":             {},
	"contract":            {},
	"runner":              {"ledger", "incident", "runbook", "connect", "report", "redact"},
	"auth":                {"store", "incident", "redact", "catalogue"},
	"live":                {},
	"picture":             {"incident", "ledger", "store"},
	"public":              {"live", "report", "redact", "catalogue"},
	"mirror":              {"public", "catalogue"},
	"subscriber":          {"public", "report", "redact", "store", "connect"},
	"api":                 {"ledger", "incident", "report", "auth", "runbook", "redact", "blame", "store", "connect", "catalogue", "picture", "shelf", "oncall"},
	"web":                 {"ledger", "incident", "runbook", "report", "auth", "connect", "redact", "blame", "store", "chart", "catalogue", "picture", "shelf", "subscriber", "oncall", "runbook/importer"},
	"drill":               {"runbook", "incident", "standin", "store"},
	"cli":                 {"*"},
}

// pure packages touch neither SQL nor HTTP servers nor the job library, and never read the clock.
var pure = []string{"incident", "runbook", "redact", "blame", "report", "chart"}

func TestHouse(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || filepath.Dir(path) == "." {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(path))
		allowed, known := may[room]
		if !known {
			allowed, known = may[filepath.Dir(room)+"/*"]
		}
		if !known {
			t.Errorf("%s: the room %s is not in the house (docs/design.md)", path, room)
			return nil
		}
		test := strings.HasSuffix(path, "_test.go")
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			name := strings.Trim(imp.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(name, "tocsin/internal/"); ok {
				if !test && ours != room && !permits(allowed, ours) {
					t.Errorf("%s imports %s; %s may import %v", path, ours, room, allowed)
				}
				continue
			}
			if test {
				continue
			}
			for _, p := range pure {
				if room == p && (name == "database/sql" || name == "net/http" || strings.HasPrefix(name, "github.com/riverqueue/")) {
					t.Errorf("%s imports %s; %s is pure", path, name, room)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func permits(allowed []string, name string) bool {
	for _, a := range allowed {
		if a == "*" || a == name {
			return true
		}
		if dir, ok := strings.CutSuffix(a, "/*"); ok && strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return false
}

// TestClock holds that pure packages get their time from outside.
func TestClock(t *testing.T) {
	t.Parallel()
	for _, p := range pure {
		files, err := filepath.Glob(p + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			src := mustRead(t, file)
			for _, bad := range []string{"time.Now(", "time.Since(", "time.Until(", "rand.Int", "rand.Shuffle"} {
				if strings.Contains(src, bad) {
					t.Errorf("%s uses %s: time and chance come in from outside", file, strings.TrimSuffix(bad, "("))
				}
			}
		}
	}
}

func mustRead(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
