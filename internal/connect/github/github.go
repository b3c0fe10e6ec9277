// Package github writes the post-mortem issue, its comments, and keeps it in step (R15).
//
// Issues and comments carry our mark in an HTML comment, which GitHub keeps and does not show; they are found again by it. GitHub knows no
// confidential issues: one is made only in a private repository, and opening it to the public is left to people.
package github

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/go-github/v75/github"

	"tocsin/internal/connect"
)

const provider = "github"

// Config says in which repository ("owner/name") issues are written. BaseURL is that of the API: https://HOST/api/v3 of a GitHub Enterprise
// Server. Labels are put on every issue that asks for none of its own; the default is "outage".
type Config struct {
	BaseURL    string   `yaml:"base_url"`
	Token      string   `yaml:"token"`
	Repository string   `yaml:"repository"`
	Labels     []string `yaml:"labels"`
}

// Configured reports whether there is a token.
func (c Config) Configured() bool { return c.Token != "" }

// Connector talks to one repository. It is safe for concurrent use.
type Connector struct {
	api         *github.Client
	owner, repo string
	labels      []string
}

var path = regexp.MustCompile(`^[\w-]+/[\w.-]+$`)

// New makes the connector from its configuration; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	base, err := connect.Endpoint("connectors.github.base_url", c.BaseURL, "https://api.github.com")
	if err != nil {
		return nil, err
	}
	if c.Token == "" {
		return nil, errors.New("connectors.github.token is missing: it is a fine-grained access token that may read and write issues of the repository")
	}
	if !path.MatchString(c.Repository) {
		return nil, errors.New("connectors.github.repository: want owner/name, such as example/infrastructure")
	}
	labels := c.Labels
	if len(labels) == 0 {
		labels = []string{"outage"}
	}
	api := github.NewClient(&http.Client{Transport: gate{connect.Client(client), c.Token}}).WithAuthToken(c.Token)
	api.DisableRateLimitCheck = true // what GitHub allows is learnt from its answers
	if api.BaseURL, err = url.Parse(strings.TrimRight(base, "/") + "/"); err != nil {
		return nil, errors.New("connectors.github.base_url: want an address")
	}
	owner, repo, _ := strings.Cut(c.Repository, "/")
	return &Connector{api: api, owner: owner, repo: repo, labels: labels}, nil
}

// Name is "github".
func (c *Connector) Name() string { return provider }

// Operations lists what GitHub can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.TrackerIssue:   within(20*time.Second, connect.On(connect.LookUp, 30*time.Second, c.issue, c.findIssue)),
		connect.TrackerComment: within(20*time.Second, connect.On(connect.LookUp, 30*time.Second, c.comment, c.findComment)),
		connect.TrackerUpdate:  within(15*time.Second, connect.On(connect.Set, 0, c.update, nil)),
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
