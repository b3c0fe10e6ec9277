package redact

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// role is what a form is to its person.
type role uint8

const (
	rGiven    role = iota // first part of a name
	rSurname              // last part
	rMiddle               // any part between
	rSub                  // a piece of a hyphenated part
	rAlias                // an alias of one word
	rHandle               // a login, chat name or chat id
	rLocal                // local part of an e-mail address
	rFull                 // several parts written together
	rDerived              // first letter and surname, and the like
	rInitials             // as given in the roster
	rGuessed              // initials made from the name
)

// occ says that a form belongs to a person. part tells the parts of a name apart:
// two occurrences of different parts make a full name.
type occ struct {
	person int32
	role   role
	part   int8
}

// form is what a key of the table stands for. class is that of the word itself:
// where it is not empty the word is ambiguous.
type form struct {
	occs    []occ
	class   class
	runes   int
	people  []int32 // of occs, in order of roster
	bare    bool    // initials and nothing else
	named   bool    // part of a name
	guessed bool    // initials that no roster gives
	common  bool    // also an acronym or a word
	sure    bool    // written with marks that no ordinary word has
	marked  *form   // the same, where it is written so
}

// compiled is a person as the matcher needs it.
type compiled struct {
	id        string
	particles map[string]bool // van, de, al: only beside another part
	initials  map[string]bool // first letters of the parts of the name
}

// particles stand within names and are never names by themselves.
var particles = wordSet(`van der den de la le da das do dos di del della du des ter ten te von zu zum zur vom af av al el bin ibn bint abu ben ni nic
	mac mc o d l san santa st y e i t op in ul ur uz und of the vande vander`)

// prefixes are particles that are written together with the part they stand before, with an apostrophe or a hyphen.
var prefixes = wordSet(`o d l al el ben abu ibn n m dell t ad as ash an ar az`)

// honorifics and generational suffixes in a roster's name column are no parts.
var decorations = wordSet(`mr mrs ms miss mx dr prof sir jr sr ii iii iv phd md msc bsc esq she her hers he him his they them theirs ing`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// builder collects the forms of a roster.
type builder struct {
	r *Redactor
	p int32
}

// addPerson expands one person into forms.
func (b *builder) addPerson(p Person) {
	b.p = int32(len(b.r.people))
	b.r.people = append(b.r.people, compiled{id: p.ID, particles: map[string]bool{}, initials: map[string]bool{}})
	part := b.name(p.Name, 0, true)
	for _, a := range p.Aliases {
		if nameWords(a) > 1 {
			part = b.name(a, part, false)
		} else if k := joinFold(a); k != "" {
			if initialsLike(a) {
				b.put(k, rInitials, -1)
			} else {
				b.word(a, rAlias, part)
			}
		}
	}
	for _, h := range p.Handles {
		h = strings.Trim(h, "@<> ")
		if strings.Contains(h, "@") { // user@server
			b.email(h)
			continue
		}
		b.put(joinFold(h), rHandle, -1)
	}
	for _, e := range p.Emails {
		b.email(e)
	}
	for _, in := range p.Initials {
		b.put(joinFold(in), rInitials, -1)
	}
}

func (b *builder) email(e string) {
	local, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(e), "mailto:"), "@")
	local, _, _ = strings.Cut(local, "+")
	b.put(joinFold(local), rLocal, -1)
}

// initialsLike reports whether an alias is two or three capitals, such as "JD".
func initialsLike(s string) bool {
	s = strings.ReplaceAll(s, ".", "")
	return len(s) >= 2 && len(s) <= 3 && strings.ToUpper(s) == s && strings.ToLower(s) != s && s[0] < utf8.RuneSelf
}

// nameWords counts the words of s, a name without spaces in a whole script as several.
func nameWords(s string) int {
	p := splitName(s)
	if len(p) == 1 && whole(p[0].key) {
		return utf8.RuneCountInString(p[0].key)
	}
	return len(p)
}

// whole reports whether a folded key is of a script without spaces.
func whole(k string) bool { return k != "" && foldRune(firstRune(k)).kind == kWhole }

