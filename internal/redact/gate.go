package redact

import "strings"

// verdict is what becomes of a mention.
type verdict uint8

const (
	drop  verdict = iota // an ordinary word: it stays
	doubt                // redacted, and marked for review
	take                 // redacted
)

// decision is a verdict over tokens i to j.
type decision struct {
	i, j    int
	people  []int32
	verdict verdict
	why     string
}

// decide judges a chain (R13). A word that is surely a name is taken wherever it
// stands; one that may be a word, a product or a place has to pass the gate. What
// stays undecided is redacted: a leak is worse than a lost word.
func (m *matcher) decide(c chain) []decision {
	if c.parts > 1 {
		if v := m.fullGate(c); v != drop {
			return []decision{{c.i, c.j, c.people, v, "name"}}
		}
		var out []decision
		for _, h := range c.hits {
			out = append(out, m.decide(m.alone(h))...)
		}
		return out
	}
	if c.j < len(m.toks) && m.any(c.j, " t ") && m.toks[c.j].letter == lower && gapText(m.gap(c.j)) == "'" {
		return nil // "don't"
	}
	h := c.hits[0]
	best := decision{i: c.i, j: c.j, people: c.people}
	if c.strong {
		best.verdict, best.why = take, "name with an initial"
		return []decision{best}
	}
	var seen uint32
	for _, o := range h.f.occs {
		if seen&(1<<o.role) != 0 {
			continue
		}
		seen |= 1 << o.role
		if v, why := m.judge(c, h, o.role); v > best.verdict {
			best.verdict, best.why = v, why
		}
	}
	return []decision{best}
}

// alone is the chain of one hit.
func (m *matcher) alone(h hit) chain {
	return chain{i: h.i, j: h.j, hits: []hit{h}, people: h.f.people, parts: 1}
}

func (m *matcher) judge(c chain, h hit, r role) (verdict, string) {
	i, j := h.i, h.j
	if m.toks[i].kind == kWhole {
		return m.wholeGate(i, j, h.f, r)
	}
	switch r {
	case rInitials, rGuessed:
		return m.initialsGate(i, j, h.f, r == rGuessed), "initials"
	case rFull:
		return take, "name run together"
	case rHandle:
		if h.f.class == 0 && h.f.runes > 2 {
			return take, "handle"
		}
		return m.handleGate(i, j, h.f), "handle"
	case rLocal:
		if m.local(int(m.toks[i].s), int(m.toks[j-1].e)) || h.f.class == 0 && h.f.runes > 3 {
			return take, "e-mail address"
		}
		return drop, ""
	case rDerived:
		if h.f.runes < 9 && !h.f.sure && m.random(i) {
			return drop, ""
		}
		if h.f.runes > 4 || h.f.sure || m.placed(i, j) || m.coded(i, j) || m.cued(i) {
			return take, "login made from the name"
		}
		return drop, ""
	}
	if h.f.class == 0 && h.f.runes > 2 && (r != rSub || h.f.runes > 3) {
		if h.f.runes < 5 && m.random(i) {
			return drop, ""
		}
		return take, "part of a name"
	}
	return m.wordGate(i, j, h.f.class), "part of a name"
}

// random reports whether token i lies within a long random-looking string: mixed
// letters and digits without a word, such as an id in a URL.
func (m *matcher) random(i int) bool {
	s, e := int(m.toks[i].s), int(m.toks[i].e)
	if e-s != int(m.toks[i].fe-m.toks[i].f) {
		return false // decoded
	}
	for n := 0; n < 100 && s > 0 && (wordByte(m.s[s-1]) || m.s[s-1] == '-'); n++ {
		s--
	}
	for n := 0; n < 100 && e < len(m.s) && (wordByte(m.s[e]) || m.s[e] == '-'); n++ {
		e++
	}
	if e-s < 20 {
		return false
	}
	var low, up, dig int
	for _, c := range []byte(m.s[s:e]) {
		switch {
		case c-'a' < 26:
			low++
		case c-'A' < 26:
			up++
		case c-'0' < 10:
			dig++
		}
	}
	return dig > 1 && (up > 2 && low > 2 || dig*4 > e-s)
}

// fullGate judges several parts of one name together.
func (m *matcher) fullGate(c chain) verdict {
	lowers, ambiguous := 0, true
	for _, h := range c.hits {
		if h.f.class == 0 && h.f.runes > 2 {
			ambiguous = false
		}
		if m.toks[h.i].letter == lower && m.toks[h.i].kind == kLetter {
			lowers++
		}
	}
	last := c.hits[len(c.hits)-1]
	g := m.gap(last.i)
	if strings.HasPrefix(gapText(g), ",") {
		// "Last, First": the other order is a sentence.
		if !hasRole(last.f, rGiven) && !hasRole(last.f, rMiddle) || ambiguous && lowers > 0 {
			return drop
		}
	}
	if !ambiguous || g == "" || !strings.ContainsAny(g, " \n") {
		return take
	}
	switch {
	case lowers == 0 && !m.shouting(c.i):
		return take
	case lowers == 0:
		return doubt
	case lowers < len(c.hits):
		return drop
	}
	// All lower case and all ordinary words: "will grant".
	n, p := m.after(c.j), m.before(c.i)
	switch {
	case p >= 0 && m.any(p, " with by from per ask asked cc thanks said "), p >= 0 && m.any(p, " to ") && m.heard(p):
		return doubt
	case p >= 0 && (m.is(p, cDeterminer) || m.is(p, cModal) && !m.any(p, " is was are were ") || m.any(p, " we i you they he she it to who and not then please ")):
		return drop
	case n >= 0 && m.any(n, " a an the this these those our your access permission permissions you them us it to for read write all temporary "):
		return drop
	}
	return doubt
}

