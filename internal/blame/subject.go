package blame

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
)

// who is what a noun phrase is about.
type who uint8

const (
	nobody   who = iota // no noun phrase there
	thing               // a system, a document, an event
	public              // people who use the service
	stranger            // a capitalised word that is in no list
	person              // somebody who works on it
)

//go:embed data/people.txt
var peopleData string

//go:embed data/systems.txt
var systemsData string

var lists = func() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	list := map[string]bool{}
	out["system"] = list
	for line := range strings.Lines(systemsData + peopleData) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			list = map[string]bool{}
			out[strings.Trim(line, "[]")] = list
		default:
			for w := range strings.FieldsSeq(line) {
				list[w] = true
			}
		}
	}
	return out
}()

func words(s string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		out[w] = true
	}
	return out
}

// oneOf reports whether w is one of the words of a list.
func oneOf(w, list string) bool { return w != "" && strings.Contains(" "+list+" ", " "+w+" ") }

var (
	pronouns     = words("i we he she they who whoever someone somebody nobody everyone everybody anyone anybody none y'all folks")
	yours        = words("you your")
	itself       = words("it this that these those which there what each")
	determiners  = words("the a an our their his her my your its this that these those some any no every each one two three several both another whose all")
	prepositions = words("of on from by for in at with to between during after before under behind across over within without into via about through per since until near against as like upon inside outside")
	adverbs      = words("also then again still just simply never always not only even once yet now first initially later soon ever often both merely too perhaps maybe already clearly really n't")
	auxiliaries  = words("had has have did do does was were is are be been being may might must could would should will can having got get gets didn't hadn't wasn't weren't hasn't haven't doesn't don't isn't couldn't wouldn't shouldn't")
	conjunctions = words("and but or so nor because while when if as though although since where before after until")
	notAdverbs   = words("family supply reply assembly anomaly early only july daily apply comply rely italy proxy monopoly weekly monthly hourly")
)

func adverb(w string) bool {
	return adverbs[w] || strings.HasSuffix(w, "ly") && len(w) > 4 && !notAdverbs[w]
}

// subject tells who does what the verb at the match says.
func (s spot) subject() who { return s.subjectOf(s.i) }

// subjectOf tells who the subject of the verb at word k is: the head of the noun phrase before it, past adverbs, auxiliaries and phrases
// with a preposition; where a verb stands beside another ("saw it and ignored it"), the subject of the first.
func (s spot) subjectOf(k int) who {
	n := k - 1
	for n >= s.a && n > k-8 && (adverb(s.words[n].low) || auxiliaries[s.words[n].low]) && !strings.Contains(s.words[n+1].gap, ",") {
		n--
	}
	if n > s.a && s.words[n].low == "call" && s.words[n-1].low == "on" { // "the engineer who was on call"
		for n -= 2; n >= s.a && auxiliaries[s.words[n].low]; n-- {
		}
		return s.onCall(n)
	}
	if n < s.a {
		return nobody
	}
	w := s.words[n].low
	switch {
	case strings.Contains(s.words[n+1].gap, ",") && s.relative(n):
		return thing
	case w == "and" || w == "but" || w == "then" || w == "or" || strings.Contains(s.words[n+1].gap, ","):
		return s.leading(n)
	case w == "who" || w == "whoever":
		if n > s.a && s.kind(n-1) == public {
			return public
		}
		return person
	case w == "that" || w == "which":
		if n > s.a {
			return s.kind(n - 1)
		}
		return thing
	case w == "to" || conjunctions[w]:
		return nobody
	}
	for head := n; ; {
		p := s.phrase(head)
		if p <= s.a || !prepositions[s.words[p-1].low] {
			return s.kind(head)
		}
		outer := p - 2 // the phrase belongs to what stands before its preposition
		for outer >= s.a && participle(s.words[outer].low) && !lists["person"][s.words[outer].low] {
			outer--
		}
		switch {
		case outer < s.a || strings.Contains(s.words[p-1].gap, ",") || conjunctions[s.words[outer].low]:
			return s.kind(n) // "During the incident engineers …"
		case auxiliaries[s.words[outer].low]:
			return s.kind(head)
		}
		head = outer
	}
}

// onCall tells who is on call: whoever stands before it, or the one who is.
func (s spot) onCall(n int) who {
	if n < s.a || determiners[s.words[n].low] {
		return person
	}
	if w := s.words[n].low; w == "who" || w == "whoever" {
		return person
	}
	return s.kind(n)
}

// relative reports whether a clause about a thing was begun shortly before word n: "restarts that, at peak, …".
func (s spot) relative(n int) bool {
	for k := n; k > s.a && k > n-5; k-- {
		if w := s.words[k].low; (w == "that" || w == "which") && k+1 < s.b && strings.Contains(s.words[k+1].gap, ",") {
			return s.kind(k-1) != person
		}
	}
	return false
}

