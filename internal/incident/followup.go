package incident

import (
	"strings"
	"time"
)

// FollowUp is work that remains after the incident.
type FollowUp struct {
	ID    int64
	Seq   int64 // of the entry that last changed it
	Made  int64 // of the entry that added it: steps for it are named by it
	Text  string
	Owner string       // role or person id; empty: nobody yet
	Due   string       // date, 2026-12-05; empty: none
	Class string       // prevent, detect, mitigate, recover; empty: not said
	State string       // open, done, wont
	URL   string       // in the tracker
	Why   string       // of wont
	There TrackedIssue // how the tracker said last that its issue stands
	Heard int64        // Seq of the entry that says so
}

// FollowUp gives the follow-up that an entry added.
func (i *Incident) FollowUp(made int64) (FollowUp, bool) {
	if f := i.followUp(made); f != nil {
		return *f, true
	}
	return FollowUp{}, false
}

// followUp finds a follow-up by the entry that added it; nil if there is none.
func (i *Incident) followUp(made int64) *FollowUp {
	for n := range i.FollowUps {
		if i.FollowUps[n].Made == made && made != 0 {
			return &i.FollowUps[n]
		}
	}
	return nil
}

// AddFollowUp adds a follow-up, or changes the one with ID: only the fields that are given.
type AddFollowUp struct {
	ID    int64  `json:"id,omitempty"`
	Text  string `json:"text,omitempty"`
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due,omitempty"`
	Class string `json:"class,omitempty"`
	State string `json:"state,omitempty"`
	URL   string `json:"url,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Decide checks the fields.
func (c *AddFollowUp) Decide(i *Incident, _ Ask) ([]Event, error) {
	f := FollowUp{ID: int64(len(i.FollowUps) + 1), State: "open"}
	if c.ID != 0 {
		if c.ID < 1 || int(c.ID) > len(i.FollowUps) {
			return nil, missing("there is no follow-up %d", c.ID)
		}
		f = i.FollowUps[c.ID-1]
	}
	set := func(to *string, v string) {
		if v = strings.TrimSpace(v); v != "" {
			*to = v
		}
	}
	set(&f.Text, c.Text)
	set(&f.Owner, c.Owner)
	set(&f.Due, c.Due)
	set(&f.Class, c.Class)
	set(&f.State, c.State)
	set(&f.URL, c.URL)
	set(&f.Why, c.Why)
	if f.State == "open" {
		f.Why = ""
	}
	if _, err := clean("text", f.Text); err != nil {
		return nil, err
	}
	if f.Due != "" {
		if _, err := time.Parse(time.DateOnly, f.Due); err != nil {
			return nil, invalid("due", "%q is not a date; write it like 2026-12-05", f.Due)
		}
	}
	switch f.Class {
	case "", "prevent", "detect", "mitigate", "recover":
	default:
		return nil, invalid("class", "a follow-up prevents, detects, mitigates or recovers; %q is none of these", f.Class)
	}
	switch f.State {
	case "open", "done":
	case "wont":
		if f.Why == "" {
			return nil, invalid("why", "say why it won't be done")
		}
	default:
		return nil, invalid("state", "a follow-up is open, done or wont")
	}
	return []Event{&FollowedUp{ID: f.ID, Text: f.Text, Owner: f.Owner, Due: f.Due, Class: f.Class, State: f.State, URL: f.URL, Why: f.Why}}, nil
}

// FollowedUp is a follow-up as it stands now.
type FollowedUp struct {
	ID    int64  `json:"id"`
	Text  string `json:"text"`
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due,omitempty"`
	Class string `json:"class,omitempty"`
	State string `json:"state"`
	URL   string `json:"url,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Kind names the entry.
func (*FollowedUp) Kind() string { return "followed_up" }

// Apply adds or replaces it.
func (c *FollowedUp) Apply(i *Incident, e Entry) {
	f := FollowUp{ID: c.ID, Seq: e.Seq, Text: c.Text, Owner: c.Owner, Due: c.Due, Class: c.Class, State: c.State, URL: c.URL, Why: c.Why}
	i.last().Text = c.Text
	for n := range i.FollowUps {
		if i.FollowUps[n].ID == c.ID {
			f.Made, f.There, f.Heard = i.FollowUps[n].Made, i.FollowUps[n].There, i.FollowUps[n].Heard
			i.FollowUps[n] = f
			return
		}
	}
	f.ID, f.Made = int64(len(i.FollowUps)+1), e.Seq
	i.FollowUps = append(i.FollowUps, f)
}

// SettleFlag says whether a word that redaction was in doubt about is a person.
type SettleFlag struct {
	Text   string `json:"text"`
	Person bool   `json:"person"`
}

// Decide checks the word.
func (c *SettleFlag) Decide(*Incident, Ask) ([]Event, error) {
	text, err := clean("text", c.Text)
	if err != nil {
		return nil, err
	}
	return []Event{&FlagSettled{Text: text, Person: c.Person}}, nil
}

// FlagSettled is the answer. The word itself is the evidence; it is never shown publicly.
type FlagSettled struct {
	Text   string `json:"text"`
	Person bool   `json:"person"`
}

// Kind names the entry.
func (*FlagSettled) Kind() string { return "flag_settled" }

// Apply remembers the answer, the last one given, and renders what is public anew.
func (c *FlagSettled) Apply(i *Incident, e Entry) {
	if i.Flags == nil {
		i.Flags = map[string]bool{}
	}
	i.Flags[strings.ToLower(c.Text)] = c.Person
	i.versions["settled"] = e.Seq
	i.show()
}
