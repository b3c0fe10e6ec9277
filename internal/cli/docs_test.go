package cli

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"tocsin/internal/incident"
)

var update = flag.Bool("update", false, "write the generated parts of docs/ anew")

// TestDocs holds the generated parts of docs/cli.md: every verb with its purpose, and the table of permissions (rulings 9).
func TestDocs(t *testing.T) {
	t.Parallel()
	generated(t, "../../docs/cli.md", map[string]string{"verbs": verbTable(), "permissions": permissionTable()})
}

// generated holds the generated parts of a document to what the program does, or writes them anew.
func generated(t *testing.T, file string, parts map[string]string) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := string(src)
	for name, text := range parts {
		want = between(t, file, want, name, text)
	}
	if want == string(src) {
		return
	}
	if !*update {
		t.Fatalf("%s is not what the program does; write it anew: go test ./internal/cli -run %s -update\n%s", file, t.Name(), cmp.Diff(string(src), want))
	}
	if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
}

// between replaces what stands between the marks of a generated part.
func between(t *testing.T, file, src, name, text string) string {
	t.Helper()
	begin, end := "<!-- generated: "+name+" -->\n", "<!-- end of "+name+" -->"
	head, rest, ok := strings.Cut(src, begin)
	_, tail, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("%s has no part %q", file, name)
	}
	return head + begin + text + end + tail
}

func verbTable() string {
	var b strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&b, "\n**%s**\n\n| | |\n|---|---|\n", strings.TrimSuffix(g.title, ":"))
		for _, verb := range g.verbs {
			row(&b, "tocsin", verb(&env{}))
		}
	}
	return b.String() + "\n"
}

func row(b *strings.Builder, path string, c *cobra.Command) {
	fmt.Fprintf(b, "| `%s %s` | %s |\n", path, strings.ReplaceAll(c.Use, "|", "\\|"), c.Short)
	for _, sub := range c.Commands() {
		row(b, path+" "+c.Name(), sub)
	}
}

func permissionTable() string {
	var b strings.Builder
	b.WriteString("\n| command | who may give it | after the end | |\n|---|---|---|---|\n")
	for _, kind := range slices.Sorted(maps.Keys(incident.Commands)) {
		k := incident.Commands[kind]
		if slices.Contains(k.May, incident.System) {
			continue
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", kind, strings.Join(k.May, ", "), map[bool]string{true: "yes", false: "no"}[k.Ended], k.About)
	}
	return b.String() + "\n"
}
