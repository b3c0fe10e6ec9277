package redact

import (
	"fmt"
	"strings"
	"testing"
)

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
	{ID: "19", Name: "Bo Li"},
	{ID: "20", Name: "Ng Wei Ling"},
	{ID: "21", Name: "Grace Page", Handles: []string{"gpage"}},
	{ID: "22", Name: "Jordan Rivers"},
	{ID: "23", Name: "Julia Travis"},
	{ID: "24", Name: "Frank Field"},
	{ID: "25", Name: "Tomáš Dvořák"},
	{ID: "26", Name: "Ólafur Þórðarson"},
	{ID: "27", Name: "Đặng Thị Hồng"},
	{ID: "28", Name: "Kwame Nkrumah-Asante"},
	{ID: "29", Name: "Xavier McAllister"},
	{ID: "30", Name: "April Summers"},
}

var wrappers = []string{
	"%s", "%s restarted db1.", "Thanks %s!", "asked %s about the lag", "**%s** is on it", "_%s_ says hi", "`%s`", "(%s)", "[%s](https://x.example)", "cc %s, please",
	"22:14 UTC %s takes point", "23:05 - %s: copy started", "%s's terminal", "%s’s terminal", "-- %s", "| 22:14 | %s | declared |", "<li>%s &mdash; done</li>", "{\"name\":\"%s\"}",
	"Author: %s <x@example.com>", "we agreed with %s that it stays", "approved by %s.", "a/b: %s/x", "Decision (%s): restore", "“%s” said so", "handover to %s at 06:00", "it was %s, again",
	"said %s.", "%s, please look", "%s and I looked at it", "ping %s", "Point person: %s", "<b>%s</b>", "~~%s~~", "> %s wrote:", "#%s", "on-call=%s", "%s\nwas there", "\u200b%s\u200b",
	"per %s", "%s asked for it", "according to %s, it is over", "\\n%s said", "https://example.com/u/%s",
}

func wraps(f string) []string {
	var entity, pct, ju, zw, fw, split, upper strings.Builder
	for i, r := range f {
		if r > 0x7f {
			fmt.Fprintf(&entity, "&#%d;", r)
			fmt.Fprintf(&ju, "\\u%04x", r)
		} else {
			entity.WriteRune(r)
			ju.WriteRune(r)
		}
		for _, b := range []byte(string(r)) {
			if b > 0x7f || b == ' ' || b == '\'' {
				fmt.Fprintf(&pct, "%%%02X", b)
			} else {
				pct.WriteByte(b)
			}
		}
		zw.WriteRune(r)
		zw.WriteRune('\u200b')
		if r > ' ' && r < 0x7f {
			fw.WriteRune(r - 0x20 + 0xff00)
		} else {
			fw.WriteRune(r)
		}
		split.WriteRune(r)
		if i == 0 {
			split.WriteString("**")
		}
	}
	upper.WriteString(strings.ToUpper(f))
	return []string{f, entity.String(), pct.String(), ju.String(), zw.String(), fw.String(), "**" + split.String(), upper.String(), strings.ReplaceAll(f, " ", "\u00a0"), strings.ReplaceAll(f, " ", "\n"), strings.ReplaceAll(f, " ", "  ")}
}

func TestSweepScratch(t *testing.T) {
	r := New(crowd, nil)
	n, bad := 0, 0
	for _, p := range crowd {
		var forms []string
		forms = append(forms, p.Name)
		forms = append(forms, p.Aliases...)
		parts := splitName(p.Name)
		for _, x := range parts {
			if !x.particle && len([]rune(x.raw)) > 1 {
				forms = append(forms, x.raw)
			}
		}
		if len(parts) > 1 {
			a, b := parts[0].raw, parts[len(parts)-1].raw
			forms = append(forms, b+" "+a, b+", "+a, a+b, a+"."+b, a+"_"+b, a+"-"+b, strings.ToLower(a+b), strings.ToLower(a+"."+b), string([]rune(a)[:1])+". "+b, a+" "+string([]rune(b)[:1])+".", strings.ToLower(a+" "+b))
		}
		forms = append(forms, p.Handles...)
		forms = append(forms, p.Emails...)
		for _, f := range forms {
			for wi, w := range wrappers {
				vs := []string{f}
				if wi == 1 {
					vs = wraps(f)
				}
				for _, v := range vs {
					text := strings.Replace(w, "%s", v, 1)
					at := strings.Index(w, "%s")
					n++
					if !covered(text, at, at+len(v), r.Find(text).Redact) {
						bad++
						t.Logf("%s %q: %q", p.ID, f, text)
					}
				}
			}
		}
	}
	t.Logf("%d of %d", bad, n)
}
