package incident

import (
	"slices"
	"strings"
	"time"
)

// Spoken lists the kinds of entry people write.
var Spoken = []string{"fact", "finding", "guess", "action", "decision"}

// Say adds an entry to the timeline.
type Say struct {
	As         string  `json:"as,omitempty"` // fact (default), finding, guess, action, decision
	Text       string  `json:"text"`
	At         string  `json:"at,omitempty"`         // when it happened; empty: now
	Visibility string  `json:"visibility,omitempty"` // internal (default, unless the runbook says otherwise), public, private
	Reply      EntryID `json:"reply,omitempty"`
	Contradict EntryID `json:"contradicts,omitempty"`
}

// Decide checks the words; "TODO:" at their beginning makes a follow-up too.
func (s *Say) Decide(i *Incident, a Ask) ([]Event, error) {
	kind := s.As
	if kind == "" {
		kind = "fact"
	}
	if !slices.Contains(Spoken, kind) {
		return nil, invalid("as", "%q is no kind of entry; the kinds are %s", s.As, strings.Join(Spoken, ", "))
	}
	text, err := clean("text", s.Text)
	if err != nil {
		return nil, err
	}
	at, err := when(i, s.At, a)
	if err != nil {
		return nil, err
	}
	vis := s.Visibility
	if vis == "" {
		vis = Internal
		if i.Runbook != nil && slices.Contains(i.Runbook.Visible, kind) {
			vis = Public
		}
	}
	if err := checkVisibility(vis); err != nil {
		return nil, err
	}
	for _, ref := range []EntryID{s.Reply, s.Contradict} {
		if ref != 0 && i.Line(int64(ref)) == nil {
			return nil, missing("there is no entry e%d in %s", ref, i.Name)
		}
	}
	evs := []Event{&Said{As: kind, Text: text, Visibility: vis, Reply: int64(s.Reply), Contradict: int64(s.Contradict), at: at}}
	if todo, ok := strings.CutPrefix(text, "TODO:"); ok && vis != Private && strings.TrimSpace(todo) != "" {
		evs = append(evs, &FollowedUp{ID: int64(len(i.FollowUps) + 1), Text: strings.TrimSpace(todo), State: "open"})
	}
	return evs, nil
}

// when reads a time people typed and holds it to sense: not in the future, not before a month ahead of the declaration.
func when(i *Incident, s string, a Ask) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	at, err := ParseTime(s, a.Now)
	if err != nil {
		return at, err
	}
	if at.After(a.Now.Add(5 * time.Minute)) {
		return at, invalid("at", "%s lies in the future", at.Format("2006-01-02 15:04 UTC"))
	}
	return at, nil
}

func checkVisibility(v string) error {
	if v != Internal && v != Public && v != Private {
		return invalid("visibility", "%q is not a visibility; it is internal, public or private", v)
	}
	return nil
}

// Timed is an event that happened at another time than it was told.
type Timed interface{ When() time.Time }

// Said is what somebody wrote down.
type Said struct {
	As         string `json:"as"`
	Text       string `json:"text"`
	Visibility string `json:"visibility"`
	Reply      int64  `json:"reply,omitempty"`
	Contradict int64  `json:"contradicts,omitempty"`
	at         time.Time
}

// Kind names the entry.
func (*Said) Kind() string { return "said" }

// When is the time the writer gave.
func (s *Said) When() time.Time { return s.at }

// Apply adds the line.
func (s *Said) Apply(i *Incident, _ Entry) {
	l := i.last()
	l.Kind, l.Text, l.Visibility, l.Reply, l.Contradict = s.As, s.Text, s.Visibility, s.Reply, s.Contradict
	if !slices.Contains(Spoken, l.Kind) {
		l.Kind = "fact"
	}
	if s.Visibility == Public {
		i.show()
	}
}

// Amend corrects an entry; what it said before stays readable.
type Amend struct {
	Entry EntryID `json:"entry"`
	Text  string  `json:"text,omitempty"`
	At    string  `json:"at,omitempty"`
	Why   string  `json:"why,omitempty"`
}

func (c *Amend) about() int64 { return int64(c.Entry) }

// Decide checks that there is something to correct.
func (c *Amend) Decide(i *Incident, a Ask) ([]Event, error) {
	l := i.Line(int64(c.Entry))
	switch {
	case l == nil:
		return nil, missing("there is no entry e%d in %s", c.Entry, i.Name)
	case l.Struck && l.Seq != i.Declared.Seq: // an incident needs a title
		return nil, conflict("e%d was struck; nothing of it is left to amend", c.Entry)
	case c.Text == "" && c.At == "":
		return nil, invalid("text", "say what changes: the text, or the time it happened")
	case c.Text != "" && l.Text == "" && l.Seq != i.Declared.Seq:
		return nil, conflict("e%d is the record of what the system did; add an entry instead", c.Entry)
	}
	ev := &Amended{Entry: int64(c.Entry), Why: strings.TrimSpace(c.Why)}
	if c.Text != "" {
		text, err := clean("text", c.Text)
		if err != nil {
			return nil, err
		}
		if text != l.Text {
			ev.Text = text
		}
	}
	if c.At != "" {
		at, err := when(i, c.At, a)
		if err != nil {
			return nil, err
		}
		if !at.Equal(l.At) {
			ev.Happened = &at
		}
	}
	if ev.Text == "" && ev.Happened == nil {
		return nil, nil
	}
	return []Event{ev}, nil
}

