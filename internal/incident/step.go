package incident

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// States of a step (DESIGN §4). Waiting: not yet due.
const (
	Waiting  = "waiting"
	Due      = "due"
	Started  = "started"
	Done     = "done"
	Failed   = "failed"
	Unsure   = "unsure"
	HandDone = "by_hand"
	Skipped  = "skipped"
)

// StepRun is what came of one automatic step so far. Times are real ones.
type StepRun struct {
	State    string
	Attempt  int    // attempts begun
	Provider string // who carries it out
	Server   string // which process began the running attempt
	Class    string // guarantee of the operation
	Mark     string
	Request  json.RawMessage // frozen before the first attempt; the same bytes in every further one
	Begun    int64           // Seq of the entry that began the last attempt
	First    time.Time       // begin of the first attempt with this request
	Deadline time.Time       // of the running attempt
	Unclear  bool            // the running attempt ended without an answer; it is being looked up
	Looks    int             // look-ups since, that found nothing
	Next     time.Time       // next attempt or look-up; zero: none planned
	Tried    []string        // providers that refused; the next in the list is used
	Error    string
	Scope    string // the missing permission, if that is the cause
	AskWhom  string // who can grant it
	Ref      string
	URL      string
	Outputs  map[string]string
	Adopted  bool   // found at the provider after an unclear attempt
	Upto     int64  // version of what it shows, for steps that are kept in step
	Doubt    bool   // of failed: a word of its text must be settled first
	Remade   int    // how often what it made was given up for something new
	Waits    string // of due: the provider that is down and is waited for
	Insisted bool   // somebody said to try, whatever is down
	Claimed  bool   // of by_hand: somebody is at it but has not said "I did it"
	Why      string // of skipped
	Said     Stamp  // the last entry about it
}

// Finished reports whether steps that need this one may go ahead.
func (s *StepRun) Finished() bool {
	return s.State == Done || s.State == Skipped || s.State == HandDone && !s.Claimed
}

// run gives the state of an instance for writing.
func (i *Incident) run(id string, e Entry) *StepRun {
	s, ok := i.Steps[id]
	if !ok {
		s = &StepRun{State: Due}
		i.Steps[id] = s
	}
	s.Said = Stamp{By: e.By, At: e.At, Seq: e.Seq}
	return s
}

// StartStep begins an attempt. The intent is in the log before the call goes out.
type StartStep struct {
	Step     string          `json:"step"`
	Provider string          `json:"provider"`
	Class    string          `json:"class"`
	Mark     string          `json:"mark"`
	Request  json.RawMessage `json:"request"`
	Deadline time.Duration   `json:"deadline"`
	Server   string          `json:"server,omitempty"`
	Upto     int64           `json:"upto,omitempty"`
	Error    string          `json:"error,omitempty"`   // the request can't be made: the step fails at once; with Waits: why it waits
	Doubt    bool            `json:"doubt,omitempty"`   // with Error: a word of its text must be settled first (Runbook.InDoubt)
	ByHand   string          `json:"by_hand,omitempty"` // why a person does it: no service is set up, or it is down
	Waits    string          `json:"waits,omitempty"`   // the provider that is down and is waited for
	Skip     string          `json:"skip,omitempty"`    // why it is left out: nothing that could do it is set up, or there is nobody to do it for
}

// Decide refuses unless the step is due, so that a doubled job finds nothing to do.
func (c *StartStep) Decide(i *Incident, a Ask) ([]Event, error) {
	if !slices.ContainsFunc(i.Due(a.Real), func(r Run) bool { return r.ID == c.Step && r.Act == "start" }) {
		return nil, conflict("%s is not due", c.Step)
	}
	attempt := 1
	if s := i.Steps[c.Step]; s != nil {
		attempt = s.Attempt + 1
	}
	switch {
	case c.Skip != "":
		return []Event{&StepSkipped{Step: c.Step, Why: c.Skip}}, nil
	case c.ByHand != "":
		return []Event{&StepByHand{Step: c.Step, Why: c.ByHand}}, nil
	case c.Waits != "":
		next := a.Real.Add(WaitFor)
		return []Event{&StepFailed{Step: c.Step, Error: c.Error, Next: &next, Waits: c.Waits, Upto: c.Upto}}, nil
	case c.Error != "":
		return []Event{&StepFailed{Step: c.Step, Error: c.Error, Doubt: c.Doubt, Upto: c.Upto}}, nil
	}
	return []Event{&StepStarted{Step: c.Step, Attempt: attempt, Provider: c.Provider, Class: c.Class, Mark: c.Mark, Request: c.Request,
		Began: a.Real, Deadline: a.Real.Add(c.Deadline), Server: c.Server, Upto: c.Upto}}, nil
}

