package webhook

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/redact"
	"tocsin/internal/standin"
)

// canary stands in the address; the shared secret is one itself.
const canary = "canary-hook-path-1618"

func against(t *testing.T) (*Connector, *httptest.Server) {
	t.Helper()
	stand := standin.New(standin.Options{})
	s := httptest.NewServer(stand)
	t.Cleanup(s.Close)
	t.Cleanup(func() { _ = stand.Close() })
	c, err := New(Config{URL: s.URL + "/webhook?token=" + canary, Secret: standin.WebhookSecret}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func declared() map[string]any {
	return map[string]any{"type": "incident.declared", "at": "2017-01-31T23:27:00Z", "name": "INC-1", "title": "Ada Moore broke the database", "kind": "minor", "status": "active",
		"url": "https://status.example.com/status/INC-1"}
}

func fault(t *testing.T, s *httptest.Server, what string) {
	t.Helper()
	resp, err := s.Client().Post(s.URL+"/_faults", "application/json", strings.NewReader(`[{"match":"POST /webhook","nth":1,`+what+`}]`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("/_faults answered %s", resp.Status)
	}
}

// do sends one event as its first attempt would.
func do(t *testing.T, c *Connector) *connect.Error {
	t.Helper()
	raw, err := json.Marshal(declared())
	if err != nil {
		t.Fatal(err)
	}
	red := redact.New([]redact.Person{{Name: "Ada Moore"}}, nil)
	r, err := c.Operations()[connect.HookSend].Do(t.Context(), connect.Call{Mark: "mark-1", Raw: raw, Seal: red.Seal})
	if err == nil {
		if r.Ref != "mark-1" {
			t.Errorf("the id is %q", r.Ref)
		}
		return nil
	}
	var own *connect.Error
	if !errors.As(err, &own) {
		t.Fatalf("not an error of ours: %v", err)
	}
	for _, secret := range []string{canary, standin.WebhookSecret} {
		if strings.Contains(own.Message, secret) {
			t.Errorf("a secret shows: %s", own.Message)
		}
	}
	return own
}

type taken struct {
	ID         string         `json:"id"`
	Deliveries int            `json:"deliveries"`
	Type       string         `json:"type"`
	Timestamp  string         `json:"timestamp"`
	Data       map[string]any `json:"data"`
}

func events(t *testing.T, s *httptest.Server) []taken {
	t.Helper()
	resp, err := s.Client().Get(s.URL + "/_objects")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all map[string]json.RawMessage
	var out []taken
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(all["webhook.event"], &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestConformance(t *testing.T) {
	t.Parallel()
	c, _ := against(t)
	conformance.Run(t, conformance.Suite{Connector: c, Secrets: []string{canary, standin.WebhookSecret},
		Samples: []conformance.Sample{conformance.Fixed(connect.HookSend, declared())}})
}

// The example of the specification's own reference implementation.
func TestSignature(t *testing.T) {
	t.Parallel()
	c, err := New(Config{URL: "https://example.com/hook", Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	req, err := c.request(t.Context(), "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"webhook-id":        "msg_p5jXN8AQM9LWM0D4loKWxJek",
		"webhook-timestamp": "1614265330",
		"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	} {
		if got := req.Header.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}

// An event that is sent twice, for its first answer was lost, is taken once; people's names stay here.
func TestEvent(t *testing.T) {
	t.Parallel()
	c, s := against(t)
	fault(t, s, `"fault":"reset_after"`)
	if no := do(t, c); no == nil || no.Kind != connect.Unknown {
		t.Fatalf("got %v", no)
	}
	if no := do(t, c); no != nil {
		t.Fatal(no)
	}
	got := events(t, s)
	if len(got) != 1 {
		t.Fatalf("%d events", len(got))
	}
	title, _ := got[0].Data["title"].(string)
	if strings.Contains(title, "Ada") || !strings.Contains(title, "broke the database") {
		t.Errorf("the title is %q", title)
	}
	delete(got[0].Data, "title")
	want := taken{ID: "mark-1", Deliveries: 2, Type: "incident.declared", Timestamp: "2017-01-31T23:27:00Z", Data: map[string]any{
		"name": "INC-1", "kind": "minor", "status": "active", "url": "https://status.example.com/status/INC-1", "drill": false}}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestMeanings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault string
		kind  connect.ErrorKind
		says  string
	}{
		{`"fault":"status","status":410`, connect.Refused, "remove connectors.webhook"},
		{`"fault":"status","status":401`, connect.Refused, "connectors.webhook.secret"},
		{`"fault":"status","status":404`, connect.Refused, "connectors.webhook.url"},
		{`"fault":"status","status":400,"body":"` + canary + `"`, connect.Refused, "400"},
		{`"fault":"status","status":429,"retry_after":7`, connect.Retry, "429"},
		{`"fault":"status","status":503`, connect.Retry, "503"},
		{`"fault":"status","status":502`, connect.Unknown, "502"},
		{`"fault":"reset_before"`, connect.Unknown, "127.0.0.1"},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			t.Parallel()
			c, s := against(t)
			fault(t, s, tc.fault)
			no := do(t, c)
			if no == nil || no.Kind != tc.kind || !strings.Contains(no.Message, tc.says) {
				t.Fatalf("got %+v; want %s, with %q", no, tc.kind, tc.says)
			}
			if no.Status == http.StatusTooManyRequests && no.RetryAfter != 7*time.Second {
				t.Errorf("it waits %s", no.RetryAfter)
			}
			if no := do(t, c); no != nil {
				t.Errorf("the next attempt: %v", no)
			}
		})
	}
}

func TestWrongSecret(t *testing.T) {
	t.Parallel()
	_, s := against(t)
	c, err := New(Config{URL: s.URL + "/webhook", Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	if no := do(t, c); no == nil || no.Kind != connect.Refused || !strings.Contains(no.Message, "connectors.webhook.secret") {
		t.Errorf("got %v", no)
	}
	if got := events(t, s); len(got) != 0 {
		t.Errorf("taken: %v", got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c, s := against(t)
	if f := c.Check(t.Context()); len(f) != 1 || !f[0].OK {
		t.Errorf("got %+v", f)
	}
	if got := events(t, s); len(got) != 0 {
		t.Errorf("the check sent %v", got)
	}
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }))
	t.Cleanup(gone.Close)
	c, err := New(Config{URL: gone.URL, Secret: standin.WebhookSecret}, gone.Client())
	if err != nil {
		t.Fatal(err)
	}
	if f := c.Check(t.Context()); len(f) != 1 || f[0].OK || !strings.Contains(f[0].Note, "remove connectors.webhook") {
		t.Errorf("got %+v", f)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		{URL: "example.com/" + canary, Secret: standin.WebhookSecret},
		{URL: "ftp://example.com/" + canary, Secret: standin.WebhookSecret},
		{URL: "https://u:" + canary + "@example.com/", Secret: standin.WebhookSecret},
		{URL: "https://example.com/" + canary},
		{URL: "https://example.com/" + canary, Secret: strings.TrimPrefix(standin.WebhookSecret, "whsec_")},
		{URL: "https://example.com/" + canary, Secret: "whsec_c2hvcnQ="},
		{URL: "https://example.com/" + canary, Secret: "whsec_???"},
	} {
		if _, err := New(c, nil); err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "connectors.webhook.") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
