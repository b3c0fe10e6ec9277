package report

import (
	"slices"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
)

// Scenario is a real outage that people can practise with.
type Scenario struct {
	Name    string        `json:"name"`
	Title   string        `json:"title"`
	Service string        `json:"service,omitempty"`
	Events  int           `json:"events"`
	Lasts   time.Duration `json:"lasts"` // at its own speed, its silences cut short
}

// Score is what a drill, or a real incident, came to, held against its runbook: lengths of time, steps and lists. It compares an incident with
// its runbook, never people.
type Score struct {
	Rows   []ScoreRow `json:"rows"`
	Steps  Tally      `json:"steps"`
	Open   []string   `json:"open"` // titles of due items nobody ticked or left out
	Left   []LeftOut  `json:"left"` // what was left out, and why
	Told   int        `json:"told"` // promised words to the public that came in time
	Tells  int        `json:"tells"`
	Vacant []string   `json:"vacant"` // roles that were wanted and nobody ever held
}

// ScoreRow is a length of time and what the runbook says of it. What and Try are marked for the catalogue.
type ScoreRow struct {
	What   string         `json:"what"`
	Took   *time.Duration `json:"took"`   // nil: it did not happen
	Target time.Duration  `json:"target"` // 0: the runbook says nothing of it
	Try    string         `json:"try"`    // next time
}

// Met reports whether it came within what the runbook says. Without a target nothing is missed.
func (r ScoreRow) Met() bool { return r.Target == 0 || r.Took != nil && *r.Took <= r.Target }

// Tally counts what became of steps.
type Tally struct {
	Done   int `json:"done"`
	ByHand int `json:"by_hand"`
	Left   int `json:"left_out"`
	Failed int `json:"failed"`
	Open   int `json:"open"`
}

// LeftOut is an item that was left out.
type LeftOut struct {
	Title string `json:"title"`
	Why   string `json:"why"`
}

// NewScore holds an incident against its runbook as far as its log tells.
func NewScore(i *incident.Incident, now time.Time) Score {
	m := Measure(i)
	s := Score{Told: m.Kept, Tells: m.Promises, Open: []string{}, Left: []LeftOut{}, Vacant: []string{}}
	first := func() time.Duration {
		if len(i.Runbook.Nudges.Role) > 0 {
			return i.Runbook.Nudges.Role[0].Duration()
		}
		return 0
	}
	cadence := i.Runbook.Cadence[incident.Minor].Duration()
	if i.Kind == incident.Major {
		cadence = i.Runbook.Cadence[incident.Major+".investigating"].Duration()
	}
	s.Rows = []ScoreRow{
		{catalogue.Mark("until somebody had point"), m.Point, first(), catalogue.Mark("Say “I'm taking point” before anything else.")},
		{catalogue.Mark("until every wanted role was held"), m.Roles, i.Runbook.Nudges.Page.Duration(), catalogue.Mark("Ask for people by role as soon as the incident is declared.")},
		{catalogue.Mark("until the first ETA"), firstETA(i), 0, catalogue.Mark("“Not known” is an answer, too: say it, and when you will know.")},
		{catalogue.Mark("until the first entry somebody wrote"), m.FirstInternal, 0, catalogue.Mark("Write down what you see while you look for it.")},
		{catalogue.Mark("from the question to the declaration of a major outage"), m.MajorAsked, asked(i, i.Runbook.Nudges.Due.Duration()), catalogue.Mark("Declare first: it can be taken back, lost time can't.")},
		{catalogue.Mark("until the first word to the public"), m.FirstUpdateFrom, cadence, catalogue.Mark("A first word needs no cause: what people notice, and when the next word comes.")},
		{catalogue.Mark("until it was resolved"), m.Resolved, 0, ""},
	}
	for _, run := range i.Runs() {
		if run.Step.Kind == "" || !run.Wanted {
			continue
		}
		switch {
		case run.State == incident.Done:
			s.Steps.Done++
		case run.State == incident.HandDone && run.Finished:
			s.Steps.ByHand++
		case run.State == incident.Skipped:
			s.Steps.Left++
		case run.State == incident.Failed || run.State == incident.Unsure:
			s.Steps.Failed++
		default:
			s.Steps.Open++
		}
	}
	for _, role := range i.Runbook.Roles {
		for _, item := range i.List(role.ID, now) {
			switch {
			case item.Step.Kind != "" || item.Step.Private:
			case item.State == incident.Skipped:
				s.Left = append(s.Left, LeftOut{item.Step.Title, item.Why})
			case item.Due && !item.Finished && !slices.Contains(s.Open, item.Step.Title): // an item may stand on several lists
				s.Open = append(s.Open, item.Step.Title)
			}
		}
	}
	for _, role := range i.Wanted() {
		s.Vacant = append(s.Vacant, role.Name)
	}
	return s
}

// firstETA is how long nobody said how long it will take.
func firstETA(i *incident.Incident) *time.Duration {
	for _, l := range i.Lines {
		if _, ok := l.Event.(*incident.ETASet); ok {
			d := l.At.Sub(i.Declared.At)
			return &d
		}
	}
	return nil
}

// asked is the target where somebody was asked at all.
func asked(i *incident.Incident, target time.Duration) time.Duration {
	for _, l := range i.Lines {
		if e, ok := l.Event.(*incident.Prompted); ok && e.Reason != "ask" {
			return target
		}
	}
	return 0
}
