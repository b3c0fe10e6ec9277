// Package webhook tells one receiver of an organisation's own what becomes of incidents, as Standard Webhooks
// (https://www.standardwebhooks.com) lay down: a signed POST whose webhook-id is our mark.
//
// A receiver drops an id that it has seen, so an event may be sent again (class key). What is sent went through redact.
package webhook

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"tocsin/internal/connect"
)

const provider = "webhook"

// Config is a receiver. URL is where events are posted to; all of it but the host is treated as a secret. Secret is what receiver and
// sender share: "whsec_" and 24 to 64 random bytes in base64.
type Config struct {
	URL    string `yaml:"url"`
	Secret string `yaml:"secret"`
}

// Configured reports whether there is a receiver.
func (c Config) Configured() bool { return c.URL != "" }

// Connector posts to one receiver. It is safe for concurrent use.
type Connector struct {
	url    string
	signer *standardwebhooks.Webhook
	client *http.Client
}

// New makes the connector; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		return nil, errors.New("connectors.webhook.url: want an address such as https://example.com/hooks/tocsin")
	}
	const want = "connectors.webhook.secret: want whsec_ and 24 to 64 random bytes in base64; openssl rand -base64 32 makes some"
	encoded, ok := strings.CutPrefix(c.Secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New(want)
	}
	signer, err := standardwebhooks.NewWebhook(c.Secret)
	if err != nil {
		return nil, errors.New(want)
	}
	return &Connector{url: u.String(), signer: signer, client: connect.Client(client)}, nil
}

// Name is "webhook".
func (c *Connector) Name() string { return provider }

// Operations lists what a webhook can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	send := connect.On(connect.Key, 0, c.send, nil)
	send.Deadline = 20 * time.Second // receivers are asked to answer within 15 to 30 s
	return map[connect.Kind]connect.Operation{connect.HookSend: send}
}

// event is the body, the same in every attempt.
type event struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      data   `json:"data"`
}

type data struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Kind   string `json:"kind"`
	Status string `json:"status"`
	URL    string `json:"url"`
	Drill  bool   `json:"drill"`
}

func (c *Connector) send(ctx context.Context, call connect.Call, r connect.HookEvent) (connect.Result, error) {
	body, err := json.Marshal(event{r.Type, r.At, data{r.Name, r.Title.String(), r.Kind, r.Status, r.URL, r.Drill}})
	if err != nil {
		return connect.Result{}, &connect.Error{Kind: connect.Refused, Message: "webhook: the event can't be written down"}
	}
	req, err := c.request(ctx, call.Mark, time.Now(), body)
	if err != nil {
		return connect.Result{}, &connect.Error{Kind: connect.Refused, Message: "webhook: the event can't be signed"}
	}
	a, err := connect.Send(c.client, provider, req)
	if err != nil {
		return connect.Result{}, err
	}
	if a.Status < 300 {
		return connect.Result{Ref: call.Mark}, nil
	}
	return connect.Result{}, meaning(a)
}

// request is one attempt: its signature holds for its own time, the id is the same in each.
func (c *Connector) request(ctx context.Context, id string, now time.Time, body []byte) (*http.Request, error) {
	signature, err := c.signer.Sign(id, now, body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Tocsin")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return req, nil
}

// meaning of an answer that is no success. Its body is left alone: a receiver may repeat what it was sent.
func meaning(a connect.Answer) *connect.Error {
	e := connect.Status(provider, a.Status, a.Header, "")
	switch a.Status {
	case http.StatusGone:
		e.Message += ": the receiver wants no more events; remove connectors.webhook"
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		e.Message += ": check that connectors.webhook.secret is the receiver's, and this machine's clock"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		e.Message += ": check connectors.webhook.url"
	}
	return e
}

// Check asks the receiver for its options, which sends no event. Whether the secret is right shows with the first event.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	f := connect.Finding{What: "webhook: receiver", Fix: "Check connectors.webhook.url, and that the receiver can be reached from here."}
	req, err := http.NewRequestWithContext(ctx, http.MethodOptions, c.url, nil)
	if err != nil {
		f.Note = "the address is not valid"
		return []connect.Finding{f}
	}
	a, err := connect.Send(c.client, provider, req)
	switch {
	case err != nil:
		f.Note = connect.Failure(provider, err).Message
	case a.Status == http.StatusGone, a.Status == http.StatusNotFound:
		f.Note = meaning(a).Message
	case a.Status >= 500:
		f.Note = connect.Status(provider, a.Status, a.Header, "").Message
	default:
		f.OK, f.Fix, f.Note = true, "", req.URL.Host+" answers; whether it knows the secret shows with the first event"
	}
	return []connect.Finding{f}
}