// phrase is the first word of the noun phrase that ends at word head.
func (s spot) phrase(head int) int {
	k := head
	for k > s.a && head-k < 5 {
		w := s.words[k].low
		before := s.words[k-1].low
		if determiners[w] || pronouns[w] || strings.Contains(s.words[k].gap, ",") || prepositions[before] || conjunctions[before] || auxiliaries[before] {
			break
		}
		k--
	}
	return k
}

// leading is the subject of the clause that a conjunction or comma at word n goes on with.
func (s spot) leading(n int) who {
	for k := s.a; k <= n && k < s.a+8; k++ {
		w := s.words[k].low
		switch {
		case conjunctions[w] && w != "and" && k == s.a, adverb(w), determiners[w] && !pronouns[w]:
			continue
		case prepositions[w] && k == s.a: // "At 10:14 the engineer …"
			for k+1 < n && !determiners[s.words[k+1].low] && !pronouns[s.words[k+1].low] && !strings.Contains(s.words[k+1].gap, ",") {
				k++
			}
			continue
		case pronouns[w]:
			return person
		}
		if k+1 <= n && noun(s.words[k+1].low) && !strings.Contains(s.words[k+1].gap, ",") {
			continue // a word of a compound
		}
		return s.kind(k)
	}
	return nobody
}

// noun guesses whether a word goes on a noun phrase.
func noun(w string) bool {
	return !auxiliaries[w] && !conjunctions[w] && !prepositions[w] && !adverb(w) && !participle(w) && !irregular[w] && !pronouns[w] && !determiners[w] && !itself[w]
}

var irregular = words("saw ran took went read wrote sent kept let made knew thought felt found left lost chose began broke gave told said came put set shut built restarts runs says")

func participle(w string) bool {
	return len(w) > 4 && (strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "ing")) || irregular[w]
}

var teamMember = "team-member-"

// kind tells what the noun at word k is about.
func (s spot) kind(k int) who {
	raw, w := s.words[k].raw, s.words[k].low
	before := ""
	if k > s.a && !strings.Contains(s.words[k].gap, ",") {
		before = s.words[k-1].low
	}
	switch {
	case pronouns[w] || w == "one" && before == "no" || strings.HasPrefix(w, teamMember) || strings.HasPrefix(raw, "@"):
		return person
	case yours[w] || lists["public"][w]:
		return public
	case w == "call" && before == "on", w == "us" && before == "of", w == "member" && before == "team", w == "members" && before == "team":
		return person
	case k == s.a && oneOf(w, "support marketing sales leadership"): // the department
		return person
	case itself[w]:
		return thing
	case lists["person"][w] && (before == "enterprise" || before == "organization" || before == "customer"):
		return public
	case lists["shared"][w]:
		if before == "" || lists["before"][before] || lists["person"][before] || !noun(before) {
			return person
		}
		return thing
	case lists["person"][w] || s.people[strings.TrimSuffix(w, "'s")]:
		return person
	}
	return s.name(k)
}

// name tells a person's name from that of a system.
func (s spot) name(k int) who {
	raw, w := s.words[k].raw, s.words[k].low
	runes := []rune(raw)
	if !unicode.IsUpper(runes[0]) || len(runes) < 2 || slices.ContainsFunc(runes[1:], func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) || r == '.' || r == '/' || r == '_' }) {
		return thing
	}
	if k > s.a && !strings.ContainsAny(s.words[k].gap, ",(") {
		if first := s.words[k-1]; lists["given"][first.low] && first.raw != first.low && !lists["system"][w] {
			return person // a surname
		}
	}
	switch {
	case lists["given"][w] && !lists["system"][w]:
		return person
	case lists["system"][w] || k == s.a:
		return thing
	}
	return stranger
}

// agent tells who the noun phrase from word k on is about, as after "by".
func (s spot) agent(k int) who {
	if k >= s.b {
		return nobody
	}
	if pronouns[s.words[k].low] || s.words[k].low == "me" || s.words[k].low == "him" || s.words[k].low == "them" || s.words[k].low == "us" {
		return person
	}
	end := k
	for end+1 < s.b && end-k < 6 {
		next := s.words[end+1]
		if strings.ContainsAny(next.gap, ",.;:()—\n") || strings.Contains(s.words[end+1].gap, " - ") || !noun(next.low) && !(determiners[s.words[end].low]) || relative[next.low] {
			break
		}
		end++
	}
	for end > k && timely[s.words[end].low] {
		end--
	}
	w := s.words[end].low
	if i := strings.LastIndex(w, "'s"); i > 0 && i == len(w)-2 {
		return thing
	}
	return s.kind(end)
}

var (
	relative = words("who that which when while where")
	timely   = words("yesterday today tomorrow monday tuesday wednesday thursday friday saturday sunday earlier later alone himself herself themselves myself ourselves again last week night morning")
)
