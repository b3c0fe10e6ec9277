package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/report"
)

type scenariosOut struct {
	Body struct {
		Scenarios []report.Scenario `json:"scenarios" nullable:"false"`
	}
}

func (s *server) addScenarios() {
	route(s, mayRead, huma.Operation{OperationID: "scenarios", Method: http.MethodGet, Path: "/api/v1/scenarios", Summary: "The real outages people can practise with",
		Description: "To begin: declare an incident with drill, then give it the command practise. lasts is in nanoseconds.", Tags: []string{"incidents"}}, nil,
		func(context.Context, auth.Account, *struct{}) (*scenariosOut, error) {
			out := &scenariosOut{}
			out.Body.Scenarios = append([]report.Scenario{}, s.o.Scenarios...)
			return out, nil
		})
}

type scoreOut struct{ Body report.Score }

func (s *server) addScore() {
	route(s, mayRead, huma.Operation{OperationID: "score", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/score", Summary: "A drill, or a real incident, held against its runbook",
		Description: "Lengths are in nanoseconds; took null: it did not happen, target 0: the runbook says nothing of it. It never speaks of people.", Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, _ auth.Account, q *One) (*scoreOut, error) {
			i, err := s.o.Ledger.View(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			return &scoreOut{Body: report.NewScore(i, s.o.Ledger.Now())}, nil
		})
}

// Score gives an incident held against its runbook.
func (c *Client) Score(ctx context.Context, id string) (report.Score, error) {
	return call[report.Score](ctx, c, http.MethodGet, under(id, "score"), nil, nil, "")
}

// Scenarios gives what people of the server can practise with.
func (c *Client) Scenarios(ctx context.Context) ([]report.Scenario, error) {
	out, err := call[struct{ Scenarios []report.Scenario }](ctx, c, http.MethodGet, "/api/v1/scenarios", nil, nil, "")
	return out.Scenarios, err
}
