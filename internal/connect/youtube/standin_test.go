package youtube

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/contract"
	"tocsin/internal/standin"
)

// stand is a stand-in and a connector to it.
type stand struct {
	*Connector
	url string
}

func newStand(t *testing.T) stand {
	t.Helper()
	s := standin.New(standin.Options{})
	server := httptest.NewServer(contract.Watch(t, s))
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = s.Close() })
	c, err := New(Config{
		BaseURL: server.URL + "/google/youtube/v3", TokenURL: server.URL + "/google/token", WatchURL: server.URL + "/youtube/watch?v=", Credentials: credentials(),
	}, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	return stand{c, server.URL}
}

// say sends JSON and gives the answer.
func (s stand) say(t *testing.T, method, path string, body any) map[string]any {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(method, s.url+path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer someone")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	var out map[string]any
	_ = json.NewDecoder(resp.Body).Decode(&out)
	return out
}

func (s stand) fault(t *testing.T, match, fault string, nth int) {
	t.Helper()
	s.say(t, "POST", "/_faults", []map[string]any{{"match": match, "fault": fault, "nth": nth}})
}

func (s stand) count(t *testing.T, kind string) int {
	t.Helper()
	all, _ := s.say(t, "GET", "/_objects", nil)[kind].([]any)
	return len(all)
}

// picture is a running meeting that sends its picture to a stream.
func (s stand) picture(t *testing.T, stream string) {
	t.Helper()
	in, err := s.Ingest(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	meeting := s.say(t, "POST", "/zoom/v2/users/me/meetings", map[string]any{"topic": "War room", "type": 1})
	started, err := http.Get(fmt.Sprint(meeting["start_url"]))
	if err != nil {
		t.Fatal(err)
	}
	started.Body.Close()
	at := fmt.Sprintf("/zoom/v2/meetings/%.0f/livestream", meeting["id"])
	s.say(t, "PATCH", at, map[string]string{"stream_url": in.URL, "stream_key": in.Key, "page_url": s.url})
	s.say(t, "PATCH", at+"/status", map[string]any{"action": "start"})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	of := func(made map[connect.Kind]connect.Result) any {
		r := made[connect.StreamCreate]
		return map[string]string{"id": r.Ref, "stream": r.Outputs["stream"]}
	}
	conformance.Run(t, conformance.Suite{
		Connector: s.Connector,
		Secrets:   []string{secretCanary, refreshCanary},
		Samples: []conformance.Sample{
			conformance.Fixed(connect.StreamCreate, wanted),
			{Kind: connect.StreamLive, Raw: func(made map[connect.Kind]connect.Result) any {
				s.picture(t, made[connect.StreamCreate].Outputs["stream"])
				return of(made)
			}},
			{Kind: connect.StreamEnd, Raw: of},
		},
	})
	if b, st := s.count(t, "youtube.broadcast"), s.count(t, "youtube.stream"); b != 1 || st != 1 {
		t.Errorf("%d broadcasts and %d streams; want one each", b, st)
	}
}

func do(t *testing.T, s stand, kind connect.Kind, request any) (connect.Result, error) {
	t.Helper()
	return s.Operations()[kind].Do(t.Context(), call(t, request))
}

func TestLiveNeedsAPicture(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	made, err := do(t, s, connect.StreamCreate, wanted)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{"id": made.Ref, "stream": made.Outputs["stream"]}
	if _, err := do(t, s, connect.StreamLive, at); own(t, err).Kind != connect.Retry || !strings.Contains(err.Error(), "start streaming in the meeting first") {
		t.Errorf("%v", err)
	}
	if _, err := do(t, s, connect.StreamEnd, at); err != nil {
		t.Errorf("end of what never began: %v", err)
	}
	s.picture(t, at["stream"])
	for _, kind := range []connect.Kind{connect.StreamLive, connect.StreamLive, connect.StreamEnd, connect.StreamEnd} {
		if _, err := do(t, s, kind, at); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := do(t, s, connect.StreamLive, at); own(t, err).Kind != connect.Refused {
		t.Errorf("live after the end: %v", err)
	}
	// The next broadcast uses the same stream.
	c := call(t, wanted)
	c.Mark = "mark-2"
	if _, err := s.Operations()[connect.StreamCreate].Do(t.Context(), c); err != nil || s.count(t, "youtube.stream") != 1 {
		t.Errorf("%v", err)
	}
}

// Whichever call is lost: the broadcast is found, bound, and there is exactly one; or it is surely not there.
func TestFoundAfterALoss(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		match, fault string
		kind         connect.ErrorKind
		made         int
	}{
		{"POST /google/youtube/v3/liveBroadcasts", "reset_after", connect.Unknown, 1},
		{"POST /google/youtube/v3/liveBroadcasts", "malformed", connect.Unknown, 1},
		{"POST /google/youtube/v3/liveBroadcasts", "truncate", connect.Unknown, 1},
		{"POST /google/youtube/v3/liveBroadcasts/bind", "reset_before", connect.Unknown, 1},
		{"POST /google/youtube/v3/liveBroadcasts/bind", "reset_after", connect.Unknown, 1},
		{"POST /google/youtube/v3/liveBroadcasts", "reset_before", connect.Unknown, 0},
		{"POST /google/youtube/v3/liveBroadcasts", "login_page", connect.Unknown, 0},
		{"POST /google/youtube/v3/liveStreams", "reset_after", connect.Retry, 0},
		{"GET /google/youtube/v3/liveStreams", "truncate", connect.Retry, 0},
	} {
		s := newStand(t)
		s.fault(t, c.match, c.fault, 1)
		op, ask := s.Operations()[connect.StreamCreate], call(t, wanted)
		if _, err := op.Do(t.Context(), ask); own(t, err).Kind != c.kind {
			t.Fatalf("%s %s: %v", c.match, c.fault, err)
		}
		found, err := op.Find(t.Context(), ask)
		if err != nil || (found != nil) != (c.made == 1) || s.count(t, "youtube.broadcast") != c.made {
			t.Fatalf("%s %s: %+v, %v", c.match, c.fault, found, err)
		}
		if found == nil {
			found = new(connect.Result)
			*found, err = op.Do(t.Context(), ask)
		}
		if err != nil || found.Outputs["stream"] == "" || s.count(t, "youtube.stream") != 1 {
			t.Fatalf("%s %s: %+v, %v", c.match, c.fault, found, err)
		}
		s.picture(t, found.Outputs["stream"])
		if _, err := do(t, s, connect.StreamLive, map[string]string{"id": found.Ref, "stream": found.Outputs["stream"]}); err != nil {
			t.Errorf("%s %s: %v", c.match, c.fault, err)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.fault(t, "GET /google/youtube", "token_expired", 1)
	if _, err := do(t, s, connect.StreamCreate, wanted); err != nil {
		t.Errorf("a token that ran out is renewed: %v", err)
	}
	s.fault(t, "GET /google/youtube", "wrong_scope", 0)
	if _, err := do(t, s, connect.StreamCreate, wanted); own(t, err).Kind != connect.Refused || own(t, err).Scope == "" {
		t.Errorf("%v", err)
	}
	for _, f := range s.Check(t.Context()) {
		if f.OK || f.Fix == "" {
			t.Errorf("%+v", f)
		}
	}
}
