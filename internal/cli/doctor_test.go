package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// run carries a verb out in this process.
func run(t *testing.T, environ []string, args ...string) (out, said string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(args, strings.NewReader(""), &o, &e, environ)
	return o.String(), e.String(), code
}

// TestDoctor has everything well, then one thing after the other not.
func TestDoctor(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	file, data := configFile(t, services.url), t.TempDir()
	jitsi := []string{"TOCSIN_CONNECTORS_JITSI_BASE_URL=" + services.url}
	out, said, code := run(t, jitsi, "doctor", "--config", file, "--data", data)
	if code != exitOK || strings.Contains(out, "✖") || !strings.Contains(out, "GiB free") || !strings.Contains(out, "clock: agrees with") || !strings.Contains(out, "GitLab token: scopes api") {
		t.Errorf("all is well: %d\n%s%s", code, out, said)
	}
	for _, c := range []struct{ name, faults, want string }{
		{"scope", `{"match":"* /slack/api/auth.test","fault":"wrong_scope"}`, "✖ slack"},
		{"token", `{"match":"GET /gitlab","fault":"token_expired"}`, "✖ gitlab"},
	} {
		inject(t, services.url, c.faults)
		if out, _, code := run(t, jitsi, "doctor", "--config", file, "--data", data); code != exitFailed || !strings.Contains(out, c.want) || !strings.Contains(out, " → ") {
			t.Errorf("%s: %d\n%s", c.name, code, out)
		}
	}
	if out, _, code := run(t, []string{"TOCSIN_CONECTORS_SLACK_TOKEN=x"}, "doctor", "--data", data); code != exitFailed || !strings.Contains(out, "TOCSIN_CONECTORS_SLACK_TOKEN") {
		t.Errorf("a variable that sets nothing: %d\n%s", code, out)
	}
	if err := os.WriteFile(filepath.Join(data, "tocsin.db"), bytes.Repeat([]byte("damaged "), 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _, code := run(t, nil, "doctor", "--data", data); code != exitFailed || !strings.Contains(out, "✖ data") {
		t.Errorf("a damaged database: %d\n%s", code, out)
	}
}

func TestDisk(t *testing.T) {
	t.Parallel()
	if f := disk(filepath.Join(t.TempDir(), "not", "there", "yet"), 1); !f.OK {
		t.Errorf("%+v", f)
	}
	if f := disk(t.TempDir(), 1<<62); f.OK || f.Fix == "" {
		t.Errorf("a full disk: %+v", f)
	}
}

func TestSkew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		off time.Duration
		ok  bool
	}{{0, true}, {-20 * time.Second, true}, {5 * time.Minute, false}, {-5 * time.Minute, false}} {
		t.Run(c.off.String(), func(t *testing.T) {
			t.Parallel()
			service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", time.Now().Add(c.off).UTC().Format(http.TimeFormat))
			}))
			t.Cleanup(service.Close)
			clock := &skew{next: http.DefaultTransport}
			res, err := (&http.Client{Transport: clock}).Get(service.URL)
			if err != nil {
				t.Fatal(err)
			}
			if err := res.Body.Close(); err != nil {
				t.Fatal(err)
			}
			if f := clock.findings(); len(f) != 1 || f[0].OK != c.ok || f[0].OK == (f[0].Fix != "") {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	set := []string{"TOCSIN_DATA=x", "TOCSIN_CONNECTORS_SLACK_TOKEN=x", "TOCSIN_CONNECTORS_SLACK_TOKEN_FILE=x", "TOCSIN_CAPABILITIES_ROOM=zoom", "TOCSIN_RUNNER_SETTLE_SLACK=1s",
		"TOCSIN_CONNECTORS_SLACK_CHANNELS_GENERAL=x", "TOCSIN_TEST_POSTGRES=x", "HOME=x", "TOCSIN_ORGANISATION_NAME=x"}
	if got := unknown(set); len(got) != 0 {
		t.Errorf("%q set something", got)
	}
	for _, v := range []string{"TOCSIN_SLACK_TOKEN", "TOCSIN_CONNECTORS", "TOCSIN_CONNECTORS_SLACK", "TOCSIN_CONNECTORS_SLACK_TOKENS", "TOCSIN_RUNNER_DEADLINE_FILE"} {
		if got := unknown([]string{v + "=x"}); len(got) != 1 {
			t.Errorf("%s sets nothing", v)
		}
	}
}

// TestConnect lists the services, tests one, and prints Slack's manifest.
func TestConnect(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	file := configFile(t, services.url)
	for _, c := range []struct {
		line      string
		code      int
		out, said string
	}{
		{"connect list --config FILE", exitOK, "✔ zoom        room (1)", ""},
		{"connect test slack --config FILE", exitOK, "✔ slack          token: signed in", ""},
		{"connect test smtp", exitFailed, "", "connectors.smtp"},
		{"connect test fax", exitUsage, "", "slack"},
	} {
		out, said, code := run(t, nil, strings.Fields(strings.ReplaceAll(c.line, "FILE", file))...)
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(said, c.said) {
			t.Errorf("%s: %d\n%s%s", c.line, code, out, said)
		}
	}
	out, _, code := run(t, nil, "connect", "slack", "manifest")
	var m struct {
		Display struct {
			Name string `yaml:"name"`
		} `yaml:"display_information"`
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
		Settings map[string]bool `yaml:"settings"`
	}
	if err := yaml.Unmarshal([]byte(out), &m); err != nil || code != exitOK {
		t.Fatal(err, code)
	}
	if got := fmt.Sprint(m.OAuth.Scopes.Bot); m.Display.Name != "Tocsin" || len(m.Settings) == 0 || !strings.Contains(got, "chat:write") || !strings.Contains(got, "users:read.email") {
		t.Errorf("%s", out)
	}
}
