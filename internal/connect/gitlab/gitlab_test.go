package gitlab

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/redact"
)

const canary = "glpat-canary-5150"

// at makes a connector that talks to a handler of the test.
func at(t *testing.T, h http.HandlerFunc) *Connector {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := New(Config{BaseURL: s.URL + "/", Token: canary, Project: "group/sub/project"}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func call(t *testing.T, request any) connect.Call {
	t.Helper()
	raw, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return connect.Call{Mark: "mark-1", Since: time.Now(), Raw: raw, Seal: redact.New(nil, nil).Seal}
}

// own checks that err is a *connect.Error without a secret.
func own(t *testing.T, err error) *connect.Error {
	t.Helper()
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Fatalf("want a *connect.Error, have %T %v", err, err)
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, *e), canary) {
		t.Errorf("the token shows: %v", err)
	}
	return e
}

func TestNewNamesTheSetting(t *testing.T) {
	t.Parallel()
	for setting, c := range map[string]Config{
		"base_url": {BaseURL: "http://u:" + canary + "@host", Token: canary, Project: "a/b"},
		"token":    {Project: "a/b"},
		"project":  {Token: canary, Project: "https://gitlab.com/a/b"},
	} {
		_, err := New(c, nil)
		if err == nil || !strings.Contains(err.Error(), "connectors.gitlab."+setting) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   connect.Error
		word   string
	}{
		{"revoked", 401, nil, `{"error":"invalid_token","error_description":"Token ` + canary + ` was revoked"}`, connect.Error{Kind: connect.Refused}, "no longer valid"},
		{"scope", 403, nil, `{"error":"insufficient_scope","error_description":"x","scope":"api write"}`, connect.Error{Kind: connect.Refused, Scope: "api write"}, "api write"},
		{"role", 403, nil, `{"message":"403 Forbidden"}`, connect.Error{Kind: connect.Refused}, "Reporter"},
		{"no project", 404, nil, `{"message":"404 Project Not Found"}`, connect.Error{Kind: connect.Refused}, "connectors.gitlab.project"},
		{"wrong field", 400, nil, `{"message":{"title":["can't be blank"],"labels":["are many"]}}`, connect.Error{Kind: connect.Refused}, "labels are many; title can't be blank"},
		{"echo", 422, nil, `{"message":"bad ` + canary + `"}`, connect.Error{Kind: connect.Refused}, "bad …"},
		{"busy", 429, map[string]string{"Retry-After": "7"}, `Retry later`, connect.Error{Kind: connect.Retry, RetryAfter: 7 * time.Second}, ""},
		{"busy by reset", 429, map[string]string{"Date": "Mon, 23 Nov 2026 07:00:00 GMT", "RateLimit-Reset": "1795417260"}, ``, connect.Error{Kind: connect.Retry, RetryAfter: time.Minute}, ""},
		{"busy, no word", 429, nil, ``, connect.Error{Kind: connect.Retry}, ""},
		{"away", 503, nil, `<html>`, connect.Error{Kind: connect.Retry}, ""},
		{"broken", 502, map[string]string{"Content-Type": "text/html"}, `<html>`, connect.Error{Kind: connect.Unknown}, ""},
		{"proxy", 403, map[string]string{"Content-Type": "text/html"}, `<html>`, connect.Error{Kind: connect.Unknown}, "web page"},
		{"sign-in page", 200, map[string]string{"Content-Type": "text/html"}, `<html>`, connect.Error{Kind: connect.Unknown}, "web page"},
		{"sent elsewhere", 302, map[string]string{"Location": "/users/sign_in"}, ``, connect.Error{Kind: connect.Unknown}, ""},
		{"half", 201, nil, `{"iid":`, connect.Error{Kind: connect.Unknown}, ""},
		{"cut off", 201, map[string]string{"Content-Length": "99"}, `{"iid":1}`, connect.Error{Kind: connect.Unknown}, "cut off"},
		{"no number", 201, nil, `{}`, connect.Error{Kind: connect.Unknown}, ""},
		{"another shape", 201, nil, `{"iid":"one"}`, connect.Error{Kind: connect.Unknown}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			made := at(t, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				if r.Header.Get("PRIVATE-TOKEN") != canary || r.URL.EscapedPath() != "/api/v4/projects/group%2Fsub%2Fproject/issues" {
					t.Errorf("call %s %s", r.URL.EscapedPath(), r.Header)
				}
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			_, err := made.Operations()[connect.TrackerIssue].Do(t.Context(), call(t, map[string]any{"title": "T", "body": "B"}))
			e := own(t, err)
			if e.Kind != c.want.Kind || e.RetryAfter != c.want.RetryAfter || e.Scope != c.want.Scope || !strings.Contains(e.Message, c.word) {
				t.Errorf("have %+v; want %+v with %q", e, c.want, c.word)
			}
			if n := calls.Load(); n != 1 {
				t.Errorf("%d calls; want 1", n)
			}
		})
	}
}

