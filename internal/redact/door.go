package redact

import (
	"net/url"
	"strings"
)

// maxPasses bounds the passes of Text over its own output. Each pass takes at
// least one name away, and a second one is needed only where taking a name away
// changed what its neighbour is read as.
const maxPasses = 8

// Text is the one door: it replaces every roster person in s by a pseudonym
// (R13). It is idempotent: r.Text(r.Text(s).String()) == r.Text(s).
// Unknown people, secrets, internal hosts and local times are left standing unless
// r is guarded; see Guard, Find and Masked.
func (r *Redactor) Text(s string) Text {
	if r.guarded {
		s = r.withheld(UTC(s))
	}
	return r.nobody(s)
}

// nobody takes out people alone: the second pass over what is made of Texts.
func (r *Redactor) nobody(s string) Text {
	if r.guarded {
		return r.Masked(s)
	}
	return seal(r.named(s))
}

// Masked takes people out, with every flagged unknown person masked as "someone": for what
// must leave before a person has settled the flags.
func (r *Redactor) Masked(s string) Text {
	for range maxPasses {
		s = r.named(s)
		f := r.find(s, true)
		if len(f.Flag) == 0 {
			return seal(s)
		}
		s = splice(s, f.Flag, func(Span) string { return "someone" })
	}
	return seal(s)
}

// withheld takes out what is held, as far as nobody has decided about it.
func (r *Redactor) withheld(s string) string {
	hold := r.settled(s, Findings{Hold: held(s)}).Hold
	return splice(s, hold, func(sp Span) string { return heldAs[sp.Why] })
}

// named replaces the people of the roster.
func (r *Redactor) named(s string) string {
	for range maxPasses {
		f := r.find(s, false)
		if len(f.Redact) == 0 {
			return s
		}
		var at []int // where the pseudonyms end
		s, at = r.replace(s, f.Redact)
		if len(s) > longText && r.calm(s, at) {
			return s
		}
	}
	return s
}

// longText is the length in bytes from which a second pass looks only at the lines around what the first one replaced.
const longText = 16 << 10

// calm reports whether nothing is left to replace in the lines around the places at. Elsewhere nothing has changed, and what a word is
// read as does not depend on lines further away.
func (r *Redactor) calm(s string, at []int) bool {
	const around, most = 3, 4 << 10 // lines, bytes
	for k := 0; k < len(at); {
		from, to := lineBefore(s, at[k], around), at[k]
		for ; k < len(at) && at[k] <= to; k++ {
			to = lineAfter(s, at[k], around)
		}
		if to-from > most*around || len(r.find(s[from:to], false).Redact) > 0 {
			return false
		}
	}
	return true
}

// lineBefore is where the line begins that stands n lines before the place at.
func lineBefore(s string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		at = strings.LastIndexByte(s[:at], '\n')
	}
	return max(at, 0)
}

// lineAfter is where the line ends that stands n lines after the place at.
func lineAfter(s string, at, n int) int {
	for ; n > 0; n-- {
		next := strings.IndexByte(s[at:], '\n')
		if next < 0 {
			return len(s)
		}
		at += next + 1
	}
	return at
}

// Format is like Sprintf with %s only (and %% for a percent sign); the format is
// a constant. The result passes the door again, so that two parts cannot make a
// name together. A missing argument is empty, one too many is dropped.
func (r *Redactor) Format(format literal, args ...Text) Text {
	var b strings.Builder
	f := string(format)
	for {
		i := strings.IndexByte(f, '%')
		if i < 0 || i+1 >= len(f) {
			break
		}
		b.WriteString(f[:i])
		switch f[i+1] {
		case 's':
			if len(args) > 0 {
				b.WriteString(args[0].String())
				args = args[1:]
			}
		case '%':
			b.WriteByte('%')
		default:
			b.WriteString(f[i : i+2])
		}
		f = f[i+2:]
	}
	b.WriteString(f)
	return r.nobody(b.String())
}

// URL seals an address that the program minted. It is the empty text unless raw
// is an absolute http or https URL; a name within it is replaced.
func (r *Redactor) URL(raw string) Text {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return Text{}
	}
	u.User = nil
	return r.nobody(u.String())
}

// replace puts the pseudonym of each span's person in its place, and gives where each ends.
func (r *Redactor) replace(s string, spans []Span) (string, []int) {
	ends := make([]int, 0, len(spans))
	grown := 0
	s = splice(s, spans, func(sp Span) string {
		name := r.Pseudonym(sp.Person)
		grown += len(name) - (sp.End - sp.Start)
		ends = append(ends, sp.End+grown)
		return name
	})
	return s, ends
}

func splice(s string, spans []Span, with func(Span) string) string {
	var b strings.Builder
	b.Grow(len(s) + 16*len(spans))
	at := 0
	for _, sp := range spans {
		b.WriteString(s[at:sp.Start])
		b.WriteString(with(sp))
		at = sp.End
	}
	b.WriteString(s[at:])
	return b.String()
}
