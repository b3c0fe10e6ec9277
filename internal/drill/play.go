package drill

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tocsin/internal/incident"
)

// Host is a running Tocsin, wired to the stand-ins.
type Host interface {
	// Do gives a command. incidentID is empty for a declaration.
	Do(ctx context.Context, incidentID, actor string, c incident.Command) (*incident.Incident, error)
	View(ctx context.Context, incidentID string) (*incident.Incident, error)
	// Settled waits until nothing automatic is due or under way.
	Settled(ctx context.Context, incidentID string) error
	// StartMeeting opens the war room as its host does: the meeting runs from then on.
	StartMeeting(ctx context.Context, url string) error
}

// Options say how a scenario is played.
type Options struct {
	Speed  float64       // how many times faster than it happened; 0: as fast as the work allows
	Gap    time.Duration // longest wait between two events when Speed is not 0
	Script bool          // answer the human decisions at once
	Wait   time.Duration // how long a person has to answer before the drill goes on by itself
	Tell   func(Beat)    // told of every beat; may be nil
}

// Beat is something a viewer wants to see at once.
type Beat struct {
	At   time.Time
	Kind string
	Text string
}

type player struct {
	Options
	scenario Scenario
	cast     *Cast
	clock    *Clock
	host     Host
	id       string
	played   int
	entries  map[time.Time]incident.EntryID // by the time of the event, for contradictions
	guesses  []guess
	voiced   int
}

type guess struct {
	entry   incident.EntryID
	by      string
	outcome string
}

// Result is what a drill came to.
type Result struct {
	Incident *incident.Incident
	Entries  int // events of the scenario that became entries
}

// Play carries a scenario through the runbook. The incident is complete when it returns nil; the Host may go on serving it.
func Play(ctx context.Context, s Scenario, cast *Cast, clock *Clock, host Host, o Options) (Result, error) {
	if o.Tell == nil {
		o.Tell = func(Beat) {}
	}
	p := &player{Options: o, scenario: s, cast: cast, clock: clock, host: host, entries: map[time.Time]incident.EntryID{}}
	err := p.play(ctx)
	res := Result{Entries: p.played}
	if p.id != "" {
		var verr error
		res.Incident, verr = host.View(ctx, p.id)
		err = errors.Join(err, verr)
	}
	return res, err
}

func (p *player) play(ctx context.Context) error {
	start := p.begin()
	p.clock.Set(p.scenario.Events[start].At)
	if err := p.declare(ctx, p.scenario.Events[start]); err != nil {
		return err
	}
	for n, e := range p.scenario.Events {
		if n > start {
			if err := p.until(ctx, e.At); err != nil {
				return err
			}
		}
		if err := p.settleGuesses(ctx); err != nil {
			return err
		}
		if err := p.event(ctx, e, n < start); err != nil {
			return fmt.Errorf("event %d (%s): %w", n+1, e.At.Format(time.RFC3339), err)
		}
		if n >= start {
			if err := p.react(ctx); err != nil {
				return err
			}
		}
	}
	return p.finish(ctx)
}

// begin finds the event at which somebody would declare: the first trouble, or the first word to the public.
func (p *player) begin() int {
	for n, e := range p.scenario.Events {
		switch {
		case e.Disruption != "" && e.Disruption != incident.None, e.ETA.Known:
			return n
		case e.Kind == "update" && e.Audience == "public" && e.Milestone == "":
			return n
		}
	}
	return 0
}

func (p *player) declare(ctx context.Context, e Event) error {
	pilot := p.cast.holder("point_person")
	i, err := p.host.Do(ctx, "", pilot.ID, &incident.Declare{Title: p.scenario.Title, Service: p.scenario.Service, Drill: true,
		StartedAt: e.At.UTC().Format(time.RFC3339Nano), Point: true})
	if err != nil {
		return err
	}
	p.id = i.ID
	p.Tell(Beat{At: e.At, Kind: "declared", Text: i.Name + " " + i.Title})
	return p.react(ctx)
}

