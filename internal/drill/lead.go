package drill

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"tocsin/internal/incident"
)

// stillness bounds the silence between two events of a scenario that people practise with: the nights of a long outage teach nobody anything.
const stillness = 20 * time.Minute

// patience is the wait after something went wrong.
const patience = 10 * time.Second

// By is who says what comes into a drill among real people.
const By = "integration:drill"

// House is a running Tocsin whose people practise.
type House interface {
	// Drills gives the active incidents that are drills.
	Drills(ctx context.Context) ([]*incident.Incident, error)
	// Give gives a command under a key: a command that was given under it before is not given again.
	Give(ctx context.Context, incidentID, actor, key string, c incident.Command) error
	Now() time.Time
}

// Lead brings what is due into the drills of real people, until ctx ends. What has come is known by its key, so that nothing comes twice: not
// after a restart, and not from two servers.
func Lead(ctx context.Context, h House, log *slog.Logger) {
	came, beat := map[string]map[string]bool{}, time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		drills, err := h.Drills(ctx)
		if err == nil {
			err = play(ctx, h, drills, came)
		}
		if err != nil && ctx.Err() == nil {
			log.Error("a drill can't go on", "error", err, "again", patience)
			_ = sleep(ctx, patience) // if it ends meanwhile, so does the loop
		}
	}
}

// play gives what is due in each drill and has not come yet.
func play(ctx context.Context, h House, drills []*incident.Incident, came map[string]map[string]bool) error {
	var failed error
	now := h.Now()
	for _, i := range drills {
		if came[i.ID] == nil {
			came[i.ID] = map[string]bool{}
		}
		for _, c := range Cues(i) {
			if came[i.ID][c.Key] || c.Due(*i.Practice, now).After(now) {
				continue
			}
			if err := give(ctx, h, i.ID, c); err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s: %w", i.Name, err))
				break // what comes after it waits
			}
			came[i.ID][c.Key] = true
		}
	}
	return failed
}

// give gives the commands of something that comes. One that does not fit, an ETA for an incident that ended meanwhile, is passed over.
func give(ctx context.Context, h House, id string, c Cue) error {
	for n, cmd := range c.Commands {
		err := h.Give(ctx, id, By, fmt.Sprintf("%s:%d", c.Key, n), cmd)
		if refused := (*incident.Error)(nil); err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	return nil
}

// Cue is something that comes into a drill.
type Cue struct {
	Key      string        // names it within its incident
	At       time.Duration // in the scenario's own time, of what the scenario tells
	Moment   time.Time     // of what somebody brings in
	Commands []incident.Command
}

// Due is when it comes, as the drill is played now; the zero time plus a century where it does not.
func (c Cue) Due(p incident.Practice, now time.Time) time.Time {
	switch {
	case !c.Moment.IsZero():
		return c.Moment
	case p.At(now) >= c.At && p.State == incident.Running:
		return now
	case p.State != incident.Running || p.Speed <= 0:
		return now.AddDate(100, 0, 0)
	}
	return now.Add(time.Duration(float64(c.At-p.At(now)) / p.Speed))
}

// Cues lists all that comes into a drill by itself: what the scenario tells, in order, then what somebody brings in.
func Cues(i *incident.Incident) []Cue {
	if i.Practice == nil {
		return nil
	}
	out := told(i, i.Practice)
	for _, in := range i.Practice.Injects {
		out = append(out, Cue{Key: fmt.Sprintf("inject:%d", in.Seq), Moment: in.At, Commands: []incident.Command{&incident.Say{As: "fact", Text: in.Text}}})
	}
	return out
}

// told lists what a scenario tells in a mode.
func told(i *incident.Incident, p *incident.Practice) []Cue {
	if p.Scenario == "" || p.Mode == incident.Lists || strings.HasSuffix(p.Scenario, ".json") { // a drill reads no files
		return nil
	}
	s, err := Load(p.Scenario)
	if err != nil {
		return nil // a later version may have shipped it
	}
	var out []Cue
	at := time.Duration(0)
	for n, e := range s.Events {
		if n > 0 {
			at += min(e.At.Sub(s.Events[n-1].At), stillness)
		}
		if cmds := said(i, e, p.Mode); len(cmds) > 0 {
			out = append(out, Cue{Key: fmt.Sprintf("drill:%d", n), At: at, Commands: cmds})
		}
	}
	return out
}

// Lasts is how long a scenario takes at its own speed, with its silences cut short.
func (s Scenario) Lasts() time.Duration {
	at := time.Duration(0)
	for n := 1; n < len(s.Events); n++ {
		at += min(s.Events[n].At.Sub(s.Events[n-1].At), stillness)
	}
	return at
}

// said is what an event says in a mode; nothing if those who practise should find it out.
func said(i *incident.Incident, e Event, mode string) []incident.Command {
	noticed := e.Role == "system" || e.Role == "support"
	if mode == incident.Surprise && !noticed {
		return nil
	}
	var out []incident.Command
	set := &incident.SetETA{}
	if e.Disruption != "" {
		set.Disrupting = e.Disruption
	}
	if e.ETA.Said && mode == incident.Replay {
		set.ETA = &incident.Duration{D: e.ETA.D, Known: e.ETA.Known}
	}
	if set.Disrupting != nil || set.ETA != nil {
		out = append(out, set)
	}
	say := &incident.Say{As: e.Kind, Text: e.Text}
	if !slices.Contains(incident.Spoken, say.As) {
		say.As = "fact"
	}
	switch role, ok := i.Runbook.Role(e.Role); {
	case e.Kind == "update" && e.Audience == "public":
		say.Text = "At this time the public was told: " + e.Text
	case ok:
		say.Text = role.Name + ": " + e.Text
	case e.Role != "system" && e.Role != "":
		say.Text = strings.ToUpper(e.Role[:1]) + e.Role[1:] + ": " + e.Text
	}
	return append(out, say)
}
