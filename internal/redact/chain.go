package redact

import (
	"slices"
	"strings"
	"unicode"
)

// chain is one mention of a person: hits that follow each other as one name does.
type chain struct {
	i, j   int // tokens
	hits   []hit
	people []int32
	parts  int  // distinct parts of the name
	strong bool // an initial beside a part, or several parts
}

// standing is a person that a chain may be, with the parts of the name seen.
type standing struct {
	person int32
	parts  uint64
}

// link makes chains of hits.
func (m *matcher) link() {
	m.chains = make([]chain, 0, len(m.hits))
	var used, next []standing
	for k := 0; k < len(m.hits); {
		h := m.hits[k]
		c := chain{i: h.i, j: h.j, hits: m.hits[k : k+1], parts: 1}
		first := k
		k++
		if !h.f.bare {
			used = stand(used[:0], h.f)
			for ; k < len(m.hits); k++ {
				if m.hits[k].f.bare && k+1 < len(m.hits) { // a particle may be the initials of somebody else
					if next = m.linked(next[:0], c, m.hits[k+1], used); len(next) == 0 {
						break
					}
					k++
				} else if next = m.linked(next[:0], c, m.hits[k], used); len(next) == 0 {
					break
				}
				used, next = next, used
				c.j = m.hits[k].j
				c.hits = m.hits[first : k+1]
				c.parts++
			}
		}
		if c.parts == 1 {
			c.people = h.f.people
		} else {
			for _, u := range used {
				c.people = append(c.people, u.person)
			}
		}
		c.strong = c.parts > 1
		m.grow(&c)
		m.chains = append(m.chains, c)
	}
}

// stand lists the people of a form, in order of roster.
func stand(to []standing, f *form) []standing {
	for _, o := range f.occs {
		if len(to) == 0 || to[len(to)-1].person != o.person {
			to = append(to, standing{person: o.person})
		}
		if o.part >= 0 {
			to[len(to)-1].parts |= 1 << (o.part & 63)
		}
	}
	return to
}

// linked lists, into to, the people for whom hit n goes on with the name in c.
func (m *matcher) linked(to []standing, c chain, n hit, used []standing) []standing {
	if n.i-c.j > 3 || n.f.bare {
		return to
	}
	for _, u := range used {
		if u.parts == 0 {
			continue
		}
		var more uint64
		for _, o := range n.f.occs {
			if o.person == u.person && o.part >= 0 && u.parts&(1<<(o.part&63)) == 0 {
				more |= 1 << (o.part & 63)
			}
		}
		ok := more != 0
		for k := c.j; k < n.i && ok; k++ {
			between := m.r.people[u.person].particles
			if k+1 < n.i && flat(m.gap(k+1)) == "" && between[string(m.word(k))+string(m.word(k+1))] { // "de<b>r"
				k++
				continue
			}
			ok = between[string(m.word(k))] || m.initialOf(k, u.person)
		}
		if ok {
			to = append(to, standing{u.person, u.parts | more})
		}
	}
	if len(to) == 0 {
		return to
	}
	for k := c.j; k <= n.i; k++ {
		if !m.nameGap(k, k == n.i && c.parts == 1) {
			return to[:0]
		}
	}
	return to
}

// initialOf reports whether token k is a single letter that begins a part of p's name.
func (m *matcher) initialOf(k int, p int32) bool {
	t := &m.toks[k]
	w := string(m.word(k))
	cased := t.kind == kLetter && t.letter == title || uncased(firstRune(w)) && !loneWords[w]
	return cased && t.fe-t.f < 4 && m.r.people[p].initials[w]
}

// loneWords are letters that are a word of their own in scripts without capitals: "and", mostly.
var loneWords = wordSet(`و व न ו`)

// article reports whether token k is the English word "a" or "I", as far as its letter says.
func (m *matcher) article(k int) bool {
	t := &m.toks[k]
	return t.e-t.s == 1 && strings.IndexByte("aAiI", m.s[t.s]) >= 0 && !unicode.Is(unicode.Mn, firstRune(m.s[t.e:]))
}

