package redact

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// word is the folded token k, empty outside the text.
func (m *matcher) word(k int) []byte {
	if k < 0 || k >= len(m.toks) {
		return nil
	}
	return m.buf[m.toks[k].f:m.toks[k].fe]
}

// is reports whether token k is one word of the class.
func (m *matcher) is(k int, c class) bool {
	w := m.word(k)
	return len(w) > 0 && lex().words[string(w)]&c != 0
}

// any reports whether token k is one of the words, given with blanks around each.
func (m *matcher) any(k int, words string) bool {
	w := m.word(k)
	if len(w) == 0 {
		return false
	}
	i := strings.Index(words, " "+string(w)+" ")
	return i >= 0
}

// gap is the original between tokens k-1 and k; at the ends what is before the
// first and after the last.
func (m *matcher) gap(k int) string {
	from, to := 0, len(m.s)
	if k > 0 {
		from = int(m.toks[k-1].e)
	}
	if k < len(m.toks) {
		to = int(m.toks[k].s)
	}
	return m.s[from:to]
}

// before is the token before k if nothing but blanks is between, else -1.
func (m *matcher) before(k int) int {
	if k > 0 && blank(m.gap(k)) {
		return k - 1
	}
	return -1
}

// after is the token that begins at j if nothing but blanks is before it, else -1.
func (m *matcher) after(j int) int {
	if j < len(m.toks) && blank(m.gap(j)) {
		return j
	}
	return -1
}

func blank(g string) bool {
	if g == " " {
		return true
	}
	if g == "" || len(g) > 20 {
		return false
	}
	g = gapText(g)
	return g != "" && strings.Trim(g, " \n*_~`\">") == "" && strings.Count(g, "\n") < 2
}

// at is the byte at i, 0 outside the text.
func (m *matcher) at(i int) byte {
	if i < 0 || i >= len(m.s) {
		return 0
	}
	return m.s[i]
}

// begins reports whether token i may begin a sentence: at the start of the text,
// a line, a cell or a quotation, after a full stop, a colon, a bullet or a time.
func (m *matcher) begins(i int) bool {
	for i > 0 {
		g := m.gap(i)
		if strings.ContainsAny(g, "\n!?;:|>([\"“„«{]—–…•<`") || strings.Contains(g, ". ") || strings.Contains(g, "- ") {
			return true
		}
		if strings.ContainsAny(g, "*#") && strings.Contains(g, " ") {
			return true
		}
		p := i - 1
		if m.toks[p].kind == kDigit || m.any(p, " utc gmt cet cest est pst z t ") && p > 0 && m.toks[p-1].kind == kDigit {
			i = p // a time stamp
			continue
		}
		return false
	}
	return true
}

// ended reports whether the sentence, clause or cell ends after token j-1.
func (m *matcher) ended(j int) bool {
	g := m.gap(j)
	return j >= len(m.toks) || strings.ContainsAny(g, ".,;:!?)]|/\n—–>}\"") || strings.Contains(g, " -")
}

// shouting reports whether the line of token i is in capitals throughout.
func (m *matcher) shouting(i int) bool {
	words := 0
	check := func(k int) bool {
		if m.toks[k].kind != kLetter || m.toks[k].fe-m.toks[k].f < 2 {
			return true
		}
		if m.toks[k].letter != upper {
			return false
		}
		words++
		return true
	}
	for k := i - 1; k >= 0 && k > i-40 && !strings.Contains(m.gap(k+1), "\n"); k-- {
		if !check(k) {
			return false
		}
	}
	for k := i + 1; k < len(m.toks) && k < i+40 && !strings.Contains(m.gap(k), "\n"); k++ {
		if !check(k) {
			return false
		}
	}
	return words >= 2
}

