package standin

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"
)

// xMost is the weight that a post may have.
const xMost = 280

// xLink is where a link stands in a text, in bytes.
type xLink struct{ start, end int }

var xAddress = regexp.MustCompile(`(?i)(https?://)?((?:[\p{L}0-9](?:[\p{L}0-9_-]*[\p{L}0-9])?\.)+([a-z]{2,63}))(?::[0-9]+)?(/[a-z0-9!*';:=+,.$/%#\[\]_~@&()|-]*)?(\?[a-z0-9!?*'();:&=+$/%#\[\]_.,~|-]*)?`)

// xLinks finds what X takes for a link: whatever has a public top-level domain. It is a loose reading of twitter-text.
func xLinks(text string) []xLink {
	var links []xLink
	for at := 0; at < len(text); {
		m := xAddress.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		start, end := at+m[0], at+m[1]
		scheme, domain, tld := m[2] >= 0, text[start:end], strings.ToLower(text[at+m[6]:at+m[7]])
		at = end
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		_, public := publicsuffix.PublicSuffix("a.b." + tld)
		switch {
		case !public, start > 0 && strings.ContainsRune("@#$/-_.", before):
			continue
		case start > 0 && scheme && (before >= 'a' && before <= 'z' || before >= '0' && before <= '9'):
			continue
		case !scheme && strings.IndexFunc(domain, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0:
			continue
		case end < len(text) && text[end] == '@':
			continue
		}
		end = start + len(strings.TrimRight(text[start:end], ".,;:!?'"))
		if s := text[start:end]; strings.HasSuffix(s, ")") && strings.Count(s, ")") > strings.Count(s, "(") {
			end--
		}
		at = end
		links = append(links, xLink{start, end})
	}
	return links
}

// weigh gives the weight of a text by X's rules, and whether X takes it.
func weigh(text string) (weight int, valid bool) {
	text = norm.NFC.String(text)
	at := 0
	for _, l := range xLinks(text) {
		weight += weighPlain(text[at:l.start]) + 23
		at = l.end
	}
	weight += weighPlain(text[at:])
	return weight, weight > 0 && weight <= xMost && !strings.ContainsAny(text, "\uFEFF\uFFFE\uFFFF")
}

// weighPlain weighs text without links: an emoji 2 however it is put together, most characters of alphabets 1, all others 2.
func weighPlain(text string) (weight int) {
	for g := uniseg.NewGraphemes(text); g.Next(); {
		runes := g.Runes()
		if emoji(runes) {
			weight += 2
			continue
		}
		for _, r := range runes {
			switch {
			case r <= 0x10FF, r >= 0x2000 && r <= 0x200D, r >= 0x2010 && r <= 0x201F, r >= 0x2032 && r <= 0x2037:
				weight++
			default:
				weight += 2
			}
		}
	}
	return weight
}

func emoji(cluster []rune) bool {
	for _, r := range cluster {
		if r >= 0x1F000 && r <= 0x1FAFF || r == 0x20E3 || r == 0xFE0F {
			return true
		}
	}
	return false
}