// StepStarted is the intent of an attempt.
type StepStarted struct {
	Step     string          `json:"step"`
	Attempt  int             `json:"attempt"`
	Provider string          `json:"provider"`
	Class    string          `json:"class"`
	Mark     string          `json:"mark"`
	Request  json.RawMessage `json:"request"`
	Began    time.Time       `json:"began"`
	Deadline time.Time       `json:"deadline"`
	Server   string          `json:"server,omitempty"`
	Upto     int64           `json:"upto,omitempty"`
}

// Kind names the entry.
func (*StepStarted) Kind() string { return "step_started" }

// Apply starts it.
func (c *StepStarted) Apply(i *Incident, e Entry) {
	s := i.run(c.Step, e)
	if s.First.IsZero() || string(s.Request) != string(c.Request) {
		s.First = c.Began
	}
	s.Begun = e.Seq
	s.State, s.Attempt, s.Provider, s.Class, s.Mark, s.Request = Started, c.Attempt, c.Provider, c.Class, c.Mark, c.Request
	s.Server, s.Deadline, s.Upto, s.Unclear, s.Looks, s.Next, s.Error, s.Scope, s.AskWhom = c.Server, c.Deadline, c.Upto, false, 0, time.Time{}, "", "", ""
	s.Insisted = false
}

// ReportStep says what came of an attempt.
type ReportStep struct {
	Step    string
	Attempt int
	Event   Event // StepDone, StepKept, StepFailed, StepUnclear, StepLooked or StepUnsure
}

// Decide takes the report of the attempt that is running, of no other: a late answer of an attempt somebody took over changes nothing.
func (c *ReportStep) Decide(i *Incident, _ Ask) ([]Event, error) {
	s := i.Steps[c.Step]
	if s == nil || s.Attempt != c.Attempt {
		return nil, conflict("attempt %d of %s is not the present one", c.Attempt, c.Step)
	}
	_, kept := c.Event.(*StepKept)
	_, failed := c.Event.(*StepFailed)
	if s.State != Started && (s.State != Done || !kept && !failed) {
		return nil, conflict("%s is %s", c.Step, s.State)
	}
	return []Event{c.Event}, nil
}

// StepDone is that it happened. Adopted: an earlier attempt had done it, as a look-up found.
type StepDone struct {
	Step    string            `json:"step"`
	Ref     string            `json:"ref,omitempty"`
	URL     string            `json:"url,omitempty"`
	Outputs map[string]string `json:"outputs,omitempty"`
	Adopted bool              `json:"adopted,omitempty"`
}

// Kind names the entry.
func (*StepDone) Kind() string { return "step_done" }

// Apply finishes the step.
func (c *StepDone) Apply(i *Incident, e Entry) {
	s := i.run(c.Step, e)
	s.State, s.Ref, s.URL, s.Outputs, s.Adopted = Done, c.Ref, c.URL, maps.Clone(c.Outputs), c.Adopted
	s.Unclear, s.Next, s.Error, s.Scope, s.AskWhom, s.Waits = false, time.Time{}, "", "", "", ""
	i.produced(c.Step)
	i.tracked(c.Step, c.URL, c.Outputs)
}

// produced notes that what the public or the document shows may have changed by a step's outcome.
func (i *Incident) produced(step string) {
	if i.Runbook == nil {
		return
	}
	base, _, _ := strings.Cut(step, ":")
	if s, ok := i.Runbook.Step(base); ok {
		switch s.Kind {
		case "document.write":
			i.versions["document"] = i.Seq
		case "stream.create":
			i.versions["links"] = i.Seq
		}
	}
}

// StepKept is that a step which is kept in step has caught up to version Upto.
type StepKept struct {
	Step    string            `json:"step"`
	Upto    int64             `json:"upto"`
	URL     string            `json:"url,omitempty"`
	Outputs map[string]string `json:"outputs,omitempty"`
}

// Kind names the entry.
func (*StepKept) Kind() string { return "step_kept" }

// Apply remembers how far it got.
func (c *StepKept) Apply(i *Incident, e Entry) {
	s := i.run(c.Step, e)
	s.Upto = max(s.Upto, c.Upto)
	if c.URL != "" {
		s.URL = c.URL
	}
	i.tracked(c.Step, c.URL, c.Outputs)
	if c.Outputs == nil || maps.Equal(c.Outputs, s.Outputs) {
		return // nothing differed
	}
	s.Outputs = maps.Clone(c.Outputs)
	i.produced(c.Step)
}

// StepFailed is that an attempt surely did nothing, or nothing more is tried. Next is when the next one comes; nil: a person must act.
type StepFailed struct {
	Step    string     `json:"step"`
	Error   string     `json:"error"`
	Next    *time.Time `json:"next,omitempty"`
	Scope   string     `json:"scope,omitempty"`
	AskWhom string     `json:"ask,omitempty"`
	Upto    int64      `json:"upto,omitempty"`  // version of what it shows that could not be brought in step
	Leave   string     `json:"leave,omitempty"` // provider not to be used again for this step: it refused, there is another
	Doubt   bool       `json:"doubt,omitempty"` // a word of its text must be settled first; it is tried again with every word that is
	Waits   string     `json:"waits,omitempty"` // provider that is part of the outage: the step is due and waits for it
}

