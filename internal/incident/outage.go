package incident

import (
	"strings"
	"time"

	"tocsin/internal/runbook"
)

// Declare begins an incident. The ledger gives it a number and adds the runbook.
type Declare struct {
	Title      string           `json:"title"`
	Service    string           `json:"service,omitempty"`
	Disrupting any              `json:"disrupting,omitempty"` // true, false, null, or a grade (R31)
	ETA        *Duration        `json:"eta,omitempty"`
	StartedAt  string           `json:"started_at,omitempty"`
	Drill      bool             `json:"drill,omitempty"`
	Point      bool             `json:"point,omitempty"` // whoever declares takes point too
	Page       []string         `json:"page,omitempty"`  // roles or person ids that are asked for at once (R18)
	Down       []string         `json:"down,omitempty"`  // services steps are carried out with that are part of the outage
	Runbook    *runbook.Runbook `json:"-"`
}

// Decide answers with everything a declaration says at once.
func (c *Declare) Decide(i *Incident, a Ask) ([]Event, error) {
	if i.Seq != 0 {
		return nil, conflict("%s is declared already", i.Name)
	}
	title, err := clean("title", c.Title)
	if err != nil {
		return nil, err
	}
	title = strings.Join(strings.Fields(title), " ")
	if len(title) > 200 {
		return nil, invalid("title", "the title is longer than 200 characters")
	}
	started := a.Now
	if c.StartedAt != "" {
		if started, err = ParseTime(c.StartedAt, a.Now); err != nil {
			var e *Error
			if asError(err, &e) {
				e.Field = "started_at"
			}
			return nil, err
		}
		if started.After(a.Now) {
			return nil, invalid("started_at", "it can't have started in the future")
		}
	}
	declared := &Declared{Title: title, Service: strings.TrimSpace(c.Service), Started: started, Drill: c.Drill, Runbook: c.Runbook, Components: a.affected(c.Service)}
	down, err := c.down(i, declared, a)
	if err != nil {
		return nil, err
	}
	evs := append([]Event{declared}, i.meet(a)...)
	evs = append(evs, down...)
	if c.Point {
		evs = append(evs, &RoleTaken{Role: point, Person: a.By})
	}
	for _, who := range c.Page {
		called, err := call(c.Runbook, a, who, "it was just declared")
		if err != nil {
			var e *Error
			if asError(err, &e) {
				e.Field = "page"
			}
			return nil, err
		}
		evs = append(evs, called)
	}
	grade, err := ParseDisruption(c.Disrupting)
	if err != nil {
		return nil, err
	}
	if grade != "" {
		evs = append(evs, &DisruptionSet{Grade: grade})
	}
	if c.ETA != nil && c.ETA.Known {
		at := a.Now.Add(c.ETA.D)
		evs = append(evs, &ETASet{ETA: &at})
	}
	return evs, nil
}

// Declared begins the log. It pins the runbook (R30).
type Declared struct {
	Title   string           `json:"title"`
	Service string           `json:"service,omitempty"`
	Started time.Time        `json:"started"`
	Drill   bool             `json:"drill,omitempty"`
	Runbook *runbook.Runbook `json:"runbook"`

	Components []string `json:"components,omitempty"` // parts of the service that are affected, as bad as the incident is
}

// Kind names the entry.
func (*Declared) Kind() string { return "declared" }

// Apply sets the incident up.
func (c *Declared) Apply(i *Incident, e Entry) {
	if i.Runbook != nil {
		return
	}
	i.Title, i.Service, i.Started, i.Drill, i.Runbook = c.Title, c.Service, c.Started, c.Drill, c.Runbook
	if i.Runbook == nil {
		i.Runbook = &runbook.Runbook{}
	}
	i.Declared = Stamp{By: e.By, At: e.At, Seq: e.Seq}
	for _, name := range c.Components {
		i.Components = append(i.Components, ComponentState{Name: name, From: i.Started})
	}
	i.last().Text = c.Title
}

// DeclareMajor is the point person's act (R19).
type DeclareMajor struct {
	Why string `json:"why,omitempty"`
}

// Decide prompts nothing and asks for no reason: the definition prompts, the person declares.
func (c *DeclareMajor) Decide(i *Incident, _ Ask) ([]Event, error) {
	if i.Kind == Major {
		return nil, conflict("%s is a major outage already", i.Name)
	}
	return []Event{&MajorDeclared{Why: strings.TrimSpace(c.Why)}}, nil
}

// MajorDeclared makes the full programme due.
type MajorDeclared struct {
	Why string `json:"why,omitempty"`
}

// Kind names the entry.
func (*MajorDeclared) Kind() string { return "major_declared" }

