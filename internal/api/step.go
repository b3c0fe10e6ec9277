package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// states of a step, in the order it goes through them.
var states = []string{incident.Waiting, incident.Due, incident.Started, incident.Done, incident.Failed, incident.Unsure, incident.HandDone, incident.Skipped}

// Step is one line of the runbook and what came of it.
type Step struct {
	ID          string     `json:"id" example:"open_war_room"`
	Title       string     `json:"title"`
	Requirement []string   `json:"requirement" nullable:"false" example:"[\"R8\"]"`
	Role        string     `json:"role"`
	Lists       []string   `json:"lists,omitempty" doc:"further roles that have it on their list"`
	Kind        string     `json:"kind,omitempty" doc:"what the machine does; absent: a person does it"`
	Automatic   bool       `json:"automatic" doc:"the machine begins it by itself"`
	Required    bool       `json:"required,omitempty"`
	State       string     `json:"state" enum:"waiting,due,started,done,failed,unsure,by_hand,skipped"`
	Finished    bool       `json:"finished"`
	Attempts    int        `json:"attempts"`
	Provider    string     `json:"provider,omitempty"`
	Ref         string     `json:"ref"`
	URL         string     `json:"url"`
	Error       string     `json:"error"`
	NextTry     *time.Time `json:"next_try"`
	Scope       string     `json:"scope,omitempty" doc:"the permission that is missing"`
	AskWhom     string     `json:"ask_whom,omitempty" doc:"who can grant it"`
	BlockedBy   []string   `json:"blocked_by,omitempty" doc:"steps that must be finished before"`
	To          string     `json:"to,omitempty" doc:"where it goes: the name of a channel, or words"`
	Link        string     `json:"link,omitempty" doc:"what it is about: the document, the stream, the room"`
	Phone       string     `json:"phone,omitempty" doc:"who it calls, and how they are reached"`
	Paste       string     `json:"paste,omitempty" doc:"the link a person fills in who did it by hand; absent: none"`
	Text        string     `json:"text,omitempty" doc:"the message or instruction as it goes out; what another step has yet to make is named"`
	ByHand      string     `json:"by_hand,omitempty" doc:"how a person does it"`
	WaitsFor    string     `json:"waits_for,omitempty" doc:"the service it waits for, which is part of the outage"`
	Adopted     bool       `json:"adopted,omitempty" doc:"an unclear attempt had done it, as was found later"`
	Claimed     bool       `json:"claimed,omitempty" doc:"somebody does it by hand and has not said that it is done"`
	Why         string     `json:"why,omitempty" doc:"of a skipped one"`
}

// Item is a line of a to-do list.
type Item struct {
	Step
	Due    bool  `json:"due" doc:"it can be done now"`
	Given  *Who  `json:"given" doc:"who has it, if not whoever holds the role"`
	Ticked *Said `json:"ticked"`
}

// stepper gives the maker of an incident's steps; it makes the redactor once, and only if a text is public.
func (s *server) stepper(i *incident.Incident) func(incident.Run) Step {
	red := sync.OnceValue(func() *redact.Redactor { return s.o.Redactor(i) })
	planned := report.Planner(i)
	return func(r incident.Run) Step { return s.step(i, r, red, planned) }
}

func (s *server) step(i *incident.Incident, r incident.Run, red func() *redact.Redactor, planned func(report.Get) report.Get) Step {
	out := Step{ID: r.ID, Title: r.Step.Title, Requirement: r.Step.Requirement, Role: r.Step.Role, Lists: r.Step.Lists, Kind: r.Step.Kind,
		Automatic: r.Step.Automatic(), Required: r.Step.Required, State: r.State, Finished: r.Finished, Attempts: r.Attempt, Provider: r.Provider,
		Ref: r.Ref, URL: r.URL, Error: r.Error, NextTry: at(r.Next), Scope: r.Scope, AskWhom: r.AskWhom, Adopted: r.Adopted, Claimed: r.Claimed, Why: r.Why, WaitsFor: r.Waits}
	if out.Requirement == nil {
		out.Requirement = []string{}
	}
	if !r.Finished {
		out.BlockedBy = r.Blocked
	}
	get := s.o.Names(i, r)
	if !r.Finished {
		get = planned(get)
	}
	card := report.ByHand(i, r, get)
	if card.Public && card.Text != "" {
		card = card.Redacted(red())
	}
	out.Text, out.To, out.Link, out.Phone, out.Paste = card.Text, strings.TrimPrefix(card.To, "#"), card.Link, card.Phone, card.Paste
	out.ByHand, _ = runbook.Fill(card.How, get)
	return out
}

