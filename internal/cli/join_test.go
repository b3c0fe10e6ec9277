package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tocsin/internal/connect/all"
	"tocsin/internal/connect/jitsi"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// TestJoinWithAPass enters a Jitsi room that wants a token: whoever is signed in is handed one, nobody else is, and none is written down.
func TestJoinWithAPass(t *testing.T) {
	t.Parallel()
	const canary = "canary-jitsi-app-secret"
	l, err := listenOn("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	var log bytes.Buffer
	cfg := Config{Connectors: all.Config{Jitsi: jitsi.Config{BaseURL: "https://meet.example.com", AppID: "tocsin", AppSecret: canary}},
		Capabilities: map[string][]string{"room": {"jitsi"}}}
	a, err := newApp(t.Context(), appOptions{data: data, config: cfg, console: l, log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(t.Context()), 3*time.Minute)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- a.run(ctx) }()
	r, err := a.ledger.Do(ctx, ledger.Request{Actor: "ana", Command: &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.runner.Settled(ctx, r.Incident.ID); err != nil {
		t.Fatal(err)
	}
	i, err := a.ledger.View(ctx, r.Incident.ID)
	if err != nil {
		t.Fatal(err)
	}
	opened, ok := i.Made("room.open")
	if !ok || !strings.HasPrefix(opened.URL, "https://meet.example.com/tocsin-") || strings.Contains(opened.URL, "?") {
		t.Fatalf("the room is at %q", opened.URL)
	}

	where := func(cookie string) string {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.links.WarRoom(i.Name), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", cookie)
		res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("it may be kept or passed on: %v", res.Header)
		}
		return res.Header.Get("Location")
	}
	if got := where(""); got != "/signin" {
		t.Errorf("a stranger is led to %s", got)
	}
	joined, err := url.Parse(where(session(t, a)))
	if err != nil {
		t.Fatal(err)
	}
	pass := joined.Query().Get("jwt")
	if joined.RawQuery = ""; joined.String() != opened.URL {
		t.Errorf("whoever is signed in is led to %s, not %s", joined, opened.URL)
	}
	claims := jwt.MapClaims{}
	if _, err := jwt.ParseWithClaims(pass, claims, func(*jwt.Token) (any, error) { return []byte(canary), nil }, jwt.WithValidMethods([]string{"HS256"}),
		jwt.WithExpirationRequired()); err != nil || claims["room"] != opened.Ref {
		t.Errorf("the token %v: %v", claims, err)
	}
	state, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	written := map[string]string{"the log": log.String(), "the incident": string(state)}
	if err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		written[path] = string(b)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(written) < 4 {
		t.Errorf("looked at %d places only", len(written))
	}
	for place, text := range written {
		if strings.Contains(text, canary) || strings.Contains(text, pass) {
			t.Errorf("a secret stands in %s", place)
		}
	}
}
