// Package mattermost is the chat of an incident on Mattermost: its channel, posts, pins and invitations, over REST API v4.
//
// Mattermost keeps no idempotency key that can be trusted: it forgets a pending_post_id after a while and on another node. Posts carry
// our mark in their props, channels in their purpose, both from birth, and are looked up by it after an unclear attempt. A post that
// somebody deleted meanwhile is not found. The bot must be a member of the team and of every channel it posts to.
package mattermost

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"tocsin/internal/connect"
)

const provider = "mattermost"

// Config is how to reach a team. BaseURL is the server's address as people open it; Team is the team's name as it stands in addresses.
// Channels maps the runbook's names (general, marketing, devrel, production) to channel ids or names of the team; a name that is not in
// it stands for the channel of that name.
type Config struct {
	BaseURL  string            `yaml:"base_url"`
	Token    string            `yaml:"token"`
	Team     string            `yaml:"team"`
	Channels map[string]string `yaml:"channels"`
}

// Configured reports whether there is a token.
func (c Config) Configured() bool { return c.Token != "" }

// Connector talks to one team as one bot. It is safe for concurrent use.
type Connector struct {
	client   *http.Client
	base     string
	token    string
	team     string
	channels map[string]string

	mu     sync.Mutex
	teamID string            // once known it never changes for a name
	ids    map[string]string // channel name → id
}

var teamName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,63}$`)

// New makes the connector; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	if c.BaseURL == "" {
		return nil, errors.New("connectors.mattermost.base_url is missing: it is the address of the Mattermost server")
	}
	base, err := connect.Endpoint("connectors.mattermost.base_url", c.BaseURL, "https://mattermost.example.com")
	if err != nil {
		return nil, err
	}
	if c.Token == "" {
		return nil, errors.New("connectors.mattermost.token is missing: it is the access token of a bot account")
	}
	if !teamName.MatchString(c.Team) {
		return nil, errors.New("connectors.mattermost.team: want the team's name as it stands in the address of its channels")
	}
	return &Connector{client: connect.Client(client), base: base, token: c.Token, team: c.Team, channels: c.Channels, ids: map[string]string{}}, nil
}

// Name is "mattermost".
func (c *Connector) Name() string { return provider }

// Operations lists what Mattermost can do.
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

func refused(format string, args ...any) *connect.Error {
	return &connect.Error{Kind: connect.Refused, Message: fmt.Sprintf(format, args...)}
}

func unknown(message string) *connect.Error {
	return &connect.Error{Kind: connect.Unknown, Message: message}
}
