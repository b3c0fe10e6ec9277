package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

// Declare is the body of a declaration.
type Declare struct {
	Title      string `json:"title" maxLength:"200" example:"Checkout fails for some customers"`
	Service    string `json:"service,omitempty"`
	Disrupting any    `json:"disrupting,omitempty" doc:"true, false, null where nobody knows, or down, partial, degraded, none"`
	ETA        string `json:"eta,omitempty" example:"90m" nullable:"true" doc:"how long it will take"`
	StartedAt  string `json:"started_at,omitempty" example:"14:05" doc:"when it began: 14:05, 14:05Z, -5m, RFC 3339"`
	Drill      bool   `json:"drill,omitempty"`
	Point      bool   `json:"point,omitempty" doc:"take point, too"`

	Page []string `json:"page,omitempty" example:"[\"engineer\"]" doc:"roles or people to ask for at once; of a role, who is on call"`
	Down []string `json:"down,omitempty" example:"[\"gitlab\"]" doc:"services steps are carried out with that are part of the outage; the declared service is found out"`
}

type incidentOut struct {
	Body *Incident
}

type declareOut struct {
	Status   int
	Location string `header:"Location"`
	Replayed string `header:"Idempotency-Replayed" doc:"true when this is the first answer to the same request"`
	Body     *Incident
}

func (s *server) addDeclare() {
	type in struct {
		Keyed
		Raw
	}
	route(s, mayWrite, huma.Operation{OperationID: "declare", Method: http.MethodPost, Path: "/api/v1/incidents", DefaultStatus: http.StatusCreated,
		Summary: "Declare an incident", Tags: []string{"incidents"}}, reflect.TypeFor[Declare](),
		func(ctx context.Context, acc auth.Account, q *in) (*declareOut, error) {
			c := &incident.Declare{}
			if err := decode(q.RawBody, c); err != nil {
				return nil, err
			}
			for n, who := range c.Page {
				if _, role := s.o.Shelf.Current().Role(who); !role {
					if p, ok := s.o.Directory.Find(who); ok {
						c.Page[n] = p.ID
					}
				}
			}
			res, err := s.o.Ledger.Do(ctx, ledger.Request{Actor: acc.Person.ID, Key: q.Key, Command: c})
			if err != nil {
				return nil, err
			}
			return &declareOut{Status: http.StatusCreated, Location: "/api/v1/incidents/" + res.Incident.Name, Replayed: replayed(res.Repeat),
				Body: s.incident(res.Incident, acc)}, nil
		})
}

func replayed(yes bool) string {
	if yes {
		return "true"
	}
	return ""
}

type anniversariesOut struct {
	Body struct {
		Anniversaries []report.Anniversary `json:"anniversaries" nullable:"false"`
	}
}

func (s *server) addAnniversaries() {
	route(s, mayRead, huma.Operation{OperationID: "anniversaries", Method: http.MethodGet, Path: "/api/v1/anniversaries",
		Summary: "Major outages whose day comes back within a week", Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, _ auth.Account, _ *struct{}) (*anniversariesOut, error) {
			past, err := s.o.Store.Incidents(ctx, store.Filter{Kind: incident.Major, Limit: math.MaxInt32})
			if err != nil {
				return nil, err
			}
			out := &anniversariesOut{}
			out.Body.Anniversaries = append([]report.Anniversary{}, report.Anniversaries(past, s.o.Ledger.Now())...)
			return out, nil
		})
}

type listOut struct {
	Link string `header:"Link" doc:"rel=next: the next page"`
	Body struct {
		Incidents []Summary `json:"incidents" nullable:"false"`
		Next      *string   `json:"next" doc:"cursor of the next page; null: this is the last"`
	}
}

