// Package api is the HTTP API: its routes, its OpenAPI document and its Go client.
//
// It owns the JSON shapes that scripts rely on; a field is added, never renamed. It has no rules of its own: commands go to package
// ledger as they are, and what is read is made from the state by package report. Everything under /api needs an account. Errors are
// problem+json, made by one table. Every write takes an Idempotency-Key, which is the ledger's.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin/internal/auth"
	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/oncall"
	"tocsin/internal/picture"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/shelf"
	"tocsin/internal/store"
)

// Store lists incidents. *store.Store is one.
type Store interface {
	Incidents(ctx context.Context, f store.Filter) ([]incident.Summary, error)
}

// Options set the API up. Ledger, Store, Auth, Directory and OnCall must be given.
type Options struct {
	Ledger    *ledger.Ledger
	Store     Store
	Auth      *auth.Auth
	Directory *auth.Directory
	Version   string

	// BaseURL and PublicURL are the addresses of console and public pages, without a trailing slash; PublicURL nil: BaseURL.
	BaseURL   func() string
	PublicURL func() string
	// Redactor takes names out for the public; nil: one over the directory, made for each use.
	Redactor func(*incident.Incident) *redact.Redactor
	// Names gives what texts of a step may refer to, as the runner fills them in; nil: title, id, the text of
	// an update, and what steps before it made.
	Names func(*incident.Incident, incident.Run) func(name string) (string, bool)
	// Shelf is what a new incident is run by, and its versions.
	Shelf *shelf.Shelf
	// Postmortem drafts the post-mortem; nil: the route answers that there is none.
	Postmortem func(*incident.Incident) (markdown string, draft any)

	// Sheet is an incident on paper, for one role or for all; private: whoever reads it sees how private steps stand. nil: there is none.
	Sheet func(i *incident.Incident, role string, private bool) (report.Sheet, error)

	// Connectors are the services that are set up, Capabilities their order of preference by capability.
	Connectors   []connect.Connector
	Capabilities map[string][]string
	Scenarios    []report.Scenario // that people can practise with
	Tester       *connect.Tester   // of their connections; nil: one of its own

	// OnCall is where it is written who is on call.
	OnCall *oncall.Book

	// Pictures keeps the pictures of entries.
	Pictures picture.Store

	// Drill: this server plays a drill, whose incidents are public. Elsewhere those that are drills are not.
	Drill bool

	Ready   func(context.Context) error // nil: always ready
	Metrics http.Handler                // nil: no /metrics
	Stop    <-chan struct{}             // closed when the server shuts down: streams of events end
	Log     *slog.Logger                // nil: slog.Default
}

type server struct {
	o   Options
	api huma.API
	log *slog.Logger

	beat time.Duration // between heartbeats of a stream
}

// New is the handler of /api/v1, /openapi.json, /healthz, /livez, /readyz and /metrics. It finds out who is asking by itself.
func New(o Options) http.Handler {
	h, _ := build(o)
	return h
}

func build(o Options) (http.Handler, *server) {
	s := &server{o: o, log: o.Log, beat: heartbeat}
	if s.o.Tester == nil {
		s.o.Tester = connect.NewTester(o.Connectors)
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.o.BaseURL == nil {
		s.o.BaseURL = func() string { return "" }
	}
	if s.o.PublicURL == nil {
		s.o.PublicURL = s.o.BaseURL
	}
	if s.o.Redactor == nil {
		s.o.Redactor = s.redactor
	}
	if s.o.Names == nil {
		s.o.Names = known
	}
	mux := http.NewServeMux()
	s.api = humago.New(mux, s.config())
	s.api.UseMiddleware(s.admit)
	for _, add := range routes {
		add(s)
	}
	s.document()
	spec := sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.api.OpenAPI()) })
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		body, err := spec()
		if err != nil {
			write(w, &Problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "the document can't be made"})
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	s.health(mux)
	return s.guard(s.o.Auth.Middleware(known404(mux))), s
}

// redactor is made of everyone in the directory.
func (s *server) redactor(i *incident.Incident) *redact.Redactor {
	var roster redact.Roster
	for _, p := range s.o.Directory.List() {
		roster = append(roster, redact.Person{ID: p.ID, Name: p.Name, Aliases: p.Aliases, Handles: p.Handles, Emails: p.Emails, Initials: p.Initials})
	}
	return redact.New(roster, i.Pseudonyms)
}

// known fills in what stands in the incident itself.
func known(i *incident.Incident, run incident.Run) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v := ""
		switch name {
		case "title":
			v = i.Title
		case "id":
			v = i.Name
		case "text":
			if l := i.Line(run.For); l != nil {
				v = l.Text
			}
		default:
			step, output, _ := strings.Cut(name, ".")
			if r, ok := i.Steps[step]; ok && r.Finished() {
				v = r.Outputs[output]
			}
		}
		return v, v != ""
	}
}

func (s *server) links() report.Links {
	return report.Links{Console: s.o.BaseURL(), Public: s.o.PublicURL()}
}

// health adds what a supervisor asks. Alive is that the process answers, ready that it can do its work.
func (s *server) health(mux *http.ServeMux) {
	answer := func(w http.ResponseWriter, status int, word string) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"status": word, "version": s.o.Version})
	}
	alive := func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") }
	mux.HandleFunc("GET /livez", alive)
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if s.o.Ready != nil {
			if err := s.o.Ready(r.Context()); err != nil {
				s.log.WarnContext(r.Context(), "not ready", "error", err)
				answer(w, http.StatusServiceUnavailable, "not ready")
				return
			}
		}
		answer(w, http.StatusOK, "ok")
	})
	if s.o.Metrics != nil {
		mux.Handle("GET /metrics", s.o.Metrics)
	}
}

// guard turns a panic into an answer.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				s.log.ErrorContext(r.Context(), "panic", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				write(w, &Problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "something is wrong in Tocsin itself; its log says what"})
			}
		}()
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
