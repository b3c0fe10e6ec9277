package mastodon

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Cases of Mastodon's own tests of the length of posts, and from reading its patterns.
func TestCount(t *testing.T) {
	t.Parallel()
	b30 := strings.Repeat("b", 30)
	for text, want := range map[string]int{
		"":                       0,
		strings.Repeat("a", 500): 500,
		strings.Repeat("a", 476) + " http://" + b30 + ".com/example": 500,
		strings.Repeat("a", 476) + "http://" + b30 + ".com/example":  476 + 49, // glued to a word it is no link
		strings.Repeat("a", 475) + " @alice@" + b30 + ".com":         482,
		"@alice@" + strings.Repeat("b", 500) + ".com":                511, // no domain is that long
		strings.Repeat("✨", 500):                                     500,
		strings.Repeat("🏳️‍⚧️", 500):                                 500,
		"http://example.com/valid?" + strings.Repeat("#foo?", 1000):  5025, // no link is that long
		"cafe\u0301":                             4,
		"http://t.co":                            23, // a short link, too
		"GitLab.com and README.md":               24, // without a scheme they are no links
		"http://localhost/a/very/long/path/here": 38,
		"https://a_b.example.com/x":              23,
		"https://10.0.0.1/a/very/long/path/":     34,
		"HTTPS://Example.COM/A":                  23,
		"(see https://a.example.com/x_(y))":      29,
		"https://a.example.com/x. Then":          29,
		"https://a.example.com:8080/?x=1&y=2!":   24,
		"https://例え.jp/障害":                       23,
		"$https://example.com/a/long/way/to/go":  37,
		"障害https://example.com/":                 25,
		"@alice":                                 6,
		"hi @alice@social.example.com, hello":    16,
		"mail me@example.com":                    19,
		"/@alice@example.com":                    19,
		"https://social.example.com/@a@b.com/1":  23,
		"h@a@b.com":                              9,
		"line\r\nline":                           9,
	} {
		if got := usual.count(text); got != want {
			t.Errorf("%.60q counts %d, want %d", text, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	const link = "https://status.example.com/1"
	for name, text := range map[string]string{
		"words":         strings.Repeat("we are looking into it ", 30),
		"links":         strings.Repeat("see https://example.com/a/rather/long/address/of/a/page ", 40),
		"one long word": strings.Repeat("障害", 400),
		"families":      strings.Repeat("👨‍👩‍👧‍👦", 600),
	} {
		var asked atomic.Int32
		m := at(t, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			fmt.Fprint(w, `{"configuration":{"statuses":{"max_characters":300,"characters_reserved_per_url":23}}}`)
		})
		got := m.Fit(text, link)
		if again := m.Fit(text, link); again != got || asked.Load() != 1 {
			t.Errorf("%s: the rules were asked for %d times", name, asked.Load())
		}
		r := rules{300, 23}
		if n := r.count(got); n > 300 || n < 240 {
			t.Errorf("%s: %d characters", name, n)
		}
		head, tail, _ := strings.Cut(got, "…")
		if !strings.HasPrefix(text, head) || tail != " "+link || strings.Contains(head, "/") && !strings.HasSuffix(head, "page") && !strings.HasSuffix(head, "see") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A server that does not tell its rules is asked again later, and meanwhile has the usual ones.
func TestUsual(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`<html>`, `{}`, `{"configuration":{"statuses":{"max_characters":-1}}}`} {
		var asked atomic.Int32
		m := at(t, func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); fmt.Fprint(w, answer) })
		text := strings.Repeat("a", 500)
		if m.Fit(text, "") != text || m.Fit(text+"a", "") == text+"a" || asked.Load() != 1 {
			t.Errorf("%s: asked %d times", answer, asked.Load())
		}
	}
}

func FuzzCount(f *testing.F) {
	for _, s := range []string{"", "https://a.b", "@a@b.c", "http://", "h", "@@", "\xff", "https://a.com/((", "https://x--.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := &Connector{rules: usual, until: time.Now().Add(time.Hour)}
		if fit := m.Fit(s, ""); usual.count(fit) > usual.most {
			t.Errorf("Fit(%q) counts %d", s, usual.count(fit))
		}
	})
}
