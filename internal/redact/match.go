package redact

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Redactor is a compiled roster for one incident. It is safe for concurrent use.
type Redactor struct {
	number  map[string]int
	people  []compiled
	forms   map[string]*form
	bloom   []uint64
	longest int // runes of the longest key
}

const bloomMask = 1<<12 - 1 // words of 64 bits

// New compiles a roster. number gives the pseudonym number of a person's ID in
// this incident; who has none is rendered "a team member". An empty roster works:
// unknown people are still flagged.
func New(roster Roster, number map[string]int) *Redactor {
	r := &Redactor{number: maps.Clone(number), forms: map[string]*form{}, bloom: make([]uint64, bloomMask+1)}
	b := builder{r: r}
	for _, p := range roster {
		b.addPerson(p)
	}
	return r
}

// Find reports the people in s, with reasons.
func (r *Redactor) Find(s string) Findings { return r.find(s, true) }

func (r *Redactor) find(s string, flags bool) Findings {
	v := newView(s)
	defer v.free()
	m := matcher{r: r, view: v}
	m.hits = r.hits(v)
	if len(m.hits) == 0 && !flags {
		return Findings{}
	}
	return m.run(flags)
}

// hit is a key found: tokens i to j.
type hit struct {
	i, j int
	f    *form
}

// hits finds the longest key at each token, one left-most scan over the view.
func (r *Redactor) hits(v *view) []hit {
	if len(r.forms) == 0 {
		return nil
	}
	var out []hit
	toks := v.toks
	for i := 0; i < len(toks); {
		t := &toks[i]
		next := i + 1
		if t.fixed {
			i = next
			continue
		}
		glued := i+1 < len(toks) && v.glue(i+1)
		if !glued && r.bloom[t.hash>>6&bloomMask]&(1<<(t.hash&63)) == 0 && !v.escapedLetter(t) {
			i = next
			continue
		}
		f, j := r.longestAt(v, i)
		if f == nil && v.escapedLetter(t) { // "\nana" in a quoted string
			whole := *t
			t.s, t.f = t.s+1, t.f+1
			t.hash = hashOf(v.buf[t.f:t.fe])
			if f, j = r.longestAt(v, i); f == nil {
				*t = whole
			}
		}
		if f != nil {
			out = append(out, hit{i, j, f})
			next = j
		}
		i = next
	}
	return out
}

// longestAt is the longest key that begins with token i and the token after its end.
func (r *Redactor) longestAt(v *view, i int) (best *form, end int) {
	toks := v.toks
	h := toks[i].hash
	for j := i + 1; ; j++ {
		if r.bloom[h>>6&bloomMask]&(1<<(h&63)) != 0 {
			if f := r.forms[string(v.buf[toks[i].f:toks[j-1].fe])]; f != nil && v.edges(i, j, f) {
				best, end = f, j
			}
		}
		if j >= len(toks) || j-i >= 14 || toks[j].fixed || !v.glue(j) || int(toks[j].fe-toks[i].f) > 4*r.longest {
			return best, end
		}
		for _, c := range v.buf[toks[j].f:toks[j].fe] {
			h = (h ^ uint32(c)) * 16777619
		}
	}
}

// edges reports whether a key may begin at i and end before j: a short one not in
// the middle of a camel-case word.
func (v *view) edges(i, j int, f *form) bool {
	if f.runes > 3 || v.toks[i].kind == kWhole {
		return true
	}
	if i > 0 && v.toks[i-1].e == v.toks[i].s && v.toks[i-1].kind == kLetter {
		return false
	}
	return !(j < len(v.toks) && v.toks[j-1].e == v.toks[j].s && v.toks[j].kind == kLetter)
}

// escapedLetter reports whether t begins with the letter of an escape such as \n.
func (v *view) escapedLetter(t *token) bool {
	return t.s > 0 && v.s[t.s-1] == '\\' && t.fe-t.f > 2 && strings.IndexByte("nrtbfv", v.s[t.s]) >= 0
}

