package standin

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// WebhookSecret is what the webhook stand-in and its senders share.
const WebhookSecret = "whsec_c3RhbmQtaW5zLWtlZXAtbm8tc2VjcmV0cyE="

// webhook is the stand-in for a receiver of Standard Webhooks. It verifies signatures, and takes an id that it has seen for the same event.
type webhook struct {
	verifier *standardwebhooks.Webhook
	events   []*hookEvent
}

// hookEvent is one event that was taken.
type hookEvent struct {
	id         string
	born       time.Time
	body       map[string]any
	deliveries int
}

func newWebhook() *webhook {
	v, err := standardwebhooks.NewWebhook(WebhookSecret)
	if err != nil {
		panic(err) // the constant is no secret
	}
	return &webhook{verifier: v}
}

func (s *webhook) provider() *provider {
	no := func(status int, text string) reply {
		return reply{status: status, body: map[string]any{"error": text}}
	}
	other := func(*request) reply { return no(http.StatusMethodNotAllowed, "POST events here").with("Allow", "POST") }
	return &provider{
		name: "webhook", prefixes: []string{"/webhook"},
		admit: func(r *request) *reply {
			if r.Method != http.MethodPost {
				return nil
			}
			if err := s.verifier.Verify(r.body, r.Header); err != nil {
				refusal := no(http.StatusUnauthorized, err.Error())
				return &refusal
			}
			return nil
		},
		unknown:  other,
		expired:  func(*request) reply { return no(http.StatusUnauthorized, "no matching signature found") },
		unscoped: func(*request) reply { return no(http.StatusForbidden, "not for you") },
		refused:  func(_ *request, status int) reply { return no(status, http.StatusText(status)) },
		objects:  s.objects,
		panel:    s.panel,
		routes: []route{{"POST /webhook", func(r *request) reply {
			if err := s.take(r); err != nil {
				return no(http.StatusBadRequest, err.Error())
			}
			return reply{status: http.StatusNoContent}
		}}, {"/webhook", other}},
	}
}

// take keeps an event, once per id.
func (s *webhook) take(r *request) error {
	id := r.Header.Get(standardwebhooks.HeaderWebhookID)
	for _, e := range s.events {
		if e.id == id {
			e.deliveries++
			return nil
		}
	}
	var body map[string]any
	if err := json.Unmarshal(r.body, &body); err != nil {
		return err
	}
	kind, _ := body["type"].(string)
	at, _ := body["timestamp"].(string)
	if _, err := time.Parse(time.RFC3339, at); err != nil || kind == "" {
		return errors.New("want a type, and a timestamp as RFC 3339")
	}
	if _, ok := body["data"].(map[string]any); !ok {
		return errors.New("want data")
	}
	s.events = append(s.events, &hookEvent{id: id, born: r.now, body: body, deliveries: 1})
	return nil
}

func (s *webhook) objects(string) []collection {
	return []collection{collect("webhook.event", s.events, func(e *hookEvent) any {
		return map[string]any{"id": e.id, "deliveries": e.deliveries, "type": e.body["type"], "timestamp": e.body["timestamp"], "data": e.body["data"]}
	})}
}

func (s *webhook) panel(string) panel {
	p := panel{Name: "Webhook", Nothing: "No event yet."}
	for _, e := range slices.Backward(s.events) {
		text, _ := json.Marshal(e.body["data"]) // it was read from JSON
		p.Items = append(p.Items, item{At: e.born, Title: e.body["type"].(string), Text: string(text)})
	}
	return p
}
