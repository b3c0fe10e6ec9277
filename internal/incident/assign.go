package incident

import (
	"slices"
	"strings"
)

// AssignRole sets who holds a role, without asking them: for somebody who said yes on the phone.
type AssignRole struct {
	Role string `json:"role"`
	To   string `json:"to"` // person id
	Why  string `json:"why,omitempty"`
}

// Decide fills a free role, adds to one that many may hold, and needs a reason to take a role from somebody else than the giver.
func (c *AssignRole) Decide(i *Incident, a Ask) ([]Event, error) {
	r, err := i.role(c.Role)
	if err != nil {
		return nil, err
	}
	if c.To == "" || i.Pseudonyms[c.To] == 0 && !slices.Contains(a.People, c.To) {
		return nil, invalid("to", "there is nobody called %q; add them to the people first", c.To)
	}
	if i.Holds(c.To, r.ID) {
		return nil, nil
	}
	ev := &RoleTaken{Role: r.ID, Person: c.To, Why: strings.TrimSpace(c.Why)}
	if held := i.Roles[r.ID]; len(held) > 0 && !r.Many {
		ev.From = held[0]
		if ev.From != a.By {
			if ev.Why, err = why(c.Why); err != nil {
				return nil, err
			}
		}
		sheet := i.HandOver(r.ID, a.Now)
		ev.Sheet = &sheet
	}
	return []Event{ev}, nil
}
