package redact

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// everyone is all that the other tests know: clear names, ambiguous ones, none numbered.
var everyone = slices.Concat(crowd, ambiguous, pair)

// holds checks what is true of any text.
func holds(t interface{ Fatalf(string, ...any) }, r *Redactor, s string) {
	f := r.Find(s)
	at := 0
	for _, sp := range f.Redact {
		if sp.Start < at || sp.End <= sp.Start || sp.End > len(s) || sp.Why == "" {
			t.Fatalf("%q: span %v", s, sp)
		}
		if utf8.ValidString(s) && !utf8.ValidString(s[sp.Start:sp.End]) {
			t.Fatalf("%q: span %v cuts a rune", s, sp)
		}
		at = sp.End
	}
	at = 0
	for _, sp := range f.Flag {
		if sp.Start < at || sp.End <= sp.Start || sp.End > len(s) || overlaps(f.Redact, sp.Start, sp.End) {
			t.Fatalf("%q: flag %v", s, sp)
		}
		at = sp.End
	}
	once := r.Text(s)
	if twice := r.Text(once.String()); twice != once {
		t.Fatalf("%q: once %q, twice %q", s, once, twice)
	}
	r.Leaks(s)
}

// TestProperties mixes people, words and separators.
func TestProperties(t *testing.T) {
	r := New(everyone, map[string]int{"1": 1, "21": 2, "32": 3})
	var pieces []string
	for _, p := range everyone {
		pieces = append(pieces, forms(p)...)
	}
	pieces = append(pieces, "Will", "will", "grant", "Page", "page", "the", "and", "restarted", "says", "by", "db1", "22:14", "UTC", "team-member-3", "a team member", "AK", "SO", "don't", "&amp;", "%20", "\\n", "<b>", "</b>", "@", "ssh", "https://gitlab.example.com/", "user=", "/home/")
	seps := []string{" ", " ", " ", "", ", ", ". ", "\n", "-", "_", ".", "/", "**", ": ", "'", "’s ", "\u200b", "\u00a0", "(", ") ", "\"", "@", " -- "}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 12).Draw(t, "n") {
			b.WriteString(rapid.SampledFrom(pieces).Draw(t, "piece"))
			b.WriteString(rapid.SampledFrom(seps).Draw(t, "sep"))
		}
		holds(t, r, b.String())
	})
}

// TestNothingSurvives puts clear names among other words: no part of a name may be
// read in what comes out.
func TestNothingSurvives(t *testing.T) {
	r := New(crowd, nil)
	secret := map[string]string{}
	for _, p := range crowd {
		for _, x := range splitName(p.Name) {
			if !x.particle && utf8.RuneCountInString(x.key) > 2 && ambiguity(x.key) == 0 && !whole(x.key) {
				secret[x.key] = p.ID
			}
		}
	}
	if len(secret) < 30 {
		t.Fatal("too few names to test with")
	}
	names := make([]string, 0, 200)
	for _, p := range crowd {
		names = append(names, forms(p)...)
	}
	fillers := strings.Fields("the replica is lagging since 22:14 UTC on db1.example.com and we wait , . : ( ) ** _ ` / -- @ = \" <li> </li> &amp; %20 team-member-2")
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 10).Draw(t, "n") {
			if rapid.Bool().Draw(t, "name") {
				d := rapid.SampledFrom([]string{"plain", "entities", "percent", "escapes", "zero width", "look-alikes", "markdown", "capitals", "soft hyphen"}).Draw(t, "disguise")
				b.WriteString(disguises[d](rapid.SampledFrom(names).Draw(t, "form")))
			} else {
				b.WriteString(rapid.SampledFrom(fillers).Draw(t, "filler"))
			}
			b.WriteString(rapid.SampledFrom([]string{" ", "\n", "  ", ", ", " / "}).Draw(t, "sep"))
		}
		out := r.Text(b.String()).String()
		v := newView(out)
		defer v.free()
		for _, k := range v.toks {
			if id, ok := secret[string(v.buf[k.f:k.fe])]; ok {
				t.Fatalf("person %s is left in %q, from %q", id, out, b.String())
			}
		}
	})
}

func FuzzFind(f *testing.F) {
	r := New(everyone, map[string]int{"1": 1, "21": 2, "32": 3})
	for _, g := range gold(f, "redaction-dev.jsonl") {
		f.Add(g.Text)
	}
	for _, s := range []string{"%25252541na", "\\\\\\u0041na", "&amp;amp;#65;na", "=C3=B6", "\u1112\u1161\u11ab", "<<<@", "@@a@b@", "\xff\xfeAna\xc3", "A.n.a", "A n a K o v a c", "\U000E0041", "Ana\u0301\u0301\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { holds(t, r, s) })
}
