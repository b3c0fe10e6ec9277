package incident

import (
	"slices"
	"strings"
	"time"

	"tocsin/internal/runbook"
)

// Offer is a role handed over that waits for the other's yes.
type Offer struct {
	From, To string
	Note     string
	At       time.Time
	Sheet    Sheet
}

// Sheet is what the next holder of a role needs to know at once (R3).
type Sheet struct {
	Open []string   `json:"open"`           // ids of open items
	ETA  *time.Time `json:"eta,omitempty"`  // nil: not known
	Next *time.Time `json:"next,omitempty"` // next public update due
}

// HandOver is the sheet for a role as things stand.
func (i *Incident) HandOver(role string, now time.Time) Sheet {
	s := Sheet{Open: []string{}}
	for _, item := range i.List(role, now) {
		if !item.Finished && item.Due {
			s.Open = append(s.Open, item.ID)
		}
	}
	if i.ETA.Known {
		s.ETA = &i.ETA.At
	}
	if due := i.UpdateDue(); !due.IsZero() {
		s.Next = &due
	}
	return s
}

func (i *Incident) role(word string) (runbook.Role, error) {
	if r, ok := i.Runbook.Role(word); ok {
		return r, nil
	}
	var names []string
	for _, r := range i.Runbook.Roles {
		names = append(names, r.ID)
	}
	return runbook.Role{}, invalid("role", "there is no role %q; the roles are %s", word, strings.Join(names, ", "))
}

