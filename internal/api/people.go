package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/store"
)

// Person is somebody of the organisation. Viewers see id and name alone.
type Person struct {
	ID       string   `json:"id,omitempty" doc:"made from the name unless given"`
	Name     string   `json:"name"`
	Rights   string   `json:"rights,omitempty" enum:"none,viewer,responder,admin,owner"`
	Aliases  []string `json:"aliases,omitempty"`
	Handles  []string `json:"handles,omitempty"`
	Emails   []string `json:"emails,omitempty"`
	Initials []string `json:"initials,omitempty"`
	Roles    []string `json:"roles,omitempty" doc:"what they can take"`
	Contact  string   `json:"contact,omitempty" doc:"how to reach them by hand"`
	Zone     string   `json:"zone,omitempty" example:"Europe/Berlin" doc:"their time zone"`
}

func personOf(p store.Person) Person {
	return Person{ID: p.ID, Name: p.Name, Rights: p.Rights, Aliases: p.Aliases, Handles: p.Handles, Emails: p.Emails, Initials: p.Initials,
		Roles: p.Roles, Contact: p.Contact, Zone: p.Zone}
}

type peopleOut struct {
	Body struct {
		People []Person `json:"people" nullable:"false"`
	}
}

func (s *server) addPeople() {
	route(s, mayRead, huma.Operation{OperationID: "people", Method: http.MethodGet, Path: "/api/v1/people", Summary: "The people of the organisation",
		Tags: []string{"people"}}, nil,
		func(_ context.Context, acc auth.Account, _ *struct{}) (*peopleOut, error) {
			out := &peopleOut{}
			out.Body.People = []Person{}
			for _, p := range s.o.Directory.List() {
				shown := personOf(p)
				if !acc.CanWrite() {
					shown = Person{ID: p.ID, Name: p.Name}
				}
				out.Body.People = append(out.Body.People, shown)
			}
			return out, nil
		})
}

type personOut struct {
	Status int
	Body   Person
}

func (s *server) addPerson() {
	type in struct {
		Keyed
		Raw
	}
	route(s, mayAdmin, huma.Operation{OperationID: "put_person", Method: http.MethodPost, Path: "/api/v1/people", Summary: "Add or change a person",
		Description: "With an id it replaces what is known of that person; without one it adds somebody. Sent twice it is done once. Only the owner makes or changes an owner.",
		Tags:        []string{"people"}}, reflect.TypeFor[Person](),
		func(ctx context.Context, acc auth.Account, q *in) (*personOut, error) {
			var p Person
			if err := decode(q.RawBody, &p); err != nil {
				return nil, err
			}
			kept, known, err := s.o.Directory.Write(ctx, acc, store.Person{ID: p.ID, Rights: p.Rights, Name: p.Name, Aliases: p.Aliases, Handles: p.Handles,
				Emails: p.Emails, Initials: p.Initials, Roles: p.Roles, Contact: p.Contact, Zone: p.Zone}, p.ID == "")
			if err != nil {
				return nil, err
			}
			out := &personOut{Status: http.StatusCreated, Body: personOf(kept)}
			if known {
				out.Status = http.StatusOK
			}
			return out, nil
		})
}

// Me is who is asking.
type Me struct {
	Who
	Rights string   `json:"rights"`
	Scope  string   `json:"scope,omitempty" doc:"of the token; absent: all the person's rights"`
	Via    string   `json:"via" enum:"token,session"`
	Can    []string `json:"can" nullable:"false" doc:"read, write, admin"`
}

func (s *server) addMe() {
	type out struct{ Body Me }
	route(s, mayRead, huma.Operation{OperationID: "me", Method: http.MethodGet, Path: "/api/v1/me", Summary: "Who you are", Tags: []string{"people"}}, nil,
		func(_ context.Context, acc auth.Account, _ *struct{}) (*out, error) {
			me := Me{Who: s.who(acc.Person.ID), Rights: acc.Rights, Scope: acc.Scope, Via: acc.Via, Can: []string{}}
			for _, can := range []struct {
				word string
				ok   bool
			}{{"read", acc.CanRead()}, {"write", acc.CanWrite()}, {"admin", acc.CanAdmin()}} {
				if can.ok {
					me.Can = append(me.Can, can.word)
				}
			}
			me.Can = slices.Clip(me.Can)
			return &out{Body: me}, nil
		})
}