// ticked reports whether tokens i to j stand alone between backticks or quotes.
func (m *matcher) ticked(i, j int) bool {
	b, a := m.at(int(m.toks[i].s)-1), m.at(int(m.toks[j-1].e))
	return a == b && (a == '`' || a == '"' || a == '\'')
}

func hasRole(f *form, r role) bool {
	for _, o := range f.occs {
		if o.role == r {
			return true
		}
	}
	return false
}

// cued reports whether the word before i says that an account or a person follows.
func (m *matcher) cued(i int) bool {
	p := m.before(i)
	if p < 0 {
		return false
	}
	return m.is(p, cUserkey) && !m.any(p, " name names to from subject who lead point ic host mail editor ")
}

// handleGate judges a handle that is also a word.
func (m *matcher) handleGate(i, j int, f *form) verdict {
	c := f.class
	if m.placed(i, j) || m.cued(i) {
		return take
	}
	// A word that is this login and no name belongs to the login wherever text is a program's.
	if c&^(cEnglish|cPlace|cScience) == 0 && !f.named && (m.coded(i, j) || m.ticked(i, j)) {
		return doubt
	}
	p := m.before(i)
	if !f.named && p < 0 && m.after(j) < 0 && m.gap(i) != "" && m.gap(j) != "" && c&(cProduct|cService|cTech) == 0 {
		return doubt
	}
	if m.toks[i].letter == lower && p >= 0 && (m.is(p, cDeterminer|cModal) || m.any(p, " we i you they he she it who all team everyone and to not in high great no ")) && m.after(j) >= 0 {
		return drop
	}
	if lexWord := c&(cEnglish|cTech|cProduct|cService) != 0; lexWord && lex().words[string(m.word(i))]&(cEnglish|cTech|cProduct|cService|cGiven) != 0 {
		// A plain dictionary word, such as "max": as a given name would be.
		return m.wordGate(i, j, c)
	}
	return doubt
}

// wholeGate judges a name in a script without spaces.
func (m *matcher) wholeGate(i, j int, f *form, r role) (verdict, string) {
	n := j - i
	left := i > 0 && m.toks[i-1].e == m.toks[i].s && m.toks[i-1].kind == kWhole
	right := j < len(m.toks) && m.toks[j].s == m.toks[j-1].e && m.toks[j].kind == kWhole
	hangul := f.runes > 0 && m.hangul(i)
	if n == 1 {
		switch {
		case !left && !right:
			return take, "part of a name"
		case right && !left && r != rGiven && m.honorific(j):
			return take, "part of a name"
		case left && !right && m.any(i-1, " 老 小 阿 "):
			return take, "part of a name"
		}
		return drop, ""
	}
	if hangul && n == 2 && left && !(i > 0 && koreanSurnames[string(m.word(i-1))] != "") {
		return drop, ""
	}
	if hangul && n == 2 && right && !m.honorific(j) && !m.hangulParticle(j) {
		return doubt, "part of a name"
	}
	return take, "name"
}

func (m *matcher) hangul(i int) bool {
	r := firstRune(string(m.word(i)))
	return r >= 0xAC00 && r <= 0xD7A3
}

// honorifics of Chinese, Japanese and Korean; they follow a name.
var honorifics = foldedWords("さん さま くん ちゃん 様 氏 君 殿 先生 先輩 部长 部長 課長 课长 社長 总 总监 总经理 经理 工 哥 姐 老师 同学 女士 小姐 님 씨 군 양 선배 팀장 대리 과장 차장 부장 사원 매니저 이사 대표 형 언니 오빠 누나")

var hangulParticles = foldedWords("이가 가 이 은 는 을 를 의 에게 에 와 과 도 만 께서 한테 아 야 으로 로 랑 이랑 하고 까지 부터 보다 처럼 이나 나 이라 라")

func (m *matcher) honorific(j int) bool      { return m.follows(j, honorifics) }
func (m *matcher) hangulParticle(j int) bool { return m.follows(j, hangulParticles) }

// follows reports whether one of the folded words begins at token j.
func (m *matcher) follows(j int, words []string) bool {
	if j >= len(m.toks) {
		return false
	}
	rest := m.buf[m.toks[j].f:]
	for _, w := range words {
		if strings.HasPrefix(string(rest[:min(len(rest), 24)]), w) {
			return true
		}
	}
	return false
}

func foldedWords(s string) []string {
	var out []string
	for _, w := range strings.Fields(s) {
		out = append(out, joinFold(w))
	}
	return out
}
