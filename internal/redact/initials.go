package redact

import (
	"slices"
	"strings"
)

// initialsGate judges initials (R13): they count in positions where people are
// named, never within an identifier. guessed ones, which the roster does not give,
// and those that are also an acronym need such a position; others are redacted
// also where nothing speaks against it.
func (m *matcher) initialsGate(i, j int, f *form, guessed bool) verdict {
	if j-i > 1 {
		return m.spacedInitials(i, j)
	}
	t := &m.toks[i]
	if m.at(int(t.s)-1) == '@' && !wordByte(m.at(int(t.s)-2)) {
		return take
	}
	if m.keyed(i) && t.letter == upper {
		return take
	}
	common := f.common
	if !common && m.local(int(t.s), int(m.toks[j-1].e)) {
		return take
	}
	if m.random(i) {
		return drop
	}
	if m.coded(i, j) && !m.pairedSlash(i, j) {
		if j < len(m.toks) && m.gap(j) == "-" && m.is(j, cDevice) && !common {
			return take
		}
		return drop
	}
	if t.letter != upper || m.shouting(i) && common {
		return m.lowerInitials(i, j, common, guessed)
	}
	p, n := m.before(i), m.after(j)
	switch {
	case p >= 0 && m.is(p, cDeterminer) && (common || guessed):
		return drop
	case i > 0 && m.toks[i-1].kind == kDigit && (p >= 0 || m.gap(i) == "") && m.any(i, " am pm gb mb kb tb ms ns us ") && !m.time(i):
		return drop
	case m.signed(i, j), m.speaker(i, j):
		return take
	case m.bracketed(i, j):
		if common && i > 0 && m.toks[i-1].letter == title && m.word(i - 1)[0] == m.word(i)[0] && blank(strings.TrimRight(m.gap(i), "([{")) {
			return drop // "Argentina (AR)"
		}
		return take
	case m.after(j) < 0 && strings.HasPrefix(strings.TrimLeft(m.gap(j), " "), "(") && common:
		return drop // "AR (Argentina)"
	case m.paired(i, j):
		return take
	case p >= 0 && m.any(p, " ask asked cc thanks thx ty per ping pinged hi hey told tell "):
		return take
	case p >= 0 && m.any(p, " by "):
		if q := m.before(p); !common || q >= 0 && m.is(q, cPassive) && !m.any(q, " merged fixed checked caused ") {
			return take
		}
	case p >= 0 && m.any(p, " with to from ") && m.heard(p) && (!common || m.ended(j)):
		return take
	}
	if n >= 0 && (m.begins(i) || strings.Contains(m.gap(i), ", ") || p >= 0 && m.any(p, " and but so then that because while when if ")) {
		if v := m.acting(n, common); v != drop {
			return v
		}
	}
	if common || guessed {
		return drop
	}
	return doubt
}

// acting judges initials by the verb at n that follows them.
func (m *matcher) acting(n int, common bool) verdict {
	switch {
	case m.any(n, " is was "):
		k := m.after(n + 1)
		if k < 0 {
			return drop
		}
		if m.is(k, cSpeech) && participle(m.word(k)) || m.any(k, " taking handling digging fixing working doing away afk asleep back here leading driving ") {
			return take
		}
		if m.any(k, " on ") && m.any(k+1, " it call point this that leave duty ") {
			return take
		}
		if !common && !m.is(k, cSystem) {
			return take
		}
	case m.did(n, cSpeech):
		return take
	case m.did(n, cAct) && !m.is(n, cModal):
		if !common || m.object(n) && (past(m.word(n)) || m.any(n, irregular) || m.any(n, " drives takes owns leads handles looks checks follows ")) && !m.any(n+1, " up down ") {
			return take
		}
	case m.any(n, " will has "):
		if k := m.after(n + 1); k >= 0 && !m.is(k, cSystem) && (!common || m.any(k, " look check take ask call write restart run drive join handle try ")) {
			return take
		}
	case !common && past(m.word(n)):
		return take
	}
	return drop
}

// time reports whether the number before token i ends a clause: "at 22:14, AM says".
func (m *matcher) time(i int) bool { return strings.Contains(m.gap(i), ",") }

// paired reports whether other initials or a person of the roster stand beside,
// with a conjunction, comma, plus or slash between.
func (m *matcher) paired(i, j int) bool {
	for _, k := range []int{m.neighbour(i, -1), m.neighbour(j, 1)} {
		if k < 0 {
			continue
		}
		if m.known[k] {
			return true
		}
		if f := m.hitAt(k); f != nil && f.bare && m.toks[k].letter == upper {
			// Two acronyms in a list, "CI and DB", are not two people.
			if !m.is(k, cAcronym) || !m.is(i, cAcronym) {
				return true
			}
			// Unless people are few, so that both being theirs is no accident.
			if n := m.after(max(j, k+1)); len(m.r.people) < 50 && !f.guessed || n >= 0 && m.is(n, cSpeech|cAct) && !m.is(n, cModal|cSystem) {
				return true
			}
		}
	}
	return false
}

// hitAt is the key that token k alone is, or nil.
func (m *matcher) hitAt(k int) *form {
	n, ok := slices.BinarySearchFunc(m.hits, k, func(h hit, k int) int { return h.i - k })
	if !ok || m.hits[n].j != k+1 {
		return nil
	}
	return m.hits[n].f
}

func (m *matcher) pairedSlash(i, j int) bool {
	return (m.gap(i) == "/" || m.gap(j) == "/") && m.paired(i, j)
}

// spacedInitials judges dotted or spaced initials: "Y.P.", "Y. P."
func (m *matcher) spacedInitials(i, j int) verdict {
	dots := 0
	for k := i; k < j; k++ {
		if !single(&m.toks[k]) {
			return drop
		}
		if m.toks[k].letter == lower {
			return drop
		}
		if strings.HasPrefix(m.gap(k+1), ".") {
			dots++
		}
	}
	if i > 0 && m.gap(i) == "" || j < len(m.toks) && m.gap(j) == "" || i > 0 && m.gap(i) == "." || j < len(m.toks) && m.gap(j) == "." {
		return drop // part of a longer row
	}
	key := " " + string(m.buf[m.toks[i].f:m.toks[j-1].fe]) + " "
	if i > 0 && m.toks[i-1].kind == kDigit && strings.Contains(" am pm ", key) {
		return drop
	}
	if strings.Contains(" us uk eu un ", key) && !m.speaker(i, j) && !m.signed(i, j) && !(j < len(m.toks) && m.did(j, cSpeech)) {
		return drop
	}
	if dots >= j-i-1 && dots > 0 {
		return take
	}
	if m.signed(i, j) || m.speaker(i, j) || m.bracketed(i, j) {
		return take
	}
	return drop
}

// lowerInitials judges initials in lower case.
func (m *matcher) lowerInitials(i, j int, common, guessed bool) verdict {
	if common || m.toks[i].letter == title {
		return drop
	}
	n := m.after(j)
	switch {
	case m.signed(i, j), m.lineStart(i) && m.speaker(i, j), m.bracketed(i, j) && !guessed:
		return take
	case n >= 0 && m.begins(i) && m.did(n, cSpeech|cAct) && !m.is(n, cModal):
		return take
	case n >= 0 && m.begins(i) && m.any(n, " is was ") && m.did(n+1, cSpeech|cAct):
		return take
	case m.before(i) >= 0 && m.any(m.before(i), " ask cc thanks thx ping ") && m.ended(j):
		return take
	}
	return drop
}
