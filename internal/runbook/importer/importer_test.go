package importer

import (
	"flag"
	"os"
	"strings"
	"testing"

	"tocsin/internal/runbook"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestMarkdown reads a team's own document: whose each item is, when it is due, and what could not be read, said with its line.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/team.md")
	if err != nil {
		t.Fatal(err)
	}
	got, unread, err := Markdown(src, "shop")
	if err != nil {
		t.Fatal(err)
	}
	if len(unread) != 2 || unread[0].Line != 13 || unread[1].Line != 32 {
		t.Errorf("not read: %+v", unread)
	}
	book, err := runbook.Parse([]byte(got))
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	if role, ok := book.Role("incident lead"); !ok || role.Wanted != "never" {
		t.Errorf("%+v", book.Roles)
	}
	if *update {
		if err := os.WriteFile("testdata/team.yaml", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/team.yaml")
	if err != nil || got != string(want) {
		t.Errorf("%v; run go test ./internal/runbook/importer -update and read what differs:\n%s", err, got)
	}
}

// TestManySteps holds that a long document becomes a runbook of as many steps as one may have, and that the others are named.
func TestManySteps(t *testing.T) {
	t.Parallel()
	out, unread, err := Markdown([]byte(strings.Repeat("- do this\n", 503)), "x")
	if err != nil || len(unread) != 3 || unread[0].Line != 501 {
		t.Fatalf("%v, %+v", err, unread)
	}
	if book, err := runbook.Parse([]byte(out)); err != nil || len(book.Steps) != 500 {
		t.Error(err)
	}
}

// TestNothingToRead says what it would need.
func TestNothingToRead(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"", "# Title\n\nWords.", strings.Repeat("x", MaxSource+1), "## Roles\n\n- Engineer: mends it"} {
		if _, _, err := Markdown([]byte(src), "x"); err == nil {
			t.Errorf("%.40q became a runbook", src)
		}
	}
}

// FuzzMarkdown holds that whatever is read can be parsed.
func FuzzMarkdown(f *testing.F) {
	src, err := os.ReadFile("testdata/team.md")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(src))
	for _, s := range []string{"- a\n- a\n- 1\n- {text}\n- {a.b}", "# x\n## Roles\n- Lead - x\n- lead: y\n\n- \"quoted\": 'x' # y\n", "- [a](b (c)\n  > q\n\n  - `x`\n", "# People\n- Übung: ä\n- 9: x\n- e: x\n* z", "* id\n* room\n* update\n", "- \x00\n- \u2028\n- &amp;\n- \\t:\n- a: b: c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		out, _, err := Markdown([]byte(src), "x")
		if err != nil {
			return
		}
		if _, err := runbook.Parse([]byte(out)); err != nil && !strings.Contains(err.Error(), "bytes long") {
			t.Errorf("%q: %v\n%s", src, err, out)
		}
	})
}
