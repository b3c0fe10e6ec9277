package incident

import (
	"slices"
	"strings"
	"time"
)

// Practice is how a drill among real people is played: a scenario whose events come as entries, faster than they happened, and what whoever
// leads the drill brings in.
type Practice struct {
	Scenario string        `json:"scenario,omitempty"` // empty: nothing comes by itself
	Mode     string        `json:"mode"`               // Replay, Surprise or Lists
	Speed    float64       `json:"speed"`              // how many times faster than it happened
	State    string        `json:"state"`              // Running, Paused or Stopped
	Played   time.Duration `json:"played"`             // of the scenario, in its own time, at Since
	Since    time.Time     `json:"since"`
	Injects  []Injected    `json:"-"`
}

// How much of a scenario comes.
const (
	Replay   = "replay"   // everything that people said and did
	Surprise = "surprise" // what monitoring and customers notice; the rest is for those who practise
	Lists    = "lists"    // nothing: just the runbook
)

// States of a practice.
const (
	Running = "running"
	Paused  = "paused"
	Stopped = "stopped"
)

// fastest bounds the speed.
const fastest = 10_000

// At is how far into the scenario a practice is.
func (p Practice) At(now time.Time) time.Duration {
	if p.State != Running || now.Before(p.Since) {
		return p.Played
	}
	return p.Played + time.Duration(float64(now.Sub(p.Since))*p.Speed)
}

// SetPractice begins to play a scenario in a drill, or changes how it is played: only what is given.
type SetPractice struct {
	Scenario string  `json:"scenario,omitempty"` // one of tocsin drill --list
	Mode     string  `json:"mode,omitempty"`     // replay, surprise or lists
	Speed    float64 `json:"speed,omitempty"`
	State    string  `json:"state,omitempty"` // running, paused or stopped
}

// Decide needs a drill. A scenario that has begun is not exchanged for another.
func (c *SetPractice) Decide(i *Incident, a Ask) ([]Event, error) {
	if !i.Drill {
		return nil, conflict("%s is no drill; nothing is played in a real incident", i.Name)
	}
	p := Practice{Mode: Replay, Speed: 1, State: Running, Since: a.Now}
	if i.Practice != nil {
		p = *i.Practice
		p.Played, p.Since = p.At(a.Now), a.Now
	}
	switch {
	case c.Scenario != "" && p.Scenario != "" && c.Scenario != p.Scenario:
		return nil, conflict("%s is played here already; begin another drill for another scenario", p.Scenario)
	case c.Mode != "" && !slices.Contains([]string{Replay, Surprise, Lists}, c.Mode):
		return nil, invalid("mode", "a drill is played as replay, surprise or lists; %q is none of these", c.Mode)
	case c.State != "" && !slices.Contains([]string{Running, Paused, Stopped}, c.State):
		return nil, invalid("state", "a drill is running, paused or stopped; %q is none of these", c.State)
	case c.Speed < 0 || c.Speed > fastest:
		return nil, invalid("speed", "the speed is a number from 1 to %d", fastest)
	}
	if c.Scenario != "" {
		p.Scenario = c.Scenario
	}
	if c.Mode != "" {
		p.Mode = c.Mode
	}
	if c.Speed != 0 {
		p.Speed = c.Speed
	}
	if c.State != "" {
		p.State = c.State
	}
	if was := i.Practice; was != nil && was.Scenario == p.Scenario && was.Mode == p.Mode && was.Speed == p.Speed && was.State == p.State {
		return nil, nil
	}
	return []Event{(*PracticeSet)(&p)}, nil
}

// PracticeSet is how the drill is played from now on.
type PracticeSet Practice

// Kind names the entry.
func (*PracticeSet) Kind() string { return "practice_set" }

// Apply plays it so.
func (c *PracticeSet) Apply(i *Incident, _ Entry) {
	p := Practice(*c)
	if i.Practice != nil {
		p.Injects = i.Practice.Injects
	}
	i.Practice = &p
}

// InjectEvent has whoever leads a drill bring something in, now or later: "the disk is full".
type InjectEvent struct {
	Text string   `json:"text"`
	In   Duration `json:"in,omitzero"` // from now; not known: at once
}

// Decide needs a drill.
func (c *InjectEvent) Decide(i *Incident, a Ask) ([]Event, error) {
	if !i.Drill {
		return nil, conflict("%s is no drill; nothing is brought into a real incident", i.Name)
	}
	text, err := clean("text", c.Text)
	if err != nil {
		return nil, err
	}
	if c.In.D > 24*time.Hour {
		return nil, invalid("in", "what is brought in comes within a day")
	}
	return []Event{&Injected{Text: strings.TrimSpace(text), At: a.Now.Add(c.In.D)}}, nil
}

// Injected is something that comes into a drill at a time. The entry itself does not show its text: those who practise read the timeline, too.
type Injected struct {
	Seq  int64     `json:"-"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Kind names the entry.
func (*Injected) Kind() string { return "injected" }

// Apply remembers it.
func (c *Injected) Apply(i *Incident, e Entry) {
	p := Practice{Mode: Lists, Speed: 1, State: Running, Since: e.At}
	if i.Practice != nil {
		p = *i.Practice
	}
	p.Injects = append(slices.Clone(p.Injects), Injected{e.Seq, c.Text, c.At})
	i.Practice = &p
}
