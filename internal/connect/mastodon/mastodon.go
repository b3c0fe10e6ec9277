// Package mastodon is the public status account on a Mastodon server, 4.0 or newer.
//
// Its class is look-up. Mastodon takes an Idempotency-Key, and every attempt carries the mark as its key; but the key alone is no
// guarantee: the server notes it only once the post is made, so a second request that comes while the first is under way makes a second
// post; it forgets it after an hour, while a step may be retried much later or after a restore; and servers that speak Mastodon's
// protocol may ignore it. So an unclear attempt is first looked up, by its exact text and place in the thread among the account's own
// posts; what is not there is sent again with the same key, which covers what the look-up was too early to see.
package mastodon

import (
	"errors"
	"net/http"
	"regexp"
	"sync"
	"time"

	"tocsin/internal/connect"
)

const provider = "mastodon"

// Config is the server and the account's access token, with the scopes read:accounts, read:statuses and write:statuses.
type Config struct {
	BaseURL string `yaml:"base_url"` // the server the account is on
	Token   string `yaml:"token"`
}

// Configured reports whether there is a token.
func (c Config) Configured() bool { return c.Token != "" }

// Connector posts for one account. It is safe for concurrent use.
type Connector struct {
	base   string
	token  string
	client *http.Client

	mu    sync.Mutex
	me    account // once known it never changes for a token
	rules rules
	until time.Time // when rules are asked for anew
}

var _ connect.Fitter = (*Connector)(nil)

type account struct {
	ID   string `json:"id"`
	Acct string `json:"acct"`
}

var (
	postID = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`) // numbers on Mastodon, other words on servers like it
	handle = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

// New makes the connector; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	switch {
	case c.Token == "":
		return nil, errors.New("connectors.mastodon.token is missing: it is shown under Preferences, Development of the account")
	case c.BaseURL == "":
		return nil, errors.New("connectors.mastodon.base_url is missing: the server the account is on, such as https://mastodon.social")
	}
	base, err := connect.Endpoint("connectors.mastodon.base_url", c.BaseURL, "https://mastodon.social")
	if err != nil {
		return nil, err
	}
	return &Connector{base: base, token: c.Token, client: connect.Client(client), rules: usual}, nil
}

// Name is "mastodon".
func (c *Connector) Name() string { return provider }

// Operations lists what Mastodon can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.SocialPost: connect.On(connect.LookUp, 30*time.Second, c.post, c.find),
	}
}