func TestConnectionBreaks(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c := at(t, func(http.ResponseWriter, *http.Request) { calls.Add(1); panic(http.ErrAbortHandler) })
	if _, err := c.Operations()[connect.TrackerIssue].Do(t.Context(), call(t, map[string]any{"title": "T"})); own(t, err).Kind != connect.Unknown || calls.Load() != 1 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c, err := New(Config{BaseURL: gone.URL, Token: canary, Project: "1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Operations()[connect.TrackerIssue].Do(t.Context(), call(t, map[string]any{"title": "T"})); own(t, err).Kind != connect.Retry {
		t.Errorf("nobody listens: %v", err)
	}
}

// The search lags or knows nothing of HTML comments: the list of what is new finds the issue all the same, on whatever page.
func TestFindDoesNotRestOnTheSearch(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"list", "search"} {
		c := at(t, func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			if q.Get("state") != "all" || q.Get("scope") != "all" {
				t.Errorf("asked for %s", r.URL.RawQuery)
			}
			by := "list"
			if q.Get("search") == "mark-1" && q.Get("in") == "description" && q.Get("labels") == "outage" {
				by = "search"
			}
			if by == where && q.Get("page") == "1" {
				w.Header().Set("X-Next-Page", "2")
			}
			if by == where && q.Get("page") == "2" {
				fmt.Fprint(w, `[{"iid":6,"description":"<!-- tocsin:mark-11 -->"},{"iid":7,"web_url":"https://x/7","description":"B\n\n<!-- tocsin:mark-1 -->"}]`)
				return
			}
			fmt.Fprint(w, `[]`)
		})
		got, err := c.Operations()[connect.TrackerIssue].Find(t.Context(), call(t, map[string]any{"title": "T"}))
		if err != nil || got == nil || got.Ref != "7" || got.URL != "https://x/7" {
			t.Errorf("%s: %+v, %v", where, got, err)
		}
	}
}

func TestStamp(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                         "<!-- tocsin:m -->",
		"text\n":                   "text\n\n<!-- tocsin:m -->",
		"/close\nnot a /close":     "\\/close\nnot a /close\n\n<!-- tocsin:m -->",
		"a\n  /label ~x\n/var/log": "a\n  \\/label ~x\n/var/log\n\n<!-- tocsin:m -->",
	} {
		if got := stamp(in, "m"); got != want {
			t.Errorf("stamp(%q) = %q, want %q", in, got, want)
		}
	}
	if got := stamp(strings.Repeat("é", 1<<20), "m"); len([]rune(got)) > 1<<20 || !strings.HasSuffix(got, "…\n\n<!-- tocsin:m -->") {
		t.Errorf("%d characters", len([]rune(got)))
	}
	if got := title(strings.Repeat("é ", 300)); len([]rune(got)) != 255 {
		t.Errorf("title of %d characters", len([]rune(got)))
	}
}

func TestRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	c := at(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s", r.URL) })
	for kind, request := range map[connect.Kind]any{
		connect.TrackerOpen:    map[string]string{"id": "../1"},
		connect.TrackerComment: map[string]string{"id": "1", "text": " "},
	} {
		if _, err := c.Operations()[kind].Do(t.Context(), call(t, request)); own(t, err).Kind != connect.Refused {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
