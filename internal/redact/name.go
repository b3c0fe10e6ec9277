package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// namePart is one word of a name.
type namePart struct {
	raw      string
	key      string // folded, pieces joined
	particle bool
}

// name adds all forms of a name of several parts, counting them from part on,
// and returns the next free part number. first says that it is the roster's own
// name, whose initials are worth guessing.
func (b *builder) name(name string, part int8, first bool) int8 {
	parts := splitName(name)
	me := &b.r.people[b.p]
	var real []namePart
	for _, p := range parts {
		if p.particle {
			me.particles[p.key] = true
		} else {
			real = append(real, p)
		}
	}
	for i, p := range real {
		r := rMiddle
		switch {
		case i == 0:
			r = rGiven
		case i == len(real)-1:
			r = rSurname
		}
		for _, piece := range p.pieces() {
			me.initials[joinFold(string(firstRune(piece.raw)))] = true
			me.initials[piece.key[:runeLen(piece.key)]] = true
			for _, k := range variants(piece.raw) { // V. for Владимир
				me.initials[k[:runeLen(k)]] = true
			}
		}
		if utf8.RuneCountInString(p.key) < 2 && !whole(p.key) {
			continue
		}
		if len(real) == 1 && whole(p.key) {
			part = b.unspaced(p.raw, p.key, part)
			continue
		}
		b.word(p.raw, r, part)
		part++
	}
	b.together(parts, real, first)
	return part
}

// together adds the forms that run several parts into one word.
func (b *builder) together(parts, real []namePart, first bool) {
	if len(real) < 2 {
		return
	}
	if whole(real[0].key) {
		b.put(keys(real), rFull, -1)
		return
	}
	given, last := real[0], real[len(real)-1]
	tail := strings.TrimPrefix(keys(parts), given.key) // particles and all
	firsts, lasts := spellings(given.raw), spellings(last.raw)
	for _, g := range firsts {
		for _, l := range lasts {
			b.put(g+l, rFull, -1)
			b.put(l+g, rFull, -1)
			b.put(joinFold(string(firstRune(given.raw)))+l, rDerived, -1)
			b.put(g[:runeLen(g)]+l, rDerived, -1)
			b.put(l+g[:runeLen(g)], rDerived, -1)
			b.put(g+l[:runeLen(l)], rDerived, -1)
		}
		b.put(g+tail, rFull, -1)
		b.put(tail+g, rFull, -1)
		b.put(g[:runeLen(g)]+tail, rDerived, -1)
	}
	b.put(keys(real), rFull, -1)
	b.put(keys(parts), rFull, -1)
	b.glued(parts, lasts)
	if len(real) > 2 {
		b.put(keys(real[:2]), rFull, -1)
		b.put(initialsOf(real[:len(real)-1])+last.key, rDerived, -1)
	}
	if i := initialsOf(given.pieces()); len(i) > 1 {
		b.put(i+last.key, rDerived, -1)
	}
	if first {
		var all []namePart
		for _, p := range real {
			all = append(all, p.pieces()...)
		}
		b.put(initialsOf(real), rGuessed, -1)
		b.put(initialsOf(all), rGuessed, -1)
		b.put(initialsOf([]namePart{given, last}), rGuessed, -1)
		b.put(initialsOf(given.pieces()), rGuessed, -1)
	}
}

// glued adds the surname with its particles written into it, whole or as first letters: vanderberg, vdberg.
func (b *builder) glued(parts []namePart, lasts []string) {
	n := len(parts) - 1
	for n > 0 && parts[n-1].particle {
		n--
	}
	between := parts[n : len(parts)-1]
	if len(between) == 0 {
		return
	}
	for _, l := range lasts {
		b.put(keys(between)+l, rDerived, -1)
		if len(between) > 1 {
			b.put(initialsOf(between)+l, rDerived, -1)
		}
	}
}

// pieces are the hyphenated pieces of a part.
func (p namePart) pieces() []namePart {
	var out []namePart
	for _, w := range strings.FieldsFunc(p.raw, hyphen) {
		if k := joinFold(w); k != "" {
			out = append(out, namePart{raw: w, key: k})
		}
	}
	return out
}

func keys(parts []namePart) string {
	var s strings.Builder
	for _, p := range parts {
		s.WriteString(p.key)
	}
	return s.String()
}

func initialsOf(parts []namePart) string {
	var s strings.Builder
	for _, p := range parts {
		s.WriteString(p.key[:runeLen(p.key)])
	}
	return s.String()
}

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

func hyphen(r rune) bool { return r == '-' || r >= 0x2010 && r <= 0x2015 || r == 0x2212 }

// splitName cuts a roster name into its words: "Last, First" is turned round,
// titles, pronouns and suffixes are left out.
func splitName(name string) []namePart {
	if last, given, ok := strings.Cut(name, ","); ok && !decorations[joinFold(given)] {
		name = given + " " + last
	}
	var out []namePart
	for _, w := range strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("\"“”()[]<>,/·・|", r)
	}) {
		k := joinFold(w)
		if k == "" || decorations[k] {
			continue
		}
		out = append(out, namePart{raw: w, key: k})
	}
	for i := range out {
		out[i].particle = i > 0 && i < len(out)-1 && particles[out[i].key]
	}
	// "al Zahra", "van Dyk": a surname alone, as an alias may be.
	if len(out) == 2 && particles[out[0].key] && unicode.IsLower(firstRune(out[0].raw)) {
		out[0].particle = true
	}
	return out
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
