package redact

import (
	"slices"
	"strings"
)

// unknown finds people whom the roster does not know (R13): addresses, mentions,
// home folders and accounts, and capitalised words where people are named. A
// given name by itself is no evidence: too many programs have one.
func (m *matcher) unknown(known []Span, addrs []address) []Span {
	var out []Span
	flag := func(s, e int, why string) {
		n, _ := slices.BinarySearchFunc(known, s, func(k Span, s int) int { return k.End - s - 1 })
		if n < len(known) && known[n].Start < e {
			return
		}
		out = append(out, Span{Start: s, End: e, Why: why, Review: true})
	}
	for _, a := range addrs {
		if why := m.stranger(a); why != "" {
			flag(a.start, a.end, why)
		}
	}
	m.accounts(flag)
	m.strangers(flag)
	m.honoured(flag)
	return merge(out)
}

// plainClass is what makes a word one that needs no flag.
const plainClass = cEnglish | cProduct | cScience | cCalendar | cPlace | cTech | cAcronym | cService | cSystem | cRole | cTitle | cDevice

// plain reports whether token k is a word of the lexicon.
func (m *matcher) plain(k int) bool {
	w := m.word(k)
	if m.toks[k].kind == kDigit || len(w) < 2 {
		return true
	}
	return lex().of(w)&plainClass != 0
}

// plainRun reports whether s..e holds words of the lexicon only.
func (m *matcher) plainRun(s, e int) bool {
	k, _ := slices.BinarySearchFunc(m.toks, s, func(t token, s int) int { return int(t.s) - s })
	for ; k < len(m.toks) && int(m.toks[k].e) <= e; k++ {
		if !m.plain(k) {
			return false
		}
	}
	return true
}

// teamish are pieces of names of accounts that several people share.
var teamish = strings.Fields("status bot support team devops infra oncall on-call security official helpdesk news alert notif noreply no-reply donotreply service system admin")

// stranger says why an address is of an unknown person, or "".
func (m *matcher) stranger(a address) string {
	local := strings.ToLower(m.s[a.local[0]:a.local[1]])
	if a.kind == aChat {
		return "chat id"
	}
	if a.kind == aMention && !m.mentionable(a) {
		return ""
	}
	for _, t := range teamish {
		if strings.Contains(local, t) {
			return ""
		}
	}
	numbered := a.kind == aMention && len(local) > 6 && local[len(local)-1]-'0' < 10 && local[len(local)-2]-'0' < 10
	if m.plainRun(a.local[0], a.local[1]) && !numbered || !strings.ContainsFunc(local, isLetter) {
		return ""
	}
	switch a.kind {
	case aMail:
		return "e-mail address"
	case aLogin:
		host := m.s[a.end+1:]
		if host == "" || host[0]-'0' < 10 && !sshLike(m.s[:a.start]) || strings.HasPrefix(host, "sha") {
			return ""
		}
		return "login"
	}
	return "mention"
}

// mentionable reports whether a mention is one, and not a decorator, a package
// scope or a version.
func (m *matcher) mentionable(a address) bool {
	name := m.s[a.local[0]:a.local[1]]
	if m.at(a.end) == '/' && m.at(a.end+1) != ' ' || m.at(a.end) == '(' || name[0]-'0' < 10 {
		return false
	}
	return len(name) > 2
}

func isLetter(r rune) bool { return foldRune(r).kind >= kLetter && foldRune(r).kind != kDigit }

// accounts flags home folders, account pages and values of user keys.
func (m *matcher) accounts(flag func(s, e int, why string)) {
	for k := range m.toks {
		t := &m.toks[k]
		if t.kind == kDigit || t.fe-t.f < 2 && t.kind == kLetter || t.s == 0 || k > 0 && m.toks[k-1].e == t.s {
			continue
		}
		s := int(t.s)
		switch m.s[s-1] {
		case '/', '\\', '~', '@':
		case '=', '"', ':', '\'', ' ':
			if !m.strictKey(k) {
				continue
			}
			e := m.segment(s)
			if !m.plainRun(s, e) && !hexish(m.s[s:e]) && !strings.ContainsAny(m.s[s:e], "/") {
				flag(s, e, "value of a user key")
			}
			continue
		default:
			continue
		}
		e := m.segment(s)
		switch {
		case home(m.s[:s]):
			if m.s[s-1] == '~' && m.at(e) != '/' && m.at(e) != '\\' {
				continue
			}
			if !m.plainRun(s, e) && !strings.HasPrefix(m.s[s:], "...") {
				flag(s, e, "home folder")
			}
		case m.profile(s):
			if !m.plainRun(s, e) && e-s > 2 && !strings.Contains(m.s[s:e], ".") && !m.any(k, " orgs apps enterprises marketplace topics collections ") {
				flag(s, e, "account page")
			}
		}
	}
}

