package x

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// The vectors were measured with twitter-text 3.1.0.
func TestWeightVectors(t *testing.T) {
	f, err := os.Open("testdata/weighted-length.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		var v struct {
			Text     string
			Weighted int
			Valid    bool
			URLs     []string
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if got := Weight(v.Text); got != v.Weighted {
			t.Errorf("Weight(%q) = %d, want %d", v.Text, got, v.Weighted)
		}
		if got := Valid(v.Text); got != v.Valid {
			t.Errorf("Valid(%q) = %v, want %v", v.Text, got, v.Valid)
		}
		text := norm.NFC.String(v.Text)
		urls := []string{}
		for _, at := range links(text) {
			urls = append(urls, text[at.start:at.end])
		}
		if diff := cmp.Diff(v.URLs, urls); diff != "" {
			t.Errorf("links of %q (-want +got):\n%s", v.Text, diff)
		}
	}
	if n != 74 {
		t.Errorf("%d vectors, want 74", n)
	}
}

// Cases beyond the vectors, from reading twitter-text's patterns.
func TestLinks(t *testing.T) {
	for text, want := range map[string]string{
		"障害gitlab.com障害":                      "gitlab.com",
		"my_app.example.com is up":            "app.example.com",
		"https://my_app.com":                  "",
		"a.com-b":                             "",
		"a.com.notatld":                       "a.com",
		"gitlab.com:8080 and gitlab.com?x=1":  "gitlab.com gitlab.com",
		"https://gitlab.com:8080/x?y=1,":      "https://gitlab.com:8080/x?y=1",
		"gitlab.com/status.":                  "gitlab.com/status",
		"$gitlab.com #gitlab.com @gitlab.com": "",
		"-gitlab.com _gitlab.com":             "",
		"https://t.co/abc/def":                "https://t.co/abc",
		"HTTPS://GitLab.COM":                  "HTTPS://GitLab.COM",
		"-- https://a-.com":                   "",
		"(gitlab.com)":                        "gitlab.com",
		"“gitlab.com”":                        "gitlab.com",
	} {
		var got []string
		for _, at := range links(text) {
			got = append(got, text[at.start:at.end])
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("links of %q: %q, want %q", text, s, want)
		}
	}
}

func TestFit(t *testing.T) {
	long := strings.Repeat("GitLab.com is slow, ", 40)
	for name, c := range map[string]struct{ text, link string }{
		"words":         {strings.Repeat("we are looking into it ", 30), "https://status.example.com/1"},
		"domains":       {long, "https://status.example.com/1"},
		"no link":       {long, ""},
		"one long word": {strings.Repeat("障害", 400), "https://status.example.com/1"},
		"families":      {strings.Repeat("👨‍👩‍👧‍👦", 300), ""},
		"a huge link":   {"https://example.com/" + strings.Repeat("a", 400) + " " + long, "https://status.example.com/1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Fit(c.text, c.link)
			if !Valid(got) {
				t.Fatalf("X does not take it: weight %d: %q", Weight(got), got)
			}
			if !strings.HasSuffix(got, c.link) || !strings.Contains(got, "…") {
				t.Errorf("no ellipsis or link: %q", got)
			}
			head, _, _ := strings.Cut(got, "…")
			if !strings.HasPrefix(c.text, head) {
				t.Errorf("does not begin as the text does: %q", got)
			}
			if rest := c.text[len(head):]; strings.Contains(head, " ") && rest != "" && !strings.ContainsAny(rest[:1], " ,") {
				t.Errorf("cut inside a word: %q", got)
			}
			if Weight(got) < Limit-60 {
				t.Errorf("cut shorter than need be: %d", Weight(got))
			}
		})
	}
	if got := Fit(" all is well ", "https://status.example.com"); got != "all is well" {
		t.Errorf("a text that fits was changed: %q", got)
	}
}

func FuzzWeight(f *testing.F) {
	for _, s := range []string{"", "a.b", "https://", "x..com", "xn--", "\xff.com", "é", "a.com/(", "1️⃣.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if Weight(s) < 0 {
			t.Error("negative")
		}
		if fit := Fit(s, ""); Weight(fit) > Limit {
			t.Errorf("Fit(%q) weighs %d", s, Weight(fit))
		}
	})
}
