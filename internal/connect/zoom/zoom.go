// Package zoom is the war room of an incident on Zoom: opening it, moving it to a paid account, streaming it, ending it.
//
// Zoom has no idempotency key. A meeting carries our mark at the start of its agenda and is looked up by it in its host's list, which
// is why meetings are scheduled ones: instant ones are not listed. Everything else sets a state. Links that start a meeting as its host
// hold a secret and never leave this package; links to join do.
package zoom

import (
	"errors"
	"net/http"
	"time"

	"tocsin/internal/connect"
)

const provider = "zoom"

// Config is a Server-to-Server OAuth app of a Zoom account. Host is the user (id or e-mail address) under whom rooms are opened, the
// app's owner if empty; LicensedHost is a user with a paid licence, under whom a room without time limit is opened.
type Config struct {
	BaseURL      string `yaml:"base_url"`
	AuthURL      string `yaml:"auth_url"`
	AccountID    string `yaml:"account_id"`
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"`
	Host         string `yaml:"host"`
	LicensedHost string `yaml:"licensed_host"`
}

// Configured reports whether there are credentials.
func (c Config) Configured() bool {
	return c.AccountID != "" && c.ClientID != "" && c.ClientSecret != ""
}

// Connector talks to one Zoom account. It is safe for concurrent use.
type Connector struct {
	api      *api
	host     string
	licensed string // "" if none is configured
}

// New makes the connector; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	base, err := connect.Endpoint("connectors.zoom.base_url", c.BaseURL, "https://api.zoom.us/v2")
	if err != nil {
		return nil, err
	}
	auth, err := connect.Endpoint("connectors.zoom.auth_url", c.AuthURL, "https://zoom.us/oauth/token")
	if err != nil {
		return nil, err
	}
	if !c.Configured() {
		return nil, errors.New("connectors.zoom wants account_id, client_id and client_secret of a Server-to-Server OAuth app")
	}
	host := c.Host
	if host == "" {
		host = "me"
	}
	client = connect.Client(client)
	return &Connector{
		api:      &api{base: base, client: client, tokens: newTokens(c, auth, client)},
		host:     host,
		licensed: c.LicensedHost,
	}, nil
}

// Name is "zoom".
func (c *Connector) Name() string { return provider }

// Operations lists what Zoom can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.RoomOpen:       within(15*time.Second, connect.On(connect.LookUp, 25*time.Second, c.open, c.findOpened)),
		connect.RoomLicense:    within(20*time.Second, connect.On(connect.LookUp, 30*time.Second, c.license, c.findLicensed)),
		connect.RoomLivestream: within(15*time.Second, connect.On(connect.Set, 0, c.livestream, nil)),
		connect.RoomGoLive:     within(15*time.Second, connect.On(connect.Set, 0, c.goLive, nil)),
		connect.RoomEnd:        within(20*time.Second, connect.On(connect.Set, 0, c.end, nil)),
	}
}

// within gives operations of several calls the time they need.
func within(d time.Duration, op connect.Operation) connect.Operation {
	op.Deadline = d
	return op
}
