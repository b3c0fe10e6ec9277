// Package youtube is the public live stream of a war room (R25): a broadcast on the organisation's channel, fed by one reusable stream.
//
// A broadcast carries our mark at the end of its description and is found again by it. The stream is the one of our name; its key is a
// secret that only Ingest gives out. Live and end look at the broadcast first, so doing them twice is harmless.
package youtube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"google.golang.org/api/option"
	"google.golang.org/api/youtube/v3"

	"tocsin/internal/connect"
	"tocsin/internal/connect/google"
)

const provider = "youtube"

// Config says whose channel it is. Channels belong to people, so the credentials are an authorized_user's. WatchURL is what a broadcast's
// id is put behind to give its page.
type Config struct {
	BaseURL         string `yaml:"base_url"`
	TokenURL        string `yaml:"token_url"`
	CredentialsFile string `yaml:"credentials_file"`
	WatchURL        string `yaml:"watch_url"`

	// Credentials is the key file's content; it wins over CredentialsFile.
	Credentials []byte `yaml:"-"`
}

// Configured reports whether there are credentials.
func (c Config) Configured() bool { return c.CredentialsFile != "" || len(c.Credentials) > 0 }

// Connector talks to one channel. It is safe for concurrent use.
type Connector struct {
	api   *youtube.Service
	watch string
}

// New makes the connector from its configuration; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	base, err := connect.Endpoint("connectors.youtube.base_url", c.BaseURL, "https://youtube.googleapis.com/youtube/v3")
	if err != nil {
		return nil, err
	}
	watch := c.WatchURL
	if watch == "" {
		watch = "https://www.youtube.com/watch?v="
	}
	if u, err := url.Parse(watch); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return nil, fmt.Errorf("connectors.youtube.watch_url: want an address that an id can be put behind, such as https://www.youtube.com/watch?v=")
	}
	account, err := google.Open(google.Options{
		Provider: provider, File: c.CredentialsFile, JSON: c.Credentials, TokenURL: c.TokenURL, Scopes: []string{youtube.YoutubeForceSslScope}, Client: client,
	})
	if err != nil {
		return nil, err
	}
	signed := account.Client()
	signed.Transport = rooted{signed.Transport, base}
	api, err := youtube.NewService(context.Background(), option.WithHTTPClient(signed), option.WithEndpoint(base+"/"))
	if err != nil {
		return nil, fmt.Errorf("connectors.youtube: %w", err)
	}
	return &Connector{api: api, watch: watch}, nil
}

// rooted takes out the "youtube/v3/" that Google's library puts in front of every path: our base URL has it already (rulings 1).
type rooted struct {
	next http.RoundTripper
	base string
}

// RoundTrip sends req to where base says.
func (r rooted) RoundTrip(req *http.Request) (*http.Response, error) {
	rest, ok := strings.CutPrefix(req.URL.String(), r.base+"/youtube/v3/")
	if !ok {
		return r.next.RoundTrip(req)
	}
	to, err := url.Parse(r.base + "/" + rest)
	if err != nil {
		return nil, err
	}
	again := req.Clone(req.Context())
	again.URL, again.Host = to, to.Host
	return r.next.RoundTrip(again)
}

// Name is "youtube".
func (c *Connector) Name() string { return provider }

// Operations lists what YouTube can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.StreamCreate: within(25*time.Second, connect.On(connect.LookUp, 45*time.Second, c.create, c.find)),
		connect.StreamLive:   within(20*time.Second, connect.On(connect.Set, 0, c.live, nil)),
		connect.StreamEnd:    within(20*time.Second, connect.On(connect.Set, 0, c.end, nil)),
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

// askWhom grants access to the channel, as the runbook says.
const askWhom = "People Ops"

// failed says what err means, and whom to ask where access to the account is what is missing (R25).
func failed(err error) *connect.Error {
	e := *connect.Failure(provider, err)
	switch {
	case google.Because(err, "liveStreamingNotEnabled"):
		e.Kind, e.AskWhom = connect.Refused, askWhom
		e.Message = "youtube: live streaming is not switched on for the channel: ask " + askWhom + " to switch it on at https://www.youtube.com/features (the first time it can take a day)"
	case google.Because(err, "insufficientLivePermissions", "youtubeSignupRequired", "channelNotFound"):
		e.Kind, e.AskWhom = connect.Refused, askWhom
		e.Message = "youtube: our account may not stream live on the organisation's channel: ask " + askWhom + " to grant it access to the YouTube account"
	case google.Because(err, "liveBroadcastNotFound", "liveStreamNotFound"):
		e.Message = "youtube: the broadcast or its stream no longer exists"
	case google.Because(err, "userBroadcastsExceedLimit"):
		e.Message = "youtube: the channel has too many broadcasts: delete old planned ones in YouTube Studio"
	case e.Scope != "":
		e.AskWhom = askWhom
	}
	return &e
}

// unsent is failed for a call that only prepared the real one.
func unsent(err error) *connect.Error { return connect.Unsent(provider, failed(err)) }