// coded reports whether tokens i to j are part of an identifier, a path, a host
// name, a flag or a call, where an ordinary word is itself and no name.
func (m *matcher) coded(i, j int) bool {
	s, e := int(m.toks[i].s), int(m.toks[j-1].e)
	b, a := m.at(s-1), m.at(e)
	if i > 0 && m.toks[i-1].e == m.toks[i].s && m.toks[i-1].kind != kWhole || j < len(m.toks) && m.toks[j].s == m.toks[j-1].e && m.toks[j].kind != kWhole {
		return true
	}
	switch b {
	case '/', '\\':
		if !m.spokenList(i-1, i) {
			return true
		}
	case '_', '$', '#', '=', '%', '&':
		if !(b == '_' && a == '_') && !(b == '#' && i == 0) {
			return true
		}
	case '.':
		if s > 1 && wordByte(m.s[s-2]) {
			return true
		}
	case '-':
		if wordByte(m.at(s-2)) || m.toks[i].letter == lower && (m.at(s-2) == '-' || m.at(s-2) == ' ') {
			return true
		}
	case ':':
		if wordByte(m.at(s - 2)) {
			return true
		}
	}
	next := m.at(e + 1)
	switch a {
	case '/', '\\':
		// "Grace/fix-login", a branch, rather than a folder.
		branch := a == '/' && m.toks[i].letter == title && (b == 0 || b == ' ') && lex().of(m.word(i))&(cProduct|cTech|cSystem|cPlace) == 0
		escape := a == '\\' && b != '\\' && strings.IndexByte("nrt\"'", next) >= 0
		return !branch && !escape && !m.spokenList(j-1, j)
	case '_', '=':
		return !(b == '_' && a == '_')
	case '(':
		return true
	case '.', ':':
		return wordByte(next) && !(a == ':' && m.toks[i].letter != lower)
	case '-':
		return wordByte(next)
	}
	return false
}

// spokenList reports whether tokens k and n, with a slash between, read as two
// people rather than as a path.
func (m *matcher) spokenList(k, n int) bool {
	if k < 0 || n >= len(m.toks) || m.gap(n) != "/" {
		return false
	}
	capital := func(k int) bool {
		return m.toks[k].letter != lower || m.toks[k].kind == kWhole || uncased(firstRune(string(m.word(k))))
	}
	return capital(k) && capital(n)
}

func wordByte(c byte) bool {
	return c-'a' < 26 || c-'A' < 26 || c-'0' < 10 || c == '_' || c >= utf8.RuneSelf
}

// did reports whether token k is a verb whose subject is one person: past, third
// person or progressive; speech narrows it to what only people do.
func (m *matcher) did(k int, only class) bool {
	w := m.word(k)
	if len(w) < 2 || !m.is(k, only) {
		return false
	}
	switch string(w[len(w)-1:]) {
	case "s":
		return true
	}
	return past(w) || participle(w) || m.any(k, irregular)
}

const irregular = ` said wrote thought knew rang spoke told understood saw sent set put took threw undid went woke found gave got had did made left lost ran sat stood
 began broke brought built kept held shut drove fell grew led met read chose caught will would should could can must might gonna wanna asleep awake away afk tired sick skeptical `

// neighbour is the token on the other side of a comma, slash, plus or conjunction
// after j (dir 1) or before i (dir -1); -1 if there is none.
func (m *matcher) neighbour(k, dir int) int {
	if dir > 0 {
		if k >= len(m.toks) {
			return -1
		}
		if g := m.gap(k); g == ", " || g == "/" || g == " / " || g == " & " || g == "," || g == " + " || g == "+" {
			if m.any(k, " and or ") {
				return m.after(k + 1)
			}
			return k
		}
		if n := m.after(k); n >= 0 && m.any(n, " and or und et y e и ") {
			return m.after(n + 1)
		}
		return -1
	}
	if k <= 0 {
		return -1
	}
	if g := m.gap(k); g == ", " || g == "/" || g == " / " || g == " & " || g == "," || g == " + " || g == "+" {
		return k - 1
	}
	if p := m.before(k); p >= 0 && m.any(p, " and or und et y e и ") {
		if g := m.gap(p); g == ", " {
			return p - 1
		}
		return m.before(p)
	}
	return -1
}

// listed reports whether a neighbour in a list is a person of the roster.
func (m *matcher) listed(i, j int) bool {
	a, b := m.neighbour(i, -1), m.neighbour(j, 1)
	return a >= 0 && m.known[a] || b >= 0 && m.known[b]
}

// other reports whether tokens k and i may be two different people of the roster.
func (m *matcher) other(k, i int) bool {
	a, b := m.hitAt(k), m.hitAt(i)
	return a != nil && b != nil && a.named && b.named && !slices.ContainsFunc(a.people, func(p int32) bool { return slices.Contains(b.people, p) })
}

// among reports whether a neighbour in a list is a word of the class and no person.
func (m *matcher) among(i, j int, c class) bool {
	a, b := m.neighbour(i, -1), m.neighbour(j, 1)
	like := func(k int) bool {
		return k >= 0 && !m.known[k] && m.toks[k].letter != lower && m.is(k, c) && !m.other(k, i)
	}
	return like(a) || like(b)
}
