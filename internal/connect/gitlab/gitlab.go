// Package gitlab writes the post-mortem issue, its comments, and opens it to the public (R15).
//
// Issues and notes carry our mark in an HTML comment, which GitLab keeps and does not show; they are found again by it.
package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go/v2"

	"tocsin/internal/connect"
)

const provider = "gitlab"

// Config says in which project issues are written. Project is its path ("group/project") or number. Labels are put on every issue that
// asks for none of its own; the default is "outage".
type Config struct {
	BaseURL string   `yaml:"base_url"`
	Token   string   `yaml:"token"`
	Project string   `yaml:"project"`
	Labels  []string `yaml:"labels"`
}

// Configured reports whether there is a token.
func (c Config) Configured() bool { return c.Token != "" }

// Connector talks to one project. It is safe for concurrent use.
type Connector struct {
	api     *gitlab.Client
	project string
	labels  []string
}

var path = regexp.MustCompile(`^([0-9]+|[\w.-]+(/[\w.-]+)+)$`)

// New makes the connector from its configuration; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	base, err := connect.Endpoint("connectors.gitlab.base_url", c.BaseURL, "https://gitlab.com")
	if err != nil {
		return nil, err
	}
	if c.Token == "" {
		return nil, errors.New("connectors.gitlab.token is missing: it is an access token with scope api, of a person, project or group")
	}
	project := strings.Trim(c.Project, "/")
	if !path.MatchString(project) {
		return nil, errors.New("connectors.gitlab.project: want the path of a project, such as group/project, or its number")
	}
	labels := c.Labels
	if len(labels) == 0 {
		labels = []string{"outage"}
	}
	api, err := gitlab.NewClient(c.Token,
		gitlab.WithBaseURL(base), gitlab.WithHTTPClient(&http.Client{Transport: gate{connect.Client(client), c.Token}}),
		gitlab.WithoutRetries(), gitlab.WithCustomLimiter(patient{}))
	if err != nil {
		return nil, errors.New("connectors.gitlab: the settings make no client")
	}
	return &Connector{api: api, project: project, labels: labels}, nil
}

// patient never makes a call wait: what GitLab allows is learnt from its answers.
type patient struct{}

// Wait returns at once.
func (patient) Wait(ctx context.Context) error { return ctx.Err() }

// Name is "gitlab".
func (c *Connector) Name() string { return provider }

// Operations lists what GitLab can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.TrackerIssue:   within(20*time.Second, connect.On(connect.LookUp, 30*time.Second, c.issue, c.findIssue)),
		connect.TrackerOpen:    within(15*time.Second, connect.On(connect.Set, 0, c.open, nil)),
		connect.TrackerUpdate:  within(15*time.Second, connect.On(connect.Set, 0, c.update, nil)),
		connect.TrackerComment: within(20*time.Second, connect.On(connect.LookUp, 30*time.Second, c.comment, c.findComment)),
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