// nameGap reports whether the gap before token k may stand within a name.
func (m *matcher) nameGap(k int, comma bool) bool {
	g := m.gap(k)
	if g == " " || g == "" {
		return true
	}
	if len(g) > 30 {
		return false
	}
	g = gapText(g)
	switch g {
	case "", ".", "-", "_", "+", "'", "\"", " \"", "\" ", " '", "' ":
		return true
	case ". ", ".-":
		return single(&m.toks[k-1])
	case ", ", ",":
		return comma
	}
	switch f := flat(g); f {
	case " ", "", "'", "-", ".":
		return true
	case ". ":
		return single(&m.toks[k-1])
	case ", ", ",":
		return comma
	}
	quoted := strings.Trim(g, " \n*_#")
	return strings.Count(g, "\n") <= 1 && (quoted == "" || strings.Trim(quoted, "> ") == "" && strings.Contains(g, "\n"))
}

// grow takes particles and initials beside a name into the chain.
func (m *matcher) grow(c *chain) {
	if !slices.ContainsFunc(c.hits, func(h hit) bool { return h.f.named }) {
		return
	}
	for c.i > 0 && m.nameGap(c.i, false) && !m.toks[c.i-1].fixed {
		k := c.i - 1
		if !m.anyone(c, func(p int32) bool { return m.r.people[p].particles[string(m.word(k))] }) {
			break
		}
		c.i = k
	}
	for n := 0; n < 3 && c.i > 0 && m.initialBefore(c); n++ {
		c.i, c.strong = c.i-1, true
	}
	if c.j < len(m.toks) && m.initialAfter(c) {
		c.j, c.strong = c.j+1, true
	}
}

// initialBefore reports whether an initial of the chain's people stands before it.
func (m *matcher) initialBefore(c *chain) bool {
	k := c.i - 1
	g := flat(m.gap(c.i))
	if g != "." && g != ". " && g != " " && g != ".-" && g != "-" && g != "+" && g != ".+" || k > 0 && m.gap(k) == "" || g == " " && m.article(k) {
		return false
	}
	if m.anyone(c, func(p int32) bool { return m.initialOf(k, p) }) {
		return true
	}
	// "g. smith", but not "e.g. smith"
	small := m.toks[k].kind == kLetter && single(&m.toks[k]) && (g == "." || g == ". ") && !strings.HasPrefix(m.gap(k), ".") && m.toks[c.i].letter == lower &&
		m.word(k)[0] != m.word(c.i)[0]
	return small && m.anyone(c, func(p int32) bool { return m.r.people[p].initials[string(m.word(k))] })
}

// initialAfter reports whether an initial of the chain's people stands after it.
func (m *matcher) initialAfter(c *chain) bool {
	k := c.j
	g, after := flat(m.gap(k)), gapText(m.gap(k+1))
	end := k+1 == len(m.toks)
	joined := m.gap(k+1) == "" && !end // part of a longer word
	if g != " " && g != "." && g != "+" && g != "_" || joined {
		return false
	}
	if m.article(k) && strings.IndexByte(" \n-/", (after + ".")[0]) >= 0 || m.letterI(k) && strings.HasPrefix(after, "'") {
		return false
	}
	return m.anyone(c, func(p int32) bool { return m.initialOf(k, p) })
}

// letterI reports whether token k is "I", as in "I'm".
func (m *matcher) letterI(k int) bool { return string(m.word(k)) == "i" }

// anyone narrows the chain's people to those whom ok holds for, if there are any.
func (m *matcher) anyone(c *chain, ok func(int32) bool) bool {
	var keep []int32
	for _, p := range c.people {
		if ok(p) {
			keep = append(keep, p)
		}
	}
	if len(keep) == 0 {
		return false
	}
	c.people = keep
	return true
}
