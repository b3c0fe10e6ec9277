package mattermost

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/contract"
	"tocsin/internal/standin"
)

const canary = "mmtok-canary-5150"

// against makes a connector that talks to a stand-in of its own.
func against(t *testing.T) (*Connector, *httptest.Server) {
	t.Helper()
	stand := standin.New(standin.Options{})
	s := httptest.NewServer(contract.Watch(t, stand))
	t.Cleanup(s.Close)
	t.Cleanup(func() { _ = stand.Close() })
	return to(t, s.URL+"/mattermost/"), s
}

func to(t *testing.T, base string) *Connector {
	t.Helper()
	c, err := New(Config{BaseURL: base, Token: canary, Team: "acme", Channels: map[string]string{"general": "general"}}, nil)
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
	return connect.Call{Mark: "mark-1", Since: time.Now(), Raw: raw}
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

func fault(t *testing.T, s *httptest.Server, match, name string) {
	t.Helper()
	resp, err := http.Post(s.URL+"/_faults", "application/json", strings.NewReader(fmt.Sprintf(`[{"match":%q,"nth":1,"fault":%q}]`, match, name)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("/_faults answered %s", resp.Status)
	}
}

func objects(t *testing.T, s *httptest.Server, kind string) []map[string]any {
	t.Helper()
	resp, err := http.Get(s.URL + "/_objects")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all map[string][]map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all[kind]
}

func TestConformance(t *testing.T) {
	t.Parallel()
	c, s := against(t)
	channel := func(made map[connect.Kind]connect.Result) string { return made[connect.ChatChannel].Ref }
	conformance.Run(t, conformance.Suite{Connector: c, Secrets: []string{canary}, Samples: []conformance.Sample{
		conformance.Fixed(connect.ChatChannel, connect.ChannelRequest{Name: "inc-1-db-down", Topic: "DB down & out"}),
		{Kind: connect.ChatPost, Raw: func(made map[connect.Kind]connect.Result) any {
			return connect.ChatMessage{Channel: channel(made), Text: "@channel, the room is [here](https://room.example/1)", Emails: []string{"ada@example.com"}}
		}},
		{Kind: connect.ChatPin, Raw: func(made map[connect.Kind]connect.Result) any {
			return connect.ChatRef{Channel: channel(made), ID: made[connect.ChatPost].Ref}
		}},
		{Kind: connect.ChatInvite, Raw: func(made map[connect.Kind]connect.Result) any {
			return connect.ChatInvitation{Channel: channel(made), Emails: []string{"ada@example.com", "nobody@example.com"}, Handles: []string{"@Bob"}}
		}},
	}})
	posts := objects(t, s, "mattermost.post")
	if len(posts) != 1 || posts[0]["message"] != "@ada @channel, the room is [here](https://room.example/1)" || posts[0]["is_pinned"] != true {
		t.Errorf("posted %v", posts)
	}
	channels := objects(t, s, "mattermost.channel")
	if last := channels[len(channels)-1]; last["header"] != "DB down & out" || len(last["members"].([]any)) != 3 {
		t.Errorf("channel %v", last)
	}
}

// The answer to each write is lost once; the look-up finds exactly what was made, and there is one of it.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for kind, c := range map[connect.Kind]struct {
		path, object string
		request      any
	}{
		connect.ChatPost:    {"posts", "mattermost.post", connect.ChatMessage{Channel: "general", Text: "hello"}},
		connect.ChatChannel: {"channels", "mattermost.channel", connect.ChannelRequest{Name: "inc-9", Topic: "down"}},
	} {
		for lost, made := range map[string]int{"reset_after": 1, "truncate": 1, "malformed": 1, "login_page": 0, "reset_before": 0} {
			t.Run(string(kind)+" "+lost, func(t *testing.T) {
				t.Parallel()
				x, s := against(t)
				if _, err := x.ownTeam(t.Context()); err != nil {
					t.Fatal(err)
				}
				op, before := x.Operations()[kind], len(objects(t, s, c.object))
				fault(t, s, "POST /mattermost/api/v4/"+c.path, lost)
				request := call(t, c.request)
				if _, err := op.Do(t.Context(), request); own(t, err).Kind != connect.Unknown {
					t.Fatalf("got %v", err)
				}
				found, err := op.Find(t.Context(), request)
				if err != nil || (found != nil) != (made == 1) || len(objects(t, s, c.object)) != before+made {
					t.Fatalf("found %+v, %v of %v", found, err, objects(t, s, c.object)[before:])
				}
				if kind == connect.ChatChannel {
					again, err := op.Do(t.Context(), request)
					if err != nil || found != nil && again.Ref != found.Ref || len(objects(t, s, c.object)) != before+1 {
						t.Errorf("again: %+v, %v; found: %+v", again, err, found)
					}
				}
			})
		}
	}
}

