package redact

import (
	"html"
	"strings"
	"unicode/utf8"
)

// entity decodes the HTML entity that s begins with, also one that was escaped twice.
func entity(s string) (string, int) {
	end := strings.IndexByte(s[:min(len(s), 40)], ';')
	if end < 0 || strings.IndexByte(s[1:end], '&') >= 0 {
		return "", 0
	}
	e := s[:end+1]
	if e == "&amp;" {
		if t, n := entity("&" + s[end+1:min(len(s), 40)]); n > 0 && s[end+1] != 'a' {
			return t, end + n
		}
	}
	if t := html.UnescapeString(e); t != e && t != "" {
		return t, end + 1
	}
	return "", 0
}

// escaped decodes the run of %XX (or =XX) bytes that makes one rune, also where
// the percent sign was escaped again.
func escaped(s string, mark byte) (string, int) {
	var b [4]byte
	want, at := 1, 0
	for k := 0; k < want; k++ {
		if at >= len(s) || s[at] != mark {
			return "", 0
		}
		at++
		for n := 0; n < 4 && mark == '%' && strings.HasPrefix(s[at:], "25") && at+4 <= len(s) && hexDigit(s[at+2]) >= 0 && hexDigit(s[at+3]) >= 0; n++ {
			at += 2
		}
		if at+2 > len(s) || hexDigit(s[at]) < 0 || hexDigit(s[at+1]) < 0 {
			return "", 0
		}
		b[k] = byte(hexDigit(s[at])<<4 | hexDigit(s[at+1]))
		at += 2
		if k == 0 {
			switch {
			case b[0] >= 0xF0:
				want = 4
			case b[0] >= 0xE0:
				want = 3
			case b[0] >= 0xC0:
				want = 2
			}
		}
	}
	if !utf8.Valid(b[:want]) {
		return "", 0
	}
	return string(b[:want]), at
}

// backslashed decodes \uXXXX (with surrogates), \xXX and \u{X}.
func backslashed(s string) (string, int) {
	at := 1
	for at < min(len(s), 8) && s[at] == '\\' { // escaped again
		at++
	}
	if at >= len(s) || s[at] != 'u' && s[at] != 'x' && s[at] != 'U' {
		return "", 0
	}
	width := map[byte]int{'u': 4, 'x': 2, 'U': 8}[s[at]]
	r, n := hexRune(s[at+1:], width)
	if n == 0 {
		return "", 0
	}
	at += 1 + n
	if r >= 0xD800 && r < 0xDC00 && at+1 < len(s) && s[at] == '\\' && s[at+1] == 'u' {
		if lo, m := hexRune(s[at+2:], 4); m > 0 && lo >= 0xDC00 && lo < 0xE000 {
			return string((r-0xD800)<<10 + (lo - 0xDC00) + 0x10000), at + 2 + m
		}
	}
	if !utf8.ValidRune(r) {
		return "", 0
	}
	return string(r), at
}

func hexRune(s string, width int) (rune, int) {
	if strings.HasPrefix(s, "{") {
		end := strings.IndexByte(s[:min(len(s), 9)], '}')
		if end < 2 {
			return 0, 0
		}
		r, n := hexRune(s[1:end], end-1)
		if n == 0 {
			return 0, 0
		}
		return r, end + 1
	}
	if len(s) < width {
		return 0, 0
	}
	var r rune
	for i := range width {
		d := hexDigit(s[i])
		if d < 0 {
			return 0, 0
		}
		r = r<<4 | rune(d)
	}
	return r, width
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// jamo composes the Hangul syllable that s begins with in conjoining letters.
func jamo(s string) (string, int) {
	var l, m, t rune
	l, a := utf8.DecodeRuneInString(s)
	m, b := utf8.DecodeRuneInString(s[a:])
	if m < 0x1161 || m > 0x1175 {
		return "", 0
	}
	n := a + b
	if r, c := utf8.DecodeRuneInString(s[n:]); r >= 0x11A8 && r <= 0x11C2 {
		t = r - 0x11A7
		n += c
	}
	return string(0xAC00 + ((l-0x1100)*21+(m-0x1161))*28 + t), n
}

// inlineTags are tags that may stand within a word.
var inlineTags = map[string]bool{"a": true, "b": true, "i": true, "u": true, "s": true, "em": true, "strong": true, "span": true, "wbr": true, "code": true,
	"mark": true, "small": true, "sub": true, "sup": true, "del": true, "ins": true, "font": true, "tt": true, "kbd": true, "bdi": true, "q": true, "samp": true, "abbr": true, "cite": true}

// bareTag is the length of the inline tag without attributes that s begins with, or 0.
func bareTag(s string) int {
	end := strings.IndexByte(s[:min(len(s), 12)], '>')
	if end < 2 {
		return 0
	}
	if inlineTags[strings.ToLower(strings.Trim(s[1:end], "/ "))] {
		return end + 1
	}
	return 0
}
