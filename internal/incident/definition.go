package incident

import (
	"strings"
	"time"

	"tocsin/internal/runbook"
)

// Estimate is the stated time of the fix.
type Estimate struct {
	Known bool
	At    time.Time
	Said  Stamp
	First Stamp // when the first of the successive estimates was given
}

// Span is how far the stated time lay ahead when it was stated; nil when not known.
func (e Estimate) Span() *time.Duration {
	if !e.Known {
		return nil
	}
	d := e.At.Sub(e.Said.At)
	return &d
}

// Grades of disruption. Partial and Down disrupt the service; Degraded does not (rulings 4).
const (
	None     = "none"
	Degraded = "degraded"
	Partial  = "partial"
	Down     = "down"
)

// Disruption is whether the service is disrupted, who said so, and since when.
type Disruption struct {
	Grade string // "" not known, None, Degraded, Partial, Down
	Said  Stamp
	Since time.Time     // zero unless disrupting
	Total time.Duration // of earlier disruptions of this incident
}

// Truth of "the service is disrupted".
func (d Disruption) Truth() runbook.Truth {
	switch d.Grade {
	case Partial, Down:
		return runbook.True
	case None, Degraded:
		return runbook.False
	}
	return runbook.Unknown
}

// SetETA says how long it will take, whether it disrupts, or both. Absent fields stay as they are.
type SetETA struct {
	ETA        *Duration `json:"eta,omitempty"`        // from now; "unknown" takes it back
	At         string    `json:"at,omitempty"`         // or the moment itself
	Disrupting any       `json:"disrupting,omitempty"` // true, false, "unknown" or a grade: none, degraded, partial, down
	Why        string    `json:"why,omitempty"`
}

// Decide needs one of both; what is already so is no news, except an estimate, which is stated anew.
func (c *SetETA) Decide(i *Incident, a Ask) ([]Event, error) {
	var evs []Event
	switch {
	case c.At != "":
		at, err := ParseTime(c.At, a.Now)
		if err != nil {
			return nil, err
		}
		if at.Before(a.Now) {
			return nil, invalid("at", "%s is in the past", at.Format("15:04 UTC"))
		}
		evs = append(evs, &ETASet{ETA: &at, Why: strings.TrimSpace(c.Why)})
	case c.ETA != nil && c.ETA.Known:
		at := a.Now.Add(c.ETA.D)
		evs = append(evs, &ETASet{ETA: &at, Why: strings.TrimSpace(c.Why)})
	case c.ETA != nil && i.ETA.Known:
		evs = append(evs, &ETASet{Why: strings.TrimSpace(c.Why)})
	}
	if c.Disrupting != nil {
		grade, err := ParseDisruption(c.Disrupting)
		if err != nil {
			return nil, err
		}
		if grade != i.Disruption.Grade {
			evs = append(evs, &DisruptionSet{Grade: grade})
		}
	}
	if c.ETA == nil && c.At == "" && c.Disrupting == nil {
		return nil, invalid("eta", "say how long it will take (90m, 2h, unknown) or whether it disrupts the service")
	}
	return evs, nil
}

// ParseDisruption reads true, false, null, "yes", "no", "unknown" or a grade.
func ParseDisruption(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case bool:
		if v {
			return Down, nil
		}
		return None, nil
	case string:
		switch strings.ToLower(v) {
		case "yes", "true", Down:
			return Down, nil
		case "no", "false", None:
			return None, nil
		case "unknown", "":
			return "", nil
		case Partial, Degraded:
			return strings.ToLower(v), nil
		}
	}
	return "", invalid("disrupting", "%v is no answer; say yes, no, unknown, or none, degraded, partial, down", v)
}

// ETASet is an estimate that was stated, or taken back (nil).
type ETASet struct {
	ETA *time.Time `json:"eta"`
	Why string     `json:"why,omitempty"`
}

// Kind names the entry.
func (*ETASet) Kind() string { return "eta_set" }

// Apply keeps when the first of a row of estimates was given: an ETA that slides is seen (DESIGN §6).
func (c *ETASet) Apply(i *Incident, e Entry) {
	was := i.ETA
	i.ETA = Estimate{Said: Stamp{By: e.By, At: e.At, Seq: e.Seq}}
	if c.ETA != nil {
		i.ETA.Known, i.ETA.At, i.ETA.First = true, *c.ETA, i.ETA.Said
		if was.Known {
			i.ETA.First = was.First
		}
	}
	if i.Announced() {
		i.show()
	}
}