// segment is the end of the identifier that begins at s.
func (m *matcher) segment(s int) int {
	e := s
	for e < len(m.s) && (wordByte(m.s[e]) || m.s[e] == '-' || m.s[e] == '.' && wordByte(m.at(e+1))) {
		e++
	}
	return e
}

// strictKey reports whether token k is the value of a key that can only name an
// account, written without blanks as a program does.
func (m *matcher) strictKey(k int) bool {
	if k == 0 || !m.any(k-1, " user username usr login owner author assignee reporter uid actor account reviewer committer requester approver artist cn principal ") {
		return false
	}
	g := m.gap(k)
	return g == "=" || g == "=\"" || g == "\":\"" || g == "\": \"" || g == "='" || (g == ": " || g == " \"") && m.toks[k].letter == lower && !m.any(k-1, " account artist author ")
}

// hexish reports whether s looks like an id rather than a name.
func hexish(s string) bool {
	digits := 0
	for i := range len(s) {
		if s[i]-'0' < 10 {
			digits++
		}
	}
	return digits*2 >= len(s)
}

// nameLike reports whether token k could be part of a name by its looks: a
// capitalised word that the lexicon does not know.
func (m *matcher) nameLike(k int) bool {
	if k < 0 || k >= len(m.toks) {
		return false
	}
	t := &m.toks[k]
	if t.kind != kLetter || t.fixed || m.known[k] || t.letter == lower {
		return false
	}
	if t.fe-t.f < 3 || t.letter == upper && !m.shouting(k) {
		return false
	}
	return lex().of(m.word(k))&plainClass == 0
}

// givenName reports whether token k is in the list of given names.
func (m *matcher) givenName(k int) bool { return m.is(k, cGiven) }

// run is a row of name-like tokens.
type run struct {
	i, j  int
	given bool
	words int
	why   string
}

// strangers flags capitalised words where a person is named.
func (m *matcher) strangers(flag func(s, e int, why string)) {
	var runs []run
	for k := 0; k < len(m.toks); k++ {
		if !m.nameLike(k) {
			continue
		}
		r := run{i: k, j: k + 1, words: 1, given: m.givenName(k)}
		for {
			n := r.j
			if n < len(m.toks) && m.after(n) == n && particles[string(m.word(n))] && m.toks[n].letter == lower && !m.any(n, " i a the of y e op in ") {
				n++
			}
			if n+1 < len(m.toks) && m.any(n, " mc mac o de di la le ") && m.gap(n+1) == "" && m.toks[n+1].letter == title && m.gap(n) == " " {
				r.j, r.words = n+2, r.words+1 // McLeod
				continue
			}
			if n >= len(m.toks) || !m.nameLike(n) && !(m.surname(n, r) && m.after(n) == n) {
				break
			}
			g := gapText(m.gap(n))
			if g != " " && g != "-" && g != "'" {
				break
			}
			if g == " " {
				r.words++
			}
			r.given = r.given || m.givenName(n)
			r.j = n + 1
		}
		k = r.j - 1
		if m.coded(r.i, r.j) {
			continue
		}
		r.why = m.evidence(r)
		runs = append(runs, r)
	}
	// A neighbour in a list of people is a person too.
	for n := range len(runs) * 2 {
		a := n
		if n >= len(runs) { // and back
			a = 2*len(runs) - 1 - n
		}
		for _, b := range []int{a - 1, a + 1} {
			if b < 0 || b >= len(runs) || runs[a].why != "" || runs[b].why == "" {
				continue
			}
			if m.neighbour(runs[a].j, 1) == runs[b].i || m.neighbour(runs[b].j, 1) == runs[a].i {
				runs[a].why = "beside a person"
			}
		}
	}
	for _, r := range runs {
		if r.why == "" {
			continue
		}
		flag(int(m.toks[r.i].s), int(m.toks[r.j-1].e), r.why)
		if r.why == "signature" {
			continue
		}
		// "Wren and Tobias": what stands beside a person, with a capital, is one as well.
		for _, k := range []int{m.neighbour(r.i, -1), m.neighbour(r.j, 1)} {
			if k >= 0 && m.toks[k].letter == title && m.toks[k].fe-m.toks[k].f > 2 && m.toks[k].kind == kLetter && !m.known[k] &&
				!m.coded(k, k+1) && !m.is(k, cDeterminer|cProduct|cTech|cRole|cSystem|cService|cCalendar|cPlace|cTitle|cModal) {
				flag(int(m.toks[k].s), int(m.toks[k].e), "beside a person")
			}
		}
	}
}

