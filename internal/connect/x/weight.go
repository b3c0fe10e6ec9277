package x

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// Limit is the heaviest post X takes.
const Limit = 280

// linkWeight is what every link weighs, however long.
const linkWeight = 23

// Weight is how much of the limit a text takes, counted as X does (twitter-text, configuration v3): in its composed form (NFC), code
// points of Latin, Greek, Cyrillic, Arabic, Indic and other low blocks and common punctuation weigh 1, all others 2; an emoji weighs 2
// whatever it is made of; a link weighs 23, and so does whatever looks like one, as GitLab.com, README.md or run.sh do.
func Weight(s string) int {
	s = norm.NFC.String(s)
	weight, from := 0, 0
	for _, at := range links(s) {
		weight += weigh(s[from:at.start]) + linkWeight
		from = at.end
	}
	return weight + weigh(s[from:])
}

// Valid reports whether X takes the text: not empty, no heavier than Limit, and without the three code points it refuses.
func Valid(s string) bool {
	if strings.TrimSpace(s) == "" || strings.ContainsAny(s, "\ufeff\ufffe\uffff") {
		return false
	}
	return Weight(s) <= Limit
}

func weigh(s string) int {
	weight := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if r := g.Runes(); len(r) > 1 && emoji(r) {
			weight += 2
		} else {
			for _, c := range r {
				weight += runeWeight(c)
			}
		}
	}
	return weight
}

func runeWeight(r rune) int {
	switch {
	case r <= 0x10FF, r >= 0x2000 && r <= 0x200D, r >= 0x2010 && r <= 0x201F, r >= 0x2032 && r <= 0x2037:
		return 1
	}
	return 2
}

// emoji reports whether a grapheme of several code points is one emoji: a keycap, a flag, or a symbol with what modifies it. A text
// presentation selector makes it text.
func emoji(r []rune) bool {
	for _, c := range r[1:] {
		switch c {
		case 0xFE0E:
			return false
		case 0x20E3:
			return r[0] == '#' || r[0] == '*' || r[0] >= '0' && r[0] <= '9'
		}
	}
	if r[0] == '©' || r[0] == '®' {
		return r[1] == 0xFE0F
	}
	return r[0] >= 0x2000 && unicode.Is(unicode.S, r[0])
}
