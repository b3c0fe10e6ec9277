package cli

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tocsin/internal/store"
)

// badDay is one thing that goes wrong at a service, once, at the call that makes something.
type badDay struct {
	name  string
	fault string // the stand-ins' fault but for its match
	// base is where the service seems to be instead; the trouble lasts.
	base func(t *testing.T) string

	means  meaning
	wait   time.Duration // what Retry-After asks for
	dated  bool          // as a date
	slack  bool          // Slack alone speaks so
	scoped bool          // the message names the missing scope
}

// meaning is what can be known of the attempt.
type meaning int

// notSent: surely nothing happened, it is tried again. unclear: it may have happened, and did not. happened: it may have happened, and
// did. turnedDown: trying again is useless. renewed: the token has run out, which those who can renew it do without a word.
const (
	notSent meaning = iota
	unclear
	happened
	turnedDown
	renewed
)

var badDays = []badDay{
	{name: "429, Retry-After: 2", fault: `"status","status":429,"retry_after":2`, means: notSent, wait: 2 * time.Second},
	{name: "429, Retry-After: a date", fault: `"status","status":429,"retry_after":"in 5s"`, means: notSent, wait: 5 * time.Second, dated: true},
	{name: "429, Retry-After: 1000000000", fault: `"status","status":429,"retry_after":1000000000`, means: notSent, wait: 24 * time.Hour},
	{name: "429, Retry-After: -5", fault: `"status","status":429,"retry_after":-5`, means: notSent},
	{name: "500", fault: `"status","status":500`, means: unclear},
	{name: "502", fault: `"status","status":502`, means: unclear},
	{name: "503", fault: `"status","status":503`, means: notSent},
	{name: "slow beyond its deadline", fault: `"latency","ms":30000`, means: happened},
	{name: "hangs", fault: `"hang"`, means: unclear},
	{name: "reset before it is carried out", fault: `"reset_before"`, means: unclear},
	{name: "reset after it is carried out", fault: `"reset_after"`, means: happened},
	{name: "malformed answer", fault: `"malformed"`, means: happened},
	{name: "answer cut off", fault: `"truncate"`, means: happened},
	{name: "200 with ok:false, an error of theirs", fault: `"status","status":200,"body":{"ok":false,"error":"internal_error"}`, means: unclear, slack: true},
	{name: "200 with ok:false, a refusal", fault: `"status","status":200,"body":{"ok":false,"error":"is_archived"}`, means: turnedDown, slack: true},
	{name: "200 with nothing in it", fault: `"status","status":200,"body":{}`, means: unclear},
	{name: "a sign-in page", fault: `"login_page"`, means: unclear},
	{name: "token has run out", fault: `"token_expired"`, means: renewed},
	{name: "token lacks a scope", fault: `"wrong_scope"`, means: turnedDown, scoped: true},
	{name: "name can't be resolved", base: func(*testing.T) string { return "http://stand-in..example" }, means: notSent},
	{name: "nobody listens", base: closed, means: notSent},
	{name: "certificate has run out", base: expiredTLS, means: notSent},
	{name: "redirect to a private address", base: redirecting, means: unclear},
}

// closed is an address that nobody listens at.
func closed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

// redirecting sends every call to an address of the inner network.
func redirecting(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://10.0.0.1"+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// expiredTLS is a server whose certificate ran out yesterday.
func expiredTLS(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().AddDate(0, 0, -9), NotAfter: time.Now().AddDate(0, 0, -1),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// begun is the data folder of a server that was started once, made once: two hundred starts from nothing are a minute of migrations.
var begun = sync.OnceValue(func() fs.FS {
	files := fstest.MapFS{}
	dir, err := os.MkdirTemp("", "tocsin-begun-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // best effort
	l, err := listenOn("127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	a, err := newApp(ctx, appOptions{data: dir, console: l, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		panic(err)
	}
	served := make(chan error, 1)
	go func() { served <- a.run(ctx) }()
	if res, err := http.Get("http://" + l.Addr().String()); err != nil {
		panic(err)
	} else if err := res.Body.Close(); err != nil {
		panic(err)
	}
	cancel()
	if err := <-served; err != nil {
		panic(err)
	}
	for _, name := range []string{store.DatabaseFile, store.JobsFile} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			panic(err)
		}
		files[name] = &fstest.MapFile{Data: data, Mode: 0o600}
	}
	return files
})
