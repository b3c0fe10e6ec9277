// Package jitsi is a war room on Jitsi Meet. It needs no account and no set-up: a room is its address, so opening one makes no call.
//
// The address is derived from our mark, so every attempt gives the same one, and it can't be guessed without knowing the mark or, better,
// the configured room secret. There are no time limits. A server that wants a token (JWT) gets one for each time somebody enters through
// the console (join.go); the address that is logged and told never holds one.
package jitsi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"tocsin/internal/connect"
)

const provider = "jitsi"

// Config is a Jitsi server; meet.jit.si if BaseURL is empty. RoomSecret, if set, goes into the names of rooms: whoever sees one can't
// work out another. AppID and AppSecret are those of a server of one's own that lets nobody in without a token (its app_id, app_secret).
type Config struct {
	BaseURL    string `yaml:"base_url"`
	RoomSecret string `yaml:"room_secret"`
	AppID      string `yaml:"app_id"`
	AppSecret  string `yaml:"app_secret"`
}

// Configured is always true: Jitsi works without any setting.
func (Config) Configured() bool { return true }

// Connector makes addresses on one server. It is safe for concurrent use.
type Connector struct {
	base   string
	secret []byte
	app    string // the issuer of tokens; empty: the server wants none
	key    []byte // they are signed with
	client *http.Client
}

// New makes the connector; it makes no call. The client is only used by Check.
func New(c Config, client *http.Client) (*Connector, error) {
	base, err := connect.Endpoint("connectors.jitsi.base_url", c.BaseURL, "https://meet.jit.si")
	if err != nil {
		return nil, err
	}
	if (c.AppID == "") != (c.AppSecret == "") {
		return nil, errors.New("connectors.jitsi: app_id and app_secret come together")
	}
	if c.AppID != "" && c.BaseURL == "" {
		return nil, errors.New("connectors.jitsi.base_url is missing: app_id is that of a server of your own")
	}
	secret := c.RoomSecret
	if secret == "" {
		secret = "tocsin jitsi room v1"
	}
	return &Connector{base: base, secret: []byte(secret), app: c.AppID, key: []byte(c.AppSecret), client: connect.Client(client)}, nil
}

// Name is "jitsi".
func (c *Connector) Name() string { return provider }

// Operations lists what Jitsi can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.RoomOpen:    connect.On(connect.Key, 0, c.open, nil),
		connect.RoomLicense: connect.On(connect.Set, 0, c.license, nil),
	}
}

func (c *Connector) open(ctx context.Context, call connect.Call, _ connect.RoomRequest) (connect.Result, error) {
	if err := ctx.Err(); err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	return c.result(c.room(call.Mark), nil), nil
}

// license keeps a room of ours, for none is time limited; from any other tool's room it moves to a new one.
func (c *Connector) license(ctx context.Context, call connect.Call, r connect.RoomMove) (connect.Result, error) {
	if err := ctx.Err(); err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	if ours.MatchString(r.ID) {
		return c.result(r.ID, map[string]string{"moved": "false"}), nil
	}
	return c.result(c.room(call.Mark), map[string]string{"moved": "true"}), nil
}

var ours = regexp.MustCompile(`^tocsin-[a-z2-7]{32}$`)

// room is the name for a mark: 160 bits of its HMAC.
func (c *Connector) room(mark string) string {
	mac := hmac.New(sha256.New, c.secret)
	mac.Write([]byte(mark))
	return "tocsin-" + strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:20]))
}

func (c *Connector) result(room string, outputs map[string]string) connect.Result {
	if outputs == nil {
		outputs = map[string]string{}
	}
	outputs["licensed"] = "true"
	outputs["host"] = c.host()
	return connect.Result{Ref: room, URL: c.base + "/" + room, Outputs: outputs}
}

func (c *Connector) host() string {
	u, err := url.Parse(c.base)
	if err != nil {
		return provider
	}
	return u.Host
}

// Check looks whether the server answers.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	f := connect.Finding{What: "jitsi: server", Fix: "Check connectors.jitsi.base_url: it is the address people would open in a browser."}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/", nil)
	if err != nil {
		f.Note = "the address is not valid"
		return []connect.Finding{f}
	}
	a, err := connect.Send(c.client, provider, req)
	switch {
	case err != nil:
		f.Note = connect.Failure(provider, err).Message
	case a.Status >= 400:
		f.Note = connect.Status(provider, a.Status, a.Header, "").Message
	default:
		f.OK, f.Fix = true, ""
		if c.host() == "meet.jit.si" {
			f.Note = "the first to join has to sign in there"
		}
	}
	return []connect.Finding{f}
}
