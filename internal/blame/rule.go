package blame

import (
	"regexp"
	"slices"
	"strings"
)

// rule is a class of words and what to write instead.
type rule struct {
	ID, Category, Message, Rewrite string
	patterns                       []pattern
}

// pattern is an RE2 expression over a text without code. A match counts where when says so, or always without it. If the expression has a
// group, the group is what is found.
type pattern struct {
	re    *regexp.Regexp
	sieve sieve
	when  func(spot) bool
	needs need
}

// need says what when asks for, as far as a linter without grammar can ask for it (see Vale).
type need uint8

const (
	needsNothing need = iota
	needsSubject      // somebody right before the match
	needsAgent        // somebody right after it
)

func p(expr string) pattern {
	expr = `(?i)` + expr
	return pattern{re: regexp.MustCompile(expr), sieve: sieveOf(expr)}
}

func (p pattern) where(when func(spot) bool) pattern { p.when = when; return p }

// by is where, for what is asked of the subject.
func (p pattern) by(when func(spot) bool) pattern { p.when, p.needs = when, needsSubject; return p }

// of is where, for what is asked of the words that follow.
func (p pattern) of(when func(spot) bool) pattern { p.when, p.needs = when, needsAgent; return p }

// byPerson holds where somebody who works on it does what the match says.
func byPerson(s spot) bool { return s.subject() == person }

// byName is byPerson, also for a capitalised word that is no known system.
func byName(s spot) bool { w := s.subject(); return w == person || w == stranger }

// notByThing holds unless a system, or somebody who uses the service, does what the match says: in notes the subject is often left out.
func notByThing(s spot) bool { w := s.subject(); return w != thing && w != public }

// ofPerson holds where the words after the match are about somebody.
func ofPerson(s spot) bool { return s.agent(s.j) == person }

// ofThing holds where the words after the match are about a system: "the junior partition".
func ofThing(s spot) bool {
	return s.j < s.b && noun(s.words[s.j].low) && !strings.ContainsAny(s.words[s.j].gap, ",.;:") && s.agent(s.j) == thing
}

func not(f func(spot) bool) func(spot) bool { return func(s spot) bool { return !f(s) } }

func all(fs ...func(spot) bool) func(spot) bool {
	return func(s spot) bool { return !slices.ContainsFunc(fs, func(f func(spot) bool) bool { return !f(s) }) }
}

func either(fs ...func(spot) bool) func(spot) bool {
	return func(s spot) bool { return slices.ContainsFunc(fs, func(f func(spot) bool) bool { return f(s) }) }
}

// next holds where one of the words stands right after the match.
func next(list string) func(spot) bool {
	set := words(list)
	return func(s spot) bool { return set[s.after(1)] }
}

// follows holds where one of the words stands right before the match.
func follows(list string) func(spot) bool {
	set := words(list)
	return func(s spot) bool { return set[s.before(1)] }
}

// within holds where one of the words stands among the n words after the match.
func within(n int, list string) func(spot) bool {
	set := words(list)
	return func(s spot) bool {
		rest := s.rest()
		return slices.ContainsFunc(rest[:min(n, len(rest))], func(w string) bool { return set[w] })
	}
}

// among holds where one of the words stands among the n words before the match.
func among(n int, list string) func(spot) bool {
	set := words(list)
	return func(s spot) bool {
		for k := 1; k <= n; k++ {
			if set[s.before(k)] {
				return true
			}
		}
		return false
	}
}

// opens holds where the match begins its sentence.
func opens(s spot) bool { return s.i == s.a }

// denied holds where the words before the match take it back: "nobody's fault", "not to blame", "no single cause".
var denied = either(among(3, "no nobody nobody's not isn't wasn't aren't weren't nor without never neither hardly"), among(2, "one's anyone's anybody's"))

func asks(s spot) bool { return s.asks() }