func (s *server) addList() {
	type in struct {
		Status string `query:"status" enum:"active,resolved,cancelled"`
		Kind   string `query:"kind" enum:"minor,major"`
		Query  string `query:"q" maxLength:"200" doc:"part of the title"`
		Cursor string `query:"cursor" maxLength:"20" doc:"next of the page before"`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	route(s, mayRead, huma.Operation{OperationID: "list", Method: http.MethodGet, Path: "/api/v1/incidents", Summary: "Incidents, newest first",
		Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, _ auth.Account, q *in) (*listOut, error) {
			f := store.Filter{Status: q.Status, Kind: q.Kind, Query: q.Query, Limit: q.Limit + 1}
			if q.Cursor != "" {
				var err error
				if f.Before, err = strconv.ParseInt(q.Cursor, 10, 64); err != nil || f.Before < 1 {
					return nil, &incident.Error{Code: incident.Invalid, Field: "cursor", Message: "this is no cursor; take next of the page before"}
				}
			}
			found, err := s.o.Store.Incidents(ctx, f)
			if err != nil {
				return nil, err
			}
			out := &listOut{}
			out.Body.Incidents = []Summary{}
			if len(found) > q.Limit {
				found = found[:q.Limit]
				cursor := number(found[len(found)-1].Name)
				out.Body.Next = &cursor
				next := url.Values{"cursor": {cursor}, "limit": {strconv.Itoa(q.Limit)}}
				for k, v := range map[string]string{"status": q.Status, "kind": q.Kind, "q": q.Query} {
					if v != "" {
						next.Set(k, v)
					}
				}
				out.Link = fmt.Sprintf(`</api/v1/incidents?%s>; rel="next"`, next.Encode())
			}
			for _, m := range found {
				out.Body.Incidents = append(out.Body.Incidents, s.summary(m))
			}
			return out, nil
		})
}

func (s *server) addShow() {
	route(s, mayRead, huma.Operation{OperationID: "show", Method: http.MethodGet, Path: "/api/v1/incidents/{id}", Summary: "An incident as it stands",
		Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, acc auth.Account, q *One) (*incidentOut, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			return &incidentOut{Body: s.incident(i, acc)}, nil
		})
}

func (s *server) addDefinition() {
	type out struct{ Body Definition }
	route(s, mayRead, huma.Operation{OperationID: "definition", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/definition",
		Summary: "Is it a major outage?", Description: "Each clause of the definition, who said what it rests on, and the outcome.",
		Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, _ auth.Account, q *One) (*out, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			return &out{Body: s.definition(i)}, nil
		})
}

func (s *server) addPreview() {
	type out struct{ Body report.Page }
	route(s, mayRead, huma.Operation{OperationID: "preview", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/preview",
		Summary: "The public page", Description: "What the world sees, or would see once the incident is announced. Names are taken out.",
		Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, _ auth.Account, q *One) (*out, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			return &out{Body: report.Public(i, s.o.Redactor(i))}, nil
		})
}

func (s *server) addRedactions() {
	type out struct {
		Body struct {
			Redactions []report.Redaction `json:"redactions" nullable:"false"`
		}
	}
	route(s, mayRead, huma.Operation{OperationID: "redactions", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/redactions",
		Summary: "What is taken out of the public text, and why", Description: "Command settle_flag says whether a word is a person; the answer holds for all incidents.",
		Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, _ auth.Account, q *One) (*out, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			o := &out{}
			o.Body.Redactions = report.Redactions(i, s.o.Redactor(i))
			return o, nil
		})
}

// Similar is an incident that resembles another.
type Similar struct {
	ID      string    `json:"id" example:"INC-7"`
	Title   string    `json:"title"`
	Started time.Time `json:"started_at"`
	Kind    string    `json:"kind" enum:"minor,major"`
}

// PostmortemDraft is the post-mortem as it stands.
type PostmortemDraft struct {
	Markdown string        `json:"markdown"`
	Draft    any           `json:"draft" doc:"its sections"`
	Similar  []Similar     `json:"similar" nullable:"false" doc:"incidents before it that resemble it, closest first"`
	Hints    []report.Hint `json:"hints" nullable:"false" doc:"words that look for somebody to blame, and what to write instead"`
	Postmortem
}

func (s *server) addPostmortem() {
	type out struct{ Body PostmortemDraft }
	route(s, mayRead, huma.Operation{OperationID: "postmortem", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/postmortem",
		Summary: "The post-mortem", Description: "Drafted from the log, with what people wrote.", Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, _ auth.Account, q *One) (*out, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			if s.o.Postmortem == nil {
				return nil, problemOf("not_found", "this server drafts no post-mortems")
			}
			p := PostmortemDraft{Postmortem: Postmortem{Published: at(i.Postmortem.Published.At), SignedOff: at(i.Postmortem.SignedOff.At)}}
			p.Markdown, p.Draft = s.o.Postmortem(i)
			past, err := s.o.Store.Incidents(ctx, store.Filter{Limit: 500})
			if err != nil {
				return nil, err
			}
			p.Similar = []Similar{}
			for _, o := range report.Similar(i.Summary(), past, 5) {
				p.Similar = append(p.Similar, Similar{ID: o.Name, Title: o.Title, Started: o.StartedAt, Kind: o.Kind})
			}
			p.Hints = []report.Hint{}
			if sections, ok := p.Draft.([]report.Section); ok {
				p.Hints = report.Hints(sections, s.everybody()...)
			}
			return &out{Body: p}, nil
		})
}

func number(name string) string {
	if len(name) > 4 {
		return name[4:]
	}
	return name
}
