package redact

import "strings"

// wordGate judges a part of a name that may be an ordinary word, a product, a
// place, or that is only two letters long.
func (m *matcher) wordGate(i, j int, c class) verdict {
	letter := m.toks[i].letter
	if m.random(i) {
		return drop
	}
	thing := c&(cProduct|cService|cTech|cScience) != 0
	if m.placed(i, j) {
		if !thing || letter == title {
			return take
		}
		if m.at(int(m.toks[i].s)-1) == '@' {
			return doubt
		}
		// "user=jenkins", "/home/git": the account of a program.
		if c&(cService|cProduct) == 0 && (m.local(int(m.toks[i].s), int(m.toks[j-1].e)) || home(m.s[:m.toks[i].s]) || !m.any(i-1, " name names to from subject who lead point ic host mail ")) {
			return doubt
		}
		return drop
	}
	if m.coded(i, j) {
		return drop
	}
	if g := gapText(m.gap(j)); strings.HasPrefix(g, "'") && j < len(m.toks) && g == "'" {
		if m.any(j, " t ve ll d re m ") && m.toks[j].letter == lower {
			if m.any(j, " t ve ") || letter == lower {
				return drop
			}
			return take // "Hope'll look"
		}
	}
	if m.digits(j) && c&(cProduct|cTech|cCalendar) != 0 {
		return drop
	}
	if letter == upper && !m.shouting(i) && m.toks[i].fe-m.toks[i].f > 1 {
		return m.upperWord(i, j, c)
	}
	if letter != title {
		return m.lowerWord(i, j, c)
	}
	p := m.before(i)
	if p >= 0 && m.any(p, " the a an our your my their its his her each every another these those ") && !strings.HasPrefix(gapText(m.gap(j)), "'") {
		return drop
	}
	switch {
	case c&(cProduct|cScience) != 0:
		return m.productWord(i, j, c)
	case c&(cPlace|cCalendar) != 0:
		return m.placeWord(i, j, c)
	}
	return m.titleWord(i, j, c)
}

// digits reports whether a number or version follows at j.
func (m *matcher) digits(j int) bool {
	if j >= len(m.toks) {
		return false
	}
	if m.toks[j].kind == kDigit {
		g := m.gap(j)
		return g == " " || g == "-" || g == "@" || g == "/" || g == "="
	}
	return m.any(j, " v ") && j+1 < len(m.toks) && m.toks[j+1].kind == kDigit && m.gap(j+1) == ""
}

// possessive reports whether 's, or an apostrophe after an s, follows at j; n is the thing owned.
func (m *matcher) possessive(j int) (n int, ok bool) {
	g := gapText(m.gap(j))
	if g == "'" && m.any(j, " s ") {
		return m.after(j + 1), true
	}
	if strings.HasPrefix(g, "' ") && len(m.word(j-1)) > 0 && m.word(j - 1)[len(m.word(j-1))-1] == 's' {
		return j, true
	}
	return -1, false
}

