package redact

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// crowd is a roster of many scripts and customs; ambiguous are those whose names
// are also words.
var crowd = Roster{
	{ID: "1", Name: "Siobhán O'Brien", Handles: []string{"sobrien", "U0AB12CD3"}, Emails: []string{"siobhan.obrien@example.ie"}, Initials: []string{"SO"}},
	{ID: "2", Name: "Grzegorz Brzęczyszczykiewicz", Handles: []string{"gbrz"}, Emails: []string{"greg@example.pl"}, Initials: []string{"GB"}},
	{ID: "3", Name: "Jörg Großmann", Handles: []string{"jgross"}, Initials: []string{"JG"}},
	{ID: "4", Name: "Søren Kjærgaard", Initials: []string{"SK"}},
	{ID: "5", Name: "María del Carmen Núñez", Initials: []string{"MN"}},
	{ID: "6", Name: "Ludwig van der Meer", Initials: []string{"LM"}},
	{ID: "7", Name: "Наталья Кузнецова", Initials: []string{"NK"}},
	{ID: "8", Name: "Дмитрий Соколов"},
	{ID: "9", Name: "Γιώργος Παπαδόπουλος"},
	{ID: "10", Name: "محمد الفارسي", Aliases: []string{"Mohammed Al-Farsi"}},
	{ID: "11", Name: "דוד כהן", Aliases: []string{"David Cohen"}},
	{ID: "12", Name: "李小明", Aliases: []string{"Li Xiaoming"}},
	{ID: "13", Name: "佐藤 花子", Aliases: []string{"Hanako Sato"}},
	{ID: "14", Name: "박서연"},
	{ID: "15", Name: "अर्जुन शर्मा", Aliases: []string{"Arjun Sharma"}},
	{ID: "16", Name: "สมชาย ใจดี", Aliases: []string{"Somchai Jaidee"}},
	{ID: "17", Name: "Ayşe Yılmaz"},
	{ID: "18", Name: "Anne-Marie D'Angelo"},
	{ID: "20", Name: "Goh Wei Ling"},
	{ID: "25", Name: "Tomáš Dvořák"},
	{ID: "26", Name: "Ólafur Þórðarson"},
	{ID: "27", Name: "Đặng Thị Huyền"},
	{ID: "28", Name: "Kwame Nkrumah-Asante"},
	{ID: "29", Name: "Xavier McAllister"},
}

var ambiguous = Roster{
	{ID: "21", Name: "Grace Page", Handles: []string{"gpage"}},
	{ID: "22", Name: "Jordan Rivers"},
	{ID: "23", Name: "Julia Travis"},
	{ID: "24", Name: "Frank Field"},
	{ID: "30", Name: "April Summers"},
	{ID: "31", Name: "Bo Li"},
	{ID: "32", Name: "Will Baker"},
}

// wrappers are places where a person stands, whatever the name.
var wrappers = []string{
	"%s", "%s restarted db1.", "Thanks %s!", "asked %s about the lag", "**%s** is on it", "_%s_ says hi", "`%s`", "(%s)", "[%s](https://x.example)", "cc %s, please",
	"22:14 UTC %s takes point", "23:05 - %s: copy started", "%s's terminal", "%s’s terminal", "-- %s", "| 22:14 | %s | declared |", "<li>%s &mdash; done</li>", `{"name":"%s"}`,
	"Author: %s <x@example.com>", "we agreed with %s that it stays", "approved by %s.", "Decision (%s): restore", "“%s” said so", "handover to %s at 06:00", "it was %s, again",
	"said %s.", "%s, please look", "%s and I looked at it", "ping %s", "Point person: %s", "<b>%s</b>", "~~%s~~", "> %s wrote:", "#%s", "on-call=%s", "%s\nwas there", "\u200b%s\u200b",
	"per %s", "%s asked for it", "according to %s, it is over", `\n%s said`, "https://example.com/u/%s", "/home/%s/core", `{"text":"ask %s\nnow"}`,
}

// forms are the ways in which a person may be written.
func forms(p Person) []string {
	out := slices.Concat([]string{p.Name}, p.Aliases, p.Handles, p.Emails)
	parts := splitName(p.Name)
	for _, x := range parts {
		if !x.particle {
			out = append(out, x.raw)
		}
	}
	if len(parts) > 1 {
		a, b := parts[0].raw, parts[len(parts)-1].raw
		out = append(out, b+" "+a, b+", "+a, a+b, a+"."+b, a+"_"+b, a+"-"+b, strings.ToLower(a+b), strings.ToLower(a+"."+b),
			string([]rune(a)[:1])+". "+b, a+" "+string([]rune(b)[:1])+".")
	}
	return out
}