// aside is the token after a short remark in brackets that begins at j, else j:
// "Emeka (AWS TAM) joined".
func (m *matcher) aside(j int) int {
	if j >= len(m.toks) || m.gap(j) != " (" {
		return j
	}
	for k := j + 1; k < len(m.toks) && k < j+6; k++ {
		if g := m.gap(k); g == ") " {
			return k
		} else if !blank(g) && g != "" {
			break
		}
	}
	return j
}

// surname reports whether token n, an ordinary word in capitals, may end a name
// that began with a given name: "Ottilie Baker".
func (m *matcher) surname(n int, r run) bool {
	t := &m.toks[n]
	if !r.given || t.kind != kLetter || t.letter != title || m.known[n] || t.fe-t.f < 3 {
		return false
	}
	return lex().of(m.word(n))&(cProduct|cCalendar|cTech|cSystem|cService|cAcronym) == 0
}

// evidence says why a run is a person, or "".
func (m *matcher) evidence(r run) string {
	p, n := m.before(r.i), m.after(r.j)
	if k := m.aside(r.j); k > r.j {
		n = k
	}
	latin := m.s[m.toks[r.i].s] < 0x80
	shout := m.toks[r.i].letter == upper
	if i := r.i; i > 0 && m.is(i-1, cTitle) && m.toks[i-1].letter != lower && (m.gap(i) == " " || m.gap(i) == ". ") {
		return "title"
	}
	if p >= 0 && m.is(p, cDeterminer) && !r.given {
		return ""
	}
	switch {
	case r.words > 1 && (r.given || !latin || !m.begins(r.i)):
		return "two capitalised words"
	case r.words > 1 && n >= 0 && (m.did(n, cSpeech|cAct) || m.any(n, " is was from at ")):
		return "two capitalised words"
	case p >= 0 && m.is(p, cRole) && (r.given || !m.any(p, " customer client vendor partner supplier tenant host user tester lead contact intern guest ")):
		return "role before a name"
	case p >= 0 && m.any(p, " with to from ") && m.heard(p):
		return "spoken to"
	case p >= 0 && m.any(p, " ask asked asking thanks thank cc ping pinged hi hey hello dear tell told met meet phoned called kudos per ") && (r.given || m.any(p, " ask asked ping pinged dear phoned told hi hey ")):
		return "spoken to"
	case p >= 0 && m.any(p, " by ") && r.given && (m.is(m.before(p), cPassive) || m.ended(r.j)):
		return "done by"
	case p >= 0 && m.any(p, " said says ") && m.ended(r.j):
		return "speaks"
	}
	if n >= 0 {
		switch {
		case m.any(n, " from at "):
			if k := m.after(n + 1); k >= 0 && (r.given || m.any(n, " from ")) && (m.any(k, " the our their your a an ") || m.toks[k].letter != lower || m.is(k, cHuman|cRole|cService)) && (r.given || !m.is(k, cPlace)) {
				return "somebody from somewhere"
			}
		case m.any(n, " on ") && m.any(n+1, " the ") && m.any(n+2, " phone line call bridge "):
			return "on the phone"
		case m.did(n, cSpeech) && (r.given || m.any(n, " says said asks asked joined joins called phoned rang wrote writes replied replies thinks thought wants wanted confirmed agrees agreed answered answers suggested suggests insists complained asking calling typing acked tells told offered ")):
			return "speaks"
		case r.given && m.did(n, cAct) && !m.is(n, cModal) && (m.object(n) || participle(m.word(n))):
			return "acts"
		case r.given && m.any(n, " is was ") && m.did(n+1, cSpeech|cAct) && participle(m.word(n+1)):
			return "acts"
		case r.given && m.any(n, " will has wants needs ") && m.after(n+1) >= 0 && m.toks[n+1].letter == lower && !m.is(n+1, cSystem):
			return "acts"
		case r.given && m.any(n, " and ") && m.nameLike(n+1) && m.givenName(n+1):
			return "two given names"
		}
	}
	if owned, ok := m.possessive(r.j); ok && r.given && owned >= 0 && m.is(owned, cHuman) {
		return "somebody's"
	}
	if m.apposed(r.j) {
		return "name with a role"
	}
	if !shout && (m.signed(r.i, r.j) || r.i > 0 && m.any(r.i-1, " regards cheers sincerely thanks greetings wishes best kind ") && strings.ContainsAny(m.gap(r.i), ",\n")) {
		return "signature"
	}
	if r.given && (m.speaker(r.i, r.j) && m.lineStart(r.i) || m.bracketed(r.i, r.j)) {
		return "speaker"
	}
	if r.given && (m.listed(r.i, r.j) || shout) {
		return "beside a person"
	}
	return ""
}

