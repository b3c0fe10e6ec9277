package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
)

// Plan is what a command would lead to.
type Plan struct {
	Kind    string  `json:"kind"`
	Entries []Entry `json:"entries" nullable:"false" doc:"those it would make; their numbers are those they would have if nothing else happens before"`
	Steps   []Step  `json:"steps" nullable:"false" doc:"those that would fall due, at once or after the steps in blocked_by, with their exact texts"`
}

func (s *server) addPlan() {
	type in struct {
		One
		Raw
	}
	type out struct{ Body Plan }
	op := huma.Operation{OperationID: "plan", Method: http.MethodPost, Path: "/api/v1/incidents/{id}/plan", Summary: "What a command would do",
		Description: "A dry run: nothing is written and nothing is sent. A command that would be refused is refused here with the same words.", Tags: []string{"commands"}}
	route(s, mayWrite, op, nil, func(ctx context.Context, acc auth.Account, q *in) (*out, error) {
		i, err := s.view(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		c, kind, err := s.command(i, q.RawBody)
		if err != nil {
			return nil, err
		}
		after, err := s.after(ctx, i, acc.Person.ID, c)
		if err != nil {
			return nil, err
		}
		return &out{Body: s.plan(i, after, kind, acc)}, nil
	})
	s.describe(op, &huma.Schema{Ref: "#/components/schemas/Command"})
}

// after folds what a command decides onto a copy of the log.
func (s *server) after(ctx context.Context, i *incident.Incident, actor string, c incident.Command) (*incident.Incident, error) {
	log, err := s.o.Ledger.Log(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	ask := incident.Ask{By: actor, Now: s.o.Ledger.Now(), Real: s.o.Ledger.Real(), People: s.o.Directory.IDs(), Services: s.o.Ledger.Services()}
	events, err := incident.Decide(i, c, ask)
	if err != nil {
		return nil, err
	}
	after := incident.Fold(i.ID, i.Name, log[:i.Seq])
	add := func(by string, events []incident.Event) {
		for _, ev := range events {
			e := incident.Entry{Seq: after.Seq + 1, At: ask.Now, Recorded: ask.Real, By: by, Event: ev}
			if t, ok := ev.(incident.Timed); ok && !t.When().IsZero() {
				e.At = t.When()
			}
			after.Apply(e)
		}
	}
	add(actor, events)
	ask.By = incident.System
	due, err := incident.Decide(after, &incident.Wake{}, ask)
	if err != nil {
		return nil, err
	}
	add(incident.System, due)
	return after, nil
}

// plan is the difference between two states: the new lines, and the steps whose condition holds now and did not before.
func (s *server) plan(before, after *incident.Incident, kind string, acc auth.Account) Plan {
	p := Plan{Kind: kind, Entries: s.entries(after, acc, before.Seq), Steps: []Step{}}
	wanted := map[string]bool{}
	for _, r := range before.Runs() {
		wanted[r.ID] = r.Wanted
	}
	step, confidant := s.stepper(after), acc.Confided(after)
	for _, r := range after.Runs() {
		if r.Wanted && !wanted[r.ID] && !r.Finished && (confidant || !r.Step.Private) && !s.o.Ledger.Services().LeavesOut(r.Step) {
			p.Steps = append(p.Steps, step(r))
		}
	}
	return p
}
