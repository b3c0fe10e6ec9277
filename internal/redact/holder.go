package redact

// holders flags whoever is said to hold or take a role of the runbook: "Tom Baker has point", "Klein takes over comms". Only people do, so words
// that are no names elsewhere are taken for one here; teams and pronouns are left.
func (m *matcher) holders(flag func(s, e int, why string)) {
	for k := 1; k < len(m.toks); k++ {
		if !m.any(k, " point comms communications ") || m.toks[k].letter == upper || k+1 < len(m.toks) && (m.gap(k+1) == "-" || m.gap(k+1) == " " && m.any(k+1, " release releases in of to person ")) {
			continue
		}
		v := m.before(k)
		if v >= 0 && m.any(v, " over ") {
			v = m.before(v)
		}
		if v >= 1 && m.any(v, " taken taking given ") {
			v = m.before(v)
		}
		if v < 1 || !m.any(v, " has have takes took holds is gives ") || m.any(v, " is ") && m.after(v) == k {
			continue
		}
		j := v // the name ends before it
		i := j
		for i > 0 && j-i < 3 && m.capital(i-1) && (i == j || m.gap(i) == " " || m.gap(i) == "-" || m.gap(i) == ". ") {
			i--
		}
		if i == j || m.coded(i, j) || m.team(i, j) {
			continue
		}
		flag(int(m.toks[i].s), int(m.toks[j-1].e), "has a role")
	}
}

// capital reports whether token k has a capital and may be part of a name.
func (m *matcher) capital(k int) bool {
	t := &m.toks[k]
	return t.kind == kLetter && t.letter == title && !t.fixed && !m.known[k] && !m.is(k, cDeterminer|cModal) &&
		!m.any(k, " nobody somebody someone everyone everybody anyone anybody whoever who she he they we you it that this then now so and but or if when as once after before ")
}

// team reports whether the words i..j name a team, a role or a thing rather than a person.
func (m *matcher) team(i, j int) bool {
	if m.any(j-1, " team engineering support security marketing legal ops operations sre infra infrastructure production platform devops oncall call engineer manager representative lead person ") {
		return true
	}
	for k := i; k < j; k++ {
		if !m.is(k, cRole|cSystem|cService|cProduct|cTech|cAcronym) || m.givenName(k) {
			return false
		}
	}
	return true
}
