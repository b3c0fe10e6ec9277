package connect_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tocsin/internal/connect"
)

func TestClientKeepsCredentialsAtHome(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was called") }))
	t.Cleanup(elsewhere.Close)
	posts := 0
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, elsewhere.URL+"/?token=canary", http.StatusTemporaryRedirect)
		case "/here":
			http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/end":
			if r.Method == http.MethodPost {
				posts++
			}
			fmt.Fprint(w, `{}`)
		}
	}))
	t.Cleanup(home.Close)
	client := connect.Client(home.Client())
	for _, c := range []struct {
		method, path string
		ok           bool
	}{
		{"GET", "/here", true}, {"POST", "/here", false}, {"GET", "/away", false}, {"POST", "/away", false}, {"GET", "/loop", false},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, home.URL+c.path, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = connect.Send(client, "acme", req)
		if c.ok != (err == nil) {
			t.Errorf("%s %s: %v", c.method, c.path, err)
		}
		var e *connect.Error
		if err != nil && (!errors.As(err, &e) || e.Kind != connect.Unknown || strings.Contains(e.Message, "canary")) {
			t.Errorf("%s %s: %+v", c.method, c.path, err)
		}
	}
	if posts != 0 {
		t.Error("a write was sent on by a redirect")
	}
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "https://api.acme.example/v2", "http://127.0.0.1:8080/acme/": "http://127.0.0.1:8080/acme", "https://x.example": "https://x.example",
		"x.example": "", "ftp://x.example": "", "https://": "", "https://u:canary@x.example": "", "https://x.example?key=canary": "", "://": "",
	} {
		got, err := connect.Endpoint("connectors.acme.base_url", in, "https://api.acme.example/v2")
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
		if err != nil && (strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "connectors.acme.base_url")) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestUnsent(t *testing.T) {
	t.Parallel()
	was := &connect.Error{Kind: connect.Unknown, Message: "lost"}
	if e := connect.Unsent("acme", was); e.Kind != connect.Retry || e.Message != "lost" || was.Kind != connect.Unknown {
		t.Errorf("got %+v of %+v", *e, *was)
	}
	if e := connect.Unsent("acme", &connect.Error{Kind: connect.Refused}); e.Kind != connect.Refused {
		t.Errorf("got %+v", *e)
	}
}