// titleWord judges a capitalised ordinary word.
func (m *matcher) titleWord(i, j int, c class) verdict {
	if _, ok := m.possessive(j); ok {
		return take
	}
	p := m.before(i)
	if p >= 0 && m.is(p, cModal) && m.begins(p) {
		return take
	}
	if !m.begins(i) {
		if c&cTech != 0 && p >= 0 && m.any(p, " to at of from ") && !m.heard(p) {
			return drop
		}
		return take
	}
	n := m.after(j)
	if n < 0 {
		if m.gap(j) != "" && strings.Trim(m.gap(j), " .\n…") == "" && m.word(i-1) == nil {
			return doubt // the whole text is the word
		}
		return take
	}
	modal := m.is(i, cModal) && j == i+1
	switch {
	case m.known[n] && modal:
		return drop // "Will Priya join?"
	case m.known[n]:
		return take
	case m.any(n, " to ") && (modal || m.is(i, cAbstract)):
		return drop
	case m.any(n, " a an the this that these those it its them they you your we our us my me his her their all any each every both no one some for as into onto of down up out off over by if when how why what whether so not be i he she there another more most only "):
		if m.any(n, " up out over for ") && !modal && !m.is(i, cEnglish) {
			return doubt
		}
		return drop
	case m.any(n, " in on at with from "), m.any(n, " to ") && !m.is(i, cAbstract) && !modal:
		return doubt
	case m.any(n, " is was isn wasn "):
		return m.being(i, n)
	case m.any(n, " has had will would should could can must does did doesn didn won hasn wants needs "):
		return take
	case m.any(n, " and or plus "):
		if k := m.after(n + 1); k >= 0 && (m.known[k] || m.toks[k].letter == title && !m.is(k, cProduct|cTech|cPlace|cCalendar)) {
			return take
		}
		return drop
	case m.any(n, " please "):
		return take
	case m.did(n, cSpeech|cAct):
		return take
	case j == i+1 && m.any(i, functionWords):
		return drop // "On September 27", "In affected cases"
	case past(m.word(n)) && m.toks[n].letter == lower:
		if m.is(i, cDeterminer) && m.after(n+1) >= 0 {
			return drop // "An overloaded server"
		}
		return doubt
	case m.adverb(n):
		if k := m.after(n + 1); k >= 0 && !modal && (m.did(k, cSpeech|cAct) || past(m.word(k))) || k < 0 {
			return take
		} else if modal || k >= 0 && m.any(k, " the a an ") {
			return drop
		}
		return doubt
	case m.toks[n].letter != lower && !m.is(n, cProduct|cTech|cAcronym):
		return doubt
	}
	return drop
}

// functionWords begin sentences far more often than they are surnames.
const functionWords = " on in to at of for from by so as if or and but do go my an no we he up it is be or "

func (m *matcher) adverb(k int) bool {
	w := m.word(k)
	return len(w) > 3 && string(w[len(w)-2:]) == "ly" || m.any(k, " also just now then already still again never always soon too quickly once later first ")
}

// being judges a word before "is" or "was", which stands at n: "Hope is drafting"
// is a person, "Hope is not a strategy" is not.
func (m *matcher) being(i, n int) verdict {
	k := m.after(n + 1)
	if k >= 0 && m.any(k, " t ") || k < 0 && n+1 < len(m.toks) && m.any(n+1, " t ") {
		k = m.after(n + 2)
	}
	if k < 0 {
		return take
	}
	if m.any(k, " not ") {
		if q := m.after(k + 1); q >= 0 && m.any(q, " a an the enough ") {
			return drop
		}
		return doubt
	}
	if m.any(k, " a an the all that what ") {
		if m.is(i, cAbstract) {
			return drop
		}
		return doubt
	}
	if m.is(k, cSystem) && !m.is(k, cSpeech|cAct) {
		return doubt
	}
	return take
}

// heard reports whether what stands before the preposition p is something done
// with or to a person: "talked to", "according to", "handed over to".
func (m *matcher) heard(p int) bool {
	q := m.before(p)
	if q < 0 {
		return false
	}
	if m.any(q, " over back off on ") {
		if q = m.before(q); q < 0 {
			return false
		}
	}
	return m.any(q, ` talk talks talked talking speak speaks spoke speaking according hand hands handed handing handover assign assigned assigns reassigned escalate escalated
 waiting wait waits thanks kudos credit props call called mail mailed email emailed message messaged note question quote feedback listen listened belongs paired pair pairing
 agree agreed agrees checked sync synced met work works worked working report reported reports confirmed word reply replied answer delegated passed pass given gave wrote writes said says `)
}