// glue reports whether tokens j-1 and j may belong to one word.
func (v *view) glue(j int) bool {
	a, b := &v.toks[j-1], &v.toks[j]
	if a.e == b.s {
		return true
	}
	g := v.s[a.e:b.s]
	if len(g) == 1 {
		switch g[0] {
		case '\'':
			return !v.genitive(b)
		case '.', '-', '_', '*', '`', '~':
			return true
		case ' ':
			return a.kind == kWhole && b.kind == kWhole || single(a) && single(b)
		default:
			return false
		}
	}
	if len(g) > 24 || g[0] == ' ' && !(a.kind == kWhole && b.kind == kWhole) {
		return false
	}
	g = gapText(g)
	switch {
	case g == "" || strings.Trim(g, "*_~`") == "":
		return true
	case g == "'":
		return !v.genitive(b)
	case g == "-" || g == "." || g == "+":
		return true
	case strings.HasPrefix(g, "-\n") && strings.TrimSpace(g[1:]) == "":
		return true
	case a.kind == kWhole && b.kind == kWhole:
		return strings.Trim(g, " \n·・") == "" && len(g) < 4
	case single(a) && single(b):
		return g == ". " || g == " " || g == ", "
	}
	return false
}

// genitive reports whether t is the s after an apostrophe.
func (v *view) genitive(t *token) bool { return single(t) && v.buf[t.f] == 's' }

func single(t *token) bool { return t.fe-t.f == 1 && t.kind == kLetter }

