package standin

import (
	"strconv"
	"testing"
	"time"
)

// hook posts an event signed at a time.
func (s stand) hook(t *testing.T, id, body string, at time.Time) answer {
	t.Helper()
	signature, err := newWebhook().verifier.Sign(id, at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return s.ask(t, "POST", "/webhook", body, "webhook-id", id, "webhook-timestamp", strconv.FormatInt(at.Unix(), 10), "webhook-signature", signature)
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	s := start(t)
	const whole = `{"type":"incident.declared","timestamp":"2026-11-23T08:00:00Z","data":{"name":"INC-1"}}`
	now := time.Now()
	for name, tc := range map[string]struct {
		body   string
		at     time.Time
		status int
	}{
		"an old one, replayed": {whole, now.Add(-time.Hour), 401},
		"no type":              {`{"timestamp":"2026-11-23T08:00:00Z","data":{}}`, now, 400},
		"no time":              {`{"type":"a.b","timestamp":"today","data":{}}`, now, 400},
		"no data":              {`{"type":"a.b","timestamp":"2026-11-23T08:00:00Z"}`, now, 400},
		"no JSON":              {`{`, now, 400},
	} {
		if a := s.hook(t, name, tc.body, tc.at); a.status != tc.status {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	if a := s.ask(t, "POST", "/webhook", whole); a.status != 401 {
		t.Errorf("unsigned: %d", a.status)
	}
	for range 2 {
		if a := s.hook(t, "1", whole, now); a.status != 204 {
			t.Errorf("whole: %d %s", a.status, a.text)
		}
	}
	if got := s.told(t, "webhook.event"); len(got) != 1 || dig(got[0], "deliveries") != 2. || dig(got[0], "data", "name") != "INC-1" {
		t.Errorf("it holds %v", got)
	}
}
