package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/connect/all"
	"tocsin/internal/connect/bluesky"
	"tocsin/internal/connect/gitlab"
	"tocsin/internal/connect/googledocs"
	"tocsin/internal/connect/mastodon"
	"tocsin/internal/connect/slack"
	"tocsin/internal/connect/smtp"
	"tocsin/internal/connect/webhook"
	"tocsin/internal/connect/x"
	"tocsin/internal/connect/youtube"
	"tocsin/internal/connect/zoom"
	"tocsin/internal/drill"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/standin"
)

type drillFlags struct {
	speed, listen, data        string
	script, hold, noOpen, list bool
	inject                     bool
	latency                    time.Duration
}

func drillVerb(e *env) *cobra.Command {
	var f drillFlags
	c := &cobra.Command{
		Use:   "drill [SCENARIO|FILE.json]",
		Short: "Carry a real outage through the whole runbook; nothing leaves this computer",
		Long: `Replay a real outage through the whole runbook. Slack, Zoom, Google, X, YouTube, GitLab, a mail server and a receiver of
webhooks are played by built-in stand-ins; nothing leaves this computer. You have point: the one decision is yours, to declare a major
outage (the drill goes on by itself after 10 s).`,
		Example: `  tocsin drill                                   the outage the runbook comes from, at 60 times its speed
  tocsin drill gitlab-2017 --speed max --script  the same in a few seconds, deciding by itself
  tocsin drill --list                            what there is`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.list {
				return e.scenarios()
			}
			name := "gitlab-2017"
			if len(args) == 1 {
				name = args[0]
			}
			return e.drill(cmd.Context(), name, f)
		},
	}
	c.Flags().StringVar(&f.speed, "speed", "60", "how many times faster than it happened, or max")
	c.Flags().StringVar(&f.listen, "listen", "", "address to listen on (default: 127.0.0.1:8080, or a free port)")
	c.Flags().StringVar(&f.data, "data", "", "folder to keep the data in (default: none is kept)")
	c.Flags().BoolVar(&f.script, "script", false, "answer the human decisions by itself")
	c.Flags().BoolVar(&f.hold, "hold", false, "keep serving afterwards until interrupted")
	c.Flags().BoolVar(&f.noOpen, "no-open", false, "don't open a browser")
	c.Flags().BoolVar(&f.list, "list", false, "list the scenarios")
	c.AddCommand(practiceVerbs(e)...)

	c.Flags().BoolVar(&f.inject, "inject", false, "let one step fail on purpose, to see it repaired")
	c.Flags().DurationVar(&f.latency, "latency", 0, "delay every call to the stand-ins by this much")
	return c
}