// DisruptionSet is whether the service is disrupted.
type DisruptionSet struct {
	Grade string `json:"grade"`
}

// Kind names the entry.
func (*DisruptionSet) Kind() string { return "disruption_set" }

// Apply starts or stops the clock of disruption.
func (c *DisruptionSet) Apply(i *Incident, e Entry) {
	was := i.Disruption
	i.Disruption = Disruption{Grade: c.Grade, Said: Stamp{By: e.By, At: e.At, Seq: e.Seq}, Total: was.Total}
	switch {
	case i.Disruption.Truth() == runbook.True && !was.Since.IsZero():
		i.Disruption.Since = was.Since
	case i.Disruption.Truth() == runbook.True:
		i.Disruption.Since = e.At
		i.Prompt.asked45 = false
	case !was.Since.IsZero():
		i.Disruption.Total += max(e.At.Sub(was.Since), 0)
	}
	if i.Announced() {
		i.show()
	}
}

// facts are what expressions of the runbook see.
func (i *Incident) facts(now time.Time) runbook.Facts {
	truth := func(b bool) runbook.Truth {
		if b {
			return runbook.True
		}
		return runbook.False
	}
	f := runbook.Facts{
		Bools: map[string]runbook.Truth{
			"declared":   truth(!i.Declared.IsZero()),
			"major":      truth(i.Kind == Major),
			"minor":      truth(i.Kind == Minor),
			"resolved":   truth(i.Status == Resolved),
			"cancelled":  truth(i.Status == Cancelled),
			"postmortem": truth(!i.Postmortem.Published.IsZero()),
			"signed_off": truth(!i.Postmortem.SignedOff.IsZero()),
			"roles":      truth(len(i.Roles) > 0),
			"staffed":    truth(len(i.Vacant) == 0),
			"told":       truth(i.Stage == "resolved"),
			"reviewed":   truth(i.Review.State == "approved"),
			"impact":     truth(i.Impact.Text != ""),
			"decided":    truth(i.Further != nil),
			"disrupting": i.Disruption.Truth(),
		},
		Spans: map[string]*time.Duration{"eta": i.ETA.Span()},
	}
	if !i.Disruption.Since.IsZero() {
		d := now.Sub(i.Disruption.Since)
		f.Spans["elapsed"] = &d
	}
	return f
}

// holds evaluates an expression of the pinned runbook. One that does not compile (only a broken log has it) never holds.
func (i *Incident) holds(expr string, now time.Time) bool { return holds(expr, i.facts(now)) }

func holds(expr string, f runbook.Facts) bool {
	e, err := compile(expr)
	return err == nil && e.Eval(f) == runbook.True
}

// Meter is the definition of a major outage held against the facts (R6).
type Meter struct {
	State   string    // "met", "will", "unknown", "not"
	At      time.Time // of "will": when it meets the definition if nothing changes
	Reason  string    // of "met": "definition", "passed" (disrupted for so long), "added_up" (estimates slid past it)
	Clauses []Clause
}

// Clause is one condition of the definition, who said so and when.
type Clause struct {
	Text  string // "ETA more than 1 h"
	Expr  string
	Truth runbook.Truth
	Said  Stamp // zero: nobody said anything yet
}