// apposed reports whether a role follows at j: ", their CEO", " (vendor)".
func (m *matcher) apposed(j int) bool {
	g := m.gap(j)
	if g != ", " && g != " (" {
		return false
	}
	k := j
	for n := 0; n < 3 && k < len(m.toks); n++ {
		if m.is(k, cRole) {
			return true
		}
		if n == 0 && !m.any(k, " their our the its a an his her your former new head chief senior lead account customer support product field sales network ") || m.after(k+1) < 0 ||
			m.toks[k].letter == lower && !m.plain(k) {
			return false
		}
		k++
	}
	return false
}

// polite are words before an honorific that name nobody.
var polite = foldedWords("お客 客 皆 奥 神 王 各 患者 利用者 お疲れ お疲 疲れ ご苦労 苦労 旦那 お嬢 殿 仏 何 上 貴 同 彼 고객 선생 손 사용자 관리자 담당자 부장 사장 팀장 회장 과장 대표 교수 기사 의사 여러분 어머 아버 하느 하나 부모 형 누 아드 따")

// honorMarks follow the name of a person.
var honorMarks = foldedWords("様 さん さま 氏 님 씨 先生 女士 小姐 殿")

// honoured flags a name in a script without spaces by the honorific after it.
func (m *matcher) honoured(flag func(s, e int, why string)) {
	for k := 1; k < len(m.toks); k++ {
		if m.toks[k].kind != kWhole || m.toks[k-1].kind != kWhole || m.gap(k) != "" || !m.follows(k, honorMarks) {
			continue
		}
		i := k - 1
		kind := wholeScript(m.word(i))
		for i > 0 && k-i < 4 && m.toks[i-1].kind == kWhole && m.gap(i) == "" && wholeScript(m.word(i-1)) == kind {
			i--
		}
		if kind == 'h' || m.known[k-1] {
			continue
		}
		name := string(m.buf[m.toks[i].f:m.toks[k-1].fe])
		if k-i < 2 && kind != 'c' || hasSuffixOf(name, polite) || m.follows(k, foldedWords("様子 様々 様式 様な 様に 씨앗")) {
			continue
		}
		flag(int(m.toks[i].s), int(m.toks[k-1].e), "honorific")
	}
}

// wholeScript tells Han (c), Hangul (k) and kana (h) apart; katakana is folded to
// hiragana, so names in kana are not found this way.
func wholeScript(w []byte) byte {
	switch r := firstRune(string(w)); {
	case r >= 0xAC00 && r <= 0xD7A3:
		return 'k'
	case r >= 0x3041 && r <= 0x309F || r == 'ー':
		return 'h'
	}
	return 'c'
}

func hasSuffixOf(s string, ends []string) bool {
	for _, e := range ends {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}
