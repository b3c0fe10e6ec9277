package mastodon

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/standin"
)

// against makes a connector that talks to a stand-in of its own.
func against(t *testing.T) (*Connector, *httptest.Server) {
	t.Helper()
	stand := standin.New(standin.Options{})
	s := httptest.NewServer(stand)
	t.Cleanup(s.Close)
	t.Cleanup(func() { stand.Close() })
	c, err := New(Config{BaseURL: s.URL + "/mastodon", Token: canary}, s.Client())
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

// told reads what the stand-in tells at a control path.
func told(t *testing.T, s *httptest.Server, path string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// statuses gives what was posted.
func statuses(t *testing.T, s *httptest.Server) []map[string]any {
	t.Helper()
	var all map[string][]map[string]any
	told(t, s, "/_objects", &all)
	return all["mastodon.status"]
}

// posts counts the calls that post.
func posts(t *testing.T, s *httptest.Server) (n int) {
	t.Helper()
	var calls []struct{ Method string }
	told(t, s, "/_calls", &calls)
	for _, c := range calls {
		if c.Method == http.MethodPost {
			n++
		}
	}
	return n
}

func TestConformance(t *testing.T) {
	t.Parallel()
	c, _ := against(t)
	conformance.Run(t, conformance.Suite{Connector: c, Secrets: []string{canary}, Samples: []conformance.Sample{
		conformance.Fixed(connect.SocialPost, map[string]string{"text": "GitLab.com is down & we know. Notes: https://docs.example.com/d/1?x=1&y=2"}),
	}})
}

// The answer is lost once; the look-up finds exactly the post that was made, in a thread too. Sent again within the hour, the key keeps
// it from being posted twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"reset_after", "truncate", "malformed", "login_page", "reset_before"} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			c, s := against(t)
			op := c.Operations()[connect.SocialPost]
			const text = "The database is back & we watch: https://status.example.com/1?a=1&b=2"
			first, err := op.Do(t.Context(), call(t, "one", text, ""))
			if err != nil {
				t.Fatal(err)
			}
			fault(t, s, "POST /mastodon/api/v1/statuses", lost)
			request := call(t, "two", text, first.Ref) // the same words, in reply
			_, err = op.Do(t.Context(), request)
			if e := own(t, err); e.Kind != connect.Unknown {
				t.Fatalf("got %s", e.Kind)
			}
			if n := posts(t, s); n != 2 {
				t.Errorf("%d calls: the second was sent again by itself", n-1)
			}
			found, err := op.Find(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if made := len(statuses(t, s)) == 2; made != (found != nil) {
				t.Fatalf("found %+v of %v", found, statuses(t, s))
			}
			if found != nil && found.Ref == first.Ref {
				t.Error("found the earlier post")
			}
			again, err := op.Do(t.Context(), request)
			all := statuses(t, s)
			if err != nil || len(all) != 2 || found != nil && again.URL != found.URL || all[1]["in_reply_to_id"] != first.Ref {
				t.Errorf("sent again: %+v, %v; there are %v", again, err, all)
			}
		})
	}
}

// A look-up goes on past the first page, and stops at what is older than the first attempt.
func TestFindPages(t *testing.T) {
	t.Parallel()
	c, s := against(t)
	op := c.Operations()[connect.SocialPost]
	request := call(t, "wanted", "This one.", "")
	want, err := op.Do(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	for range 45 {
		if _, err := op.Do(t.Context(), call(t, "", "Another one.", want.Ref)); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := op.Find(t.Context(), request); err != nil || found == nil || found.URL != want.URL {
		t.Errorf("got %+v, %v", found, err)
	}
	request.Since = request.Since.Add(2 * time.Minute)
	if found, err := op.Find(t.Context(), request); err != nil || found != nil {
		t.Errorf("what is older can't be ours: %+v, %v", found, err)
	}
	var calls []struct{ Path string }
	told(t, s, "/_calls", &calls)
	sources := 0
	for _, c := range calls {
		if strings.HasSuffix(c.Path, "/source") {
			sources++
		}
	}
	if sources != 1 {
		t.Errorf("%d posts were read; only one stands in the right place", sources)
	}
}
