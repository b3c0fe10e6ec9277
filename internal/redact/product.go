package redact

import (
	"strings"
)

// productWord judges a capitalised word that names a program.
func (m *matcher) productWord(i, j int, c class) verdict {
	p, n := m.before(i), m.after(j)
	if owned, ok := m.possessive(j); ok {
		switch {
		case owned >= 0 && (m.is(owned, cSystem) && !m.is(owned, cHuman) || m.any(owned, " law theorem rule razor principle algorithm problem syndrome ")):
			return drop
		case owned >= 0 && m.is(owned, cHuman):
			return take
		case c&cScience != 0 && c&cProduct == 0:
			return drop
		}
		return doubt
	}
	if m.listed(i, j) {
		return take
	}
	if n >= 0 && m.did(n, cSpeech) {
		return take
	}
	if m.among(i, j, cProduct|cTech|cScience) {
		return drop
	}
	v, settled := m.productBefore(i, p)
	if settled {
		return v
	}
	if n < 0 {
		if n < 0 && m.begins(i) || m.bracketed(i, j) {
			if i > 0 && m.bracketed(i, j) && m.is(i-1, cSystem|cTech) {
				return drop
			}
			return doubt
		}
		if m.signed(i, j) {
			return take
		}
		if p >= 0 && (m.is(p, cAct) && !m.is(p, cAddress|cPassive|cModal) || m.any(p, " restarted rebooted restarting restart ")) {
			return drop
		}
		return doubt
	}
	return m.productAfter(i, n, c)
}

// productBefore judges by the word before.
func (m *matcher) productBefore(i, p int) (v verdict, settled bool) {
	if p < 0 {
		return drop, false
	}
	switch {
	case m.any(p, " by "):
		if q := m.before(p); q >= 0 && m.is(q, cPassive) {
			return take, true
		}
		return doubt, true
	case m.any(p, " per said says thanks thx hi hey hello dear cc ping pinged ask asked asking tell told wake woke poke remind kudos "):
		return take, true
	case m.any(p, " to with from for "):
		if m.heard(p) {
			return take, true
		}
		if m.any(p, " with ") {
			return doubt, true
		}
		return drop, true
	case m.any(p, " in on at via through behind inside of into onto using under over against without between across within around "):
		return drop, true
	}
	return drop, false
}

// productAfter judges by the word after, which stands at n.
func (m *matcher) productAfter(i, n int, c class) verdict {
	given := m.is(i, cGiven)
	if m.adverb(n) && m.after(n+1) >= 0 {
		n++
	}
	switch {
	case m.toks[n].kind == kDigit:
		return drop
	case m.any(n, " is was "):
		k := m.after(n + 1)
		switch {
		case k >= 0 && (m.is(k, cSpeech) || m.any(k, " on away back off here out drafting fixing handling taking driving leading doing going writing working preparing ")):
			if m.any(k, " on back off out ") && !m.any(k+1, " it call point this shift that leave duty holiday vacation the ") {
				return drop
			}
			return take
		case given && k >= 0 && !m.is(k, cSystem):
			return doubt
		}
		return drop
	case m.did(n, cSpeech):
		return take
	case m.any(n, " owns drives leads handles investigates follows hands digs takes "):
		return take
	case m.any(n, " will would should can could must has had does did "):
		k := m.after(n + 1)
		if k >= 0 && (m.is(k, cSystem) || m.any(k, " be not no been crash fail run start ")) && !given {
			return drop
		}
		return doubt
	case m.is(n, cSystem) && !m.object(n):
		return drop
	case m.any(n, " and or "):
		if k := m.after(n + 1); k >= 0 && (m.known[k] || m.any(k, " i we he she you they ")) {
			return take
		}
		return drop
	case m.did(n, cAct) && !strings.HasSuffix(string(m.word(n)), "s"):
		if m.object(n) {
			return take
		}
		if given {
			return doubt
		}
		return drop
	case given && (m.did(n, cAct) || past(m.word(n))):
		return doubt
	case m.toks[n].letter == title && m.begins(i) && !m.is(n, cProduct|cTech|cPlace):
		return doubt
	}
	return drop
}

// object reports whether the verb at n has an object: "restarted the worker", not "restarted at 10:02".
func (m *matcher) object(n int) bool {
	k := m.after(n + 1)
	if k < 0 || m.any(k, " at after in on by with from for due because again and or before while when during until since as but then once twice unexpectedly fine ok ") {
		return false
	}
	return !m.adverb(k)
}
