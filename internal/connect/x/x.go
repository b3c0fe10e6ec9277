// Package x is the public status account on X.
//
// X has no idempotency key and nothing of ours can be stamped on a post but its text. So a post is looked up by its exact text among the
// account's own; X refuses a text it has already (403), which means "perhaps ours" and leads to the same look-up. Texts must therefore
// be the same in every attempt, and no two posts of an incident may read the same.
package x

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/dghubble/oauth1"

	"tocsin/internal/connect"
)

const provider = "x"

// Config is the account's keys: all four of OAuth 1.0a (an app with read and write, and the account's access token and secret), or
// AccessToken alone, which is then an OAuth 2.0 user token.
type Config struct {
	BaseURL      string `yaml:"base_url"`
	APIKey       string `yaml:"api_key"`
	APISecret    string `yaml:"api_secret"`
	AccessToken  string `yaml:"access_token"`
	AccessSecret string `yaml:"access_secret"`
	StatusURL    string `yaml:"status_url"` // what the id of a post is put behind to make its link; default https://x.com/i/web/status/
}

// Configured reports whether there is an access token.
func (c Config) Configured() bool { return c.AccessToken != "" }

// Connector posts for one account. It is safe for concurrent use.
type Connector struct {
	base   string
	status string       // before the id in a link
	client *http.Client // signs what it sends
	bearer string       // instead of signing

	mu sync.Mutex
	me account // once known it never changes for a token
}

var _ connect.Fitter = (*Connector)(nil)

type account struct {
	ID       string `json:"id"`
	Username string `json:"username"`
}

// New makes the connector; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	base, err := connect.Endpoint("connectors.x.base_url", c.BaseURL, "https://api.x.com")
	if err != nil {
		return nil, err
	}
	status, err := connect.Endpoint("connectors.x.status_url", c.StatusURL, "https://x.com/i/web/status")
	if err != nil {
		return nil, err
	}
	x := &Connector{base: base, status: status + "/", client: connect.Client(client)}
	switch {
	case c.AccessToken == "":
		return nil, errors.New("connectors.x.access_token is missing: it is shown under Keys and tokens of the app on X")
	case c.APIKey != "" && c.APISecret != "" && c.AccessSecret != "":
		signing := oauth1.NewConfig(c.APIKey, c.APISecret).Client(
			context.WithValue(context.Background(), oauth1.HTTPClient, x.client), oauth1.NewToken(c.AccessToken, c.AccessSecret))
		signed := *x.client
		signed.Transport = signing.Transport
		x.client = &signed
	case c.APIKey == "" && c.APISecret == "" && c.AccessSecret == "":
		x.bearer = c.AccessToken
	default:
		return nil, errors.New("connectors.x wants api_key, api_secret, access_token and access_secret together, or access_token alone")
	}
	return x, nil
}

// Name is "x".
func (c *Connector) Name() string { return provider }

// Operations lists what X can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.SocialPost: connect.On(connect.LookUp, 30*time.Second, c.post, c.find),
	}
}