// until moves the scenario's clock to at, stopping at every timer on the way.
func (p *player) until(ctx context.Context, at time.Time) error {
	for {
		i, err := p.host.View(ctx, p.id)
		if err != nil {
			return err
		}
		next := i.NextWake(p.clock.Now())
		if next.IsZero() || next.After(at) {
			next = at
		}
		if err := p.pause(ctx, next); err != nil {
			return err
		}
		p.clock.Set(next)
		if !next.Before(at) {
			return nil
		}
		if _, err := p.host.Do(ctx, p.id, incident.System, &incident.Wake{}); err != nil {
			return err
		}
		if err := p.react(ctx); err != nil {
			return err
		}
	}
}

// pause waits in real time for what lies between now and next, at the drill's speed.
func (p *player) pause(ctx context.Context, next time.Time) error {
	if p.Speed <= 0 {
		return ctx.Err()
	}
	wait := min(time.Duration(float64(next.Sub(p.clock.Now()))/p.Speed), p.Gap)
	return sleep(ctx, wait)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// do gives a command and keeps quiet about one that is already so.
func (p *player) do(ctx context.Context, actor string, c incident.Command) (*incident.Incident, error) {
	return p.host.Do(ctx, p.id, actor, c)
}

// event plays one event. early: it happened before anyone declared and is written down with its own time.
func (p *player) event(ctx context.Context, e Event, early bool) error {
	i, err := p.host.View(ctx, p.id)
	if err != nil {
		return err
	}
	actor, err := p.actor(ctx, i, e)
	if err != nil {
		return err
	}
	if i.Status == incident.Active && !early {
		set := &incident.SetETA{}
		if e.Disruption != "" {
			set.Disrupting = e.Disruption
		}
		if e.ETA.Said {
			set.ETA = &incident.Duration{D: e.ETA.D, Known: e.ETA.Known}
		}
		if set.Disrupting != nil || set.ETA != nil {
			if i, err = p.do(ctx, actor, set); err != nil {
				return err
			}
		}
	}
	text := p.cast.voice(e.Text, e.Actor, p.voiced)
	p.voiced++
	p.Tell(Beat{At: e.At, Kind: e.Kind, Text: text})
	if e.Kind == "update" && e.Audience == "public" && i.Status == incident.Active {
		err = p.update(ctx, i, e, text, early)
	} else {
		err = p.say(ctx, e, actor, text, early)
	}
	if err != nil {
		return err
	}
	p.played++
	if e.Handover {
		if err := p.handOver(ctx, e, actor); err != nil {
			return err
		}
	}
	if e.Milestone == "resolved" && i.Status == incident.Active && !early {
		return p.resolve(ctx)
	}
	return nil
}

func (p *player) say(ctx context.Context, e Event, actor, text string, early bool) error {
	say := &incident.Say{As: e.Kind, Text: text, Visibility: incident.Internal}
	if e.Kind == "update" {
		say.As = "fact"
	}
	if e.Audience == "public" || e.Role == "engineer" && e.Audience != "internal" {
		say.Visibility = incident.Public
	}
	if early {
		say.At = e.At.UTC().Format(time.RFC3339Nano)
	}
	if at, err := time.Parse(time.RFC3339, e.Contradict); err == nil {
		say.Contradict = p.entries[at.UTC()]
	}
	i, err := p.do(ctx, actor, say)
	if err != nil {
		return err
	}
	entry := p.lastSaid(i, text)
	p.entries[e.At.UTC()] = entry
	if e.Kind == "guess" && e.Outcome != "" {
		p.guesses = append(p.guesses, guess{entry: entry, by: actor, outcome: e.Outcome})
	}
	return nil
}

func (p *player) lastSaid(i *incident.Incident, text string) incident.EntryID {
	for n := len(i.Lines) - 1; n >= 0; n-- {
		if i.Lines[n].Text == strings.TrimSpace(text) {
			return incident.EntryID(i.Lines[n].Seq)
		}
	}
	return 0
}

// settleGuesses says what became of the guesses made so far.
func (p *player) settleGuesses(ctx context.Context) error {
	for _, g := range p.guesses {
		outcome := "ruled_out"
		if strings.HasPrefix(g.outcome, "confirmed") {
			outcome = "confirmed"
		}
		_, why, _ := strings.Cut(g.outcome, ":")
		if _, err := p.do(ctx, g.by, &incident.SettleGuess{Entry: g.entry, Outcome: outcome, Why: strings.TrimSpace(why)}); err != nil {
			return err
		}
	}
	p.guesses = nil
	return nil
}

// update tells the public; whoever may do so does it, should the actor not hold a role that may.
func (p *player) update(ctx context.Context, i *incident.Incident, e Event, text string, early bool) error {
	actor := p.cast.Person(e.Actor).ID
	if e.Role == "system" || !i.Holds(actor, "communications_manager") && !i.Holds(actor, "point_person") {
		actor = p.point(i)
	}
	up := &incident.GiveUpdate{Text: text, Stage: "investigating"}
	switch {
	case e.Milestone == "resolved":
		up.Stage = "resolved"
	case i.Kind == incident.Major && i.ETA.Known:
		up.Stage = "identified"
	}
	if early {
		up.At = e.At.UTC().Format(time.RFC3339Nano)
	}
	i, err := p.do(ctx, actor, up)
	if err == nil {
		p.entries[e.At.UTC()] = p.lastSaid(i, text)
	}
	return err
}

// actor is who plays an event. A role nobody holds is taken by its first actor (rulings 4).
func (p *player) actor(ctx context.Context, i *incident.Incident, e Event) (string, error) {
	if e.Role == "system" {
		return "integration:" + e.Actor, nil
	}
	person := p.cast.Person(e.Actor)
	role := map[string]string{"support": "engineer", "exec": "point_person"}[e.Role]
	if role == "" {
		role = e.Role
	}
	if r, ok := i.Runbook.Role(role); ok && (len(i.Roles[r.ID]) == 0 || r.Many && !i.Holds(person.ID, r.ID)) {
		if _, err := p.do(ctx, person.ID, &incident.TakeRole{Role: r.ID}); err != nil {
			return "", err
		}
	}
	return person.ID, nil
}

// handOver gives the engineer's part to whom the text names.
func (p *player) handOver(ctx context.Context, e Event, actor string) error {
	for id, at := range p.cast.byID {
		if id == e.Actor || replaceWord(e.Text, id, "\x00") == e.Text {
			continue
		}
		to := p.cast.People[at].ID
		i, err := p.do(ctx, actor, &incident.GiveRole{Role: "engineer", To: to, Note: "hands-on recovery"})
		if err != nil {
			return err
		}
		if i.Offers["engineer"].To == to {
			_, err = p.do(ctx, to, &incident.AcceptRole{Role: "engineer"})
		}
		return err
	}
	return nil
}

func (p *player) point(i *incident.Incident) string {
	if held := i.Roles["point_person"]; len(held) > 0 {
		return held[0]
	}
	return p.cast.holder("point_person").ID
}

// resolve ends the incident, and tells the public if nobody has.
func (p *player) resolve(ctx context.Context) error {
	i, err := p.host.View(ctx, p.id)
	if err != nil {
		return err
	}
	if len(i.Updates) > 0 && i.Stage != "resolved" || i.Kind == incident.Major && i.Stage != "resolved" {
		if _, err := p.do(ctx, p.point(i), &incident.GiveUpdate{Stage: "resolved", Text: "The service is back. Thank you for your patience; we will write up what happened."}); err != nil {
			return err
		}
	}
	_, err = p.do(ctx, p.point(i), &incident.Resolve{})
	p.Tell(Beat{At: p.clock.Now(), Kind: "resolved", Text: "resolved"})
	return err
}
