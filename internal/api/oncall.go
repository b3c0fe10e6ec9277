package api

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/oncall"
	"tocsin/internal/store"
)

// Shift is who is on call for a role from a moment until another.
type Shift struct {
	Role     string     `json:"role" example:"engineer"`
	Person   *Who       `json:"person" doc:"null: nobody, a gap"`
	From     *time.Time `json:"from,omitempty"`
	Until    *time.Time `json:"until,omitempty" doc:"absent: as far as is known"`
	Override string     `json:"override,omitempty" doc:"id of the override that says so; absent: it is their turn"`
}

// Turns is how people take turns for a role.
type Turns struct {
	Role   string   `json:"role,omitempty" doc:"as in the address"`
	People []string `json:"people" example:"[\"ana\",\"bo\"]" doc:"in turn"`
	Start  string   `json:"start" example:"2026-11-23 09:00" doc:"when the first turn begins, in the zone"`
	Days   int      `json:"days" example:"7" doc:"length of a turn, 1 to 28"`
	Zone   string   `json:"zone,omitempty" example:"Europe/Berlin" doc:"absent: UTC"`
}

// Override is that somebody stands in for a role between two moments.
type Override struct {
	ID     string    `json:"id"`
	Role   string    `json:"role"`
	Person Who       `json:"person"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	By     Who       `json:"by" doc:"who said so"`
}

// StandIn asks for an override.
type StandIn struct {
	Role   string `json:"role" example:"engineer"`
	Person string `json:"person" doc:"id, @handle, name or e-mail address"`
	From   string `json:"from,omitempty" example:"18:00" doc:"absent: now"`
	Until  string `json:"until" example:"8h" doc:"8h after the beginning, the next 18:00, 2026-11-28 09:00, RFC 3339; UTC"`
}

// OnCall is who is on call now and in the days to come.
type OnCall struct {
	Now       []Shift    `json:"now" nullable:"false" doc:"for every role that somebody takes turns or stands in for"`
	Shifts    []Shift    `json:"shifts" nullable:"false"`
	Rotations []Turns    `json:"rotations" nullable:"false"`
	Overrides []Override `json:"overrides" nullable:"false" doc:"that have not ended"`
}

func (s *server) shift(x oncall.Shift) Shift {
	out := Shift{Role: x.Role, Override: x.Override}
	if x.Person != "" {
		who := s.who(x.Person)
		out.Person = &who
	}
	if !x.From.IsZero() {
		out.From = &x.From
	}
	if !x.Until.IsZero() {
		out.Until = &x.Until
	}
	return out
}

func (s *server) override(o store.Override) Override {
	return Override{ID: o.ID, Role: o.Role, Person: s.who(o.Person), From: o.From, Until: o.Until, By: s.who(o.By)}
}

// somebody is the id of the person that a word stands for, or the word, which is refused then.
func (s *server) somebody(word string) string {
	if p, ok := s.o.Directory.Find(word); ok {
		return p.ID
	}
	return word
}

// Ahead and OneRole are of requests, exported because huma fills in no others.
type Ahead struct {
	Days int `query:"days" minimum:"1" maximum:"366" default:"7" doc:"so many days from now"`
}

func (s *server) addOnCall() {
	type out struct{ Body OnCall }
	route(s, mayRead, huma.Operation{OperationID: "on-call", Method: http.MethodGet, Path: "/api/v1/on-call", Summary: "Who is on call", Tags: []string{"people"}}, nil,
		func(ctx context.Context, _ auth.Account, q *Ahead) (*out, error) {
			rota, err := s.o.OnCall.Rota(ctx)
			if err != nil {
				return nil, err
			}
			now := s.o.OnCall.Now().UTC()
			o := &out{Body: OnCall{Now: []Shift{}, Shifts: []Shift{}, Rotations: []Turns{}, Overrides: []Override{}}}
			for _, role := range rota.Roles() {
				o.Body.Now = append(o.Body.Now, s.shift(rota.On(role, now)))
				for _, x := range rota.Shifts(role, now, now.AddDate(0, 0, q.Days)) {
					o.Body.Shifts = append(o.Body.Shifts, s.shift(x))
				}
				if r, ok := rota.Rotations[role]; ok {
					o.Body.Rotations = append(o.Body.Rotations, Turns{Role: role, People: r.People, Start: r.Start, Days: r.Days, Zone: r.Zone})
				}
			}
			for _, x := range rota.Overrides {
				if x.Until.After(now) {
					o.Body.Overrides = append(o.Body.Overrides, s.override(x))
				}
			}
			return o, nil
		})
}

func (s *server) addCalendar() {
	type in struct {
		Ahead
		Person string `query:"person" maxLength:"64" doc:"of one person, by id"`
	}
	type out struct {
		ContentType string `header:"Content-Type"`
		Body        []byte
	}
	route(s, mayRead, huma.Operation{OperationID: "on-call-calendar", Method: http.MethodGet, Path: "/api/v1/on-call.ics", Summary: "Who is on call, for a calendar (RFC 5545)", Tags: []string{"people"}}, nil,
		func(ctx context.Context, _ auth.Account, q *in) (*out, error) {
			text, err := s.o.OnCall.Calendar(ctx, q.Days, q.Person, s.o.Directory.Name)
			return &out{"text/calendar; charset=utf-8", []byte(text)}, err
		})
}

// OneRole names the role of a route.
type OneRole struct {
	Role string `path:"role" maxLength:"64" example:"engineer" doc:"of the runbook"`
}

func (s *server) addRotation() {
	type in struct {
		OneRole
		Keyed
		Raw
	}
	type out struct{ Body Turns }
	route(s, mayAdmin, huma.Operation{OperationID: "put-rotation", Method: http.MethodPut, Path: "/api/v1/on-call/rotations/{role}", Summary: "Have people take turns for a role",
		Description: "It replaces what was said of that role before.", Tags: []string{"people"}}, reflect.TypeFor[Turns](),
		func(ctx context.Context, _ auth.Account, q *in) (*out, error) {
			var t Turns
			if err := decode(q.RawBody, &t); err != nil {
				return nil, err
			}
			for n, who := range t.People {
				t.People[n] = s.somebody(who)
			}
			r, err := s.o.OnCall.Rotate(ctx, q.Role, oncall.Rotation{People: t.People, Start: t.Start, Days: t.Days, Zone: t.Zone})
			return &out{Turns{Role: q.Role, People: r.People, Start: r.Start, Days: r.Days, Zone: r.Zone}}, err
		})
	route(s, mayAdmin, huma.Operation{OperationID: "delete-rotation", Method: http.MethodDelete, Path: "/api/v1/on-call/rotations/{role}", Summary: "Have nobody take turns for a role",
		Tags: []string{"people"}}, nil, func(ctx context.Context, _ auth.Account, q *OneRole) (*struct{}, error) {
		return nil, s.o.OnCall.Stop(ctx, q.Role)
	})
}

func (s *server) addOverride() {
	type in struct {
		Keyed
		Raw
	}
	type out struct{ Body Override }
	route(s, mayWrite, huma.Operation{OperationID: "stand-in", Method: http.MethodPost, Path: "/api/v1/on-call/overrides", Summary: "Have somebody stand in for a role", DefaultStatus: http.StatusCreated,
		Description: "Whosever turn it is. What is said last holds.", Tags: []string{"people"}}, reflect.TypeFor[StandIn](),
		func(ctx context.Context, acc auth.Account, q *in) (*out, error) {
			var x StandIn
			if err := decode(q.RawBody, &x); err != nil {
				return nil, err
			}
			o, err := s.o.OnCall.StandIn(ctx, oncall.StandIn{Role: x.Role, Person: s.somebody(x.Person), From: x.From, Until: x.Until, By: acc.Person.ID, Key: q.Key})
			return &out{s.override(o)}, err
		})
	type one struct {
		ID string `path:"override" maxLength:"64"`
	}
	route(s, mayWrite, huma.Operation{OperationID: "delete-override", Method: http.MethodDelete, Path: "/api/v1/on-call/overrides/{override}", Summary: "Take an override back",
		Tags: []string{"people"}}, nil, func(ctx context.Context, _ auth.Account, q *one) (*struct{}, error) {
		return nil, s.o.OnCall.TakeBack(ctx, q.ID)
	})
}

// OnCall gives who is on call now and in the days to come.
func (c *Client) OnCall(ctx context.Context, days int) (OnCall, error) {
	return call[OnCall](ctx, c, http.MethodGet, "/api/v1/on-call", url.Values{"days": {strconv.Itoa(days)}}, nil, "")
}

// Rotate has people take turns for a role.
func (c *Client) Rotate(ctx context.Context, role string, t Turns, key string) (Turns, error) {
	return call[Turns](ctx, c, http.MethodPut, "/api/v1/on-call/rotations/"+url.PathEscape(role), nil, t, key)
}

// StopTurns has nobody take turns for a role.
func (c *Client) StopTurns(ctx context.Context, role string) error {
	_, err := call[struct{}](ctx, c, http.MethodDelete, "/api/v1/on-call/rotations/"+url.PathEscape(role), nil, nil, "")
	return err
}

// StandIn has somebody stand in for a role.
func (c *Client) StandIn(ctx context.Context, x StandIn, key string) (Override, error) {
	return call[Override](ctx, c, http.MethodPost, "/api/v1/on-call/overrides", nil, x, key)
}

// TakeBack takes an override back.
func (c *Client) TakeBack(ctx context.Context, id string) error {
	_, err := call[struct{}](ctx, c, http.MethodDelete, "/api/v1/on-call/overrides/"+url.PathEscape(id), nil, nil, "")
	return err
}