// count tells how many steps are in each state.
func (s *server) count(i *incident.Incident, acc auth.Account) map[string]int {
	n := make(map[string]int, len(states))
	for _, state := range states {
		n[state] = 0
	}
	confidant := acc.Confided(i)
	for _, r := range i.Runs() {
		if confidant || !r.Step.Private {
			n[r.State]++
		}
	}
	return n
}

type stepsOut struct {
	Body struct {
		Steps []Step `json:"steps" nullable:"false"`
	}
}

func (s *server) addSteps() {
	route(s, mayRead, huma.Operation{OperationID: "steps", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/steps",
		Summary: "Every step of the runbook", Description: "In the runbook's order; a step of an update or call has an id like post_update:e17.",
		Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, acc auth.Account, q *One) (*stepsOut, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			out := &stepsOut{}
			out.Body.Steps = []Step{}
			confidant, step := acc.Confided(i), s.stepper(i)
			for _, r := range i.Runs() {
				if confidant || !r.Step.Private {
					out.Body.Steps = append(out.Body.Steps, step(r))
				}
			}
			return out, nil
		})
}

type todoOut struct {
	Body struct {
		Roles []string `json:"roles" nullable:"false" doc:"whose lists these are"`
		Items []Item   `json:"items" nullable:"false"`
	}
}

func (s *server) addTodo() {
	type in struct {
		One
		Role string `query:"role" doc:"a role or one of its other names, or all; absent: the roles you hold, all where you hold none"`
	}
	route(s, mayRead, huma.Operation{OperationID: "todo", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/todo",
		Summary: "To-do lists", Description: "What is on the list of a role, finished or not. An item on several lists comes once.",
		Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, acc auth.Account, q *in) (*todoOut, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			out := &todoOut{}
			out.Body.Items = []Item{}
			if out.Body.Roles, err = listed(i, acc.Person.ID, q.Role); err != nil {
				return nil, err
			}
			confidant, step := acc.Confided(i), s.stepper(i)
			for _, role := range out.Body.Roles {
				for _, it := range i.List(role, s.o.Ledger.Now()) {
					had := slices.ContainsFunc(out.Body.Items, func(o Item) bool { return o.ID == it.ID })
					if had || it.Step.Private && !confidant {
						continue
					}
					item := Item{Step: step(it.Run), Due: it.Due, Given: s.maybe(it.Given)}
					if !it.Ticked.IsZero() {
						item.Ticked = &Said{By: s.who(it.Ticked.By), At: it.Ticked.At}
					}
					out.Body.Items = append(out.Body.Items, item)
				}
			}
			return out, nil
		})
}

// listed gives the roles whose lists are asked for.
func listed(i *incident.Incident, person, word string) ([]string, error) {
	var all []string
	for _, r := range i.Runbook.Roles {
		all = append(all, r.ID)
	}
	switch word {
	case "all":
		return all, nil
	case "":
		if mine := i.RolesOf(person); len(mine) > 0 {
			return mine, nil
		}
		return all, nil
	}
	r, ok := i.Runbook.Role(word)
	if !ok {
		return nil, &incident.Error{Code: incident.Invalid, Field: "role", Message: "there is no role " + word + "; the roles are " + strings.Join(all, ", ")}
	}
	return []string{r.ID}, nil
}
