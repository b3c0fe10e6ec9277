package catalogue_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	tmpl "text/template/parse"
	"unicode"

	"golang.org/x/net/html"
)

// toConvert are pages whose texts are not in the catalogue yet. Nothing may be added.
var toConvert = []string{}

// spoken are the attributes that people see or hear.
var spoken = map[string]bool{"title": true, "placeholder": true, "aria-label": true, "aria-description": true, "alt": true, "data-say": true, "label": true}

// ours are texts that are the same in every language: the name, signs of units and formats, what is typed into a terminal.
var ours = regexp.MustCompile(`\b(Tocsin|tocsin|CSV|Markdown|INC|UTC|ETA|Atom|RSS|JSON Feed|JSON)\b`)

// TestNothingUntranslated reads the pages' templates for words that don't come from the catalogue.
func TestNothingUntranslated(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*/pages/*.html")
	if err != nil || len(files) < 20 {
		t.Fatalf("%v: %d pages", err, len(files))
	}
	files = slices.DeleteFunc(files, func(path string) bool { return filepath.Base(path) == "feed.html" }) // a feed is English, for all who read it
	for _, path := range files {
		found := untranslated(t, path)
		switch name := strings.TrimSuffix(filepath.Base(path), ".html"); {
		case !slices.Contains(toConvert, name):
			for _, text := range found {
				t.Errorf("%s: %q is not in the catalogue; write {{t %q}}", path, text, text)
			}
		case len(found) == 0:
			t.Errorf("%s is converted; take it from the list toConvert", path)
		}
	}
}

// plain is a text that a script shows, or says aloud, without asking the catalogue.
var plain = regexp.MustCompile("(?:textContent|innerText|title|placeholder|ariaLabel|alt)\\s*[:=]\\s*[\"'`][^\"'`]*[A-Za-z]{2}|\\b(?:say|alert|confirm)\\([\"'`][^\"'`]*[A-Za-z]{2}")

// TestScriptsSayNothingThemselves reads the scripts for texts that don't come from the catalogue.
func TestScriptsSayNothingThemselves(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*/assets/*.js")
	if err != nil || len(files) < 10 {
		t.Fatalf("%v: %d scripts", err, len(files))
	}
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".min.js") {
			continue
		}
		for _, found := range plain.FindAllString(string(src), -1) {
			t.Errorf("%s: %s: write t(…)", path, found)
		}
	}
	for _, bad := range []string{`said.textContent = "No connection"`, `{ type: "button", textContent: "Undo" }`, "b.title = `Needs ${x} a connection`", `say("Paused")`} {
		if !plain.MatchString(bad) {
			t.Errorf("%s is not found", bad)
		}
	}
}

// untranslated lists the words of a page that stand outside of actions.
func untranslated(t *testing.T, path string) []string {
	t.Helper()
	trees, err := templates(path)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	note := func(text string) {
		text = strings.Join(strings.Fields(ours.ReplaceAllString(text, "")), " ")
		if strings.ContainsFunc(text, unicode.IsLetter) && !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	for _, tree := range trees {
		z, silent := html.NewTokenizer(strings.NewReader(outside(tree))), 0
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			mute := slices.Contains([]string{"script", "style", "code", "kbd", "pre"}, tok.Data)
			switch tok.Type {
			case html.StartTagToken, html.SelfClosingTagToken:
				if mute && tok.Type == html.StartTagToken {
					silent++
				}
				kind := ""
				for _, a := range tok.Attr {
					if a.Key == "type" {
						kind = a.Val
					}
				}
				for _, a := range tok.Attr {
					if spoken[a.Key] || a.Key == "value" && (kind == "submit" || kind == "button") {
						note(a.Val)
					}
				}
			case html.EndTagToken:
				if mute {
					silent--
				}
			case html.TextToken:
				if silent == 0 {
					note(tok.Data)
				}
			}
		}
	}
	return found
}

// outside is a template without its actions, each of which leaves a mark.
func outside(tree *tmpl.Tree) string {
	var b strings.Builder
	walk(tree.Root, func(n tmpl.Node) {
		switch n := n.(type) {
		case *tmpl.TextNode:
			b.Write(n.Text)
		case *tmpl.ActionNode, *tmpl.TemplateNode:
			b.WriteString("¤")
		}
	})
	return b.String()
}