// Kind names the entry.
func (*StepFailed) Kind() string { return "step_failed" }

// Apply plans the next attempt.
func (c *StepFailed) Apply(i *Incident, e Entry) {
	s := i.run(c.Step, e)
	s.State, s.Error, s.Scope, s.AskWhom, s.Unclear, s.Next, s.Waits = Failed, c.Error, c.Scope, c.AskWhom, false, time.Time{}, c.Waits
	s.Doubt = c.Doubt
	if c.Waits != "" {
		s.State = Due
	}
	if c.Next != nil {
		s.Next = *c.Next
	}
	s.Upto = max(s.Upto, c.Upto)
	if c.Leave != "" {
		s.Tried, s.Request = append(slices.Clone(s.Tried), c.Leave), nil
	}
}

// StepUnclear is that an attempt ended without a readable answer: it may have happened. Look is when the provider is asked.
type StepUnclear struct {
	Step  string    `json:"step"`
	Error string    `json:"error"`
	Look  time.Time `json:"look"`
}

// Kind names the entry.
func (*StepUnclear) Kind() string { return "step_unclear" }

// Apply waits for the look-up.
func (c *StepUnclear) Apply(i *Incident, e Entry) {
	s := i.run(c.Step, e)
	s.State, s.Unclear, s.Error, s.Next, s.Looks = Started, true, c.Error, c.Look, 0
}

// StepLooked is that a look-up found nothing. Look is when it looks again; nil: it is surely not there.
type StepLooked struct {
	Step  string     `json:"step"`
	Look  *time.Time `json:"look,omitempty"`
	Error string     `json:"error,omitempty"` // the look-up itself failed
}

// Kind names the entry.
func (*StepLooked) Kind() string { return "step_looked" }

// Apply looks again, or makes the step due anew.
func (c *StepLooked) Apply(i *Incident, e Entry) {
	s := i.run(c.Step, e)
	if c.Error == "" {
		s.Looks++
	}
	if c.Look != nil {
		s.Next = *c.Look
		return
	}
	s.State, s.Unclear, s.Next = Due, false, time.Time{}
}

// StepUnsure is that nobody but a person can know whether it went out.
type StepUnsure struct {
	Step  string `json:"step"`
	Error string `json:"error"`
}

// Kind names the entry.
func (*StepUnsure) Kind() string { return "step_unsure" }

// Apply asks.
func (c *StepUnsure) Apply(i *Incident, e Entry) {
	s := i.run(c.Step, e)
	s.State, s.Error, s.Unclear, s.Next = Unsure, c.Error, false, time.Time{}
}

// StepRetry tries a step again now. One that is manual is begun by it.
type StepRetry struct {
	Step string `json:"step"`
}

// Decide refuses while an attempt is under way, where a person must say whether it went out, and where it is done, unless what
// it made is of no use any more (Spoilt).
func (c *StepRetry) Decide(i *Incident, _ Ask) ([]Event, error) {
	r, err := i.find(c.Step)
	if err != nil {
		return nil, err
	}
	switch {
	case r.Step.Kind == "":
		return nil, conflict("%s is done by a person; tick it instead", c.Step)
	case r.State == Unsure:
		return nil, conflict("nobody knows whether the last attempt of %s went out; answer that first", c.Step)
	case r.State == Started:
		return nil, conflict("%s is under way", c.Step)
	case r.State == Done && !i.Spoilt(r):
		return nil, conflict("%s is done", c.Step)
	case r.State == Waiting:
		return nil, conflict("%s is not due yet", c.Step)
	}
	return []Event{&StepRetried{Step: c.Step}}, nil
}

// StepRetried makes a step due at once.
type StepRetried struct {
	Step string `json:"step"`
}

// Kind names the entry.
func (*StepRetried) Kind() string { return "step_retried" }

// Apply forgets what kept it back. The request is made anew: whatever was sent before surely did nothing, or is of no use any more.
func (c *StepRetried) Apply(i *Incident, e Entry) {
	i.anew(c.Step)
	s := i.run(c.Step, e)
	s.due()
	s.Tried, s.Claimed, s.Insisted = nil, false, true
}

// StepSkipped is that a step or item is left out, and why.
type StepSkipped struct {
	Step string `json:"step"`
	Why  string `json:"why"`
}

// Kind names the entry.
func (*StepSkipped) Kind() string { return "step_skipped" }

// Apply leaves it out.
func (c *StepSkipped) Apply(i *Incident, e Entry) {
	s := i.run(c.Step, e)
	s.State, s.Why, s.Next, s.Unclear = Skipped, c.Why, time.Time{}, false
}
