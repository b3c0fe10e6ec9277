package x

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
	c, err := New(Config{BaseURL: s.URL + "/x", APIKey: "key", APISecret: canary, AccessToken: "42-token", AccessSecret: canary}, s.Client())
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
	conformance.Run(t, conformance.Suite{Connector: c, Secrets: []string{canary}, Samples: []conformance.Sample{
		conformance.Fixed(connect.SocialPost, map[string]string{"text": "GitLab.com is down & we know. Notes: https://docs.example.com/d/1?x=1&y=2"}),
	}})
}

// The answer is lost once; the look-up finds exactly the post that was made, in a thread too, and the same text is not posted twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"reset_after", "truncate", "malformed", "login_page", "reset_before"} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			x, s := against(t)
			op := x.Operations()[connect.SocialPost]
			first, err := op.Do(t.Context(), call(t, "We are looking into it.", ""))
			if err != nil {
				t.Fatal(err)
			}
			fault(t, s, "POST /x/2/tweets", lost)
			request := call(t, "db1.cluster.gitlab.com is back: https://status.example.com/1?a=1&b=2", first.Ref)
			_, err = op.Do(t.Context(), request)
			if e := own(t, err); e.Kind != connect.Unknown {
				t.Fatalf("got %s", e.Kind)
			}
			found, err := op.Find(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			all := objects(t, s, "x.tweet")
			if (len(all) == 2) != (found != nil) {
				t.Fatalf("found %+v of %v", found, all)
			}
			if found == nil {
				return
			}
			if found.Ref == first.Ref {
				t.Error("found the earlier post")
			}
			_, err = op.Do(t.Context(), request)
			if e := own(t, err); e.Kind != connect.Unknown || len(objects(t, s, "x.tweet")) != 2 {
				t.Errorf("posted again: %+v", *e)
			}
		})
	}
}
