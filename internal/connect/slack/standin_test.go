package slack

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/contract"
	"tocsin/internal/standin"
)

// against makes a connector that talks to a stand-in of its own.
func against(t *testing.T) (*Connector, *httptest.Server) {
	t.Helper()
	stand := standin.New(standin.Options{})
	s := httptest.NewServer(contract.Watch(t, stand))
	t.Cleanup(s.Close)
	t.Cleanup(func() { stand.Close() })
	c, err := New(Config{BaseURL: s.URL + "/slack/api/", Token: canary, SigningSecret: canary, Channels: map[string]string{"general": "general"}}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// fault sets what goes wrong next.
func fault(t *testing.T, s *httptest.Server, match, name string) {
	t.Helper()
	body, err := json.Marshal([]map[string]any{{"match": match, "nth": 1, "fault": name}})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Post(s.URL+"/_faults", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("/_faults answered %s", resp.Status)
	}
}

// objects gives what exists of one kind.
func objects(t *testing.T, s *httptest.Server, kind string) []map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/_objects", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Do(req)
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
	c, _ := against(t)
	channel := func(made map[connect.Kind]connect.Result) string { return made[connect.ChatChannel].Ref }
	conformance.Run(t, conformance.Suite{Connector: c, Secrets: []string{canary}, Samples: []conformance.Sample{
		conformance.Fixed(connect.ChatChannel, connect.ChannelRequest{Name: "inc-1-db-down", Topic: "DB down & out"}),
		{Kind: connect.ChatPost, Raw: func(made map[connect.Kind]connect.Result) any {
			return connect.ChatMessage{Channel: channel(made), Text: "@channel, the room is [here](https://room.example/1)"}
		}},
		{Kind: connect.ChatPin, Raw: func(made map[connect.Kind]connect.Result) any {
			return connect.ChatRef{Channel: made[connect.ChatPost].Outputs["channel"], ID: made[connect.ChatPost].Ref}
		}},
		{Kind: connect.ChatInvite, Raw: func(made map[connect.Kind]connect.Result) any {
			return connect.ChatInvitation{Channel: channel(made), Emails: []string{"ada@example.com"}}
		}},
	}})
}

// The answer to each write is lost once; the look-up finds exactly what was made, by its logical name too, and there is one of it.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind    connect.Kind
		method  string
		object  string
		request any
	}{
		"post":            {connect.ChatPost, "chat.postMessage", "slack.message", connect.ChatMessage{Channel: "general", Text: "hello"}},
		"channel":         {connect.ChatChannel, "conversations.create", "slack.channel", connect.ChannelRequest{Name: "inc-9", Topic: "down"}},
		"channel purpose": {connect.ChatChannel, "conversations.setPurpose", "slack.channel", connect.ChannelRequest{Name: "inc-9", Topic: "down"}},
	} {
		for _, lost := range []string{"reset_after", "truncate", "malformed", "login_page", "reset_before"} {
			t.Run(name+" "+lost, func(t *testing.T) {
				t.Parallel()
				x, s := against(t)
				op := x.Operations()[c.kind]
				before := len(objects(t, s, c.object))
				fault(t, s, "POST /slack/api/"+c.method, lost)
				request := call(t, c.request)
				_, err := op.Do(t.Context(), request)
				if e := own(t, err); e.Kind != connect.Unknown {
					t.Fatalf("got %s", e.Kind)
				}
				found, err := op.Find(t.Context(), request)
				if err != nil {
					t.Fatal(err)
				}
				if made := objects(t, s, c.object)[before:]; len(made) != 1 || found == nil {
					if len(made) != 0 || found != nil {
						t.Fatalf("found %+v of %v", found, made)
					}
				}
				if found != nil && c.kind == connect.ChatPost {
					return
				}
				again, err := op.Do(t.Context(), request)
				if err != nil || found != nil && again.Ref != found.Ref || len(objects(t, s, c.object)) != before+1 {
					t.Errorf("again: %+v, %v; found: %+v", again, err, found)
				}
			})
		}
	}
}
