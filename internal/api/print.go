package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
)

// Printed is what a role has to do, on paper.
type Printed struct {
	HTML     string `json:"html" doc:"one page that refers to nothing outside"`
	Markdown string `json:"markdown"`
}

func (s *server) addPrint() {
	type in struct {
		One
		Role string `query:"role" doc:"a role or one of its other names; absent: all"`
	}
	type out struct{ Body Printed }
	route(s, mayRead, huma.Operation{OperationID: "print", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/print",
		Summary: "A copy to print", Description: "What each role does, with exact texts, telephone numbers and blanks, to be used while this server can't be.",
		Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, acc auth.Account, q *in) (*out, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			if s.o.Sheet == nil {
				return nil, problemOf("not_found", "this server prints nothing")
			}
			sheet, err := s.o.Sheet(i, q.Role, acc.Confided(i))
			if err != nil {
				return nil, err
			}
			html, err := sheet.HTML()
			return &out{Body: Printed{HTML: html, Markdown: sheet.Markdown()}}, err
		})
}
