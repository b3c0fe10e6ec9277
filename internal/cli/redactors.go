package cli

import (
	"maps"
	"net/url"
	"sync"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/store"
)

// redactors keeps one redactor per incident for as long as neither the roster, the pseudonyms nor what people settled change. What people
// said of a word in one incident holds in all: the organisation learns.
type redactors struct {
	people *auth.Directory
	own    []string // addresses at which Tocsin itself is reached: their hosts are no secret
	mu     sync.Mutex
	made   map[string]made
	words  map[string]bool // word in lower case → is a person
}

type made struct {
	numbers int
	flags   map[string]bool
	r       *redact.Redactor
}

// forget makes the redactors anew: somebody's names have changed.
func (c *redactors) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = nil
}

// learn takes over what people settled in an incident. Incidents come in the order in which they were settled.
func (c *redactors) learn(i *incident.Incident) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for word, person := range i.Flags {
		if was, known := c.words[word]; known && was == person {
			continue
		}
		if c.words == nil {
			c.words = map[string]bool{}
		}
		c.words[word] = person
		c.made = nil
	}
}

// of gives the redactor of an incident. Unknown people are masked, too. What was settled in the incident itself wins.
func (c *redactors) of(i *incident.Incident) *redact.Redactor {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m, ok := c.made[i.ID]; ok && m.numbers == len(i.Pseudonyms) && maps.Equal(m.flags, i.Flags) {
		return m.r
	}
	known := roster(c.people.List())
	var ordinary []string
	for _, address := range c.own {
		if u, err := url.Parse(address); err == nil {
			ordinary = append(ordinary, u.Hostname())
		}
	}
	words := maps.Clone(c.words)
	if words == nil {
		words = map[string]bool{}
	}
	maps.Copy(words, i.Flags)
	for word, person := range words {
		if person {
			known = append(known, redact.Person{ID: "word:" + word, Name: word})
		} else {
			ordinary = append(ordinary, word)
		}
	}
	r := redact.New(known, i.Pseudonyms).Guard(ordinary)
	if c.made == nil {
		c.made = map[string]made{}
	}
	c.made[i.ID] = made{len(i.Pseudonyms), i.Flags, r}
	return r
}

func roster(people []store.Person) redact.Roster {
	out := make(redact.Roster, 0, len(people))
	for _, p := range people {
		out = append(out, redact.Person{ID: p.ID, Name: p.Name, Aliases: p.Aliases, Handles: p.Handles, Emails: p.Emails, Initials: p.Initials})
	}
	return out
}
