package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

func TestClientRoundTrip(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	c := NewClient(h.url+"/", h.tokens["ana"], nil)
	key := NewKey()
	i, err := c.Declare(ctx, Declare{Title: "Checkout fails", Disrupting: true, ETA: "90m", Point: true}, key)
	if err != nil || i.ID != "INC-1" || !i.Definition.Met || i.Roles[1].Holders[0].Name != "Ana Diaz" {
		t.Fatalf("%v %+v", err, i)
	}
	if again, err := c.Declare(ctx, Declare{Title: "Checkout fails", Disrupting: true, ETA: "90m", Point: true}, key); err != nil || again.ID != "INC-1" {
		t.Errorf("%v %+v", err, again)
	}
	plan, err := c.Plan(ctx, "1", "declare_major", nil)
	if err != nil || len(plan.Steps) < 10 {
		t.Errorf("%v %+v", err, plan)
	}
	res, err := c.Do(ctx, "INC-1", "say", map[string]string{"as": "guess", "text": "perhaps"}, "")
	if err != nil || len(res.Entries) != 1 || res.Entries[0].Kind != "guess" {
		t.Fatalf("%v %+v", err, res)
	}
	if _, err := c.Do(ctx, "INC-1", "declare_major", nil, ""); err != nil {
		t.Error(err)
	}
	if i, err = c.Show(ctx, "1"); err != nil || i.Kind != "major" {
		t.Errorf("%v %+v", err, i)
	}
	all, next, err := c.List(ctx, ListOptions{Kind: "major", Limit: 1})
	if err != nil || len(all) != 1 || next != "" {
		t.Errorf("%v %v %q", err, all, next)
	}
	lines, err := c.Timeline(ctx, "1", false)
	if err != nil || len(lines) != int(i.Seq) {
		t.Errorf("%v: %d lines of %d", err, len(lines), i.Seq)
	}
	if public, err := c.Timeline(ctx, "1", true); err != nil || len(public) != 1 {
		t.Errorf("%v %v", err, public)
	}
	if items, err := c.Todo(ctx, "1", "comms"); err != nil || len(items) == 0 || items[0].Title == "" {
		t.Errorf("%v %v", err, items)
	}
	if steps, err := c.Steps(ctx, "1"); err != nil || len(steps) < 30 {
		t.Errorf("%v %d steps", err, len(steps))
	}
	if d, err := c.Definition(ctx, "1"); err != nil || d.State != "met" || len(d.Clauses) != 2 || !*d.Clauses[0].Truth {
		t.Errorf("%v %+v", err, d)
	}
	if p, err := c.Postmortem(ctx, "1"); err != nil || p.Markdown != "# INC-1" {
		t.Errorf("%v %+v", err, p)
	}
	if rb, err := c.Runbook(ctx); err != nil || len(rb.Steps) < 30 || rb.Definition.Passed.String() != "1h" {
		t.Errorf("%v", err)
	}
	if people, err := c.People(ctx); err != nil || len(people) != len(cast) {
		t.Errorf("%v %v", err, people)
	}
	if me, err := c.Me(ctx); err != nil || me.ID != "ana" || me.Name != "Ana Diaz" {
		t.Errorf("%v %+v", err, me)
	}
	if raw, err := c.Call(ctx, http.MethodGet, "/api/v1/incidents?limit=1", nil, ""); err != nil || !strings.Contains(string(raw), "INC-1") {
		t.Errorf("%v %s", err, raw)
	}
	if p, err := NewClient(h.url, h.tokens["adam"], nil).PutPerson(ctx, Person{Name: "Eva Novak"}, ""); err != nil || p.ID != "eva-novak" {
		t.Errorf("%v %+v", err, p)
	}
}

