package incident

import (
	"slices"
	"strings"
	"time"
)

// Item is what people did about an item of a list.
type Item struct {
	Ticked Stamp
	Given  string // person id who has it now; empty: whoever holds the role
}

// ListItem is one line of a role's to-do list (R2–R5).
type ListItem struct {
	Run
	Given    string
	Ticked   Stamp
	Finished bool
	Due      bool // can be done now
}

// List is the to-do list of a role at a moment of the incident's clock: every step of the runbook that is on it and has fallen due or
// is waiting for another that has, but an optional one that waits.
func (i *Incident) List(role string, now time.Time) []ListItem {
	var out []ListItem
	for _, r := range i.runsAt(now) {
		if r.Step.Role != role && !slices.Contains(r.Step.Lists, role) {
			continue
		}
		if r.State == Waiting && (!r.Wanted || r.Step.Optional) { // nobody has to see to what may be left out
			continue
		}
		item := ListItem{Run: r, Finished: r.Finished, Due: r.State != Waiting && !r.Finished}
		if it := i.Items[r.ID]; it != nil {
			item.Given, item.Ticked = it.Given, it.Ticked
		}
		out = append(out, item)
	}
	return out
}

func (i *Incident) find(id string) (Run, error) {
	if r, ok := i.Find(id); ok {
		return r, nil
	}
	return Run{}, missing("there is no step %q in %s", id, i.Name)
}

// Tick says that an item is done. Ticking an automatic step is saying that it was done by hand.
type Tick struct {
	Item string `json:"item"`
	URL  string `json:"url,omitempty"`
}

// Decide needs an item that is on somebody's list.
func (c *Tick) Decide(i *Incident, a Ask) ([]Event, error) {
	r, err := i.find(c.Item)
	if err != nil {
		return nil, err
	}
	if r.Step.Kind != "" {
		return (&ByHand{Step: c.Item, Done: true, URL: c.URL}).Decide(i, a)
	}
	if r.Finished {
		return nil, nil
	}
	if r.State == Waiting {
		return nil, conflict("%s is not due yet", c.Item)
	}
	return []Event{&Ticked{Item: c.Item}}, nil
}

// Ticked is that a person did an item.
type Ticked struct {
	Item string `json:"item"`
}

// Kind names the entry.
func (*Ticked) Kind() string { return "ticked" }

// Apply ticks it on every list it is on.
func (c *Ticked) Apply(i *Incident, e Entry) {
	i.item(c.Item).Ticked = Stamp{By: e.By, At: e.At, Seq: e.Seq}
}

func (i *Incident) item(id string) *Item {
	it, ok := i.Items[id]
	if !ok {
		it = &Item{}
		i.Items[id] = it
	}
	return it
}

// Untick takes a tick back.
type Untick struct {
	Item string `json:"item"`
}

// Decide needs a tick, or a skipped item.
func (c *Untick) Decide(i *Incident, _ Ask) ([]Event, error) {
	if _, err := i.find(c.Item); err != nil {
		return nil, err
	}
	it, s := i.Items[c.Item], i.Steps[c.Item]
	if (it == nil || it.Ticked.IsZero()) && (s == nil || s.State != Skipped) {
		return nil, conflict("%s is not ticked", c.Item)
	}
	return []Event{&Unticked{Item: c.Item}}, nil
}

// Unticked is that it is open again.
type Unticked struct {
	Item string `json:"item"`
}

// Kind names the entry.
func (*Unticked) Kind() string { return "unticked" }

// Apply opens it.
func (c *Unticked) Apply(i *Incident, e Entry) {
	i.item(c.Item).Ticked = Stamp{}
	if s := i.Steps[c.Item]; s != nil && s.State == Skipped {
		i.run(c.Item, e).State = Due
	}
}

// Skip leaves a step or item out, with a reason.
type Skip struct {
	Item string `json:"item"`
	Why  string `json:"why"`
}

// Decide needs a reason.
func (c *Skip) Decide(i *Incident, _ Ask) ([]Event, error) {
	r, err := i.find(c.Item)
	if err != nil {
		return nil, err
	}
	if r.State == Skipped {
		return nil, nil
	}
	if r.Finished {
		return nil, conflict("%s is done", c.Item)
	}
	reason, err := why(c.Why)
	if err != nil {
		return nil, err
	}
	return []Event{&StepSkipped{Step: c.Item, Why: reason}}, nil
}

// GiveItem gives an item to somebody else than the holder of its role.
type GiveItem struct {
	Item string `json:"item"`
	To   string `json:"to"` // person id
}

// Decide needs a known person.
func (c *GiveItem) Decide(i *Incident, a Ask) ([]Event, error) {
	if _, err := i.find(c.Item); err != nil {
		return nil, err
	}
	if strings.TrimSpace(c.To) == "" || i.Pseudonyms[c.To] == 0 && !slices.Contains(a.People, c.To) {
		return nil, invalid("to", "there is nobody called %q; add them to the people first", c.To)
	}
	return []Event{&ItemGiven{Item: c.Item, To: c.To}}, nil
}

// ItemGiven is that somebody has an item.
type ItemGiven struct {
	Item string `json:"item"`
	To   string `json:"to"`
}

// Kind names the entry.
func (*ItemGiven) Kind() string { return "item_given" }

// Apply gives it.
func (c *ItemGiven) Apply(i *Incident, _ Entry) { i.item(c.Item).Given = c.To }
