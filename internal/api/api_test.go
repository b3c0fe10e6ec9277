package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/connect"
	"tocsin/internal/connect/builtin"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/oncall"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
	"tocsin/internal/shelf"
	"tocsin/internal/store"
)

// house is a server over a real database, with a person for each kind of rights.
type house struct {
	t      *testing.T
	url    string
	store  *store.Store
	ledger *ledger.Ledger
	auth   *auth.Auth
	people *auth.Directory
	server *server
	clock  *atomic.Int64 // minutes since begin
	tokens map[string]string
	stop   chan struct{}
	log    *bytes.Buffer
}

var begin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// cast is who there is; the key is also what tests call them by.
var cast = []store.Person{
	{ID: "olga", Name: "Olga Owner", Rights: "owner"},
	{ID: "adam", Name: "Adam Adminson", Rights: "admin"},
	{ID: "ana", Name: "Ana Diaz", Rights: "responder", Handles: []string{"@anadi"}, Emails: []string{"ana@example.com"}, Contact: "+34 600 000 000"},
	{ID: "bo", Name: "Bo Karlsson", Rights: "responder"},
	{ID: "vera", Name: "Vera Viewer", Rights: "viewer"},
	{ID: "nils", Name: "Nils Nordqvist", Rights: "none"},
}