// Meter holds the definition against what is known at now.
func (i *Incident) Meter(now time.Time) Meter {
	if i.Runbook == nil {
		return Meter{State: "unknown"}
	}
	expr, err := compile(i.Runbook.Definition.Major)
	if err != nil {
		return Meter{State: "unknown"}
	}
	f := i.facts(now)
	m := Meter{}
	for _, c := range expr.Clauses() {
		cl := Clause{Text: runbook.Explain(c), Expr: c.String(), Truth: c.Eval(f)}
		switch {
		case strings.Contains(cl.Expr, "eta"):
			cl.Said = i.ETA.Said
		case strings.Contains(cl.Expr, "disrupting"), strings.Contains(cl.Expr, "elapsed"):
			cl.Said = i.Disruption.Said
		}
		m.Clauses = append(m.Clauses, cl)
	}
	passed := i.Runbook.Definition.Passed.Duration()
	disrupting := i.Disruption.Truth() == runbook.True
	switch truth := expr.Eval(f); {
	case truth == runbook.True:
		m.State, m.Reason = "met", "definition"
	case disrupting && passed > 0 && now.Sub(i.Disruption.Since) >= passed:
		m.State, m.Reason = "met", "passed"
	case disrupting && passed > 0 && i.ETA.Known && i.ETA.At.Sub(i.ETA.First.At) > passed:
		m.State, m.Reason = "met", "added_up"
	case truth == runbook.Unknown:
		m.State = "unknown"
		if disrupting && passed > 0 {
			m.At = i.Disruption.Since.Add(passed)
		}
	case disrupting && passed > 0:
		m.State, m.At = "will", i.Disruption.Since.Add(passed)
		if i.ETA.Known && !i.ETA.At.After(m.At) && now.Before(i.ETA.At) {
			m.State, m.At = "not", time.Time{}
		}
	default:
		m.State = "not"
	}
	return m
}

// Prompt is what the point person is asked about declaring a major outage.
type Prompt struct {
	Open   bool
	Reason string // definition, passed, added_up: declare? ask: will this pass one hour?
	At     time.Time
	Seq    int64
	Answer Stamp  // of the last not-now
	Why    string // of the last not-now

	answered map[string]int64 // reason → Seq of the facts it was answered for
	asked45  bool
}

// factsSeq is the entry that last changed what the definition looks at.
func (i *Incident) factsSeq() int64 { return max(i.ETA.Said.Seq, i.Disruption.Said.Seq) }

// prompt says whether the point person must be asked now, and why. A reason that was answered is asked again when the facts changed.
func (i *Incident) prompt(now time.Time) (reason string, ok bool) {
	if i.Runbook == nil || i.Status != Active || i.Kind == Major {
		return "", false
	}
	m := i.Meter(now)
	if m.State == "met" {
		if i.Prompt.Open && i.Prompt.Reason == m.Reason {
			return "", false
		}
		if seq, done := i.Prompt.answered[m.Reason]; done && seq >= i.factsSeq() {
			return "", false
		}
		return m.Reason, true
	}
	ask := i.Runbook.Definition.Ask.Duration()
	if i.Disruption.Truth() == runbook.True && ask > 0 && !i.Prompt.asked45 && !i.Prompt.Open && now.Sub(i.Disruption.Since) >= ask {
		return "ask", true
	}
	return "", false
}

// Prompted is that the point person was asked.
type Prompted struct {
	Reason string `json:"reason"`
}

// Kind names the entry.
func (*Prompted) Kind() string { return "prompted" }

// Apply opens the prompt.
func (c *Prompted) Apply(i *Incident, e Entry) {
	i.Prompt.Open, i.Prompt.Reason, i.Prompt.At, i.Prompt.Seq = true, c.Reason, e.At, e.Seq
	if c.Reason == "ask" {
		i.Prompt.asked45 = true
	}
}

// NotNow answers the prompt with a reason.
type NotNow struct {
	Why string `json:"why"`
}

// Decide needs a reason and something that was asked.
func (c *NotNow) Decide(i *Incident, _ Ask) ([]Event, error) {
	if i.Kind == Major {
		return nil, conflict("%s is a major outage already", i.Name)
	}
	if !i.Prompt.Open {
		return nil, conflict("nothing is asked right now")
	}
	reason, err := why(c.Why)
	if err != nil {
		return nil, err
	}
	return []Event{&NotNowSaid{Why: reason}}, nil
}

// NotNowSaid is the answer.
type NotNowSaid struct {
	Why string `json:"why"`
}

// Kind names the entry.
func (*NotNowSaid) Kind() string { return "not_now" }

// Apply closes the prompt until the facts change.
func (c *NotNowSaid) Apply(i *Incident, e Entry) {
	answered := map[string]int64{}
	for k, v := range i.Prompt.answered {
		answered[k] = v
	}
	answered[i.Prompt.Reason] = i.factsSeq()
	i.Prompt.answered = answered
	i.Prompt.Open, i.Prompt.Why, i.Prompt.Answer = false, c.Why, Stamp{By: e.By, At: e.At, Seq: e.Seq}
	i.last().Text = c.Why
}
