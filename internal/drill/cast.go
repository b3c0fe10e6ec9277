package drill

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"tocsin/internal/store"
)

// names of invented people: no scenario is about them. Some are also ordinary words, so that redaction has work to do.
var names = []string{"Marisol Okafor", "Jónas Bergström", "Priya Raghunathan", "Tomasz Wójcik", "Will Grant", "Ngozi Adeyemi", "Hope Sterling",
	"Dmitri Volkov", "Aoife Gallagher", "Kenji Watanabe", "Leila Haddad", "Mark Chase", "Rosa Delgado", "Sven Lindqvist", "Thuy Pham",
	"Ruby Jenkins", "Ibrahim Diallo", "Clara Vogt", "Mateo Fuentes", "Yara Benali", "Oskar Nowak", "Amara Nwosu", "Felix Brandt", "Ines Carvalho"}

// Cast is who plays a scenario: every actor that is a person has an invented one, the same throughout.
type Cast struct {
	People []store.Person
	byID   map[string]int // actor of the scenario → index into People
}

// Person gives the invented person who plays an actor.
func (c *Cast) Person(actor string) store.Person { return c.People[c.byID[actor]] }

// Names lists the invented names, for the check that none of them is public.
func (c *Cast) Names() []string {
	out := make([]string, len(c.People))
	for n, p := range c.People {
		out[n] = p.Name
	}
	return out
}

// NewCast invents the people of a scenario: its actors, and somebody for every role of the runbook that no actor plays.
func NewCast(s Scenario) *Cast {
	c := &Cast{byID: map[string]int{}}
	h := fnv.New32a()
	_, _ = h.Write([]byte(s.ID)) // a hash never fails
	start := int(h.Sum32() % uint32(len(names)))
	add := func(actor, role string) {
		if _, ok := c.byID[actor]; ok {
			return
		}
		n := len(c.People)
		name := names[(start+n)%len(names)]
		if n >= len(names) {
			name = fmt.Sprintf("%s %s", strings.Fields(name)[0], strings.Fields(names[(start+2*n+1)%len(names)])[1])
		}
		first, surname, _ := strings.Cut(name, " ")
		handle := fmt.Sprintf("%s.%s", ascii(first), ascii(surname))
		if n >= len(names) {
			handle = fmt.Sprintf("%s%d", handle, n)
		}
		c.byID[actor] = n
		c.People = append(c.People, store.Person{ID: handle, Rights: "responder", Name: name, Handles: []string{handle},
			Emails: []string{handle + "@example.com"}, Initials: []string{initials(name)}, Roles: []string{role},
			Contact: fmt.Sprintf("+1 555 01%02d", n)})
	}
	for _, m := range s.Cast {
		add(m.ID, m.Role)
	}
	for _, e := range s.Events {
		if e.Role != "system" {
			add(e.Actor, e.Role)
		}
	}
	for _, role := range []string{"point_person", "engineer", "communications_manager", "marketing_representative"} {
		if !slices.ContainsFunc(c.People, func(p store.Person) bool { return p.Roles[0] == role }) {
			add("the "+role, role)
		}
	}
	return c
}

// holder is who plays a role when nobody of the scenario holds it.
func (c *Cast) holder(role string) store.Person {
	for _, p := range c.People {
		if p.Roles[0] == role {
			return p
		}
	}
	return c.People[0]
}

func initials(name string) string {
	var out []rune
	for w := range strings.FieldsSeq(name) {
		out = append(out, []rune(w)[0])
	}
	return strings.ToUpper(string(out))
}

func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if to, ok := map[rune]rune{'ó': 'o', 'ö': 'o', 'ä': 'a', 'ü': 'u'}[r]; ok {
			return to
		}
		return r
	}, strings.ToLower(s))
}

// voice puts invented names into a text: those the text speaks of, and now and then others, as people write them.
func (c *Cast) voice(text, actor string, n int) string {
	for id, at := range c.byID {
		if strings.HasPrefix(id, "team-member-") {
			text = replaceWord(text, id, c.People[at].Name)
		}
	}
	_, person := c.byID[actor]
	if !person {
		return text
	}
	me := c.Person(actor)
	other := c.People[n%len(c.People)]
	first, _, _ := strings.Cut(other.Name, " ")
	switch n % 5 {
	case 0:
		return fmt.Sprintf("%s (%s)", text, me.Name)
	case 1:
		return fmt.Sprintf("%s cc @%s", text, other.Handles[0])
	case 2:
		return fmt.Sprintf("%s says: %s", me.Name, text)
	case 3:
		return fmt.Sprintf("%s Questions to %s.", text, other.Emails[0])
	}
	return fmt.Sprintf("%s Checked with %s %s.", text, first, strings.Fields(other.Name)[1])
}

// replaceWord replaces word where no digit follows: team-member-1 is not in team-member-12.
func replaceWord(text, word, by string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, word)
		if at < 0 {
			return b.String() + text
		}
		end := at + len(word)
		b.WriteString(text[:at])
		if end < len(text) && text[end] >= '0' && text[end] <= '9' {
			b.WriteString(word)
		} else {
			b.WriteString(by)
		}
		text = text[end:]
	}
}

// Pilot is whom the person at the keyboard plays: the point person.
func (c *Cast) Pilot() store.Person { return c.holder("point_person") }
