package catalogue_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/leonelquinteros/gotext"
)

var update = flag.Bool("update", false, "bring tocsin.pot and the catalogues in step with the sources; what is new there waits to be translated")

// template is the catalogue with nothing translated, which every language begins from.
const template = "tocsin.pot"

// TestInStep holds the template to the sources: go test ./internal/catalogue -update.
func TestInStep(t *testing.T) {
	ks := collect(t)
	if len(ks) < 3 {
		t.Fatalf("only %d texts found", len(ks))
	}
	want := write("", ks, nil)
	if *update {
		if err := os.WriteFile(template, want, 0o644); err != nil { //nolint:gosec // a source file
			t.Fatal(err)
		}
		for _, path := range translated(t) {
			head, po := load(t, path)
			if err := os.WriteFile(path, write(head, ks, po), 0o644); err != nil { //nolint:gosec // a source file
				t.Fatal(err)
			}
		}
	}
	got, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of step with the sources; run go test ./internal/catalogue -update", template)
	}
}

// TestTranslated wants every text in every language, with the same values in it, and nothing that is no longer said.
func TestTranslated(t *testing.T) {
	ks := collect(t)
	for _, path := range translated(t) {
		_, po := load(t, path)
		used := map[string]bool{"": true}
		for _, k := range ks.sorted() {
			used[k.one] = true
			tr := po[k.one]
			if tr == nil || tr.Trs[0] == "" {
				t.Errorf("%s: not translated: %q of %s", path, k.one, strings.Join(ks[k], ", "))
				continue
			}
			if k.many == "" {
				same(t, path, k.one, tr.Trs[0])
				continue
			}
			if tr.PluralID != k.many || len(tr.Trs) < 2 {
				t.Errorf("%s: %q needs forms for %q", path, k.one, k.many)
				continue
			}
			for _, text := range tr.Trs {
				same(t, path, k.many, text)
			}
		}
		for id := range po {
			if !used[id] {
				t.Errorf("%s: %q is said nowhere any more", path, id)
			}
		}
	}
}

// same holds a translation to the values of its text.
func same(t *testing.T, path, text, translation string) {
	t.Helper()
	if w, g := values(text), values(translation); !maps.Equal(w, g) {
		t.Errorf("%s: %q takes %v, its translation %q takes %v", path, text, w, translation, g)
	}
	if strings.TrimSpace(text) == text && strings.TrimSpace(translation) != translation {
		t.Errorf("%s: %q has space around it, %q has not", path, translation, text)
	}
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*\d*(?:\.\d+)?([a-zA-Z%])`)

// values are the verbs of a text by the value they write.
func values(text string) map[int]string {
	out, at := map[int]string{}, 0
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[2] == "%" || strings.HasPrefix(m[0], "% ") {
			continue
		}
		at++
		if m[1] != "" {
			at, _ = strconv.Atoi(m[1]) // digits
		}
		out[at] = m[2]
	}
	return out
}

// translated lists the catalogues there are.
func translated(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.po")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%v: no catalogue", err)
	}
	return paths
}

// load reads a catalogue: what stands before its first text, and its texts.
func load(t *testing.T, path string) (string, map[string]*gotext.Translation) {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(src), "\n\n")
	po := gotext.NewPo()
	po.Parse(src)
	return head + "\n", po.GetDomain().GetTranslations()
}

// write makes a catalogue of the texts, with the translations there are.
func write(head string, ks keys, po map[string]*gotext.Translation) []byte {
	var b bytes.Buffer
	b.WriteString(head)
	if head == "" {
		b.WriteString("# What Tocsin says in its pages. Made from the sources by go test ./internal/catalogue -update; a language is a copy of it.\n" +
			"msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n")
	}
	for _, k := range ks.sorted() {
		text := func(form int) string {
			if tr := po[k.one]; tr != nil {
				return tr.Trs[form]
			}
			return ""
		}
		fmt.Fprintf(&b, "\n#: %s\nmsgid %s\n", strings.Join(ks[k], " "), strconv.Quote(k.one))
		if k.many == "" {
			fmt.Fprintf(&b, "msgstr %s\n", strconv.Quote(text(0)))
			continue
		}
		fmt.Fprintf(&b, "msgid_plural %s\nmsgstr[0] %s\nmsgstr[1] %s\n", strconv.Quote(k.many), strconv.Quote(text(0)), strconv.Quote(text(1)))
	}
	return b.Bytes()
}