func newHouse(t *testing.T, change ...func(*Options)) *house {
	t.Helper()
	ctx := t.Context()
	st, err := store.Open(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, store: st, clock: &atomic.Int64{}, tokens: map[string]string{}, stop: make(chan struct{}), log: &bytes.Buffer{}}
	h.people = auth.NewDirectory(st)
	for _, p := range cast {
		if err := h.people.Put(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	h.auth = auth.New(st, auth.Options{Directory: h.people})
	for _, p := range cast {
		if p.Rights == "none" {
			continue
		}
		if h.tokens[p.ID], err = h.auth.CreateToken(ctx, p.ID, "", 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, scope := range []string{"read", "write", "admin"} {
		if h.tokens["olga:"+scope], err = h.auth.CreateToken(ctx, "olga", scope, 0); err != nil {
			t.Fatal(err)
		}
	}
	now := func() time.Time { return begin.Add(time.Duration(h.clock.Load()) * time.Minute) }
	h.ledger = ledger.New(st, ledger.Options{Clock: now, Real: now, People: h.people.IDs})
	books, err := shelf.New(st, runbook.DefaultYAML(), "")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Ledger: h.ledger, Shelf: books, Store: st, Pictures: st, Auth: h.auth, Directory: h.people, Version: "test", Stop: h.stop,
		BaseURL: func() string { return "https://tocsin.example" }, PublicURL: func() string { return "https://status.example" },
		Postmortem: func(i *incident.Incident) (string, any) { return "# " + i.Name, map[string]string{"title": i.Title} },
		Sheet: func(i *incident.Incident, _ string, private bool) (report.Sheet, error) {
			return report.NewSheet(i.Runbook, i, report.SheetOptions{Made: now(), Private: private}), nil
		},
		Connectors: []connect.Connector{builtin.New()}, Capabilities: map[string][]string{"document": {"google", "builtin"}},
		Log: slog.New(slog.NewTextHandler(h.log, nil))}
	o.OnCall = &oncall.Book{Store: st, People: h.people.IDs, Note: h.auth.Note, Now: now, Role: func(word string) (id, title string) {
		r, _ := books.Current().Role(word)
		return r.ID, r.Name
	}}
	for _, c := range change {
		c(&o)
	}
	handler, s := build(o)
	h.server = s
	web := httptest.NewServer(handler)
	h.url = web.URL
	t.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	out := map[string]any{}
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("no JSON: %v\n%s", err, a.body)
	}
	return out
}

// ask sends a request as somebody ("" nobody). Headers come as pairs.
func (h *house) ask(as, method, path, body string, headers ...string) answer {
	h.t.Helper()
	var src io.Reader
	if body != "" {
		src = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, src)
	if err != nil {
		h.t.Fatal(err)
	}
	if as != "" {
		token, ok := h.tokens[as]
		if !ok {
			h.t.Fatalf("nobody called %s has a token", as)
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for n := 0; n+1 < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

// must is ask for what must work.
func (h *house) must(as, method, path, body string, headers ...string) answer {
	h.t.Helper()
	a := h.ask(as, method, path, body, headers...)
	if a.status >= 300 {
		h.t.Fatalf("%s %s %s: %d\n%s", method, path, body, a.status, a.body)
	}
	return a
}

// do gives a command.
func (h *house) do(as, body string, headers ...string) answer {
	h.t.Helper()
	return h.must(as, "POST", "/api/v1/incidents/INC-1/commands", body, headers...)
}

// declared makes INC-1 with ana as point person.
func (h *house) declared() {
	h.t.Helper()
	h.must("ana", "POST", "/api/v1/incidents", `{"title":"Checkout fails","disrupting":true,"eta":"90m","point":true}`)
}

// problem checks that an answer is problem+json of a status and code.
func (a answer) problem(t *testing.T, status int, code string) map[string]any {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("content type %q", ct)
	}
	p := a.json(t)
	if p["code"] != code || p["status"] != float64(status) || p["title"] == "" || p["title"] == nil || p["detail"] == "" || p["detail"] == nil {
		t.Errorf("want code %s and all fields: %s", code, a.body)
	}
	return p
}

// at walks into JSON: "definition.clauses.0.truth".
func dig(t *testing.T, v any, path string) any {
	t.Helper()
	for _, k := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			var ok bool
			if v, ok = x[k]; !ok {
				t.Fatalf("no %s of %s in %v", k, path, x)
			}
		case []any:
			n := 0
			if _, err := fmt.Sscan(k, &n); err != nil || n >= len(x) {
				t.Fatalf("no %s of %s in %v", k, path, x)
			}
			v = x[n]
		default:
			t.Fatalf("no %s of %s in %v", k, path, v)
		}
	}
	return v
}

func TestDeclareAndShow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.must("ana", "POST", "/api/v1/incidents", `{"title":"Checkout fails","disrupting":true,"eta":"90m","point":true,"service":"shop"}`)
	if a.status != http.StatusCreated || a.header.Get("Location") != "/api/v1/incidents/INC-1" {
		t.Fatalf("%d %s", a.status, a.header.Get("Location"))
	}
	for _, id := range []string{"INC-1", "inc-1", "1", a.json(t)["ulid"].(string)} {
		got := h.must("vera", "GET", "/api/v1/incidents/"+id, "").json(t)
		for path, want := range map[string]any{
			"id": "INC-1", "kind": "minor", "status": "active", "title": "Checkout fails", "service": "shop", "disrupting": true,
			"disruption": "down", "eta": "2026-11-23T10:30:00Z", "definition.state": "met", "definition.met": true, "definition.reason": "definition",
			"definition.clauses.0.text": "ETA more than 1 h", "definition.clauses.0.truth": true, "definition.clauses.1.truth": true,
			"definition.clauses.0.by.name": "Ana Diaz", "definition.prompt.reason": "definition", "roles.1.id": "point_person",
			"roles.1.holders.0.name": "Ana Diaz", "roles.0.wanted": true, "links.room": "https://tocsin.example/i/1", "links.public": "", "impact": nil, "review": nil,
			"stage": "", "steps.failed": float64(0),
		} {
			if have := dig(t, got, path); have != want {
				t.Errorf("%s: %v, want %v", path, have, want)
			}
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	sick := atomic.Bool{}
	h := newHouse(t, func(o *Options) {
		o.Ready = func(context.Context) error {
			if sick.Load() {
				return fmt.Errorf("the database is away")
			}
			return nil
		}
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("tocsin_up 1\n")) })
	})
	for _, path := range []string{"/livez", "/healthz", "/readyz", "/metrics"} {
		h.must("", "GET", path, "")
	}
	sick.Store(true)
	if a := h.ask("", "GET", "/readyz", ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("readyz: %d", a.status)
	}
	h.must("", "GET", "/livez", "")
}