// Amended is a correction.
type Amended struct {
	Entry    int64      `json:"entry"`
	Text     string     `json:"text,omitempty"`
	Happened *time.Time `json:"happened,omitempty"`
	Why      string     `json:"why,omitempty"`
}

// Kind names the entry.
func (*Amended) Kind() string { return "amended" }

// Apply corrects the line and keeps what it was.
func (c *Amended) Apply(i *Incident, e Entry) {
	l := i.Line(c.Entry)
	if l == nil || l.Struck && l.Seq != i.Declared.Seq {
		return
	}
	l.Struck = false
	l.Amended = append(l.Amended, Amendment{Was: l.Text, WasAt: l.At, By: e.By, At: e.At, Why: c.Why})
	if c.Text != "" {
		l.Text = c.Text
		i.retext(l.Seq, c.Text)
	}
	if c.Happened != nil {
		l.At = *c.Happened
	}
	if l.Visibility == Public {
		i.show()
	}
}

// SettleGuess says what became of a guess (R14).
type SettleGuess struct {
	Entry   EntryID `json:"entry"`
	Outcome string  `json:"outcome"` // confirmed or ruled_out
	Why     string  `json:"why,omitempty"`
}

// Decide accepts a second settling: what was thought may change.
func (c *SettleGuess) Decide(i *Incident, _ Ask) ([]Event, error) {
	outcome := strings.ReplaceAll(c.Outcome, "-", "_")
	l := i.Line(int64(c.Entry))
	switch {
	case l == nil:
		return nil, missing("there is no entry e%d in %s", c.Entry, i.Name)
	case l.Kind != "guess":
		return nil, conflict("e%d is a %s, not a guess", c.Entry, l.Kind)
	case outcome != "confirmed" && outcome != "ruled_out":
		return nil, invalid("outcome", "a guess is settled as confirmed or ruled_out")
	case l.Outcome == outcome:
		return nil, nil
	}
	return []Event{&GuessSettled{Entry: int64(c.Entry), Outcome: outcome, Why: strings.TrimSpace(c.Why)}}, nil
}

// GuessSettled is how a guess was settled.
type GuessSettled struct {
	Entry   int64  `json:"entry"`
	Outcome string `json:"outcome"`
	Why     string `json:"why,omitempty"`
}

// Kind names the entry.
func (*GuessSettled) Kind() string { return "guess_settled" }

// Apply marks the guess; it stays.
func (c *GuessSettled) Apply(i *Incident, _ Entry) {
	l := i.Line(c.Entry)
	if l == nil || l.Struck {
		return
	}
	l.Outcome, l.Why = c.Outcome, c.Why
	if l.Visibility == Public {
		i.show()
	}
}

// SetVisibility makes an entry public, internal or private.
type SetVisibility struct {
	Entry      EntryID `json:"entry"`
	Visibility string  `json:"visibility"`
}

func (c *SetVisibility) about() int64 { return int64(c.Entry) }

// Decide lets only what people wrote change.
func (c *SetVisibility) Decide(i *Incident, _ Ask) ([]Event, error) {
	l := i.Line(int64(c.Entry))
	if l == nil {
		return nil, missing("there is no entry e%d in %s", c.Entry, i.Name)
	}
	if err := checkVisibility(c.Visibility); err != nil {
		return nil, err
	}
	if _, spoken := l.Event.(*Said); !spoken {
		return nil, conflict("only what people wrote can be made public or taken back; e%d is a record", c.Entry)
	}
	if l.Visibility == c.Visibility {
		return nil, nil
	}
	return []Event{&VisibilitySet{Entry: int64(c.Entry), Visibility: c.Visibility, Seen: l.Visibility == Public && i.Announced()}}, nil
}

// VisibilitySet is a change of who may read an entry.
type VisibilitySet struct {
	Entry      int64  `json:"entry"`
	Visibility string `json:"visibility"`
	Seen       bool   `json:"seen,omitempty"` // the public could read it until now
}

// Kind names the entry.
func (*VisibilitySet) Kind() string { return "visibility_set" }

// Apply changes the line.
func (c *VisibilitySet) Apply(i *Incident, _ Entry) {
	if l := i.Line(c.Entry); l != nil && checkVisibility(c.Visibility) == nil {
		if l.Visibility == Public || c.Visibility == Public {
			i.show()
		}
		l.Visibility = c.Visibility
	}
}
