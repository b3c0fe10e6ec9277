package redact

import "strings"

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
	case p >= 0 && m.any(p, " by per thx thanks kudos ") && (m.ended(r.j) || m.any(n, " at on in after because ")):
		return "done by"
	case p >= 0 && m.any(p, " for on ") && m.any(m.before(p), " waiting wait waits waited counting relying ") && (m.any(n, " to ") || m.ended(r.j)):
		return "waited for"
	case r.i > 0 && m.gap(r.i) == ", " && m.is(r.i-1, cRole) && strings.HasPrefix(m.gap(r.j), ","):
		return "name with a role"
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
	if r.words == 1 && m.initialled(r.i) {
		return withInitial
	}
	if r.given && m.loose(r) {
		return "given name"
	}
	return ""
}

// withInitial is why a run is a person whose first name is an initial before it.
const withInitial = "initial and name"

// initialled reports whether an initial stands before token i, and nothing that makes it more than one: "J. Abernathy", not "U.S. Steel".
func (m *matcher) initialled(i int) bool {
	if i == 0 || m.gap(i) != ". " || m.toks[i-1].kind != kLetter || m.toks[i-1].letter == lower || m.toks[i-1].e-m.toks[i-1].s != 1 {
		return false
	}
	return i == 1 || m.toks[i-2].e < m.toks[i-1].s && !strings.HasSuffix(m.gap(i-1), ".")
}

// loose reports whether a given name by itself stands as a person does: not as the name of a thing, which has an article, a kind of system or
// a number beside it.
func (m *matcher) loose(r run) bool {
	if m.toks[r.i].letter != title || r.words != 1 {
		return false
	}
	p, n := m.before(r.i), m.after(r.j)
	if p >= 0 && (m.is(p, cDeterminer|cProduct|cTech|cSystem|cService|cDevice) || m.is(p, cPlace) && m.toks[p].letter != lower || m.any(p, " in on for via using into onto through between across near towards project region ")) {
		return false
	}
	return n < 0 || m.toks[n].kind == kLetter && m.toks[n].letter == lower && !m.is(n, cProduct|cTech|cSystem|cService|cDevice|cAcronym)
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
