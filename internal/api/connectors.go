package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/connect"
)

// Connector is a service that is set up, and its place in the order of preference of each capability, from 1.
type Connector struct {
	Name         string         `json:"name" example:"slack"`
	Capabilities map[string]int `json:"capabilities" nullable:"false"`
}

type connectorsOut struct {
	Body struct {
		Connectors []Connector `json:"connectors" nullable:"false"`
	}
}

func (s *server) addConnectors() {
	route(s, mayRead, huma.Operation{OperationID: "connectors", Method: http.MethodGet, Path: "/api/v1/connectors", Summary: "The services that are set up",
		Tags: []string{"connectors"}}, nil,
		func(context.Context, auth.Account, *struct{}) (*connectorsOut, error) {
			out := &connectorsOut{}
			out.Body.Connectors = []Connector{}
			for _, c := range s.o.Connectors {
				one := Connector{Name: c.Name(), Capabilities: map[string]int{}}
				for capability, order := range s.o.Capabilities {
					if at := slices.Index(order, c.Name()); at >= 0 {
						one.Capabilities[capability] = at + 1
					}
				}
				out.Body.Connectors = append(out.Body.Connectors, one)
			}
			return out, nil
		})
}

// Check is one thing that was looked at: whether it is well, and what to do if not.
type Check connect.Finding

type checkOut struct {
	Body struct {
		Findings []Check `json:"findings" nullable:"false"`
	}
}

func (s *server) addCheck() {
	type in struct {
		Name string `path:"name" maxLength:"64" example:"slack"`
	}
	route(s, mayAdmin, huma.Operation{OperationID: "check_connector", Method: http.MethodPost, Path: "/api/v1/connectors/{name}/check",
		Summary: "Test the connection to a service", Description: "Makes real calls that change nothing, for at most half a minute. Takes no body.", Tags: []string{"connectors"}}, nil,
		func(ctx context.Context, _ auth.Account, q *in) (*checkOut, error) {
			findings, err := s.o.Tester.Test(ctx, q.Name)
			switch {
			case errors.Is(err, connect.ErrNotSetUp):
				return nil, problemOf("not_found", "no service "+q.Name+" is set up")
			case err != nil:
				p := problemOf("too_many", err.Error())
				p.RetryAfter = 5
				return nil, p
			}
			out := &checkOut{}
			out.Body.Findings = []Check{}
			for _, f := range findings {
				out.Body.Findings = append(out.Body.Findings, Check(f))
			}
			return out, nil
		})
}
