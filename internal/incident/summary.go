package incident

import "time"

// Summary is what lists show of an incident. Its JSON is stored: fields are added, never renamed.
type Summary struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Title      string     `json:"title"`
	Service    string     `json:"service,omitempty"`
	Kind       string     `json:"kind"`
	Status     string     `json:"status"`
	Stage      string     `json:"stage,omitempty"`
	Drill      bool       `json:"drill,omitempty"`
	StartedAt  time.Time  `json:"started_at"`
	DeclaredAt time.Time  `json:"declared_at"`
	MajorAt    *time.Time `json:"major_at,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	ETA        *time.Time `json:"eta,omitempty"`
	Point      []string   `json:"point,omitempty"` // person ids
	UpdateDue  *time.Time `json:"update_due,omitempty"`
	Prompt     bool       `json:"prompt,omitempty"`  // the point person is asked to declare a major outage
	Trouble    int        `json:"trouble,omitempty"` // steps that failed or are unsure
	Open       bool       `json:"open"`              // something is left to do for the machine
	UpdatedAt  time.Time  `json:"updated_at"`
	Seq        int64      `json:"seq"`
}

// Summary of the incident as it stands.
func (i *Incident) Summary() Summary {
	s := Summary{ID: i.ID, Name: i.Name, Title: i.Title, Service: i.Service, Kind: i.Kind, Status: i.Status, Stage: i.Stage, Drill: i.Drill,
		StartedAt: i.Started, DeclaredAt: i.Declared.At, Point: i.Roles[point], Prompt: i.Prompt.Open, UpdatedAt: i.lastAt(), Seq: i.Seq}
	opt := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	s.MajorAt, s.EndedAt, s.UpdateDue = opt(i.MajorAt.At), opt(i.Ended.At), opt(i.UpdateDue())
	if i.ETA.Known {
		s.ETA = opt(i.ETA.At)
	}
	for _, r := range i.Steps {
		if r.State == Failed || r.State == Unsure {
			s.Trouble++
		}
	}
	s.Open = i.Status == Active
	for _, r := range i.Runs() {
		s.Open = s.Open || r.Act != "" || r.State == Started
	}
	return s
}
