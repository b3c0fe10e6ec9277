package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/runbook"
	"tocsin/internal/shelf"
	"tocsin/internal/store"
)

func (s *server) addRunbook() {
	type out struct{ Body *runbook.Runbook }
	route(s, mayRead, huma.Operation{OperationID: "runbook", Method: http.MethodGet, Path: "/api/v1/runbook", Summary: "The runbook",
		Description: "What a new incident is run by. A running incident keeps the one it was declared with.", Tags: []string{"runbook"}}, nil,
		func(context.Context, auth.Account, *struct{}) (*out, error) {
			return &out{Body: s.o.Shelf.Current()}, nil
		})
}

// RunbookVersion is a version of the runbook.
type RunbookVersion struct {
	Version int        `json:"version"`
	Current bool       `json:"current,omitempty" doc:"new incidents are run by it"`
	By      *Who       `json:"by,omitempty" doc:"absent: it came with Tocsin, or is the file that the configuration names"`
	Note    string     `json:"note,omitempty"`
	Saved   *time.Time `json:"saved_at,omitempty"`
	Source  string     `json:"source,omitempty" doc:"YAML; absent in lists"`
}

func (s *server) versionOf(v store.Runbook) RunbookVersion {
	out := RunbookVersion{Version: v.Version, Note: v.Note, Source: v.Source, Current: v.Version == s.o.Shelf.Current().Version}
	if v.Person != "" {
		who := s.who(v.Person)
		out.By = &who
	}
	if !v.Saved.IsZero() {
		out.Saved = &v.Saved
	}
	return out
}

func (s *server) addRunbookVersions() {
	type list struct {
		Body struct {
			Versions []RunbookVersion `json:"versions" nullable:"false"`
		}
	}
	route(s, mayRead, huma.Operation{OperationID: "runbook_versions", Method: http.MethodGet, Path: "/api/v1/runbook/versions", Summary: "The versions of the runbook, the newest first",
		Tags: []string{"runbook"}}, nil,
		func(ctx context.Context, _ auth.Account, _ *struct{}) (*list, error) {
			all, err := s.o.Shelf.Versions(ctx)
			if err != nil {
				return nil, err
			}
			out := &list{}
			for _, v := range all {
				out.Body.Versions = append(out.Body.Versions, s.versionOf(v))
			}
			return out, nil
		})
	type in struct {
		Version int `path:"version" minimum:"1"`
	}
	type one struct{ Body RunbookVersion }
	route(s, mayRead, huma.Operation{OperationID: "runbook_version", Method: http.MethodGet, Path: "/api/v1/runbook/versions/{version}", Summary: "A version of the runbook with its source",
		Tags: []string{"runbook"}}, nil,
		func(ctx context.Context, _ auth.Account, q *in) (*one, error) {
			v, err := s.o.Shelf.Version(ctx, q.Version)
			if err != nil {
				return nil, err
			}
			return &one{Body: s.versionOf(v)}, nil
		})
}

// RunbookDraft is a source that is to be checked, or to become the newest version.
type RunbookDraft struct {
	Source string `json:"source" doc:"YAML; its version is set when it is saved"`
	From   int    `json:"from,omitempty" doc:"the version it was begun from: if another was saved since, nothing is saved. Absent: the current one"`
	Note   string `json:"note,omitempty" maxLength:"200" doc:"what changed"`
}

// RunbookProblems is what is wrong with a source; none: it is well.
type RunbookProblems struct {
	Problems runbook.Problems `json:"problems" nullable:"false"`
}

func (s *server) addSaveRunbook() {
	type in struct{ Raw }
	type checked struct{ Body RunbookProblems }
	route(s, mayRead, huma.Operation{OperationID: "check_runbook", Method: http.MethodPost, Path: "/api/v1/runbook/check", Summary: "Check a runbook", Description: "Nothing is saved.",
		Tags: []string{"runbook"}}, reflect.TypeFor[RunbookDraft](),
		func(_ context.Context, _ auth.Account, q *in) (*checked, error) {
			var d RunbookDraft
			if err := decode(q.RawBody, &d); err != nil {
				return nil, err
			}
			out := &checked{Body: RunbookProblems{Problems: runbook.Problems{}}}
			if _, err := runbook.Parse([]byte(d.Source)); err != nil && !errors.As(err, &out.Body.Problems) {
				return nil, &incident.Error{Code: incident.Invalid, Field: "source", Message: err.Error()}
			}
			return out, nil
		})
	type saved struct{ Body RunbookVersion }
	route(s, mayAdmin, huma.Operation{OperationID: "save_runbook", Method: http.MethodPut, Path: "/api/v1/runbook", Summary: "Make a runbook the newest version",
		Description: "Incidents that run keep the version they began with. A source that is the current one but for its version is not saved again.", Tags: []string{"runbook"}},
		reflect.TypeFor[RunbookDraft](),
		func(ctx context.Context, acc auth.Account, q *in) (*saved, error) {
			var d RunbookDraft
			if err := decode(q.RawBody, &d); err != nil {
				return nil, err
			}
			before := s.o.Shelf.Current().Version
			v, err := s.o.Shelf.Save(ctx, shelf.Draft{Source: d.Source, From: d.From, Person: acc.Person.ID, Note: d.Note})
			if wrong := (runbook.Problems)(nil); errors.As(err, &wrong) {
				p := problemOf(string(incident.Invalid), wrong.Error())
				p.Field = "source"
				for _, one := range wrong {
					p.Errors = append(p.Errors, Fault{Where: fmt.Sprintf("source:%d:%d", one.Line, one.Column), What: one.String()})
				}
				return nil, p
			}
			if err != nil {
				return nil, err
			}
			if v.Version != before {
				if err := s.o.Auth.Note(ctx, auth.DeedRunbook, fmt.Sprintf("%s %d", s.o.Shelf.Current().Name, v.Version)); err != nil {
					return nil, err
				}
			}
			return &saved{Body: s.versionOf(v)}, nil
		})
}

// RunbookVersions lists the versions of the runbook, the newest first, without their sources.
func (c *Client) RunbookVersions(ctx context.Context) ([]RunbookVersion, error) {
	out, err := call[struct{ Versions []RunbookVersion }](ctx, c, http.MethodGet, "/api/v1/runbook/versions", nil, nil, "")
	return out.Versions, err
}

// RunbookVersion gives a version with its source.
func (c *Client) RunbookVersion(ctx context.Context, version int) (RunbookVersion, error) {
	return call[RunbookVersion](ctx, c, http.MethodGet, "/api/v1/runbook/versions/"+strconv.Itoa(version), nil, nil, "")
}

// SaveRunbook makes a source the newest version.
func (c *Client) SaveRunbook(ctx context.Context, d RunbookDraft) (RunbookVersion, error) {
	return call[RunbookVersion](ctx, c, http.MethodPut, "/api/v1/runbook", nil, d, "")
}