func TestClientProblems(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	ctx := t.Context()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/runbook" {
			_, _ = w.Write([]byte("<html>sign in at the hotel</html>"))
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer proxy.Close()
	as := func(who string) *Client { return NewClient(h.url, h.tokens[who], nil) }
	do := func(c *Client, kind string, fields any) func() error {
		return func() error { _, err := c.Do(ctx, "1", kind, fields, ""); return err }
	}
	for name, c := range map[string]struct {
		call func() error
		code string
		exit int
	}{
		"not found":       {func() error { _, err := as("ana").Show(ctx, "INC-9"); return err }, "not_found", 3},
		"anonymous":       {func() error { _, err := NewClient(h.url, "", nil).Show(ctx, "1"); return err }, "unauthenticated", 4},
		"bad token":       {func() error { _, err := NewClient(h.url, "tcs_x", nil).Show(ctx, "1"); return err }, "unauthenticated", 4},
		"viewer":          {do(as("vera"), "say", map[string]string{"text": "x"}), "forbidden", 4},
		"not point":       {do(as("bo"), "declare_major", nil), "forbidden", 4},
		"taken":           {do(as("bo"), "take_role", map[string]string{"role": "point"}), "conflict", 5},
		"invalid":         {do(as("bo"), "say", nil), "invalid", 2},
		"no server":       {func() error { _, err := NewClient(gone.URL, "", nil).Show(ctx, "1"); return err }, "unreachable", 7},
		"gateway":         {func() error { _, err := NewClient(proxy.URL, "", nil).Show(ctx, "1"); return err }, "unreachable", 7},
		"something else":  {func() error { _, err := NewClient(proxy.URL, "", nil).Runbook(ctx); return err }, "internal", 1},
		"no address":      {func() error { _, err := NewClient("http://[", "", nil).Runbook(ctx); return err }, "invalid", 2},
		"follow, no such": {func() error { return as("ana").Follow(ctx, "9", 0, nil, nil) }, "not_found", 3},
	} {
		var p *Problem
		if err := c.call(); !errors.As(err, &p) || p.Code != c.code || p.ExitCode() != c.exit || p.Error() == "" {
			t.Errorf("%s: %v %+v", name, err, p)
		} else if strings.Contains(p.Error(), "tcs_") {
			t.Errorf("%s: the error holds a token", name)
		}
	}
	ctx2, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := as("ana").Show(ctx2, "1"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestClientFollows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	done := errors.New("enough")
	var seen []int64
	c := NewClient(h.url, h.tokens["bo"], nil)
	err := c.Follow(t.Context(), "1", 3, func(e Entry) error {
		seen = append(seen, e.Seq)
		if e.Seq == 6 {
			h.do("bo", `{"kind":"say","text":"live"}`)
		}
		if e.Seq == 7 {
			return done
		}
		return nil
	}, nil)
	if !errors.Is(err, done) || !reflect.DeepEqual(seen, []int64{4, 5, 6, 7}) {
		t.Errorf("%v %v", err, seen)
	}
}

// Every answer is what the document says it is.
func TestAnswersFollowTheirSchema(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	h.do("ana", `{"kind":"give_role","role":"engineer","to":"bo"}`)
	h.do("ana", `{"kind":"not_now","why":"nearly done"}`)
	h.do("ana", `{"kind":"request_review"}`)
	h.do("ana", `{"kind":"declare_major"}`)
	h.do("ana", `{"kind":"update","text":"we look","next":"10m","to":["page"]}`)
	h.do("ana", `{"kind":"impact","text":"slow"}`)
	h.do("ana", `{"kind":"say","as":"guess","text":"TODO: look","visibility":"public"}`)
	h.do("ana", `{"kind":"take_role","role":"marketing"}`)
	h.do("ana", `{"kind":"further_comms","choice":"blog"}`)
	h.do("ana", `{"kind":"tick","item":"synchronise"}`)
	h.do("ana", `{"kind":"give_item","item":"move_people","to":"bo"}`)
	for _, route := range []string{"PUT /api/v1/on-call/rotations/{role}", "POST /api/v1/on-call/overrides"} {
		method, path, _ := strings.Cut(route, " ")
		h.must("olga", method, strings.Replace(path, "{role}", "engineer", 1), matrix[route].body)
	}
	registry := h.server.api.OpenAPI().Components.Schemas
	for name, op := range operations(h.server) {
		row := matrix[name]
		if slices.Contains([]string{"events", "picture", "on-call-calendar"}, op.OperationID) || op.Method == http.MethodDelete { // no JSON
			continue
		}
		a := h.must("olga", op.Method, strings.NewReplacer("{id}", "1", "{name}", "builtin", "{entry}", "e1", "{version}", "1", "{role}", "engineer").Replace(op.Path), row.body)
		var v any
		if err := json.Unmarshal([]byte(a.body), &v); err != nil {
			t.Fatal(err)
		}
		status := "200"
		if a.status == http.StatusCreated && op.Responses["201"] != nil {
			status = "201"
		}
		schema := op.Responses[status].Content["application/json"].Schema
		found := &huma.ValidateResult{}
		huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, found)
		for _, err := range found.Errors {
			t.Errorf("%s: %v", name, err)
		}
	}
}
