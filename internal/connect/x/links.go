package x

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"tocsin/internal/connect"
)

// span is a link's place in a text, in bytes.
type span struct{ start, end int }

const (
	accents  = `\x{00C0}-\x{00D6}\x{00D8}-\x{00F6}\x{00F8}-\x{024F}\x{0253}\x{0254}\x{0256}\x{0257}\x{0259}\x{025B}\x{0263}\x{0268}\x{026F}\x{0272}\x{0289}\x{028B}\x{02BB}\x{0300}-\x{036F}\x{1E00}-\x{1EFF}`
	pathChar = `[a-z\x{0400}-\x{04FF}0-9!*';:=+,.$/%#\[\]\-\x{2013}_~@|&` + accents + `]`
	parens   = `\((?:` + pathChar + `+|` + pathChar + `*\(` + pathChar + `+\)` + pathChar + `*)\)`
	pathEnd  = `(?:[+\-a-z\x{0400}-\x{04FF}0-9=_#/` + accents + `]|` + parens + `)`
	path     = `(?:` + pathChar + `*(?:` + parens + pathChar + `*)*` + pathEnd + `|@` + pathChar + `+/)`
	query    = `\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]`
)

var (
	tail      = regexp.MustCompile(`(?i)^(?::[0-9]+)?(/` + path + `*)?(?:` + query + `)?`)
	protocol  = regexp.MustCompile(`(?i)^https?://`)
	accented  = regexp.MustCompile(`^[` + accents + `]$`)
	shortLink = regexp.MustCompile(`(?i)^https?://t\.co/[a-z0-9]+`)
)

// links finds what X takes for a link, as twitter-text does: addresses with http or https, and bare domains whose last label is a
// top-level domain (of the public suffix list, which is a little newer than X's own).
func links(s string) []span {
	var found []span
	dot := strings.LastIndexByte(s, '.') // no link begins after it
	for i := 0; i < dot; {
		r, size := utf8.DecodeRuneInString(s[i:])
		next := i
		var at span
		if mayPrecede(r) {
			at, next = linkAt(s, i+size, r)
			if next == i+size {
				next = i
			}
		}
		if next == i && i == 0 {
			at, next = linkAt(s, 0, -1)
		}
		if next == i {
			i += size
			continue
		}
		if at.end > at.start {
			found = append(found, at)
		}
		i = next
	}
	return found
}

// linkAt tries for a link at i; before is the rune before it, -1 at the start of the text. next is where to go on; it is i if nothing there looks like a domain. An empty span means that what
// looks like a domain is none because of what stands before it.
func linkAt(s string, i int, before rune) (at span, next int) {
	scheme := len(protocol.FindString(s[i:]))
	start := i + scheme
	n := domain(s[start:])
	if n == 0 {
		return span{}, i
	}
	end := start + n
	m := tail.FindStringSubmatchIndex(s[end:])
	next = end + m[1]
	if scheme > 0 {
		if short := shortLink.FindString(s[i:next]); short != "" {
			next = i + len(short)
		}
		return span{i, next}, next
	}
	if before >= 0 && strings.ContainsRune("-_./", before) {
		return span{}, next
	}
	// Without a scheme only the Latin part of the name counts, and some of it must stand before the top-level domain.
	name := s[start : start+strings.LastIndexByte(s[start:end], '.')]
	cut := strings.LastIndexFunc(name, func(r rune) bool { return !(r == '.' || r == '-' || plainLabel(r)) })
	if cut >= 0 {
		_, size := utf8.DecodeRuneInString(name[cut:])
		start += cut + size
	}
	for start < end && s[start] == '.' {
		start++
	}
	if !strings.Contains(s[start:end], ".") {
		return span{}, next // nothing stands before it
	}
	if m[2] >= 0 {
		return span{start, next}, next
	}
	return span{start, end}, end
}

// mayPrecede: a link does not begin inside a word, a mention, a cashtag or a hashtag.
func mayPrecede(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("@＠$#＃", r):
		return false
	}
	return true
}

// inDomain: everything but ASCII punctuation (hyphen and underscore are looked at apart), space, direction marks and non-characters.
func inDomain(r rune) bool {
	switch {
	case r <= ' ', r == 0x7F, strings.ContainsRune("!'#%&()*+,\\-./:;<=>?@[]^_{|}~$\"`", r) && r != '"' && r != '`':
		return false
	case unicode.IsSpace(r), r == 0x180E, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return false
	case r >= 0x2028 && r <= 0x202E, r == 0x061C, r == 0x200E, r == 0x200F, r >= 0x2066 && r <= 0x2069:
		return false
	}
	return true
}

func plainLabel(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 0x7F && accented.MatchString(string(r))
}

// longestDomain is what the DNS allows; it bounds how far a domain is looked for.
const longestDomain = 255

// domain gives the length of the longest domain that s begins with, 0 if it begins with none.
func domain(s string) int {
	s = s[:min(len(s), longestDomain)]
	longest := 0
	for at, labels := 0, 0; ; labels++ {
		if labels > 0 {
			if n := topLevel(s[at:]); n > 0 && nameLabel(s[:at-1]) {
				longest = at + n
			}
		}
		n := label(s[at:])
		if n == 0 || at+n >= len(s) || s[at+n] != '.' {
			return longest
		}
		at += n + 1
	}
}

// label gives the length of the label s begins with: domain characters, with hyphens and underscores inside.
func label(s string) int {
	end := 0
	for i, r := range s {
		switch {
		case inDomain(r):
			end = i + utf8.RuneLen(r)
		case i > 0 && (r == '-' || r == '_'):
		default:
			if end < i {
				return 0 // ends in a hyphen
			}
			return end
		}
	}
	if end < len(s) {
		return 0
	}
	return end
}

// nameLabel: the label before the top-level one has no underscore.
func nameLabel(s string) bool { return !strings.Contains(s[strings.LastIndexByte(s, '.')+1:], "_") }

// topLevel gives the length of the top-level domain that s begins with, 0 if there is none.
func topLevel(s string) int {
	n := 0
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || s[n] >= '0' && s[n] <= '9' || n > 3 && s[n] == '-' && strings.EqualFold(s[:4], "xn--") || n >= 2 && n < 4 && s[n] == '-' && strings.EqualFold(s[:2], "xn")) {
		n++
	}
	if n > 0 {
		if n < len(s) && strings.IndexByte("@+-", s[n]) >= 0 {
			return 0
		}
		name := strings.ToLower(s[:n])
		if strings.HasPrefix(name, "xn--") && len(name) > 4 || connect.TopLevel(name) {
			return n
		}
		return 0
	}
	// One in another script.
	n = strings.IndexFunc(s, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M) })
	if n < 0 {
		n = len(s)
	}
	if n > 0 && n < 100 && (n == len(s) || !strings.ContainsRune("@+-0123456789", rune(s[n]))) {
		if ascii, err := idna.ToASCII(strings.ToLower(s[:n])); err == nil && connect.TopLevel(ascii) {
			return n
		}
	}
	return 0
}
