package blame

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// each reads a file of JSON lines.
func each[T any](t *testing.T, file string, f func(T)) {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, 1<<20)
	n := 0
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		f(v)
		n++
	}
	if sc.Err() != nil || n == 0 {
		t.Fatalf("%s: %d lines, %v", file, n, sc.Err())
	}
}

type labelled struct {
	Text   string   `json:"text"`
	Expect []string `json:"expect"`
}

func ids(fs []Finding) []string {
	out := []string{}
	for _, f := range fs {
		if !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}

// TestLabelled holds every labelled sentence: dev.jsonl is the reference's, own.jsonl ours.
func TestLabelled(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"testdata/dev.jsonl", "testdata/own.jsonl", "testdata/own2.jsonl"} {
		each(t, file, func(l labelled) {
			if got := ids(Check(l.Text)); !slices.Equal(got, l.Expect) {
				t.Errorf("%q: %v, want %v", l.Text, got, l.Expect)
			}
		})
	}
}

// TestStatus holds how seldom plain words about an outage are taken for blame: texts of a real status page (github.com/mrshu/github-statuses,
// MIT), those with the words that rules look for foremost.
func TestStatus(t *testing.T) {
	t.Parallel()
	n, hits := 0, 0
	each(t, "testdata/status.jsonl", func(l labelled) {
		n++
		if f := Check(l.Text); len(f) > 0 {
			hits++
			t.Logf("%s: %q", f[0].Rule, l.Text[f[0].Start:f[0].End])
		}
	})
	if hits*100 > n {
		t.Errorf("%d of %d texts have findings", hits, n)
	}
}

// TestPlaces holds that offsets are bytes of the text, around code, links and letters of several bytes.
func TestPlaces(t *testing.T) {
	t.Parallel()
	s := "Größe „ü“ `should have` https://x.example/should have\n\n- 日本 Die Uhr: the engineer should’ve looked — obviously."
	var got []string
	for _, f := range Check(s) {
		got = append(got, f.Rule+" "+s[f.Start:f.End])
		if f.Message == "" || f.Rewrite == "" {
			t.Errorf("%s says nothing", f.Rule)
		}
	}
	if want := []string{"counterfactual-should should’ve", "should-know obviously"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestPeople holds that names from the roster count as people.
func TestPeople(t *testing.T) {
	t.Parallel()
	s := "Oyelaran failed to notice the alert."
	if got := Check(s); len(got) != 0 {
		t.Errorf("a stranger: %v", got)
	}
	if got := ids(Check(s, "Ife Oyelaran")); !slices.Equal(got, []string{"failed-to-human"}) {
		t.Errorf("known: %v", got)
	}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	err := Batch(strings.NewReader("{\"id\":\"a\",\"text\":\"It was his fault.\"}\nnonsense\n\n{\"id\":7,\"text\":\"db1 is down\"}"), &out)
	if err == nil || err.Error() != "line 2: not a batch line" {
		t.Errorf("%v", err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], `{"id":"a","findings":[{"rule":"fault","start":7,"end":16,"message":"`) || lines[1] != `{"id":7,"findings":[]}` {
		t.Errorf("%s", out.String())
	}
}

// TestVale reads the style back: every rule is a file whose patterns compile and find what they are about.
func TestVale(t *testing.T) {
	t.Parallel()
	files, err := Vale(t.TempDir())
	if err != nil || len(files) != len(rules) {
		t.Fatalf("%d files for %d rules: %v", len(files), len(rules), err)
	}
	found, want := 0, 0
	each(t, "testdata/dev.jsonl", func(l labelled) {
		for _, id := range l.Expect {
			want++
			for _, f := range files {
				if filepath.Base(f) != id+".yml" {
					continue
				}
				src, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				var v struct {
					Extends string
					Tokens  []string
				}
				if err := yaml.Unmarshal(src, &v); err != nil || v.Extends != "existence" {
					t.Fatalf("%s: %v", f, err)
				}
				if slices.ContainsFunc(v.Tokens, func(tok string) bool { return regexp.MustCompile("(?i)" + tok).MatchString(l.Text) }) {
					found++
				} else {
					t.Logf("%s does not find %q", id, l.Text)
				}
			}
		}
	})
	if found < want-1 {
		t.Errorf("the style finds %d of %d", found, want)
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"The engineer should have", "who ", "caused by", "’s fault", "Had we", "``` had we known", "on call failed to", "\xff should have"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, x := range Check(s, "Ana") {
			if x.Start < 0 || x.Start >= x.End || x.End > len(s) {
				t.Fatalf("%q: %v", s, x)
			}
		}
	})
}

// TestSieve holds that the sieve keeps nothing from being found.
func TestSieve(t *testing.T) {
	t.Parallel()
	for _, r := range rules {
		for _, p := range r.patterns {
			each(t, "testdata/own.jsonl", func(l labelled) {
				if m := p.re.FindString(l.Text); m != "" && !p.sieve.passes(strings.ToLower(l.Text)) {
					t.Errorf("%s: %q is not let through for %q", r.ID, m, p.re)
				}
			})
		}
	}
}
