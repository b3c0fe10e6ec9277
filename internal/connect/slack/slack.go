// Package slack is the chat of an incident on Slack: its channel, posts, pins and invitations.
//
// Slack has no idempotency key. Messages carry our mark as metadata, channels carry it in their purpose; both are looked up by it
// after an unclear attempt. Looking up reads the channel's history, so the bot must be a member of every channel it posts to, and the
// app must be one of the workspace's own (other apps are throttled to one history call a minute).
package slack

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"tocsin/internal/connect"
)

const provider = "slack"

// Config is how to reach a workspace. Channels maps the runbook's names (general, marketing, devrel, production) to channel ids or
// names of this workspace; a name that is not in it stands for the channel of that name. Private channels are given by id. SigningSecret
// is for what comes in from Slack; this package does not use it.
type Config struct {
	BaseURL       string            `yaml:"base_url"`
	Token         string            `yaml:"token"`
	SigningSecret string            `yaml:"signing_secret"`
	Channels      map[string]string `yaml:"channels"`
}

// Configured reports whether there is a token.
func (c Config) Configured() bool { return c.Token != "" }

// Connector talks to one workspace as one bot. It is safe for concurrent use.
type Connector struct {
	api      *slack.Client
	channels map[string]string

	mu  sync.Mutex
	me  *slack.AuthTestResponse // once known it never changes for a token
	ids map[string]string       // channel name → id, as seen in the list
	who map[string]string       // e-mail → user id
	in  map[string]bool         // channel and user: invited by us
}

// New makes the connector; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	base, err := connect.Endpoint("connectors.slack.base_url", c.BaseURL, "https://slack.com/api")
	if err != nil {
		return nil, err
	}
	if c.Token == "" {
		return nil, errors.New("connectors.slack.token is missing: it is the bot token that Slack shows under OAuth & Permissions")
	}
	wire := &gate{client: connect.Client(client), token: c.Token}
	return &Connector{
		api:      slack.New("", slack.OptionAPIURL(base+"/"), slack.OptionHTTPClient(wire)),
		channels: c.Channels,
		ids:      map[string]string{},
		who:      map[string]string{},
		in:       map[string]bool{},
	}, nil
}

// Name is "slack".
func (c *Connector) Name() string { return provider }

// Operations lists what Slack can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.ChatChannel: within(20*time.Second, connect.On(connect.LookUp, 30*time.Second, c.open, c.findChannel)),
		connect.ChatPost:    within(15*time.Second, connect.On(connect.LookUp, 20*time.Second, c.post, c.findPost)),
		connect.ChatPin:     within(10*time.Second, connect.On(connect.Set, 0, c.pin, nil)),
		connect.ChatInvite:  within(25*time.Second, connect.On(connect.Set, 0, c.invite, nil)),
	}
}

// within gives operations of several calls the time they need.
func within(d time.Duration, op connect.Operation) connect.Operation {
	op.Deadline = d
	return op
}
