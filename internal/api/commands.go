package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// Result is what a command led to.
type Result struct {
	Incident *Incident `json:"incident"`
	Entries  []Entry   `json:"entries" nullable:"false" doc:"those it made; none if it was so already"`
	Repeat   bool      `json:"repeat,omitempty" doc:"it had been carried out before under the same key"`
}

type resultOut struct {
	Replayed string `header:"Idempotency-Replayed" doc:"true when this is the first answer to the same request"`
	Body     Result
}

func (s *server) addCommands() {
	type in struct {
		One
		Keyed
		Raw
	}
	op := huma.Operation{OperationID: "command", Method: http.MethodPost, Path: "/api/v1/incidents/{id}/commands", Summary: "Give a command",
		Description: "Every command of the product is one kind. People are named by id, @handle, name or e-mail address.", Tags: []string{"commands"}}
	route(s, mayWrite, op, nil, func(ctx context.Context, acc auth.Account, q *in) (*resultOut, error) {
		i, err := s.view(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		c, _, err := s.command(i, q.RawBody)
		if err != nil {
			return nil, err
		}
		res, err := s.o.Ledger.Do(ctx, ledger.Request{Incident: i.ID, Actor: acc.Person.ID, Key: q.Key, Command: c})
		if err != nil {
			return nil, err
		}
		out := &resultOut{Replayed: replayed(res.Repeat), Body: Result{Incident: s.incident(res.Incident, acc), Entries: []Entry{}, Repeat: res.Repeat}}
		for _, e := range res.Entries {
			if l := res.Incident.Line(e.Seq); l != nil && !acc.Hidden(res.Incident, *l) {
				out.Body.Entries = append(out.Body.Entries, s.entry(res.Incident, *l))
			}
		}
		return out, nil
	})
	s.describe(op, s.commandSchema())
}

// command reads {"kind": …} and the fields of that kind.
func (s *server) command(i *incident.Incident, src []byte) (incident.Command, string, error) {
	fields := map[string]json.RawMessage{}
	if err := decode(src, &fields); err != nil {
		return nil, "", err
	}
	var kind string
	if err := json.Unmarshal(fields["kind"], &kind); err != nil || kind == "" {
		return nil, "", &incident.Error{Code: incident.Invalid, Field: "kind",
			Message: "say which command: kind is one of " + strings.Join(incident.PublicKinds(), ", ")}
	}
	delete(fields, "kind")
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, "", err
	}
	c, err := incident.NewCommand(kind, rest)
	if err != nil {
		return nil, "", err
	}
	s.people(i, c)
	return c, kind, nil
}

// people turns the words a command names people by into ids. A word that fits nobody stays, and the command says so.
func (s *server) people(i *incident.Incident, c incident.Command) {
	person := func(word *string) {
		if p, ok := s.o.Directory.Find(*word); ok {
			*word = p.ID
		}
	}
	orRole := func(word *string) {
		if _, ok := i.Runbook.Role(*word); !ok {
			person(word)
		}
	}
	switch c := c.(type) {
	case *incident.GiveRole:
		person(&c.To)
	case *incident.AssignRole:
		person(&c.To)
	case *incident.GiveItem:
		person(&c.To)
	case *incident.AddPerson:
		person(&c.Person)
	case *incident.PullIn:
		orRole(&c.Who)
	case *incident.AddFollowUp:
		orRole(&c.Owner)
	}
}

// decode reads one JSON value. Fields that are not known are errors.
func decode(src []byte, into any) error {
	if len(bytes.TrimSpace(src)) == 0 {
		return problemOf("malformed", "the request holds nothing; send JSON")
	}
	if !json.Valid(src) {
		return problemOf("malformed", "the request is no JSON")
	}
	d := json.NewDecoder(bytes.NewReader(src))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var own *incident.Error
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &kind) && kind.Field == "":
		return problemOf("invalid", "the request is a JSON object, not "+kind.Value)
	case errors.As(err, &kind):
		return &incident.Error{Code: incident.Invalid, Field: kind.Field, Message: kind.Field + " can't be " + kind.Value + " here"}
	}
	what := strings.TrimPrefix(err.Error(), "json: ")
	field, _ := strings.CutPrefix(what, "unknown field ")
	return &incident.Error{Code: incident.Invalid, Field: strings.Trim(field, `"`), Message: "the request can't be read: " + what}
}

// commandSchema is one schema for each kind of command, made from its type.
func (s *server) commandSchema() *huma.Schema {
	registry := s.api.OpenAPI().Components.Schemas
	all := &huma.Schema{Discriminator: &huma.Discriminator{PropertyName: "kind", Mapping: map[string]string{}}}
	for _, kind := range incident.PublicKinds() {
		t := reflect.TypeOf(incident.Commands[kind].New()).Elem()
		c := huma.SchemaFromType(registry, t)
		if c.Properties == nil {
			c.Properties = map[string]*huma.Schema{}
		}
		for name, p := range c.Properties {
			if words, ok := choices[kind+"."+name]; ok {
				for _, w := range words {
					p.Enum = append(p.Enum, w)
				}
			}
			if p.Type == "" && p.Ref == "" && p.Description == "" {
				p.Description = "true, false, unknown, or none, degraded, partial, down"
			}
		}
		c.Properties["kind"] = &huma.Schema{Type: huma.TypeString, Enum: []any{kind}, Extensions: map[string]any{"const": kind}}
		c.Required = append([]string{"kind"}, c.Required...)
		c.AdditionalProperties = false
		c.Title, c.Description = kind, about(kind)
		name := "Command" + camel(kind)
		registry.Map()[name] = c
		ref := "#/components/schemas/" + name
		all.OneOf = append(all.OneOf, &huma.Schema{Ref: ref})
		all.Discriminator.Mapping[kind] = ref
	}
	registry.Map()["Command"] = all
	return &huma.Schema{Ref: "#/components/schemas/Command"}
}

// choices are the words a field takes, where its type does not say.
var choices = map[string][]string{
	"say.as":                    incident.Spoken,
	"say.visibility":            {incident.Internal, incident.Public, incident.Private},
	"set_visibility.visibility": {incident.Internal, incident.Public, incident.Private},
	"settle_guess.outcome":      {"confirmed", "ruled_out"},
	"update.stage":              incident.Stages,
	"review.of":                 {"document", "postmortem"},
	"review.verdict":            {"approved", "changes"},
	"step_unsure.answer":        {"went_out", "did_not", "again"},
	"follow_up.class":           {"prevent", "detect", "mitigate", "recover"},
	"follow_up.state":           {"open", "done", "wont"},
}

// about says what a command does and who may give it.
func about(kind string) string {
	k := incident.Commands[kind]
	who := slices.Clone(k.May)
	for n, w := range who {
		switch w {
		case incident.Anyone:
			who[n] = "anyone who may write"
		case incident.Author:
			who[n] = "whoever wrote the entry"
		case incident.Receiver:
			who[n] = "whoever it was offered to"
		case incident.Vacancy:
			who[n] = "anyone while nobody is point person"
		}
	}
	return strings.ToUpper(k.About[:1]) + k.About[1:] + ". May be given by: " + strings.Join(who, ", ") + "."
}

func camel(kind string) string {
	var b strings.Builder
	for _, w := range strings.Split(kind, "_") {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}
