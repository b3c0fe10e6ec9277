package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/store"
)

type auditOut struct {
	Body struct {
		Deeds []store.Deed `json:"deeds" nullable:"false"`
	}
}

func (s *server) addAudit() {
	type in struct {
		Before string `query:"before" maxLength:"64" doc:"the id of a deed: those that came before it"`
		Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}
	route(s, mayAdmin, huma.Operation{OperationID: "audit", Method: http.MethodGet, Path: "/api/v1/audit", Summary: "Who did what to people and to ways in",
		Description: "The newest first. What is done in an incident stands in its timeline. A deed without a person was done at the machine itself.", Tags: []string{"people"}}, nil,
		func(ctx context.Context, _ auth.Account, q *in) (*auditOut, error) {
			deeds, err := s.o.Auth.Deeds(ctx, q.Before, q.Limit)
			if err != nil {
				return nil, err
			}
			out := &auditOut{}
			out.Body.Deeds = append([]store.Deed{}, deeds...)
			return out, nil
		})
}
