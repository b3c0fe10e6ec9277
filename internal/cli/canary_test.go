package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/internal/store"
)

// TestCanary gives every setting that is a secret a word of its own, has every service throw its secrets back in what it refuses, carries
// three outages to their ends, and looks for the words in all that Tocsin wrote: log, data folder, backup, pages, API, words of the command
// line, and what the stand-ins recorded of the calls.
func TestCanary(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	file, canaries := withCanaries(t, services.url)
	cfg, err := loadConfig(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Capabilities["room"] = []string{"zoom"}
	cfg.Capabilities["document"] = []string{"google"}
	var log bytes.Buffer
	l, err := listenOn("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	a, err := newApp(t.Context(), appOptions{data: data, config: cfg, console: l, log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	defer stop()
	go func() { served <- a.run(ctx) }()
	found := gathered{t: t, canaries: canaries}
	verb := func(line string, want int, environ ...string) string {
		t.Helper()
		args := strings.Fields(line)
		for n := range args {
			args[n] = strings.ReplaceAll(args[n], "_", " ")
		}
		var out, said bytes.Buffer
		if code := Main(args, strings.NewReader(""), &out, &said, environ); code != want && want >= 0 {
			t.Errorf("tocsin %s: exit %d\n%s%s", line, code, out.String(), said.String())
		}
		found.look("tocsin "+line, out.String()+said.String())
		return out.String()
	}
	token := strings.TrimSpace(verb("token create --quiet --data "+data, exitOK))
	environ := []string{"TOCSIN_SERVER=" + a.links.Console, "TOCSIN_TOKEN=" + token}

	for _, call := range []string{"POST /slack/api/conversations.create", "POST /slack/api/chat.postMessage", "POST /zoom/v2/users/", "POST /zoom/oauth/token",
		"POST /google/token", "POST /google/drive/v3/files", "POST /google/docs/", "POST /x/2/tweets", "POST /google/youtube/v3/liveBroadcasts", "POST /gitlab/api/v4/projects/"} {
		known := canaries[:len(canaries)-2]
		if strings.Contains(call, "google") {
			known = canaries[len(canaries)-2:]
		}
		echo := fmt.Sprintf(`{"message":%[1]q,"error":{"message":%[1]q,"errors":[{"message":%[1]q,"reason":"badRequest"}]},"detail":%[1]q,"reason":%[1]q,"errors":[{"message":%[1]q}]}`, strings.Join(known, " "))
		inject(t, services.url, fmt.Sprintf(`{"match":%q,"nth":1,"fault":"status","status":400,"body":%s}`, call, echo))
	}
	for _, n := range []string{"1", "2", "3"} { // the last meets no refusal
		verb("declare Pushes_fail --disrupting --eta 90m --wait", -1, environ...)
		verb("take point -i "+n, -1, environ...)
		verb("declare-major --yes -i "+n, -1, environ...)
		verb("update We_know_the_cause. --stage identified --next 30m -i "+n, -1, environ...)
		verb("resolve It_works_again. -i "+n, -1, environ...)
		verb("postmortem publish -i "+n, -1, environ...)
		for _, line := range []string{"show " + n, "timeline -i " + n, "steps -i " + n, "steps --json -i " + n, "todo -i " + n, "preview -i " + n, "postmortem -i " + n, "list", "status"} {
			verb(line, -1, environ...)
		}
	}
	verb("doctor --config "+file+" --data "+data, -1)
	verb("backup "+filepath.Join(data, "backup.db")+" --data "+data, exitOK)

	found.pages(services.url, "", "/_objects")
	found.canaries = append(found.canaries, streamKey(t, services.url))
	found.pages(services.url, "", "/_calls")
	found.pages(a.links.Console, token, "/api/v1/incidents", "/api/v1/incidents/1", "/api/v1/incidents/1/timeline", "/api/v1/incidents/1/steps",
		"/api/v1/incidents/1/postmortem", "/api/v1/incidents/1/preview", "/api/v1/people", "/api/v1/me", "/metrics", "/healthz")
	found.pages(a.links.Console, session(t, a), "/", "/incidents", "/i/INC-1", "/i/INC-1/public", "/i/INC-1/postmortem", "/people", "/runbooks/"+a.shelf.Current().Name, "/declare")
	found.pages(a.links.Public, "", "/", "/status", "/i/INC-1", "/i/INC-2")
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	found.look("the log", log.String())
	if err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found.look(path, string(b))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if found.places < 40 {
		t.Errorf("looked at %d places only", found.places)
	}
}

// withCanaries writes a configuration in which every secret is a word of its own; the last two are Google's.
func withCanaries(t *testing.T, base string) (file string, canaries []string) {
	t.Helper()
	file = configFile(t, base)
	for _, f := range []string{file, filepath.Join(filepath.Dir(file), "google.json")} {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		for _, key := range []string{"token: xoxb-test", "client_secret: test", "api_key: test", "api_secret: test", "access_token: test", "access_secret: test",
			"token: glpat-test", `"client_secret":"test"`, `"refresh_token":"test"`} {
			if !strings.Contains(text, key) {
				continue
			}
			setting, was, _ := strings.Cut(key, ":")
			was = strings.Trim(was, ` "`)
			word := strings.Replace(was, "test", fmt.Sprintf("canary%dx%d", len(canaries), time.Now().UnixNano()), 1)
			canaries = append(canaries, word)
			text = strings.Replace(text, key, setting+strings.Replace(key[len(setting):], was, word, 1), 1)
		}
		if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file, canaries
}

// streamKey is the key of the live stream, which Tocsin fetches from YouTube and gives to Zoom.
func streamKey(t *testing.T, base string) string {
	t.Helper()
	body, err := fetch(t.Context(), base+"/_objects")
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Meetings []struct {
			Livestream struct {
				Key string `json:"stream_key"`
			} `json:"livestream"`
		} `json:"zoom.meeting"`
	}
	if err := json.Unmarshal([]byte(body), &made); err != nil {
		t.Fatal(err)
	}
	for _, m := range made.Meetings {
		if m.Livestream.Key != "" {
			return m.Livestream.Key
		}
	}
	t.Fatal("no meeting streams: " + body)
	return ""
}

// session signs a person in and gives the cookie.
func session(t *testing.T, a *app) string {
	t.Helper()
	if err := a.people.Put(t.Context(), store.Person{ID: "zoe", Rights: "admin", Name: "Zoe Quill"}); err != nil {
		t.Fatal(err)
	}
	secret, err := a.auth.LinkFor(t.Context(), "zoe", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.links.Console+"/link", strings.NewReader(url.Values{"token": {secret}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := client.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("signing in: %v %v", res, err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range jar.Cookies(req.URL) {
		return c.Name + "=" + c.Value
	}
	t.Fatal("signed in without a cookie")
	return ""
}

// gathered looks for the words in one place after the other.
type gathered struct {
	t        *testing.T
	canaries []string
	places   int
}

func (g *gathered) look(place, text string) {
	g.places++
	for n, c := range g.canaries {
		if at := strings.Index(text, c); at >= 0 {
			g.t.Errorf("secret %d stands in %s: …%s…", n, place, text[max(at-80, 0):min(at+len(c)+20, len(text))])
		}
	}
}

// pages fetches pages with a token or a cookie.
func (g *gathered) pages(base, as string, paths ...string) {
	g.t.Helper()
	for _, path := range paths {
		req, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			g.t.Fatal(err)
		}
		if strings.Contains(as, "=") {
			req.Header.Set("Cookie", as)
		} else if as != "" {
			req.Header.Set("Authorization", "Bearer "+as)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			g.t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			g.t.Errorf("%s: %s %v", base+path, res.Status, err)
		}
		_ = res.Body.Close()
		g.look(path, string(b))
	}
}
