// Package all lists the providers, a line each.
package all

import (
	"fmt"
	"net/http"
	"strings"

	"tocsin/internal/connect"
	"tocsin/internal/connect/bluesky"
	"tocsin/internal/connect/builtin"
	"tocsin/internal/connect/github"
	"tocsin/internal/connect/gitlab"
	"tocsin/internal/connect/googledocs"
	"tocsin/internal/connect/jitsi"
	"tocsin/internal/connect/mastodon"
	"tocsin/internal/connect/mattermost"
	"tocsin/internal/connect/slack"
	"tocsin/internal/connect/smtp"
	"tocsin/internal/connect/webhook"
	"tocsin/internal/connect/x"
	"tocsin/internal/connect/youtube"
	"tocsin/internal/connect/zoom"
)

// Config is the `connectors:` part of the configuration.
type Config struct {
	Slack      slack.Config      `yaml:"slack"`
	Zoom       zoom.Config       `yaml:"zoom"`
	Google     googledocs.Config `yaml:"google"`
	YouTube    youtube.Config    `yaml:"youtube"`
	X          x.Config          `yaml:"x"`
	Mastodon   mastodon.Config   `yaml:"mastodon"`
	Bluesky    bluesky.Config    `yaml:"bluesky"`
	GitLab     gitlab.Config     `yaml:"gitlab"`
	GitHub     github.Config     `yaml:"github"`
	Jitsi      jitsi.Config      `yaml:"jitsi"`
	Mattermost mattermost.Config `yaml:"mattermost"`
	SMTP       smtp.Config       `yaml:"smtp"`
	Webhook    webhook.Config    `yaml:"webhook"`
}

// Capabilities is the order of preference where the configuration names none: what is set up comes first, the rest is fallback.
func Capabilities() map[string][]string {
	return map[string][]string{
		"room":     {"zoom", "jitsi"},
		"document": {"google", "builtin"},
		"chat":     {"slack", "mattermost"},
		"social":   {"x", "mastodon", "bluesky"},
		"stream":   {"youtube"},
		"tracker":  {"gitlab", "github"},
		"mail":     {"smtp"},
		"hook":     {"webhook"},
	}
}

// Services lists by provider the names under which people know it: a declared service of such a name is one that steps depend on. What
// depends says of a provider holds in place of the names listed here, for one that an organisation runs itself.
func Services(depends map[string][]string) map[string][]string {
	out := map[string][]string{
		"slack":    {"slack.com"},
		"zoom":     {"zoom.us"},
		"google":   {"google docs", "google drive", "google workspace", "docs.google.com"},
		"youtube":  {"youtube.com"},
		"x":        {"twitter", "x.com", "twitter.com"},
		"mastodon": {"mastodon.social"},
		"bluesky":  {"bsky.app", "bsky.social"},
		"gitlab":   {"gitlab.com"},
		"github":   {"github.com"},
		"jitsi":    {"jitsi meet", "meet.jit.si"},
		"smtp":     {"mail", "e-mail", "email"},
		"webhook":  {"webhooks"},
	}
	for p, names := range depends {
		out[p] = []string{}
		for _, n := range names {
			out[p] = append(out[p], strings.ToLower(strings.TrimSpace(n)))
		}
	}
	return out
}

type provider struct {
	name       string
	configured bool
	make       func() (connect.Connector, error)
}

func line[C connect.Connector](name string, configured bool, make func() (C, error)) provider {
	return provider{name, configured, func() (connect.Connector, error) { return make() }}
}

// providers lists every provider, a line each.
func providers(c Config, client *http.Client) []provider {
	return []provider{
		line("slack", c.Slack.Configured(), func() (*slack.Connector, error) { return slack.New(c.Slack, client) }),
		line("zoom", c.Zoom.Configured(), func() (*zoom.Connector, error) { return zoom.New(c.Zoom, client) }),
		line("google", c.Google.Configured(), func() (*googledocs.Connector, error) { return googledocs.New(c.Google, client) }),
		line("youtube", c.YouTube.Configured(), func() (*youtube.Connector, error) { return youtube.New(c.YouTube, client) }),
		line("x", c.X.Configured(), func() (*x.Connector, error) { return x.New(c.X, client) }),
		line("mastodon", c.Mastodon.Configured(), func() (*mastodon.Connector, error) { return mastodon.New(c.Mastodon, client) }),
		line("bluesky", c.Bluesky.Configured(), func() (*bluesky.Connector, error) { return bluesky.New(c.Bluesky, client) }),
		line("gitlab", c.GitLab.Configured(), func() (*gitlab.Connector, error) { return gitlab.New(c.GitLab, client) }),
		line("github", c.GitHub.Configured(), func() (*github.Connector, error) { return github.New(c.GitHub, client) }),
		line("mattermost", c.Mattermost.Configured(), func() (*mattermost.Connector, error) { return mattermost.New(c.Mattermost, client) }),
		line("jitsi", true, func() (*jitsi.Connector, error) { return jitsi.New(c.Jitsi, client) }),
		line("smtp", c.SMTP.Configured(), func() (*smtp.Connector, error) { return smtp.New(c.SMTP) }),
		line("webhook", c.Webhook.Configured(), func() (*webhook.Connector, error) { return webhook.New(c.Webhook, client) }),
		line("builtin", true, func() (*builtin.Connector, error) { return builtin.New(), nil }),
	}
}

// Names lists what capabilities may name.
func Names() []string {
	var out []string
	for _, p := range providers(Config{}, nil) {
		out = append(out, p.name)
	}
	return out
}

// New makes the connectors that are set up; those that need no account always are. Errors name the provider.
func New(c Config, client *http.Client) ([]connect.Connector, error) {
	var out []connect.Connector
	for _, p := range providers(c, client) {
		if !p.configured {
			continue
		}
		made, err := p.make()
		if err != nil {
			if !strings.HasPrefix(err.Error(), "connectors.") {
				err = fmt.Errorf("connectors.%s: %w", p.name, err)
			}
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}
