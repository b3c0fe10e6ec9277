package google

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tocsin/internal/connect"
)

const (
	secretCanary  = "canary-client-secret-1931"
	refreshCanary = "canary-refresh-token-1932"
	tokenCanary   = "canary-access-token-1933"
)

func user(t *testing.T, tokenURL string) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]string{
		"type": "authorized_user", "client_id": "id", "client_secret": secretCanary, "refresh_token": refreshCanary, "token_uri": tokenURL,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// peer is a token endpoint at /token and an API everywhere else.
type peer struct {
	*httptest.Server
	tokens, calls atomic.Int32
	grant         http.HandlerFunc
	api           http.HandlerFunc
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{}
	p.grant = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":"%s-%d","expires_in":3600,"token_type":"Bearer"}`, tokenCanary, p.tokens.Load())
	}
	p.api = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			p.tokens.Add(1)
			p.grant(w, r)
			return
		}
		p.calls.Add(1)
		p.api(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *peer) account(t *testing.T) *Account {
	t.Helper()
	a, err := Open(Options{Provider: "google", JSON: user(t, p.URL+"/token"), Scopes: []string{"the-scope"}, Client: p.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func post(ctx context.Context, a *Account, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(`{"x":1}`))
	if err != nil {
		return err
	}
	resp, err := a.Client().Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func TestOneRenewalServesAll(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	a := p.account(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := post(t.Context(), a, p.URL+"/x"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := p.tokens.Load(); n != 1 {
		t.Errorf("%d tokens were asked for; want 1", n)
	}
}

func TestStaleTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	var bodies []string
	p.api = func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(b))
		if !strings.HasSuffix(r.Header.Get("Authorization"), "-2") {
			http.Error(w, `{"error":{"code":401}}`, http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{}`)
	}
	if err := post(t.Context(), p.account(t), p.URL+"/x"); err != nil {
		t.Fatal(err)
	}
	if len(bodies) != 2 || bodies[0] != bodies[1] {
		t.Errorf("what was sent: %q; want the same twice", bodies)
	}

	p.api = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }
	p.calls.Store(0)
	err := post(t.Context(), p.account(t), p.URL+"/x")
	if e := ours(t, err); e.Kind != connect.Refused || !strings.Contains(e.Message, "no longer valid") {
		t.Errorf("401 twice gave %s %q", e.Kind, e.Message)
	}
	if n := p.calls.Load(); n != 2 {
		t.Errorf("%d calls; want 2", n)
	}
}

func TestServiceAccountSignsItsGrant(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file, _ := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "bot@example.iam", "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	p := newPeer(t)
	var claims jwt.MapClaims
	granted := p.grant
	p.grant = func(w http.ResponseWriter, r *http.Request) {
		parsed, err := jwt.Parse(r.FormValue("assertion"), func(*jwt.Token) (any, error) { return &key.PublicKey, nil })
		if err != nil || parsed.Header["kid"] != "k1" || r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
			t.Errorf("grant: %v %v", err, r.Form)
		} else {
			claims = parsed.Claims.(jwt.MapClaims)
		}
		granted(w, r)
	}
	a, err := Open(Options{Provider: "google", JSON: file, TokenURL: p.URL + "/token/", Scopes: []string{"one", "two"}, Client: p.Client()})
	if err != nil {
		t.Fatal(err)
	}
	if err := post(t.Context(), a, p.URL+"/x"); err != nil {
		t.Fatal(err)
	}
	if claims["iss"] != "bot@example.iam" || claims["scope"] != "one two" || claims["aud"] != p.URL+"/token" {
		t.Errorf("claims: %v", claims)
	}
}

func TestOpenNamesTheSetting(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"nothing":     {},
		"no file":     {File: "/nonexistent/key.json"},
		"no JSON":     {JSON: []byte(secretCanary)},
		"no type":     {JSON: []byte(`{"client_secret":"` + secretCanary + `"}`)},
		"half a user": {JSON: []byte(`{"type":"authorized_user","client_secret":"` + secretCanary + `"}`)},
		"no key":      {JSON: []byte(`{"type":"service_account","client_email":"a@b","private_key":"` + secretCanary + `"}`)},
		"bad address": {JSON: user(t, ""), TokenURL: "http://u:" + secretCanary + "@host"},
	} {
		o.Provider = "google"
		_, err := Open(o)
		if err == nil || !strings.Contains(err.Error(), "connectors.google.") || strings.Contains(err.Error(), secretCanary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSigningInFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		body   string
		kind   connect.ErrorKind
		word   string
	}{
		{"revoked", 400, `{"error":"invalid_grant","error_description":"` + refreshCanary + `"}`, connect.Refused, "no longer valid"},
		{"wrong client", 401, `{"error":"invalid_client"}`, connect.Refused, "invalid_client"},
		{"not an endpoint", 404, `<html>`, connect.Refused, "token_url"},
		{"busy", 429, ``, connect.Retry, ""},
		{"down", 500, `<html>` + refreshCanary, connect.Retry, ""}, // nothing of ours was sent yet
		{"sign-in page", 200, `<html>`, connect.Retry, ""},
		{"no token", 200, `{}`, connect.Retry, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			p.grant = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}
			e := ours(t, post(t.Context(), p.account(t), p.URL+"/x"))
			if e.Kind != c.kind || !strings.Contains(e.Message, c.word) {
				t.Errorf("%s %q; want %s with %q", e.Kind, e.Message, c.kind, c.word)
			}
			if p.calls.Load() != 0 {
				t.Error("the call was sent without a token")
			}
		})
	}
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	reason := func(r string) string {
		return `{"error":{"code":403,"message":"why","errors":[{"reason":"` + r + `"}]}}`
	}
	for _, c := range []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   connect.Error
		word   string
	}{
		{"busy", 429, map[string]string{"Retry-After": "7"}, `{}`, connect.Error{Kind: connect.Retry, RetryAfter: 7 * time.Second}, ""},
		{"away", 503, map[string]string{"Retry-After": "9"}, `<html>`, connect.Error{Kind: connect.Retry, RetryAfter: 9 * time.Second}, ""},
		{"rate as 403", 403, nil, reason("userRateLimitExceeded"), connect.Error{Kind: connect.Retry}, ""},
		{"quota", 403, nil, reason("quotaExceeded"), connect.Error{Kind: connect.Retry, RetryAfter: 15 * time.Minute}, "quota"},
		{"scope", 403, nil, reason("insufficientPermissions"), connect.Error{Kind: connect.Refused, Scope: "the-scope"}, "the-scope"},
		{"scope of detail", 403, map[string]string{"WWW-Authenticate": `Bearer realm="x", error="insufficient_scope", scope="wider"`},
			`{"error":{"code":403,"message":"m","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}`, connect.Error{Kind: connect.Refused, Scope: "wider"}, "wider"},
		{"off", 403, nil, reason("accessNotConfigured"), connect.Error{Kind: connect.Refused}, "console"},
		{"echo", 400, nil, `{"error":{"message":"bad ` + tokenCanary + `-1 <b>x</b>"}}`, connect.Error{Kind: connect.Refused}, "bad … x"},
		{"broken", 500, nil, `<html>`, connect.Error{Kind: connect.Unknown}, ""},
		{"proxy", 403, map[string]string{"Content-Type": "text/html"}, `<html>`, connect.Error{Kind: connect.Unknown}, "web page"},
		{"sign-in page", 200, map[string]string{"Content-Type": "text/html"}, `<html>`, connect.Error{Kind: connect.Unknown}, "web page"},
		{"half", 200, nil, `{"id":`, connect.Error{Kind: connect.Unknown}, ""},
		{"cut off", 200, map[string]string{"Content-Length": "400"}, `{"id":1}`, connect.Error{Kind: connect.Unknown}, "cut off"},
		{"elsewhere", 302, map[string]string{"Location": "https://sign.in/"}, ``, connect.Error{Kind: connect.Unknown}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			p.api = func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}
			e := ours(t, post(t.Context(), p.account(t), p.URL+"/x"))
			if e.Kind != c.want.Kind || e.RetryAfter != c.want.RetryAfter || e.Scope != c.want.Scope || !strings.Contains(e.Message, c.word) {
				t.Errorf("have %+v; want %+v with %q", e, c.want, c.word)
			}
			if n := p.calls.Load(); n != 1 {
				t.Errorf("%d calls; want 1", n)
			}
		})
	}
}

func TestTextKeepsTheTokenAtHome(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	p.api = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		fmt.Fprint(w, "text")
	}
	a := p.account(t)
	if text, err := a.Text(t.Context(), p.URL+"/export?type=text/plain", "text/plain"); err != nil || text != "text" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := a.Text(t.Context(), p.URL+"/export?type=text/html", "text/plain"); ours(t, err).Kind != connect.Unknown {
		t.Errorf("a web page in place of the text gave %v", err)
	}
	for address, want := range map[string]bool{
		"https://docs.google.com/x": true, "https://doc-0.googleusercontent.com/x": true, "https://www.googleapis.com/x": true,
		"http://docs.google.com/x": false, "https://google.com.evil.example/": false, "https://evilgoogle.com/": false, "": false,
		p.URL + "/x": true, "http://127.0.0.1:1/x": false, "https://u@docs.google.com/": false,
	} {
		if got := Trusted(address, p.URL+"/drive/v3"); got != want {
			t.Errorf("Trusted(%q) = %v", address, got)
		}
	}
}

// ours checks that err holds a *connect.Error and no secret, in whatever way it is printed.
func ours(t *testing.T, err error) *connect.Error {
	t.Helper()
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Fatalf("want a *connect.Error, have %T %v", err, err)
	}
	for _, secret := range []string{secretCanary, refreshCanary, tokenCanary} {
		if strings.Contains(err.Error(), secret) || strings.Contains(fmt.Sprintf("%+v", *e), secret) {
			t.Errorf("a secret shows: %v", err)
		}
	}
	return e
}
