package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/store"
)

const problemType = "application/problem+json"

// Problem is every error of the API (RFC 9457), and of its client.
type Problem struct {
	Type   string  `json:"type" example:"about:blank"`
	Title  string  `json:"title" example:"Conflict"`
	Status int     `json:"status" example:"409" doc:"the HTTP status; 0 when the server was not reached"`
	Detail string  `json:"detail" doc:"one sentence: what is wrong and what to do"`
	Code   string  `json:"code" example:"conflict" doc:"what kind of error it is; permanent"`
	Field  string  `json:"field,omitempty" doc:"the field at fault, if one is"`
	Errors []Fault `json:"errors,omitempty" doc:"each thing that is wrong, if there are several"`

	RetryAfter int   `json:"-"` // seconds; 0: not said
	cause      error // of a client's: why the server was not reached
}

// Fault is one thing that is wrong with a request.
type Fault struct {
	Where string `json:"where,omitempty" example:"query.limit"`
	What  string `json:"what"`
}

// codes is the one table of errors: what they are over HTTP, and the exit code of a command line that ends with one (ux.md §3.1).
var codes = map[string]struct{ status, exit int }{
	string(incident.Invalid):   {http.StatusUnprocessableEntity, 2},
	string(incident.NotFound):  {http.StatusNotFound, 3},
	string(incident.Forbidden): {http.StatusForbidden, 4},
	string(incident.Conflict):  {http.StatusConflict, 5},
	"malformed":                {http.StatusBadRequest, 2},
	"unauthenticated":          {http.StatusUnauthorized, 4},
	"method_not_allowed":       {http.StatusMethodNotAllowed, 1},
	"too_large":                {http.StatusRequestEntityTooLarge, 2},
	"too_slow":                 {http.StatusRequestTimeout, 1},
	"too_many":                 {http.StatusTooManyRequests, 1},
	"internal":                 {http.StatusInternalServerError, 1},
	"unavailable":              {http.StatusServiceUnavailable, 7},
	"cross_origin":             {http.StatusForbidden, 4}, // said by package auth
	"unreachable":              {0, 7},                    // said by the client alone
}

// Error is the sentence.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Title
	}
	return p.Detail
}

// Unwrap gives why the server was not reached.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is problem+json for JSON.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders are those the answer gets.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	return h
}

// ExitCode is what a command line ends with.
func (p *Problem) ExitCode() int {
	if c, ok := codes[p.Code]; ok {
		return c.exit
	}
	return 1
}

func problemOf(code, detail string) *Problem {
	return (&Problem{Code: code, Detail: detail}).whole()
}

// whole fills in what follows from the rest.
func (p *Problem) whole() *Problem {
	if c, ok := codes[p.Code]; ok && p.Status == 0 {
		p.Status = c.status
	}
	if p.Type == "" {
		p.Type = "about:blank"
	}
	if p.Title == "" {
		p.Title = http.StatusText(p.Status)
	}
	return p
}

// problem says an error in the API's terms. What is not the asker's fault is logged and told as "try again".
// Nothing was written then, or all of it when the answer to the commit was lost: under the same key it is safe to try.
func (s *server) problem(ctx context.Context, err error) *Problem {
	var p *Problem
	var e *incident.Error
	switch {
	case errors.As(err, &p):
		return p.whole()
	case errors.As(err, &e):
		return (&Problem{Code: string(e.Code), Detail: e.Message, Field: e.Field}).whole()
	case errors.Is(err, auth.ErrPerson):
		return problemOf("invalid", err.Error())
	case errors.Is(err, store.ErrNotFound):
		return problemOf("not_found", "there is nothing of that name")
	}
	if ctx.Err() == nil {
		s.log.ErrorContext(ctx, "the database gives trouble", "error", err)
	}
	p = problemOf("unavailable", "the database gives trouble; try again in a moment, with the same key")
	p.RetryAfter = 5
	return p
}

// fromHuma says in the API's terms what huma found wrong before the handler was asked.
func fromHuma(e *huma.ErrorModel) *Problem {
	p := &Problem{Status: e.Status, Detail: e.Detail, Code: "internal"}
	switch e.Status {
	case http.StatusUnprocessableEntity:
		p.Code = "invalid"
	case http.StatusBadRequest, http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		p.Code = "malformed"
	case http.StatusRequestEntityTooLarge:
		p.Code, p.Detail = "too_large", "a request holds at most 1 MB"
	case http.StatusRequestTimeout:
		p.Code, p.Detail = "too_slow", "the request took too long to arrive"
	}
	for _, d := range e.Errors {
		if d != nil {
			p.Errors = append(p.Errors, Fault{Where: d.Location, What: d.Message})
		}
	}
	if len(p.Errors) > 0 && p.Code == "invalid" {
		p.Detail = p.Errors[0].Where + ": " + p.Errors[0].What
	}
	return p.whole()
}

// write answers with a problem.
func write(w http.ResponseWriter, p *Problem) {
	p = p.whole()
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", problemType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

func refuse(c huma.Context, p *Problem) {
	_, w := humago.Unwrap(c)
	write(w, p)
}

// known404 answers what the mux has no route for as everything else is answered.
func known404(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		found := &probe{header: http.Header{}}
		h.ServeHTTP(found, r)
		if found.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", found.header.Get("Allow"))
			write(w, problemOf("method_not_allowed", r.Method+" can't be done here; "+found.header.Get("Allow")+" can"))
			return
		}
		write(w, problemOf("not_found", "there is nothing at this address; /openapi.json lists what there is"))
	})
}

// probe hears what the mux would answer.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) WriteHeader(status int)      { p.status = status }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