// Apply makes it major.
func (c *MajorDeclared) Apply(i *Incident, e Entry) {
	i.Kind, i.MajorAt, i.Prompt.Open = Major, Stamp{By: e.By, At: e.At, Seq: e.Seq}, false
	l := i.last()
	l.Visibility, l.Text = Public, c.Why
	i.show()
}

// DeclareMinor goes back to a minor outage: what has left the house stays.
type DeclareMinor struct {
	Why string `json:"why"`
}

// Decide needs a reason.
func (c *DeclareMinor) Decide(i *Incident, _ Ask) ([]Event, error) {
	if i.Kind == Minor {
		return nil, conflict("%s is a minor outage already", i.Name)
	}
	reason, err := why(c.Why)
	if err != nil {
		return nil, err
	}
	return []Event{&MinorDeclared{Why: reason}}, nil
}

// MinorDeclared takes the major programme back as far as it has not begun.
type MinorDeclared struct {
	Why string `json:"why"`
}

// Kind names the entry.
func (*MinorDeclared) Kind() string { return "minor_declared" }

// Apply makes it minor. The definition counts as answered for the facts at hand.
func (c *MinorDeclared) Apply(i *Incident, e Entry) {
	i.Kind = Minor
	l := i.last()
	l.Text = c.Why
	answered := map[string]int64{}
	for _, r := range []string{"definition", "passed", "added_up"} {
		answered[r] = i.factsSeq()
	}
	i.Prompt.answered, i.Prompt.Open, i.Prompt.Why, i.Prompt.Answer = answered, false, c.Why, Stamp{By: e.By, At: e.At, Seq: e.Seq}
	i.show()
}

// Resolve ends the incident.
type Resolve struct {
	Text string `json:"text,omitempty"`
}

// Decide is free of conditions: the list says what is still open, nothing holds the end up.
func (c *Resolve) Decide(*Incident, Ask) ([]Event, error) {
	ev := &ResolvedEvent{}
	if strings.TrimSpace(c.Text) != "" {
		text, err := clean("text", c.Text)
		if err != nil {
			return nil, err
		}
		ev.Text = text
	}
	return []Event{ev}, nil
}

// ResolvedEvent is the end.
type ResolvedEvent struct {
	Text string `json:"text,omitempty"`
}

// Kind names the entry.
func (*ResolvedEvent) Kind() string { return "resolved" }

// Apply ends the incident and its disruption. The text stays internal: the public is told by an update.
func (c *ResolvedEvent) Apply(i *Incident, e Entry) {
	i.Status, i.Ended, i.Prompt.Open = Resolved, Stamp{By: e.By, At: e.At, Seq: e.Seq}, false
	if !i.Disruption.Since.IsZero() {
		i.Disruption.Total += max(e.At.Sub(i.Disruption.Since), 0)
		i.Disruption.Grade, i.Disruption.Since = None, time.Time{}
	}
	i.last().Text = c.Text
	i.release()
	i.show()
}

// Reopen says it was not over.
type Reopen struct {
	Why string `json:"why"`
}

// Decide needs a reason and an end.
func (c *Reopen) Decide(i *Incident, _ Ask) ([]Event, error) {
	if i.Status == Active {
		return nil, conflict("%s is active", i.Name)
	}
	reason, err := why(c.Why)
	if err != nil {
		return nil, err
	}
	return []Event{&Reopened{Why: reason}}, nil
}

// Reopened is that it goes on.
type Reopened struct {
	Why string `json:"why"`
}

// Kind names the entry.
func (*Reopened) Kind() string { return "reopened" }

// Apply makes it active again. Whether the service is disrupted is not known.
func (c *Reopened) Apply(i *Incident, e Entry) {
	i.Status, i.Ended = Active, Stamp{}
	i.Disruption = Disruption{Total: i.Disruption.Total, Said: Stamp{By: e.By, At: e.At, Seq: e.Seq}}
	i.last().Text = c.Why
	i.show()
}

// Cancel says it was no incident.
type Cancel struct {
	Why string `json:"why"`
}

// Decide needs a reason.
func (c *Cancel) Decide(*Incident, Ask) ([]Event, error) {
	reason, err := why(c.Why)
	if err != nil {
		return nil, err
	}
	return []Event{&CancelledEvent{Why: reason}}, nil
}

// CancelledEvent is that it was none.
type CancelledEvent struct {
	Why string `json:"why"`
}

// Kind names the entry.
func (*CancelledEvent) Kind() string { return "cancelled" }

// Apply ends the incident without an outcome.
func (c *CancelledEvent) Apply(i *Incident, e Entry) {
	i.Status, i.Ended, i.Prompt.Open = Cancelled, Stamp{By: e.By, At: e.At, Seq: e.Seq}, false
	i.last().Text = c.Why
	i.show()
}