// A name that another incident has makes way for the next one.
func TestNameTaken(t *testing.T) {
	t.Parallel()
	x, _ := against(t)
	op := x.Operations()[connect.ChatChannel]
	first := call(t, connect.ChannelRequest{Name: "inc-1"})
	second := first
	second.Mark = "mark-12"
	for _, c := range []struct {
		call connect.Call
		want string
	}{{second, "inc-1"}, {first, "inc-1-2"}, {first, "inc-1-2"}, {second, "inc-1"}} {
		got, err := op.Do(t.Context(), c.call)
		if err != nil || got.Outputs["name"] != c.want {
			t.Errorf("%s: got %+v, %v; want %s", c.call.Mark, got, err, c.want)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	x, s := against(t)
	op := x.Operations()[connect.ChatPost]
	hello := call(t, connect.ChatMessage{Channel: "general", Text: "hello"})
	fault(t, s, "POST /mattermost/api/v4/posts", "token_expired")
	if _, err := op.Do(t.Context(), hello); own(t, err).Kind != connect.Refused || !strings.Contains(err.Error(), "connectors.mattermost.token") {
		t.Error(err)
	}
	fault(t, s, "POST /mattermost/api/v4/posts", "wrong_scope")
	if _, err := op.Do(t.Context(), hello); own(t, err).Kind != connect.Refused || own(t, err).Scope == "" {
		t.Error(err)
	}
	fault(t, s, "GET /mattermost", "token_expired")
	if f := x.Check(t.Context()); len(f) != 1 || f[0].OK || f[0].Fix == "" {
		t.Errorf("%+v", f)
	}
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	html := map[string]string{"Content-Type": "text/html"}
	for name, c := range map[string]struct {
		status int
		header map[string]string
		body   string
		kind   connect.ErrorKind
		after  time.Duration
		word   string
	}{
		"session":  {401, nil, `{"id":"api.context.session_expired.app_error","message":"` + canary + `"}`, connect.Refused, 0, "connectors.mattermost.token"},
		"role":     {403, nil, `{"id":"api.context.permissions.app_error","message":"no"}`, connect.Refused, 0, "add it to the team"},
		"echo":     {400, nil, `{"id":"x","message":"bad ` + canary + `"}`, connect.Refused, 0, "bad …"},
		"busy":     {429, map[string]string{"Retry-After": "7"}, "limit exceeded", connect.Retry, 7 * time.Second, ""},
		"by reset": {429, map[string]string{"X-RateLimit-Reset": "3"}, "limit exceeded", connect.Retry, 3 * time.Second, ""},
		"away":     {503, html, `<html>`, connect.Retry, 0, ""},
		"broken":   {502, html, `<html>`, connect.Unknown, 0, ""},
		"proxy":    {403, html, `<html>`, connect.Unknown, 0, "web page"},
		"sign-in":  {200, html, `<html>`, connect.Unknown, 0, "web page"},
		"half":     {201, nil, `{"id":`, connect.Unknown, 0, ""},
		"no id":    {201, nil, `{}`, connect.Unknown, 0, "which"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}))
			t.Cleanup(s.Close)
			_, err := to(t, s.URL).Operations()[connect.ChatPost].Do(t.Context(), call(t, connect.ChatMessage{Channel: strings.Repeat("a", 26), Text: "hello"}))
			if e := own(t, err); e.Kind != c.kind || e.RetryAfter != c.after || !strings.Contains(e.Message, c.word) {
				t.Errorf("got %+v", *e)
			}
		})
	}
}