// drill plays one scenario from end to end.
func (e *env) drill(ctx context.Context, name string, f drillFlags) (err error) {
	began := time.Now()
	s, err := drill.Load(name)
	if err != nil {
		code := exitUsage
		if !strings.HasSuffix(name, ".json") || errors.Is(err, os.ErrNotExist) {
			code = exitNotFound
		}
		return &fault{code, err}
	}
	speed, err := parseSpeed(f.speed)
	if err != nil {
		return err
	}
	data := f.data
	if data == "" {
		if data, err = os.MkdirTemp("", "tocsin-drill-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	}
	listen := f.listen
	if listen == "" {
		listen = "127.0.0.1:8080"
	}
	console, err := listenOn(listen)
	if err != nil {
		if f.listen != "" {
			return err
		}
		if console, err = listenOn("127.0.0.1:0"); err != nil {
			return err
		}
	}
	services, stop, err := startStandins(f.latency)
	if err != nil {
		return err
	}
	defer stop()
	if f.inject {
		if err := services.fail(ctx); err != nil {
			return err
		}
	}
	clock := &drill.Clock{}
	clock.Set(s.Events[0].At)
	cfg := services.config()
	a, err := newApp(ctx, appOptions{data: data, config: cfg, console: console, clock: clock.Now, drill: true, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	cast := drill.NewCast(s)
	for _, p := range cast.People {
		if err := a.people.Put(ctx, p); err != nil {
			return err
		}
	}
	serving, halt := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- a.run(serving) }()
	defer func() {
		halt()
		err = errors.Join(err, <-served)
	}()
	host := &drillHost{app: a, client: &http.Client{Timeout: 10 * time.Second}}
	room, err := e.drillIntro(ctx, a, cast, services.url, s, f)
	if err != nil {
		return err
	}
	res, err := drill.Play(ctx, s, cast, clock, host, drill.Options{Speed: speed, Gap: 1500 * time.Millisecond, Script: f.script, Wait: 10 * time.Second,
		Tell: func(b drill.Beat) { e.beat(began, b, e.global.json) }})
	if err != nil {
		if ctx.Err() != nil {
			return &fault{exitStopped, errors.New("stopped")}
		}
		return fmt.Errorf("the drill broke off: %w", err)
	}
	if err := a.publish(ctx); err != nil {
		return err
	}
	out, bad, err := a.outcome(ctx, res, cast, services.url, time.Since(began))
	if err != nil {
		return err
	}
	if e.global.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", " ")
		if err := enc.Encode(out); err != nil {
			return err
		}
	} else {
		e.endCard(out, room)
	}
	for _, b := range bad {
		fmt.Fprintf(e.err, "✖ %s\n", b)
	}
	if f.hold {
		fmt.Fprintln(e.err, "Serving until interrupted (Ctrl-C).")
		select {
		case <-ctx.Done():
		case err := <-served:
			served <- err
			return err
		}
	}
	if len(bad) > 0 {
		return &fault{exitPartly, silent}
	}
	return nil
}

func parseSpeed(s string) (float64, error) {
	if s == "max" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(strings.TrimPrefix(s, "×"), 64)
	if err != nil || n <= 0 {
		return 0, failf(exitUsage, "--speed %s: a number above 0, or max", s)
	}
	return n, nil
}

type standins struct{ url, mail string }

// startStandins serves the stand-ins on free ports of loopback.
func startStandins(latency time.Duration) (standins, func(), error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return standins{}, nil, err
	}
	post, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return standins{}, nil, errors.Join(err, l.Close())
	}
	url := "http://" + l.Addr().String()
	s := standin.New(standin.Options{Latency: latency})
	s.SetBaseURL(url)
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }()           // ends with Close
	go func() { _ = s.ServeMail(post, nil) }() // likewise
	return standins{url, post.Addr().String()}, func() { _, _ = srv.Close(), s.Close() }, nil
}

// fail lets the first tweet fail, as X does on a bad day.
func (s standins) fail(ctx context.Context) error {
	body := strings.NewReader(`[{"match":"POST /x/2/tweets","nth":1,"fault":"status","status":503,"retry_after":1}]`)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/_faults", body)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("the stand-ins refuse the fault: %s", res.Status)
	}
	return errors.Join(err, res.Body.Close())
}

// config sets every service up to be played by the stand-ins.
func (s standins) config() Config {
	c := drillConfig(s.url)
	c.Connectors.SMTP = smtp.Config{Address: s.mail, TLS: "none", From: "Tocsin <incidents@example.com>"}
	return c
}

// drillConfig sets up every service that is played at base.
func drillConfig(base string) Config {
	google := []byte(`{"type":"authorized_user","client_id":"drill","client_secret":"drill","refresh_token":"drill"}`)
	return Config{
		Organisation: Organisation{Name: "Example", PublicName: "Example", Domain: "example.com"},
		Connectors: all.Config{
			Slack:    slack.Config{BaseURL: base + "/slack/api/", Token: "xoxb-drill"},
			Zoom:     zoom.Config{BaseURL: base + "/zoom/v2", AuthURL: base + "/zoom/oauth/token", AccountID: "drill", ClientID: "drill", ClientSecret: "drill", Host: "engineer@example.com", LicensedHost: "licensed@example.com"},
			Google:   googledocs.Config{DocsURL: base + "/google/docs/", DriveURL: base + "/google/drive/v3/", TokenURL: base + "/google/token", Domain: "example.com", Credentials: google},
			YouTube:  youtube.Config{BaseURL: base + "/google/youtube/v3/", TokenURL: base + "/google/token", WatchURL: base + "/youtube/watch?v=", Credentials: google},
			X:        x.Config{BaseURL: base + "/x", APIKey: "drill", APISecret: "drill", AccessToken: "drill", AccessSecret: "drill", StatusURL: base + "/x/i/status/"},
			Mastodon: mastodon.Config{BaseURL: base + "/mastodon", Token: "drill"},
			Bluesky:  bluesky.Config{BaseURL: base + "/bluesky", Handle: "status.example.com", Password: "drill", PageURL: base + "/bluesky/profile"},
			Webhook:  webhook.Config{URL: base + "/webhook", Secret: standin.WebhookSecret},
			GitLab:   gitlab.Config{BaseURL: base + "/gitlab", Token: "glpat-drill", Project: "example/infrastructure"},
		},
		Capabilities: all.Capabilities(),
	}
}