// TakeRole is "I'm taking point". A role somebody else holds is taken only with force and a reason.
type TakeRole struct {
	Role  string `json:"role"`
	Force bool   `json:"force,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Decide takes a free role, joins one that many may hold, or takes over by force.
func (c *TakeRole) Decide(i *Incident, a Ask) ([]Event, error) {
	r, err := i.role(c.Role)
	if err != nil {
		return nil, err
	}
	if i.Holds(a.By, r.ID) {
		return nil, nil
	}
	ev := &RoleTaken{Role: r.ID, Person: a.By}
	if held := i.Roles[r.ID]; len(held) > 0 && !r.Many {
		if !c.Force {
			return nil, conflict("somebody else is %s: ask them to give it to you, or take it with force and a reason", strings.ToLower(r.Name))
		}
		if ev.Why, err = why(c.Why); err != nil {
			return nil, err
		}
		ev.From = held[0]
	}
	return []Event{ev}, nil
}

// RoleTaken is that a person holds a role from now on. From is who held it until now, if it passed from one to the other.
type RoleTaken struct {
	Role   string `json:"role"`
	Person string `json:"person"`
	From   string `json:"from,omitempty"`
	Why    string `json:"why,omitempty"`
	Note   string `json:"note,omitempty"`
	Sheet  *Sheet `json:"sheet,omitempty"`
}

// Kind names the entry.
func (*RoleTaken) Kind() string { return "role_taken" }

// Apply gives the role.
func (c *RoleTaken) Apply(i *Incident, _ Entry) {
	i.remove(c.Role, c.From)
	i.remove(c.Role, c.Person)
	i.Roles[c.Role] = append(i.Roles[c.Role], c.Person)
	delete(i.Offers, c.Role)
	i.versions["roles"] = i.Seq
}

func (i *Incident) remove(role, person string) {
	i.Roles[role] = slices.DeleteFunc(slices.Clone(i.Roles[role]), func(p string) bool { return p == person })
	if len(i.Roles[role]) == 0 {
		delete(i.Roles, role)
	}
}

// GiveRole offers a role to somebody; they accept it. A free role is given by anyone.
type GiveRole struct {
	Role string `json:"role"`
	To   string `json:"to"` // person id
	Note string `json:"note,omitempty"`
}

// Decide needs the role to be the giver's own, or free.
func (c *GiveRole) Decide(i *Incident, a Ask) ([]Event, error) {
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
	from := ""
	if i.Holds(a.By, r.ID) {
		from = a.By
	} else if len(i.Roles[r.ID]) > 0 && !r.Many {
		return nil, forbidden("only whoever is %s can hand it over", strings.ToLower(r.Name))
	}
	if c.To == a.By {
		return []Event{&RoleTaken{Role: r.ID, Person: a.By}}, nil
	}
	return []Event{&RoleOffered{Role: r.ID, From: from, To: c.To, Note: strings.TrimSpace(c.Note), Sheet: i.HandOver(r.ID, a.Now)}}, nil
}

// RoleOffered is a hand-over that waits for its receiver.
type RoleOffered struct {
	Role  string `json:"role"`
	From  string `json:"from,omitempty"`
	To    string `json:"to"`
	Note  string `json:"note,omitempty"`
	Sheet Sheet  `json:"sheet"`
}

// Kind names the entry.
func (*RoleOffered) Kind() string { return "role_offered" }

// Apply remembers the offer; the role stays where it is until it is accepted.
func (c *RoleOffered) Apply(i *Incident, e Entry) {
	i.Offers[c.Role] = Offer{From: c.From, To: c.To, Note: c.Note, At: e.At, Sheet: c.Sheet}
}

// AcceptRole is the receiver's yes.
type AcceptRole struct {
	Role string `json:"role"`
}

// Decide lets the receiver accept, no one else.
func (c *AcceptRole) Decide(i *Incident, a Ask) ([]Event, error) {
	r, err := i.role(c.Role)
	if err != nil {
		return nil, err
	}
	o, ok := i.Offers[r.ID]
	if !ok {
		return nil, conflict("nobody has offered %s; take it instead", strings.ToLower(r.Name))
	}
	if o.To != a.By {
		return nil, forbidden("it was offered to somebody else")
	}
	sheet := i.HandOver(r.ID, a.Now)
	return []Event{&RoleTaken{Role: r.ID, Person: a.By, From: o.From, Note: o.Note, Sheet: &sheet}}, nil
}

// DropRole lets go of a role.
type DropRole struct {
	Role string `json:"role"`
	Why  string `json:"why,omitempty"`
}

// Decide lets go of what one holds.
func (c *DropRole) Decide(i *Incident, a Ask) ([]Event, error) {
	r, err := i.role(c.Role)
	if err != nil {
		return nil, err
	}
	if !i.Holds(a.By, r.ID) {
		return nil, conflict("you are not %s", strings.ToLower(r.Name))
	}
	return []Event{&RoleDropped{Role: r.ID, Person: a.By, Why: strings.TrimSpace(c.Why)}}, nil
}

// RoleDropped is that somebody let a role go.
type RoleDropped struct {
	Role   string `json:"role"`
	Person string `json:"person"`
	Why    string `json:"why,omitempty"`
}

// Kind names the entry.
func (*RoleDropped) Kind() string { return "role_dropped" }

// Apply frees the role.
func (c *RoleDropped) Apply(i *Incident, _ Entry) {
	i.remove(c.Role, c.Person)
	i.versions["roles"] = i.Seq
}

// Wanted lists the roles that somebody must hold now and nobody does, in the runbook's order (R1).
func (i *Incident) Wanted() []runbook.Role {
	var out []runbook.Role
	if i.Runbook == nil || i.Status != Active {
		return nil
	}
	for _, r := range i.Runbook.Roles {
		if len(i.Roles[r.ID]) == 0 && i.holds(r.Wanted, i.Declared.At) {
			out = append(out, r)
		}
	}
	return out
}

// findVacant keeps since when each wanted role has had nobody.
func (i *Incident) findVacant(at time.Time) {
	wanted := map[string]bool{}
	for _, r := range i.Wanted() {
		wanted[r.ID] = true
		if _, known := i.Vacant[r.ID]; !known {
			i.Vacant[r.ID], i.nudged[r.ID] = at, 0
		}
	}
	for id := range i.Vacant {
		if !wanted[id] {
			delete(i.Vacant, id)
			delete(i.nudged, id)
		}
	}
}

// PullIn asks for a person or a role (R18). They are sent the room, the document and the channel.
type PullIn struct {
	Who string `json:"who"` // person id, or a role
	Why string `json:"why,omitempty"`
}

// Decide accepts known people and roles.
func (c *PullIn) Decide(i *Incident, a Ask) ([]Event, error) {
	if i.Pseudonyms[c.Who] != 0 { // who was known once
		a.People = append(slices.Clip(a.People), c.Who)
	}
	e, err := call(i.Runbook, a, c.Who, strings.TrimSpace(c.Why))
	if err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

// call asks for somebody by id, or for a role of the runbook by one of its names.
func call(book *runbook.Runbook, a Ask, who, why string) (*PulledIn, error) {
	if book != nil {
		if r, ok := book.Role(who); ok {
			return &PulledIn{Role: r.ID, Why: why}, nil
		}
	}
	if who == "" || !slices.Contains(a.People, who) {
		return nil, invalid("who", "there is nobody and no role called %q; add them to the people first", who)
	}
	return &PulledIn{Person: who, Why: why}, nil
}

// Call is somebody asked for.
type Call struct {
	Seq          int64
	Person, Role string
	Why          string
}

// PulledIn is that somebody was asked for, by a person, or by the system for a role nobody took.
type PulledIn struct {
	Person string `json:"person,omitempty"`
	Role   string `json:"role,omitempty"`
	Why    string `json:"why,omitempty"`
}

// Kind names the entry.
func (*PulledIn) Kind() string { return "pulled_in" }

// Apply remembers the call.
func (c *PulledIn) Apply(i *Incident, e Entry) {
	i.Calls = append(i.Calls, Call{Seq: e.Seq, Person: c.Person, Role: c.Role, Why: c.Why})
	if c.Person != "" {
		i.versions["roles"] = i.Seq // whoever is called belongs into the channel
	}
	if e.By == System && c.Role != "" {
		i.nudged[c.Role] = nudgedOut
	}
}

// Announce is "I'm bouncing X" (R17).
type Announce struct {
	Text string `json:"text"`
}

// Decide checks the words.
func (c *Announce) Decide(*Incident, Ask) ([]Event, error) {
	text, err := clean("text", c.Text)
	if err != nil {
		return nil, err
	}
	return []Event{&Announced{Text: text}}, nil
}

// Announced is what somebody is about to do.
type Announced struct {
	Text string `json:"text"`
}

// Kind names the entry.
func (*Announced) Kind() string { return "announced" }

// Apply shows the words.
func (c *Announced) Apply(i *Incident, _ Entry) { i.last().Text = c.Text }

// AddPerson brings somebody of the roster into the incident, so that their name is known to redaction from now on. Who they are stands in
// the roster; the entry holds the id.
type AddPerson struct {
	Person string `json:"person"`
}

// Decide needs the person to be in the roster; meet gives the pseudonym.
func (c *AddPerson) Decide(i *Incident, a Ask) ([]Event, error) {
	if c.Person == "" || !slices.Contains(a.People, c.Person) {
		return nil, invalid("person", "there is nobody with id %q in the roster", c.Person)
	}
	return nil, nil
}
