package runbook

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func FuzzParse(f *testing.F) {
	f.Add(DefaultYAML())
	for _, name := range []string{"small.yaml", "many.yaml", "production-incidents.md"} {
		src, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, src := range []string{"", "a", "- a\n", "{", "a: &a [*a]", "<<: {a: b}", "steps: [{}]", "steps:\n- \n-", "roles: [{id: a, wanted: declared}]",
		"definition: {major: \"eta >", "name: |\n  a\n b", "? [a]\n: b", "\ufeffname: x\r\nversion: 1\r", "steps: [{substitute: {\"\": []}}]", "a: !!binary aa",
		"cadence: {\".\": 1m, major.: 1m}", "nudges: {role: [~, 1m]}", "name: \"\\ud800\"", "version: 0x10", "version: .inf", "steps: {a: 1}", "\"\": 1"} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		r, err := Parse(src)
		if err != nil {
			var ps Problems
			if !errors.As(err, &ps) || len(ps) == 0 || len(ps) > maxProblems+1 || r != nil {
				t.Fatalf("%v besides %v", err, r)
			}
			lines := strings.Count(strings.ReplaceAll(strings.ReplaceAll(string(src), "\r\n", "\n"), "\r", "\n"), "\n") + 1
			for n, p := range ps {
				if p.Line < 1 || p.Column < 1 || p.Line > lines || p.Message == "" || !utf8.ValidString(p.String()) {
					t.Errorf("problem %d of %d lines: %s", n, lines, p)
				}
				if n > 0 && (p.Line < ps[n-1].Line || p.Line == ps[n-1].Line && p.Column < ps[n-1].Column) {
					t.Errorf("problem %d is out of order: %s", n, p)
				}
			}
			return
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		back := new(Runbook)
		if err := json.Unmarshal(b, back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r, back); d != "" {
			t.Error(d)
		}
		done := map[string]bool{}
		for _, s := range r.Order() {
			for _, need := range s.Needs {
				if !done[need] {
					t.Errorf("%s comes before %s", s.ID, need)
				}
			}
			done[s.ID] = true
			// With everything known, nothing is missing.
			if _, missing := s.Render(func(string) (string, bool) { return "x", true }); len(missing) > 0 {
				t.Errorf("%s misses %v", s.ID, missing)
			}
		}
		if len(done) != len(r.Steps) {
			t.Errorf("%d of %d steps are in order", len(done), len(r.Steps))
		}
	})
}
