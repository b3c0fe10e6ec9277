package incident

import "strings"

// Strike blanks an entry that held a secret or personal data. The ledger blanks the stored body too: the one overwrite there is.
type Strike struct {
	Entry EntryID `json:"entry"`
	Why   string  `json:"why"`
}

func (c *Strike) about() int64 { return int64(c.Entry) }

// Decide needs a reason. Only what people wrote can be struck.
func (c *Strike) Decide(i *Incident, _ Ask) ([]Event, error) {
	l := i.Line(int64(c.Entry))
	if l == nil {
		return nil, missing("there is no entry e%d in %s", c.Entry, i.Name)
	}
	if l.Struck {
		return nil, nil
	}
	if Remains(l.Event) == nil {
		return nil, conflict("e%d is a record; what can be struck is what people wrote", c.Entry)
	}
	reason, err := why(c.Why)
	if err != nil {
		return nil, err
	}
	return []Event{&Struck{Entry: int64(c.Entry), Why: reason, Also: i.copies(l), Seen: l.Visibility == Public && i.Announced()}}, nil
}

// copies are further entries that hold a line's words: its corrections, and the follow-up a TODO in it made.
func (i *Incident) copies(l *Line) []int64 {
	var out []int64
	for n := range i.Lines {
		switch ev := i.Lines[n].Event.(type) {
		case *Amended:
			if ev.Entry == l.Seq {
				out = append(out, i.Lines[n].Seq)
			}
		case *FollowedUp:
			if made, ok := l.Event.(*Said); ok && i.Lines[n].By == l.By && ev.Text != "" && strings.HasSuffix(made.Text, ev.Text) {
				out = append(out, i.Lines[n].Seq)
			}
		}
	}
	return out
}

// Remains is what is left of an event when people's words are struck from it; nil where there are none to strike.
func Remains(e Event) Event {
	switch ev := e.(type) {
	case *Said:
		return &Said{}
	case *Updated:
		return &Updated{Components: ev.Components} // the operator's words
	case *ImpactNoted:
		return &ImpactNoted{}
	case *Announced:
		return &Announced{}
	case *Amended:
		return &Amended{Entry: ev.Entry, Happened: ev.Happened}
	case *FollowedUp:
		left := *ev
		left.Text, left.Why = "", ""
		return &left
	case *Declared: // the pinned runbook stays
		left := *ev
		left.Title = ""
		return &left
	}
	return nil
}

// Struck is the tombstone's reason.
type Struck struct {
	Entry int64   `json:"entry"`
	Why   string  `json:"why"`
	Also  []int64 `json:"also,omitempty"` // entries that held the same words
	Seen  bool    `json:"seen,omitempty"` // the public could read it until now
}

// All lists what is struck.
func (c *Struck) All() []int64 { return append([]int64{c.Entry}, c.Also...) }

// Kind names the entry.
func (*Struck) Kind() string { return "struck" }

// Apply blanks the line and its history.
func (c *Struck) Apply(i *Incident, _ Entry) {
	for _, seq := range c.All() {
		if l := i.Line(seq); l != nil {
			l.Text, l.Why, l.Struck, l.Amended, l.Pictures = "", "", true, nil, nil
			i.retext(l.Seq, "")
		}
	}
	i.show()
}

// untitled stands where a title was struck.
const untitled = "Incident"

// retext carries a correction into what else shows the entry's text.
func (i *Incident) retext(seq int64, text string) {
	if i.Declared.Seq == seq {
		i.Title = text
		if text == "" {
			i.Title = untitled
		}
	}
	for n := range i.FollowUps {
		if i.FollowUps[n].Seq == seq {
			i.FollowUps[n].Text = text
		}
	}
	for n := range i.Updates {
		if i.Updates[n].Seq == seq {
			i.Updates[n].Text, i.Updates[n].Networks = text, nil // what they were given was not corrected
		}
	}
	if i.Impact.Seq == seq {
		i.Impact.Text = text
	}
}
