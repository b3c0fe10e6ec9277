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
	m.nicks(flag)
	m.strangers(flag)
	m.honoured(flag)
	m.wholes(flag)
	m.holders(flag)
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
			if !m.strictKey(k) && !m.switched(k) {
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

// switched reports whether token k is the account that a command is run as, or that a sentence calls a user: "sudo -u mjones", "user mjones".
func (m *matcher) switched(k int) bool {
	if k == 0 || m.toks[k].letter != lower || m.toks[k].fe-m.toks[k].f < 3 {
		return false
	}
	switch m.gap(k) {
	case " ":
		if m.any(k-1, " user username login uid ") {
			return m.any(k-2, " as from by account ") && !m.any(k, " and or of to for in on at by with who that this id ids ")
		}
		return m.any(k-1, " u user ") && k > 1 && strings.HasSuffix(m.gap(k-1), "-") && m.any(k-2, " sudo su psql mysql chown runuser doas ssh crontab ")
	case "=":
		return m.any(k-1, " user ") && strings.HasSuffix(m.gap(k-1), "--")
	case " - ":
		return m.any(k-1, " su ")
	}
	return false
}

// nicks flags who speaks in a line of a chat's log: "<fatima> it is back".
func (m *matcher) nicks(flag func(s, e int, why string)) {
	for k := range m.toks {
		s := int(m.toks[k].s)
		if m.at(s-1) != '<' {
			continue
		}
		e := m.segment(s)
		if m.at(e) != '>' || m.at(e+1) != ' ' || !m.lineStart(k) || m.plainRun(s, e) || hexish(m.s[s:e]) || tags[strings.ToLower(m.s[s:e])] {
			continue
		}
		flag(s, e, "speaker")
	}
}

// tags are words that stand between angle brackets and are no people.
var tags = wordSet("html head body div span br hr img ul ol li table tr td th pre code script style form input button href nil null none empty anonymous unknown redacted")

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

// shortName reports whether token k is a given name of two letters before another capitalised word: "Bo Klein", "Li Wei".
func (m *matcher) shortName(k int) bool {
	t := &m.toks[k]
	return t.kind == kLetter && t.letter == title && !t.fixed && !m.known[k] && t.fe-t.f == 2 && m.any(k, " bo jo li al ed ty cy mo wu yu xi lu ng vu ") &&
		k+1 < len(m.toks) && m.gap(k+1) == " " && m.toks[k+1].letter == title && m.toks[k+1].kind == kLetter && !m.known[k+1]
}

// givenName reports whether token k is in the list of given names, which are in Latin letters.
func (m *matcher) givenName(k int) bool {
	if m.is(k, cGiven) {
		return true
	}
	if k < 0 || k >= len(m.toks) || m.s[m.toks[k].s] < 0x80 || m.toks[k].kind != kLetter {
		return false
	}
	return slices.ContainsFunc(variants(m.s[m.toks[k].s:m.toks[k].e]), func(v string) bool { return lex().words[v]&cGiven != 0 })
}

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
		if !m.nameLike(k) && !m.shortName(k) {
			continue
		}
		r := run{i: k, j: k + 1, words: 1, given: m.givenName(k) || m.shortName(k)}
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
		if r.why == withInitial {
			r.i--
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

// polite are words before an honorific that name nobody.
var polite = foldedWords("お客 客 皆 奥 神 王 各 患者 利用者 お疲れ お疲 疲れ ご苦労 苦労 旦那 お嬢 殿 仏 何 上 貴 同 彼 고객 선생 손 사용자 관리자 담당자 부장 사장 팀장 회장 과장 대표 교수 기사 의사 여러분 어머 아버 하느 하나 부모 형 누 아드 따")

// honorMarks follow the name of a person.
var honorMarks = foldedWords("様 さん さま 氏 님 씨 先生 女士 小姐 殿")

// honoured flags a name in a script without spaces by the honorific after it.
func (m *matcher) honoured(flag func(s, e int, why string)) {
	for k := 1; k < len(m.toks); k++ {
		if m.toks[k].kind != kWhole || m.toks[k-1].kind != kWhole || m.gap(k) != "" && !(m.gap(k) == " " && wholeScript(m.word(k)) == 'k') || !m.follows(k, honorMarks) {
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

// wholes flags a short word in a script without spaces that speaks or acts in a text of another script: "王伟 said so".
func (m *matcher) wholes(flag func(s, e int, why string)) {
	for i := 0; i < len(m.toks); i++ {
		if m.toks[i].kind != kWhole {
			continue
		}
		j := i + 1
		for j < len(m.toks) && m.toks[j].kind == kWhole && m.gap(j) == "" {
			j++
		}
		n, p := m.after(j), m.before(i)
		if j-i >= 2 && j-i <= 4 && !m.known[i] && (n >= 0 && m.toks[n].kind == kLetter && m.did(n, cSpeech|cAct) ||
			p >= 0 && m.any(p, " ask asked asking thanks thank cc ping pinged told met phoned called per with by ") && m.toks[p].kind == kLetter) {
			flag(int(m.toks[i].s), int(m.toks[j-1].e), "speaks")
		}
		i = j - 1
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
