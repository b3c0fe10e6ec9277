package bluesky

import (
	"regexp"
	"strings"
	"testing"
)

// Cases of Bluesky's own client, but for bare names, which stay text here. Offsets are bytes of UTF-8.
func TestFacets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"start https://middle.com end":                                            "https://middle.com",
		"start https://middle.com/foo/bar?baz=bux#hash end":                       "https://middle.com/foo/bar?baz=bux#hash",
		"https://newline1.com\nhttps://newline2.com":                              "https://newline1.com https://newline2.com",
		"👨‍👩‍👧‍👧 https://middle.com 👨‍👩‍👧‍👧":                                      "https://middle.com",
		"punctuation https://foo.com, https://bar.com/whatever; https://baz.com.": "https://foo.com https://bar.com/whatever https://baz.com",
		"parenthentical (https://foo.com)":                                        "https://foo.com",
		"except for https://foo.com/thing_(cool)":                                 "https://foo.com/thing_(cool)",
		"(see https://foo.com/thing_(cool)).":                                     "https://foo.com/thing_(cool)",
		"障害https://例え.jp/障害。今":                                                    "https://例え.jp/障害",
		"start middle.com end, run.sh, README.md, e.g., not@right":                "",
		"xhttps://foo.com https:// http":                                          "",
	} {
		var got []string
		for _, f := range facets(text) {
			s := text[f.Index.Start:f.Index.End]
			if f.Features[0].URI != s || f.Features[0].Type != "app.bsky.richtext.facet#link" {
				t.Errorf("%q: %+v", text, f)
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q, want %q", text, s, want)
		}
	}
	if f := facets("✨ https://example.com"); len(f) != 1 || f[0].Index != (span{4, 23}) {
		t.Errorf("%+v", f)
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	const link = "https://status.example.com/1"
	for name, text := range map[string]string{
		"words":    strings.Repeat("we are looking into it ", 30),
		"CJK":      strings.Repeat("障害", 400),
		"families": strings.Repeat("👨‍👩‍👧‍👦", 200), // few graphemes, many bytes
	} {
		got := (&Connector{}).Fit(text, link)
		head, tail, _ := strings.Cut(got, "…")
		if !fits(got) || tail != " "+link || head == "" || !strings.HasPrefix(text, head) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for text, want := range map[string]bool{strings.Repeat("a", 300): true, strings.Repeat("a", 301): false,
		strings.Repeat("👨‍👩‍👧‍👦", 120): true, strings.Repeat("👨‍👩‍👧‍👦", 121): false, strings.Repeat("🇩🇪", 300): true} {
		if fits(text) != want {
			t.Errorf("%.20q: want %v", text, want)
		}
	}
}

// Keys are TIDs, the same for the same mark and of our era.
func TestKey(t *testing.T) {
	t.Parallel()
	tid := regexp.MustCompile(`^3[j-m][234567abcdefghijklmnopqrstuvwxyz]{11}$`)
	seen := map[string]bool{}
	for _, mark := range []string{"", "a", "b", "tocsin-inc-1-update-1", "tocsin-inc-1-update-2"} {
		k := key(mark)
		if !tid.MatchString(k) || k != key(mark) || seen[k] {
			t.Errorf("%q: %s", mark, k)
		}
		seen[k] = true
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	a := ref{"at://did:plc:u5cwb2mwiv2bfq53cjufe6yn/app.bsky.feed.post/3k4duaz5vfs2b", "bafyreibjifzpqj6o6wcq3hejh7y4z4z2vmiklkvykc57tw3pcbx3kxifpm"}
	b := ref{a.URI[:len(a.URI)-1] + "c", a.CID}
	for _, p := range []place{{a, a}, {b, a}} {
		if got, ok := parsePlace(p.String()); !ok || got != p {
			t.Errorf("%s: %+v", p, got)
		}
	}
	for _, s := range []string{"", "1", a.URI, a.String() + ",", a.String() + "," + a.String() + "," + a.String()} {
		if got, ok := parsePlace(s); ok {
			t.Errorf("%q: %+v", s, got)
		}
	}
}

func TestNew(t *testing.T) {
	for name, c := range map[string]Config{
		"nothing": {}, "no password": {Handle: "h"}, "no handle": {Password: canary},
		"bad address": {Handle: "h", Password: "p", BaseURL: "https://u:" + canary + "@bsky.social"},
	} {
		if _, err := New(c, nil); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