// gapText is what a gap says: decoded, without invisible runes, backslashes and
// inline tags, apostrophes and hyphens and blanks as their ASCII ones.
func gapText(g string) string {
	plain := true
	for i := range len(g) {
		if ascii[g[i]&0x7f] == aOther || g[i] >= utf8.RuneSelf || g[i] == '\r' || g[i] == '\t' {
			plain = false
			break
		}
	}
	if plain {
		return g
	}
	var b strings.Builder
	for i := 0; i < len(g); {
		r, n := utf8.DecodeRuneInString(g[i:])
		switch g[i] {
		case '&':
			if t, m := entity(g[i:]); m > 0 {
				r, n = firstRune(t), m
			}
		case '%':
			if t, m := escaped(g[i:], '%'); m > 0 {
				r, n = firstRune(t), m
			}
		case '=':
			if strings.HasPrefix(g[i:], "=\n") {
				i += 2
				continue
			}
		case '\\':
			if t, m := backslashed(g[i:]); m > 0 {
				r, n = firstRune(t), m
			} else if i+1 < len(g) && g[i+1] == 't' {
				r, n = ' ', 2
			} else if i+1 < len(g) && (g[i+1] == 'n' || g[i+1] == 'r') {
				r, n = '\n', 2
			} else {
				i++
				continue
			}
		case '<':
			if m := bareTag(g[i:]); m > 0 {
				i += m
				continue
			}
		}
		i += n
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		switch {
		case r == '、':
			b.WriteByte(',')
		case r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 || r == 0x85:
			b.WriteByte('\n')
		case apostrophes[r]:
			b.WriteByte('\'')
		case hyphen(r):
			b.WriteByte('-')
		case r == '\t' || r == 0xA0 || r == 0x202F || r == 0x3000 || r >= 0x2000 && r <= 0x200A:
			b.WriteByte(' ')
		case foldRune(r).kind == kDrop:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// chain is one mention of a person: hits that follow each other as one name does.
type chain struct {
	i, j   int // tokens
	hits   []hit
	people []int32
	parts  int  // distinct parts of the name
	strong bool // an initial beside a part, or several parts
}

// matcher works on one text.
type matcher struct {
	*view
	r      *Redactor
	hits   []hit
	known  []bool // tokens that are surely a person of the roster
	chains []chain
}

func (m *matcher) run(flags bool) Findings {
	m.link()
	m.known = make([]bool, len(m.toks)+1)
	for _, c := range m.chains {
		if c.strong || c.hits[0].f.class == 0 && c.hits[0].f.runes > 2 && !initialsOnly(c.hits[0].f) {
			for k := c.i; k < c.j; k++ {
				m.known[k] = true
			}
		}
	}
	for k := range m.toks {
		m.known[k] = m.known[k] || m.toks[k].fixed
	}
	var spans []Span
	for _, c := range m.chains {
		for _, d := range m.decide(c) {
			if d.verdict == drop {
				continue
			}
			sp := Span{Start: int(m.toks[d.i].s), End: int(m.toks[d.j-1].e), Person: m.who(d.people), Why: d.why, Review: d.verdict == doubt}
			spans = append(spans, m.balance(sp))
			for k := d.i; k < d.j; k++ {
				m.known[k] = true
			}
		}
	}
	addrs := addresses(m.s)
	spans = widen(spans, addrs)
	f := Findings{Redact: merge(spans)}
	if flags {
		f.Flag = m.unknown(f.Redact, addrs)
	}
	return f
}

// who is the ID that the people stand for: none where it may be several.
func (m *matcher) who(people []int32) string {
	if len(people) != 1 {
		return ""
	}
	return m.r.people[people[0]].id
}

// link makes chains of hits.
func (m *matcher) link() {
	for k := 0; k < len(m.hits); {
		h := m.hits[k]
		c := chain{i: h.i, j: h.j, hits: m.hits[k : k+1]}
		used := map[int32]uint64{}
		for _, o := range h.f.occs {
			if o.part >= 0 {
				used[o.person] |= 1 << (o.part & 63)
			} else if _, ok := used[o.person]; !ok {
				used[o.person] = 0
			}
		}
		c.parts = 1
		k++
		for ; k < len(m.hits); k++ {
			n := m.hits[k]
			if !m.linked(c, n, used) {
				break
			}
			c.j = n.j
			c.parts++
			c.hits = m.hits[k-c.parts+1 : k+1]
		}
		for p := range used {
			c.people = append(c.people, p)
		}
		slices.Sort(c.people)
		c.strong = c.parts > 1
		m.grow(&c)
		m.chains = append(m.chains, c)
	}
}

// linked reports whether hit n goes on with the name in c, and if so narrows used
// to the people whose name it is.
func (m *matcher) linked(c chain, n hit, used map[int32]uint64) bool {
	if n.i-c.j > 3 {
		return false
	}
	next := map[int32]uint64{}
	for _, o := range n.f.occs {
		if mask := used[o.person]; o.part >= 0 && mask != 0 && mask&(1<<(o.part&63)) == 0 {
			next[o.person] |= mask | 1<<(o.part&63)
		}
	}
	for p := range next {
		for k := c.j; k < n.i; k++ {
			if !m.r.people[p].particles[string(m.word(k))] && !m.initialOf(k, p) {
				delete(next, p)
				break
			}
		}
	}
	if len(next) == 0 {
		return false
	}
	for k := c.j; k <= n.i; k++ {
		if !m.nameGap(k, k == n.i && c.parts == 1) {
			return false
		}
	}
	clear(used)
	for p, mask := range next {
		used[p] = mask
	}
	return true
}

// initialOf reports whether token k is a single letter that begins a part of p's name.
func (m *matcher) initialOf(k int, p int32) bool {
	t := &m.toks[k]
	r := firstRune(string(m.word(k)))
	cased := t.kind == kLetter && t.letter == title || uncased(r) && strings.HasPrefix(flat(m.gap(k+1)), ".")
	return cased && t.fe-t.f < 4 && m.r.people[p].initials[string(m.word(k))]
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
	return strings.Count(g, "\n") <= 1 && strings.Trim(g, " \n>*_#") == ""
}

// grow takes particles and initials beside a name into the chain.
func (m *matcher) grow(c *chain) {
	named := false
	for _, h := range c.hits {
		for _, o := range h.f.occs {
			named = named || o.part >= 0
		}
	}
	if !named {
		return
	}
	for c.i > 0 && m.nameGap(c.i, false) && !m.toks[c.i-1].fixed {
		k := c.i - 1
		if !m.anyone(c, func(p int32) bool { return m.r.people[p].particles[string(m.word(k))] }) {
			break
		}
		c.i = k
	}
	for n := 0; n < 3 && c.i > 0; n++ {
		k := c.i - 1
		g := flat(m.gap(c.i))
		if g != "." && g != ". " && g != " " && g != ".-" && g != "-" || k > 0 && m.gap(k) == "" {
			break
		}
		if w := m.word(k); g == " " && (string(w) == "a" || string(w) == "i") {
			break
		}
		if !m.anyone(c, func(p int32) bool { return m.initialOf(k, p) }) || m.toks[k].letter != title && !uncased(firstRune(string(m.word(k)))) {
			break
		}
		c.i, c.strong = k, true
	}
	if c.j < len(m.toks) && flat(m.gap(c.j)) == " " {
		k := c.j
		after := m.gap(k + 1)
		closed := strings.HasPrefix(after, ".") || after == "" && k+1 == len(m.toks) || string(m.word(k)) != "i" && string(m.word(k)) != "a"
		if closed && !(after == "" && k+1 < len(m.toks)) && !strings.HasPrefix(after, "'") && m.anyone(c, func(p int32) bool { return m.initialOf(k, p) }) {
			c.j, c.strong = k+1, true
		}
	}
}

// uncased reports whether r is a letter of a script without capitals.
func uncased(r rune) bool {
	return r >= utf8.RuneSelf && unicode.IsLetter(r) && unicode.ToUpper(r) == r && unicode.ToLower(r) == r
}

// flat is gapText without emphasis, every row of blanks one blank.
func flat(g string) string {
	if g == " " || g == "" {
		return g
	}
	g = strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_~`", r) {
			return -1
		}
		return r
	}, gapText(g))
	if t := strings.Trim(g, " \n"); t != "" {
		if strings.HasSuffix(g, " ") || strings.HasSuffix(g, "\n") {
			return t + " "
		}
		return t
	}
	if strings.Count(g, "\n") > 1 || g == "" {
		return g
	}
	return " "
}

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

func initialsOnly(f *form) bool {
	return !slices.ContainsFunc(f.occs, func(o occ) bool { return o.role != rInitials && o.role != rGuessed })
}

// merge sorts spans and joins those that overlap.
func merge(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			p := &out[n-1]
			if s.Person != p.Person && s.End > p.End {
				p.Person = ""
			}
			p.End = max(p.End, s.End)
			p.Review = p.Review && s.Review
			continue
		}
		out = append(out, s)
	}
	return out
}

// balance widens a span over invisible runes at its ends, and over the other half
// of a pair of emphasis marks that is half inside.
func (m *matcher) balance(sp Span) Span {
	for sp.End < len(m.s) && (m.s[sp.End] >= utf8.RuneSelf || strings.IndexByte("&%\\", m.s[sp.End]) >= 0) {
		_, _, k, n := m.slow(sp.End)
		if k != kDrop {
			break
		}
		sp.End += n
	}
	in := m.s[sp.Start:sp.End]
	for _, mark := range []string{"**", "__", "~~", "*", "_", "`"} {
		n := strings.Count(in, mark)
		if n == 0 {
			continue
		}
		in = strings.ReplaceAll(in, mark, "")
		if n%2 == 1 {
			if strings.HasSuffix(m.s[:sp.Start], mark) {
				sp.Start -= len(mark)
			} else if strings.HasPrefix(m.s[sp.End:], mark) {
				sp.End += len(mark)
			}
		}
	}
	return sp
}
