package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// gapText is what a gap says: decoded, without invisible runes, backslashes and
// inline tags, apostrophes and hyphens and blanks as their ASCII ones.
func gapText(g string) string {
	plain := true
	for i := range len(g) {
		if ascii[g[i]&0x7f] == aOther || g[i] >= utf8.RuneSelf || g[i] == '\r' || g[i] == '\t' {
			plain = false
			break
		}
	}
	if plain {
		return g
	}
	var b strings.Builder
	for i := 0; i < len(g); {
		r, n := utf8.DecodeRuneInString(g[i:])
		switch g[i] {
		case '&':
			if t, m := entity(g[i:]); m > 0 {
				r, n = firstRune(t), m
			}
		case '%':
			if t, m := escaped(g[i:], '%'); m > 0 {
				r, n = firstRune(t), m
			}
		case '=':
			if strings.HasPrefix(g[i:], "=\n") {
				i += 2
				continue
			}
		case '\\':
			if t, m := backslashed(g[i:]); m > 0 {
				r, n = firstRune(t), m
			} else if i+1 < len(g) && g[i+1] == 't' {
				r, n = ' ', 2
			} else if i+1 < len(g) && (g[i+1] == 'n' || g[i+1] == 'r') {
				r, n = '\n', 2
			} else {
				i++
				continue
			}
		case '<':
			if m := bareTag(g[i:]); m > 0 {
				i += m
				continue
			}
		}
		i += n
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		switch {
		case r == '\r' && i < len(g) && g[i] == '\n':
		case r == '、':
			b.WriteByte(',')
		case r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 || r == 0x85:
			b.WriteByte('\n')
		case apostrophes[r]:
			b.WriteByte('\'')
		case hyphen(r):
			b.WriteByte('-')
		case r == '\t' || r == 0xA0 || r == 0x202F || r == 0x3000 || r >= 0x2000 && r <= 0x200A:
			b.WriteByte(' ')
		case foldRune(r).kind == kDrop:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// uncased reports whether r is a letter of a script without capitals.
func uncased(r rune) bool {
	return r >= utf8.RuneSelf && unicode.IsLetter(r) && unicode.ToUpper(r) == r && unicode.ToLower(r) == r
}

// flat is gapText without emphasis, every row of blanks one blank.
func flat(g string) string {
	if g == " " || g == "" {
		return g
	}
	g = strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_~`", r) {
			return -1
		}
		return r
	}, gapText(g))
	if t := strings.Trim(g, " \n"); t != "" {
		if strings.HasSuffix(g, " ") || strings.HasSuffix(g, "\n") {
			return t + " "
		}
		return t
	}
	if strings.Count(g, "\n") > 1 || g == "" {
		return g
	}
	return " "
}
