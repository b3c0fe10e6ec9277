package zoom

import (
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

// against makes a connector that talks to a stand-in of its own.
func against(t *testing.T) (*Connector, *httptest.Server) {
	t.Helper()
	stand := standin.New(standin.Options{})
	s := httptest.NewServer(contract.Watch(t, stand))
	t.Cleanup(s.Close)
	t.Cleanup(func() { stand.Close() })
	c, err := New(Config{BaseURL: s.URL + "/zoom/v2", AuthURL: s.URL + "/zoom/oauth/token", AccountID: "account", ClientID: "client", ClientSecret: canary,
		LicensedHost: "licensed@example.com"}, s.Client())
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
	c, s := against(t)
	room := func(made map[connect.Kind]connect.Result) string { return made[connect.RoomLicense].Ref }
	conformance.Run(t, conformance.Suite{Connector: c, Secrets: []string{canary}, Samples: []conformance.Sample{
		conformance.Fixed(connect.RoomOpen, connect.RoomRequest{Topic: "INC-1 DB down"}),
		{Kind: connect.RoomLicense, Raw: func(made map[connect.Kind]connect.Result) any {
			return connect.RoomMove{ID: made[connect.RoomOpen].Ref, Topic: "INC-1 DB down"}
		}},
		{Kind: connect.RoomLivestream, Raw: func(made map[connect.Kind]connect.Result) any {
			return map[string]string{"id": room(made), "stream": "s", "page": "https://watch.example/b", "title": "INC-1"}
		}},
		{Kind: connect.RoomGoLive, Raw: func(made map[connect.Kind]connect.Result) any {
			start(t, s, room(made))
			return connect.RoomRef{ID: room(made)}
		}},
		{Kind: connect.RoomEnd, Raw: func(made map[connect.Kind]connect.Result) any { return connect.RoomRef{ID: room(made)} }},
	}})
}

// start is what the host does by joining.
func start(t *testing.T, s *httptest.Server, id string) {
	t.Helper()
	for _, m := range objects(t, s, "zoom.meeting") {
		if fmt.Sprintf("%.0f", m["id"]) != id {
			continue
		}
		resp, err := s.Client().Get(m["start_url"].(string))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return
	}
	t.Fatalf("no meeting %s", id)
}

// The answer to the creation is lost once; the look-up finds exactly the meeting that was made, and there is one of it.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, kind := range []connect.Kind{connect.RoomOpen, connect.RoomLicense} {
		for _, lost := range []string{"reset_after", "truncate", "malformed", "login_page", "reset_before"} {
			t.Run(string(kind)+" "+lost, func(t *testing.T) {
				t.Parallel()
				x, s := against(t)
				op := x.Operations()[kind]
				fault(t, s, "POST /zoom/v2/users/", lost)
				request := call(t, connect.RoomMove{ID: "", Topic: "INC-1"})
				_, err := op.Do(t.Context(), request)
				if e := own(t, err); e.Kind != connect.Unknown {
					t.Fatalf("got %s", e.Kind)
				}
				found, err := op.Find(t.Context(), request)
				if err != nil {
					t.Fatal(err)
				}
				made := objects(t, s, "zoom.meeting")
				if len(made) > 1 || (len(made) == 1) != (found != nil) {
					t.Fatalf("found %+v of %v", found, made)
				}
				if found != nil && (found.URL != made[0]["join_url"] || found.Outputs["licensed"] == "") {
					t.Errorf("found %+v of %v", found, made)
				}
			})
		}
	}
}