// word adds a part of a name in all its spellings, and its pieces.
func (b *builder) word(raw string, r role, part int8) {
	for _, k := range variants(raw) {
		b.put(k, r, part)
	}
	pieces := strings.FieldsFunc(raw, func(c rune) bool { return hyphen(c) || apostrophes[c] || c == '.' })
	if len(pieces) < 2 {
		return
	}
	for i, w := range pieces {
		k := joinFold(w)
		if i == 0 && prefixes[k] {
			b.r.people[b.p].particles[k] = true
			continue
		}
		if utf8.RuneCountInString(k) < 2 {
			continue
		}
		as := rSub
		if i > 0 && prefixes[joinFold(pieces[0])] {
			as = r
		}
		for _, k := range variants(w) {
			b.put(k, as, part)
		}
	}
}

// unspaced adds the parts of a name written without a space: where family and
// given name meet is not known, so every cut that is usual counts.
func (b *builder) unspaced(raw, key string, part int8) int8 {
	rs := []rune(key)
	b.put(key, rFull, -1)
	hangul := rs[0] >= 0xAC00 && rs[0] <= 0xD7A3
	for cut := 1; cut < len(rs); cut++ {
		family, given := string(rs[:cut]), string(rs[cut:])
		switch {
		case hangul && cut != 1 && !(cut == 2 && compoundSurnames[family]):
			continue
		case hangul && cut == 1 && len(rs) > 3 && compoundSurnames[string(rs[:2])]:
			continue
		case !hangul && len(rs) == 3 && cut == 2 && singleSurnames[rs[0]]:
			continue
		}
		b.put(family, rSurname, part)
		b.put(given, rGiven, part+1)
		b.romanised(rs[:cut], rs[cut:], hangul, part)
	}
	return part + 2
}

// romanised adds what a Hangul name is in Latin letters.
func (b *builder) romanised(family, given []rune, hangul bool, part int8) {
	if !hangul {
		return
	}
	for _, g := range romanHangul(given) {
		if len([]rune(g)) > 3 {
			b.put(g, rGiven, part+1)
		}
		for _, f := range romanSurname(family) {
			b.put(f, rSurname, part)
			b.put(f+g, rFull, -1)
			b.put(g+f, rFull, -1)
		}
	}
}

// put enters a key.
func (b *builder) put(key string, r role, part int8) {
	n := utf8.RuneCountInString(key)
	if n < 2 && !whole(key) && r != rLocal {
		return
	}
	if n == 0 || n > 60 {
		return
	}
	switch r {
	case rInitials, rGuessed:
		if n < 2 || n > 5 || whole(key) {
			return
		}
	case rDerived:
		if n < 4 || n < 5 && key[0] >= utf8.RuneSelf || lex().of([]byte(key)) != 0 {
			return
		}
	case rFull, rHandle, rLocal:
		if fixedWords[key] {
			return
		}
	}
	f := b.r.forms[key]
	if f == nil {
		f = &form{class: ambiguity(key), runes: n, bare: true}
		f.common = lex().words[key]&(cAcronym|cTech|cProduct) != 0 || lex().of([]byte(key))&cEnglish != 0
		b.r.forms[key] = f
		h := hashOf(key)
		b.r.bloom[h>>6&bloomMask] |= 1 << (h & 63)
		b.r.longest = max(b.r.longest, n)
	}
	o := occ{b.p, r, part}
	f.bare = f.bare && (r == rInitials || r == rGuessed)
	f.named = f.named || part >= 0
	f.guessed = f.bare && (f.guessed || len(f.occs) == 0) && r == rGuessed
	if n := len(f.people); n == 0 || f.people[n-1] != b.p {
		f.people = append(f.people, b.p)
	}
	if !slices.ContainsFunc(f.occs, func(x occ) bool { return x.person == o.person && x.role == o.role }) {
		f.occs = append(f.occs, o)
	}
}

// fixedWords are the words of pseudonyms; a handle like these is beyond help.
var fixedWords = wordSet("team member teammember")

// ambiguity is the class of a word that may be something else than a name, 0 for
// one that is as good as surely a name.
func ambiguity(key string) class {
	c := lex().of([]byte(key))
	if c&cOnlyname != 0 {
		return 0
	}
	c &= cEnglish | cProduct | cCalendar | cPlace | cTech | cScience | cService
	if c == cService && len(key) > 3 && lex().words[key]&cGiven != 0 {
		c = 0
	}
	return c
}

// joinFold is the folded letters and digits of s, run together.
func joinFold(s string) string {
	v := newView(s)
	defer v.free()
	return string(v.buf)
}

func hashOf[T string | []byte](key T) uint32 {
	h := uint32(2166136261)
	for i := range len(key) {
		h = (h ^ uint32(key[i])) * 16777619
	}
	return h
}