// bracketed reports whether tokens i to j stand alone in brackets or in a table cell.
func (m *matcher) bracketed(i, j int) bool {
	b, a := strings.TrimRight(m.gap(i), " *_`\"'"), strings.TrimLeft(m.gap(j), " *_`\"'")
	return b != "" && a != "" && strings.IndexByte("([{|<", b[len(b)-1]) >= 0 && strings.IndexByte(")]}|>", a[0]) >= 0
}

// signed reports whether tokens i to j sign a line off: "-- Ana", "-AM".
func (m *matcher) signed(i, j int) bool {
	b := strings.TrimRight(m.gap(i), " *_")
	if i == 0 || b == "" || !strings.HasSuffix(b, "-") && !strings.HasSuffix(b, "—") && !strings.HasSuffix(b, "–") && !strings.HasSuffix(b, "~") {
		return false
	}
	if b[0] != ' ' && b[0] != '.' && b[0] != '!' && b[0] != '?' && b[0] != ')' && b[0] != '\n' && len(b) < 2 {
		return false
	}
	a := strings.Trim(m.gap(j), " .*_\"')")
	return a == "" && j >= len(m.toks) || strings.HasPrefix(a, "\n") || strings.HasPrefix(a, "<")
}

// speaker reports whether tokens i to j open a line and a colon or an arrow follows.
func (m *matcher) speaker(i, j int) bool {
	a := strings.TrimLeft(m.gap(j), " *_`)]\"")
	return m.begins(i) && a != "" && (a[0] == ':' && (len(a) == 1 || a[1] != '/' && a[1] != ':') || strings.HasPrefix(a, "> ") || strings.HasPrefix(a, "->") || strings.HasPrefix(a, "- ") || strings.HasPrefix(a, "– ") || strings.HasPrefix(a, "— "))
}

// placeWord judges a capitalised place, month or day.
func (m *matcher) placeWord(i, j int, c class) verdict {
	p, n := m.before(i), m.after(j)
	if m.listed(i, j) {
		return take
	}
	if m.among(i, j, cPlace|cCalendar) {
		return drop
	}
	if c&cPlace != 0 && (n >= 0 && (m.toks[n].letter != lower && m.is(n, cPlace) || m.any(n, " us eu uk usa coast ")) || p >= 0 && m.toks[p].letter != lower && m.is(p, cPlace)) {
		return drop
	}
	if i > 0 && m.toks[i-1].kind == kDigit && c&cCalendar != 0 && blank(m.gap(i)) {
		return drop
	}
	if p >= 0 && m.any(p, " in near since until till across throughout during early late mid last next this outside around through ") && !(n >= 0 && m.did(n, cSpeech)) {
		return drop
	}
	if p >= 0 && c&cCalendar != 0 && m.any(p, " from to by on of for before after ") && !m.heard(p) && !(m.any(p, " by ") && m.is(m.before(p), cPassive)) && !m.is(n, cSpeech) {
		return drop
	}
	if owned, ok := m.possessive(j); ok {
		if owned >= 0 && m.is(owned, cSystem) && !m.is(owned, cHuman) {
			return drop
		}
		return doubt
	}
	if n >= 0 {
		switch {
		case m.toks[n].kind == kDigit, m.any(n, " office datacenter datacentre customers edge pop site sites city area time traffic users offices airport university street "):
			return drop
		case m.any(n, " is was ") && m.is(n+1, cSystem), m.is(n, cSystem) && !m.did(n, cSpeech|cAct):
			return drop
		}
	}
	if c&(cEnglish|cTech) != 0 && m.begins(i) {
		return m.titleWord(i, j, c)
	}
	return doubt
}

// upperWord judges an ordinary word in capitals among lower-case text: mostly a
// keyword of a query or an acronym.
func (m *matcher) upperWord(i, j int, c class) verdict {
	n := m.after(j)
	switch {
	case n >= 0 && m.begins(i) && c&cTech == 0 && m.toks[n].letter == lower && (m.did(n, cSpeech) || m.did(n, cAct) && !m.is(n, cModal) && m.object(n)):
		return doubt
	case m.signed(i, j):
		return take
	case m.speaker(i, j), m.bracketed(i, j):
		return doubt
	case m.before(i) >= 0 && m.any(m.before(i), " ask cc thanks thx ping pinged hi hey per "):
		return doubt
	}
	return drop
}