// drillHost lets the drill give commands as its invented people.
type drillHost struct {
	app    *app
	client *http.Client
}

func (h *drillHost) Do(ctx context.Context, id, actor string, c incident.Command) (*incident.Incident, error) {
	res, err := h.app.ledger.Do(ctx, ledger.Request{Incident: id, Actor: actor, Command: c})
	return res.Incident, err
}

func (h *drillHost) View(ctx context.Context, id string) (*incident.Incident, error) {
	return h.app.ledger.View(ctx, id)
}

func (h *drillHost) Settled(ctx context.Context, id string) error {
	return h.app.runner.Settled(ctx, id)
}

// StartMeeting opens the meeting's page, which is how its host starts it.
func (h *drillHost) StartMeeting(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := h.client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return errors.Join(err, res.Body.Close())
}

// drillIntro says what is where and signs the person at the keyboard in as the point person.
func (e *env) drillIntro(ctx context.Context, a *app, cast *drill.Cast, standins string, s drill.Scenario, f drillFlags) (string, error) {
	me := cast.Pilot()
	secret, err := a.auth.DrillLink(ctx, me.ID, 24*time.Hour)
	if err != nil {
		return "", err
	}
	room := a.links.Console + "/link?token=" + secret
	if e.global.json {
		if f.hold {
			e.say("Room  %s   (signs you in as %s, who has point)", room, me.Name)
		}
		return room, nil
	}
	fmt.Fprintf(e.err, "tocsin drill: nothing leaves this computer. Stand-ins play Slack, Zoom, Google, X,\nYouTube and GitLab.\n")
	fmt.Fprintf(e.err, "  Room      %s\n            (signs you in as %s, who has point)\n  Public    %s/status\n  Stand-ins %s/   (what \"Slack\", \"X\" … received)\n",
		room, me.Name, a.links.Public, standins)
	fmt.Fprintf(e.err, "  Replaying %q\n  at %s. Ctrl-C stops.\n", s.Title, map[bool]string{true: "full speed", false: "×" + f.speed}[f.speed == "max"])
	if !f.noOpen && !f.script {
		openBrowser(ctx, room)
	}
	return room, nil
}

// scenarios lists the shipped ones.
func (e *env) scenarios() error {
	type scenario struct {
		Name   string `json:"name"`
		Title  string `json:"title"`
		Events int    `json:"events"`
	}
	var all []scenario
	for _, name := range drill.List() {
		s, err := drill.Load(name)
		if err != nil {
			return err
		}
		all = append(all, scenario{name, s.Title, len(s.Events)})
	}
	return e.print(map[string]any{"scenarios": all}, func() {
		for _, s := range all {
			fmt.Fprintf(e.out, "%s\t%s\t%d events\n", s.Name, s.Title, s.Events)
		}
	})
}

// openBrowser tries; where there is none the link stands printed.
func openBrowser(ctx context.Context, url string) {
	for _, name := range []string{"xdg-open", "open"} {
		if path, err := exec.LookPath(name); err == nil {
			_ = exec.CommandContext(ctx, path, url).Start() //nolint:gosec // our own address
			return
		}
	}
}

// beat prints what happens as it happens.
func (e *env) beat(began time.Time, b drill.Beat, quiet bool) {
	if quiet {
		return
	}
	d := time.Since(began)
	text := b.Text
	if r := []rune(text); len(r) > 50 {
		text = string(r[:49]) + "…"
	}
	fmt.Fprintf(e.err, "%02d:%02d %s %-9s %s\n", int(d.Minutes()), int(d.Seconds())%60, b.At.UTC().Format("02 Jan 15:04"), b.Kind, text)
}