// disguises are ways to write a form so that a plain search misses it.
var disguises = map[string]func(string) string{
	"plain": func(s string) string { return s },
	"entities": func(s string) string {
		return each(s, func(r rune) string {
			if r > 0x7f || r == '\'' {
				return fmt.Sprintf("&#%d;", r)
			}
			return string(r)
		})
	},
	"percent": func(s string) string {
		return each(s, func(r rune) string {
			if r <= 0x7f && r != ' ' && r != '\'' {
				return string(r)
			}
			return strings.ReplaceAll(fmt.Sprintf(" % X", string(r)), " ", "%")
		})
	},
	"escapes": func(s string) string {
		return each(s, func(r rune) string {
			if r > 0x7f {
				return fmt.Sprintf(`\u%04x`, r)
			}
			return string(r)
		})
	},
	"zero width": func(s string) string { return each(s, func(r rune) string { return string(r) + "\u200b" }) },
	"full width": func(s string) string {
		return each(s, func(r rune) string {
			if r > ' ' && r < 0x7f && r != '@' {
				r += 0xfee0
			}
			return string(r)
		})
	},
	"look-alikes": strings.NewReplacer("a", "а", "e", "е", "o", "о", "p", "р", "c", "с", "A", "А", "O", "О").Replace,
	"markdown":    func(s string) string { r := []rune(s); return "**" + string(r[:1]) + "**" + string(r[1:]) },
	"tags":        func(s string) string { r := []rune(s); return "<b>" + string(r[:1]) + "</b>" + string(r[1:]) },
	"capitals":    strings.ToUpper,
	"hard blanks": func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
	"line ends":   func(s string) string { return strings.ReplaceAll(s, " ", "\n") },
	"two blanks":  func(s string) string { return strings.ReplaceAll(s, " ", "  ") },
	"soft hyphen": func(s string) string { r := []rune(s); return string(r[:1]) + "\u00ad" + string(r[1:]) },
}

func each(s string, f func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(f(r))
	}
	return b.String()
}

// shown is the letters and digits of s that stand outside the spans, read as the
// detector reads them.
func shown(s string, spans []Span) string {
	v := newView(s)
	defer v.free()
	var out []byte
	for _, t := range v.toks {
		if !overlaps(spans, int(t.s), int(t.e)) {
			out = append(out, v.buf[t.f:t.fe]...)
		}
	}
	return string(out)
}

// TestSweep puts every form of every person into every place and every disguise:
// nothing of it may stay, and nothing else may go.
func TestSweep(t *testing.T) {
	r := New(crowd, nil)
	n := 0
	for _, p := range crowd {
		for _, f := range forms(p) {
			for _, w := range wrappers {
				checkCovered(t, r, p, w, f)
				n++
			}
			for name, d := range disguises {
				if name != "full width" || !strings.Contains(f, "@") { // there the host stays
					checkCovered(t, r, p, "%s restarted db1.", d(f))
				}
				n++
			}
		}
	}
	r = New(ambiguous, nil)
	for _, p := range ambiguous {
		for _, f := range forms(p) {
			for _, w := range wrappers {
				if f != strings.ToLower(f) || strings.ContainsAny(f, "@._-") {
					checkCovered(t, r, p, w, f)
					n++
				}
			}
		}
	}
	t.Log(n, "texts")
}

func checkCovered(t *testing.T, r *Redactor, p Person, wrapper, form string) {
	t.Helper()
	text := strings.Replace(wrapper, "%s", form, 1)
	at := strings.Index(wrapper, "%s")
	f := r.Find(text)
	if rest := shown(text, f.Redact); rest != shown(strings.Replace(wrapper, "%s", "...", 1), nil) {
		t.Errorf("person %s: %q leaves %q", p.ID, text, rest)
	}
	for _, s := range f.Redact {
		if s.Person != p.ID && s.Person != "" && !(s.End <= at || s.Start >= at+len(form)) {
			t.Errorf("person %s: %q taken for %s", p.ID, text, s.Person)
		}
	}
}
