package all

import (
	"slices"
	"testing"

	"tocsin/internal/connect/gitlab"
	"tocsin/internal/connect/googledocs"
	"tocsin/internal/connect/slack"
)

func TestNamed(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	t.Setenv("HTTP_PROXY", "")
	got := named(Config{
		GitLab: gitlab.Config{BaseURL: "https://gitlab.example:8443/sub"},
		Google: googledocs.Config{TokenURL: "http://[::1]:80/token", Domain: "domain.example"},
		Slack:  slack.Config{Token: "https://token.example"},
	})
	slices.Sort(got)
	if want := []string{"::1", "gitlab.example", "proxy.example"}; !slices.Equal(got, want) {
		t.Errorf("named %q, want %q", got, want)
	}
}
