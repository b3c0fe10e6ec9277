package api

import (
	"context"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// Who is a person as people inside see them.
type Who struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Said is that somebody did something, and when.
type Said struct {
	By Who       `json:"by"`
	At time.Time `json:"at"`
}

// Incident is an incident as it stands.
type Incident struct {
	ID             string         `json:"id" example:"INC-1"`
	ULID           string         `json:"ulid"`
	Title          string         `json:"title"`
	Service        string         `json:"service,omitempty"`
	Kind           string         `json:"kind" enum:"minor,major"`
	Status         string         `json:"status" enum:"active,resolved,cancelled"`
	Stage          string         `json:"stage" doc:"of the last public update; empty before the first"`
	Drill          bool           `json:"drill"`
	StartedAt      time.Time      `json:"started_at"`
	DeclaredAt     time.Time      `json:"declared_at"`
	DeclaredBy     Who            `json:"declared_by"`
	MajorAt        *time.Time     `json:"major_at"`
	EndedAt        *time.Time     `json:"ended_at"`
	ETA            *time.Time     `json:"eta"`
	Disrupting     *bool          `json:"disrupting" doc:"null: nobody has said"`
	Disruption     string         `json:"disruption" enum:",none,degraded,partial,down"`
	DisruptedSince *time.Time     `json:"disrupted_since"`
	Down           []string       `json:"down" nullable:"false" doc:"services that steps are carried out with and that are part of the outage"`
	Definition     Definition     `json:"definition"`
	Roles          []Role         `json:"roles" nullable:"false"`
	Links          Links          `json:"links"`
	Impact         *Note          `json:"impact"`
	Review         *Review        `json:"review"`
	Updates        []Update       `json:"updates" nullable:"false" doc:"oldest first"`
	UpdateDue      *time.Time     `json:"update_due" doc:"when the public should hear again"`
	FollowUps      []FollowUp     `json:"follow_ups" nullable:"false"`
	Further        *Further       `json:"further"`
	Postmortem     Postmortem     `json:"postmortem"`
	Seq            int64          `json:"seq" doc:"of the last entry"`
	Steps          map[string]int `json:"steps" doc:"how many steps are in each state"`
	Runbook        RunbookRef     `json:"runbook"`
}

// Definition is the definition of a major outage held against what is known (R6).
type Definition struct {
	State      string     `json:"state" enum:"met,will,unknown,not"`
	Met        bool       `json:"met"`
	WillMeetAt *time.Time `json:"will_meet_at" doc:"when it is met if nothing changes"`
	Reason     string     `json:"reason" enum:",definition,passed,added_up" doc:"why it is met"`
	Clauses    []Clause   `json:"clauses" nullable:"false"`
	Prompt     *Prompt    `json:"prompt" doc:"what the point person is asked now"`
	NotNow     *Note      `json:"not_now" doc:"the last time they said: not now"`
}

// Clause is one condition of the definition.
type Clause struct {
	Text  string     `json:"text" example:"ETA more than 1 h"`
	Truth *bool      `json:"truth" doc:"null: not known"`
	By    *Who       `json:"by"`
	At    *time.Time `json:"at"`
}

// Prompt is a question to the point person.
type Prompt struct {
	Reason string    `json:"reason"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
}

// Role is a role and who holds it.
type Role struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Wanted  bool   `json:"wanted" doc:"somebody must hold it now and nobody does"`
	Holders []Who  `json:"holders" nullable:"false"`
	Offer   *Offer `json:"offer" doc:"a hand-over that waits for a yes"`
}

// Offer is a role that was handed over and not yet accepted.
type Offer struct {
	From *Who      `json:"from"`
	To   Who       `json:"to"`
	Note string    `json:"note,omitempty"`
	At   time.Time `json:"at"`
}

// Links lead to everything around the incident. An empty one does not exist yet.
type Links struct {
	Room     string `json:"room" doc:"the incident room in the console"`
	WarRoom  string `json:"war_room" doc:"the meeting that is current now"`
	Document string `json:"document" doc:"the public document, or the internal one until it is published"`
	Public   string `json:"public" doc:"the public page, once the public may know"`
	Stream   string `json:"stream"`
	Issue    string `json:"issue"`
	Channel  string `json:"channel"`
}

// Note is a text with who wrote it.
type Note struct {
	Text string    `json:"text"`
	By   Who       `json:"by"`
	At   time.Time `json:"at"`
}

// Review is where the marketing review stands.
type Review struct {
	State   string     `json:"state" enum:"asked,approved,changes"`
	AskedAt *time.Time `json:"asked_at"`
	By      *Who       `json:"by" doc:"who gave the verdict"`
	At      *time.Time `json:"at"`
	Comment string     `json:"comment,omitempty"`
}

// Update is word to the public, as it was typed; the public reads it without names.
type Update struct {
	ID    string     `json:"id"`
	Seq   int64      `json:"seq"`
	At    time.Time  `json:"at"`
	By    Who        `json:"by"`
	Stage string     `json:"stage"`
	Text  string     `json:"text"`
	Next  *time.Time `json:"next" doc:"when the next one was promised"`
	To    []string   `json:"to,omitempty" doc:"page, social, mail, chat; absent: everywhere"`

	Networks map[string]string `json:"networks,omitempty" doc:"network → its own words, where it has any"`
}

// FollowUp is work that remains.
type FollowUp struct {
	ID    int64  `json:"id"`
	Text  string `json:"text"`
	Owner *Who   `json:"owner" doc:"a person or a role"`
	Due   string `json:"due,omitempty" example:"2026-12-05"`
	Class string `json:"class,omitempty"`
	State string `json:"state" enum:"open,done,wont"`
	URL   string `json:"url,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Further is what was decided about further communication (R28).
type Further struct {
	Choice string    `json:"choice"`
	Title  string    `json:"title"`
	Why    string    `json:"why,omitempty"`
	By     Who       `json:"by"`
	At     time.Time `json:"at"`
}

// Postmortem is where the post-mortem stands.
type Postmortem struct {
	Published *time.Time `json:"published"`
	SignedOff *time.Time `json:"signed_off"`
}

// RunbookRef names the runbook an incident is run by.
type RunbookRef struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// Summary is an incident in a list.
type Summary struct {
	ID         string     `json:"id" example:"INC-1"`
	ULID       string     `json:"ulid"`
	Title      string     `json:"title"`
	Service    string     `json:"service,omitempty"`
	Kind       string     `json:"kind" enum:"minor,major"`
	Status     string     `json:"status" enum:"active,resolved,cancelled"`
	Stage      string     `json:"stage"`
	Drill      bool       `json:"drill"`
	StartedAt  time.Time  `json:"started_at"`
	DeclaredAt time.Time  `json:"declared_at"`
	MajorAt    *time.Time `json:"major_at"`
	EndedAt    *time.Time `json:"ended_at"`
	ETA        *time.Time `json:"eta"`
	Point      []Who      `json:"point" nullable:"false" doc:"who is point person"`
	UpdateDue  *time.Time `json:"update_due"`
	Prompt     bool       `json:"prompt" doc:"the point person is asked to declare a major outage"`
	Trouble    int        `json:"trouble" doc:"steps that failed or are unsure"`
	UpdatedAt  time.Time  `json:"updated_at"`
	Seq        int64      `json:"seq"`
}

func (s *server) who(id string) Who { return Who{ID: id, Name: s.o.Directory.Name(id)} }

func (s *server) maybe(id string) *Who {
	if id == "" {
		return nil
	}
	w := s.who(id)
	return &w
}

func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func truth(t runbook.Truth) *bool {
	yes := t == runbook.True
	if t == runbook.Unknown {
		return nil
	}
	return &yes
}

// incident makes the shape of an incident for an account.
func (s *server) incident(i *incident.Incident, acc auth.Account) *Incident {
	out := &Incident{ID: i.Name, ULID: i.ID, Title: i.Title, Service: i.Service, Kind: i.Kind, Status: i.Status, Stage: i.Stage, Drill: i.Drill,
		StartedAt: i.Started.UTC(), DeclaredAt: i.Declared.At, DeclaredBy: s.who(i.Declared.By), MajorAt: at(i.MajorAt.At), EndedAt: at(i.Ended.At),
		Disrupting: truth(i.Disruption.Truth()), Disruption: i.Disruption.Grade, DisruptedSince: at(i.Disruption.Since),
		Definition: s.definition(i), Down: append([]string{}, i.Downs()...), Roles: []Role{}, Links: s.linksOf(i), Updates: []Update{}, UpdateDue: at(i.UpdateDue()), FollowUps: []FollowUp{},
		Postmortem: Postmortem{Published: at(i.Postmortem.Published.At), SignedOff: at(i.Postmortem.SignedOff.At)},
		Seq:        i.Seq, Steps: s.count(i, acc), Runbook: RunbookRef{Name: i.Runbook.Name, Version: i.Runbook.Version}}
	if i.ETA.Known {
		out.ETA = at(i.ETA.At)
	}
	wanted := map[string]bool{}
	for _, r := range i.Wanted() {
		wanted[r.ID] = true
	}
	for _, r := range i.Runbook.Roles {
		role := Role{ID: r.ID, Name: r.Name, Wanted: wanted[r.ID], Holders: []Who{}}
		for _, p := range i.Roles[r.ID] {
			role.Holders = append(role.Holders, s.who(p))
		}
		if o, ok := i.Offers[r.ID]; ok {
			role.Offer = &Offer{From: s.maybe(o.From), To: s.who(o.To), Note: o.Note, At: o.At}
		}
		out.Roles = append(out.Roles, role)
	}
	if i.Impact.Text != "" {
		out.Impact = s.note(i.Impact.Text, i.Impact.Stamp)
	}
	if i.Review.State != "" {
		out.Review = &Review{State: i.Review.State, AskedAt: at(i.Review.Asked.At), By: s.maybe(i.Review.Said.By), At: at(i.Review.Said.At), Comment: i.Review.Comment}
	}
	for _, u := range i.Updates {
		out.Updates = append(out.Updates, Update{ID: report.EntryID(u.Seq), Seq: u.Seq, At: u.At, By: s.who(u.By), Stage: u.Stage, Text: u.Text, Next: at(u.Next), To: u.To, Networks: u.Networks})
	}
	for _, f := range i.FollowUps {
		out.FollowUps = append(out.FollowUps, FollowUp{ID: f.ID, Text: f.Text, Owner: s.owner(i, f.Owner), Due: f.Due, Class: f.Class, State: f.State, URL: f.URL, Why: f.Why})
	}
	if d := i.Further; d != nil {
		out.Further = &Further{Choice: d.Choice, Title: d.Choice, Why: d.Why, By: s.who(d.By), At: d.At}
		for _, c := range i.Runbook.Further {
			if c.ID == d.Choice {
				out.Further.Title = c.Title
			}
		}
	}
	return out
}

func (s *server) note(text string, st incident.Stamp) *Note {
	if st.IsZero() {
		return nil
	}
	return &Note{Text: text, By: s.who(st.By), At: st.At}
}

// owner of a follow-up is a role or a person.
func (s *server) owner(i *incident.Incident, id string) *Who {
	if r, ok := i.Runbook.Role(id); ok && id != "" {
		return &Who{ID: r.ID, Name: r.Name}
	}
	return s.maybe(id)
}

func (s *server) definition(i *incident.Incident) Definition {
	m := i.Meter(s.o.Ledger.Now())
	d := Definition{State: m.State, Met: m.State == "met", WillMeetAt: at(m.At), Reason: m.Reason, Clauses: []Clause{},
		NotNow: s.note(i.Prompt.Why, i.Prompt.Answer)}
	for _, c := range m.Clauses {
		d.Clauses = append(d.Clauses, Clause{Text: c.Text, Truth: truth(c.Truth), By: s.maybe(c.Said.By), At: at(c.Said.At)})
	}
	if i.Prompt.Open {
		d.Prompt = &Prompt{Reason: i.Prompt.Reason, Text: report.Prompt(catalogue.English, i, i.Prompt.Reason), At: i.Prompt.At}
	}
	return d
}

// linksOf gathers what finished steps made.
func (s *server) linksOf(i *incident.Incident) Links {
	l := Links{Room: s.links().Room(i.Name)}
	if i.Announced() && (s.o.Drill || !i.Drill) {
		l.Public = s.links().Page(i.Name)
	}
	l.WarRoom, _ = i.WarRoom()
	l.Document = i.Link("document.publish", "document.create")
	l.Stream, l.Issue, l.Channel = i.Link("stream.create"), i.Link("tracker.issue"), i.Link("chat.channel")
	return l
}

func (s *server) summary(m incident.Summary) Summary {
	out := Summary{ID: m.Name, ULID: m.ID, Title: m.Title, Service: m.Service, Kind: m.Kind, Status: m.Status, Stage: m.Stage, Drill: m.Drill,
		StartedAt: m.StartedAt.UTC(), DeclaredAt: m.DeclaredAt, MajorAt: m.MajorAt, EndedAt: m.EndedAt, ETA: m.ETA, Point: []Who{}, UpdateDue: m.UpdateDue,
		Prompt: m.Prompt, Trouble: m.Trouble, UpdatedAt: m.UpdatedAt, Seq: m.Seq}
	for _, p := range m.Point {
		out.Point = append(out.Point, s.who(p))
	}
	return out
}

// view gives the incident a route names.
func (s *server) view(ctx context.Context, ref string) (*incident.Incident, error) {
	return s.o.Ledger.View(ctx, ref)
}
