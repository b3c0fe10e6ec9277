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
	guarded bool
	words   map[string]bool // settled as no person, in lower case
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
	for _, f := range r.forms {
		if f.class != 0 || f.runes < 5 {
			sure := *f
			sure.class, sure.sure = 0, true
			f.marked = &sure
		}
	}
	return r
}

// Find reports the people in s, with reasons.
func (r *Redactor) Find(s string) Findings {
	f := r.find(s, true)
	f.Hold = r.settled(s, Findings{Hold: held(s)}).Hold
	return f
}

func (r *Redactor) find(s string, flags bool) Findings {
	v := newView(s)
	defer v.free()
	m := matcher{r: r, view: v}
	m.hits = r.hits(v)
	if len(m.hits) == 0 && !flags {
		return Findings{}
	}
	return r.settled(s, m.run(flags))
}

// Guard gives a redactor whose Text masks unknown people, too, as nothing may leave that nobody has decided about; likewise secrets,
// internal hosts and network addresses; and it turns local times into UTC. words were settled as harmless: they are neither flagged nor, where the roster alone is in doubt about them, replaced.
func (r *Redactor) Guard(words []string) *Redactor {
	g := *r
	g.guarded, g.words = true, map[string]bool{}
	for _, w := range words {
		g.words[strings.ToLower(strings.TrimSpace(w))] = true
	}
	return &g
}

// settled leaves out what people have decided about.
func (r *Redactor) settled(s string, f Findings) Findings {
	if len(r.words) == 0 {
		return f
	}
	known := func(sp Span) bool { return r.words[strings.ToLower(s[sp.Start:sp.End])] }
	f.Flag = slices.DeleteFunc(f.Flag, known)
	f.Hold = slices.DeleteFunc(f.Hold, known)
	f.Redact = slices.DeleteFunc(f.Redact, func(sp Span) bool { return sp.Review && known(sp) })
	return f
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
		if t.fixed || v.tag(t) {
			i = next
			continue
		}
		glued := i+1 < len(toks) && v.glue(i+1)
		if !glued && r.bloom[t.hash>>6&bloomMask]&(1<<(t.hash&63)) == 0 && !v.escapedLetter(t) {
			i = next
			continue
		}
		f, j := r.longestAt(v, i)
		if v.escapedLetter(t) { // "\nana" in a quoted string
			whole := *t
			t.s, t.f = t.s+1, t.f+1
			t.hash = hashOf(v.buf[t.f:t.fe])
			if g, end := r.longestAt(v, i); g != nil && (f == nil || end > j) {
				f, j = g, end
			} else {
				*t = whole
			}
		}
		if f != nil && !(f.bare && f.common && t.letter == lower && t.kind == kLetter && j == i+1 && !(t.s > 0 && v.s[t.s-1] == '@')) {
			if f.marked != nil && v.foreign(i, j) {
				f = f.marked
			}
			out = append(out, hit{i, j, f})
			next = j
		}
		i = next
	}
	return out
}

// tag reports whether t is the name of a mark-up tag that is also a name of people: "<li>text", not "<li> hello", as chats write who speaks.
func (v *view) tag(t *token) bool {
	if t.letter != lower || int(t.e) >= len(v.s) || v.s[t.e] != '>' || t.s == 0 {
		return false
	}
	if w := v.s[t.s:t.e]; w != "li" && w != "mark" && w != "ruby" {
		return false
	}
	closing := t.s > 1 && v.s[t.s-1] == '/' && v.s[t.s-2] == '<'
	return closing || v.s[t.s-1] == '<' && int(t.e)+1 < len(v.s) && v.s[t.e+1] != ' '
}

// foreign reports whether tokens i to j hold a letter that no English word has, or one written as an escape: then a name that is a word without its marks is a name.
func (v *view) foreign(i, j int) bool {
	for _, t := range v.toks[i:j] {
		for _, c := range v.s[t.s:t.e] {
			if c >= 0xC0 && c < 0xFB00 && unicode.In(c, unicode.Latin, unicode.Mn) || c == '%' || c == '&' || c == '\\' {
				return true
			}
		}
	}
	return false
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
	return t.s > 0 && v.s[t.s-1] == '\\' && t.fe-t.f > 1 && strings.IndexByte("nrtbfv", v.s[t.s]) >= 0
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
	bare := strings.Trim(g, "*_~`")
	switch {
	case bare == "":
		return true
	case bare == "'":
		return !v.genitive(b)
	case bare == "-" || bare == "." || g == "+":
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
		if c.strong || c.hits[0].f.class == 0 && c.hits[0].f.runes > 2 && !c.hits[0].f.bare {
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