// lowerWord judges an ordinary word in lower case, or any in a line of capitals:
// it is a name only where the words around it say so.
func (m *matcher) lowerWord(i, j int, c class) verdict {
	p, n := m.before(i), m.after(j)
	thing := c&(cProduct|cService|cScience) != 0
	if p >= 0 && m.is(p, cDeterminer) {
		return drop
	}
	if _, ok := m.possessive(j); ok {
		if thing || c&cTech != 0 {
			return drop
		}
		return doubt
	}
	if m.signed(i, j) && c&cTech == 0 {
		return doubt
	}
	if !thing && m.speaker(i, j) && strings.HasPrefix(m.gap(j), ": ") && !m.is(i, cTech|cUserkey) && m.lineStart(i) && (n < 0 || m.toks[n].kind != kDigit) {
		return doubt
	}
	if p >= 0 && m.any(p, " ask asked cc thanks thx ty hi hey ping pinged poke tell told ") && (m.ended(j) || n >= 0 && (m.any(n, " to if about for and whether when he she ") || m.did(n, cSpeech))) {
		if thing && !m.any(p, " ask asked thanks thx cc hi hey ") {
			return drop
		}
		return doubt
	}
	if !thing && c&cTech == 0 && strings.HasPrefix(m.gap(j), ",") {
		// Somebody is spoken to: "ok rich, go ahead", "rich, can you look?"
		if p >= 0 && m.any(p, " ok okay yo yes no sure morning sorry ") || m.lineStart(i) && j < len(m.toks) && m.any(j, " can could please you would will are ") {
			return doubt
		}
	}
	if p >= 0 && !thing && m.any(p, " to with from for ") && m.heard(p) && (m.ended(j) || n >= 0 && m.any(n, " about and to if who that before after ")) {
		return doubt
	}
	if p >= 0 && m.any(p, " by ") && m.ended(j) && !thing && c&cTech == 0 {
		if q := m.before(p); q >= 0 && m.is(q, cPassive) {
			return doubt
		}
	}
	if n >= 0 && (m.begins(i) || p >= 0 && m.any(p, " and that said ")) && !thing {
		switch {
		case m.did(n, cSpeech) && (c&cTech == 0 || m.any(n, " says said asks asked wants thinks acked ")):
			return doubt
		case m.any(n, " is was ") && m.after(n+1) >= 0 && (m.did(n+1, cSpeech|cAct) && participle(m.word(n+1)) || m.any(n+1, " on ") && m.any(n+2, " it call point this that ")):
			return doubt
		case m.did(n, cAct) && m.object(n) && c&cTech == 0 && !m.is(n, cModal) && past(m.word(n)):
			return doubt
		}
	}
	if m.listedLower(i, j) {
		return doubt
	}
	return drop
}

// lineStart reports whether token i opens its line, but for a time stamp.
func (m *matcher) lineStart(i int) bool {
	for ; i > 0; i-- {
		if strings.Contains(m.gap(i), "\n") {
			return true
		}
		if m.toks[i-1].kind != kDigit && !m.any(i-1, " utc z t ") {
			return false
		}
	}
	return true
}

// listedLower reports whether a lower-case word stands beside a person in a list
// with nothing but commas, slashes or "and" between.
func (m *matcher) listedLower(i, j int) bool {
	a, b := m.neighbour(i, -1), m.neighbour(j, 1)
	near := func(k int) bool {
		return k >= 0 && m.known[k] && m.toks[k].letter == lower && m.toks[k].kind == kLetter
	}
	return near(a) && m.ended(j) || near(b) && (m.begins(i) || m.before(i) < 0)
}
