package smtp

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"starttls", "tls", "none"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			conformance.Run(t, conformance.Suite{Connector: newPost(t, mode == "tls").connector(t, mode), Secrets: []string{canary},
				Samples: []conformance.Sample{conformance.Fixed(connect.MailSend, hello())}})
		})
	}
}

// do sends one mail.
func do(ctx context.Context, t *testing.T, c *Connector, m connect.MailMessage) (connect.Result, *connect.Error) {
	t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Operations()[connect.MailSend].Do(ctx, connect.Call{Mark: "mark-1", Raw: raw})
	var own *connect.Error
	if err != nil && !errors.As(err, &own) {
		t.Fatalf("not an error of ours: %v", err)
	}
	if own != nil && strings.Contains(own.Message, canary) {
		t.Errorf("the password shows: %s", own.Message)
	}
	return r, own
}

func TestMail(t *testing.T) {
	t.Parallel()
	p := newPost(t, false)
	r, no := do(t.Context(), t, p.connector(t, "starttls"), hello())
	if no != nil {
		t.Fatal(no)
	}
	if r.Ref != "mark-1@example.com" {
		t.Errorf("the Message-ID is %q", r.Ref)
	}
	got := p.taken(t)
	if len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	if auto := got[0].Headers["Auto-Submitted"]; len(auto) != 1 || auto[0] != "auto-generated" {
		t.Errorf("an absence note would answer: %v", auto)
	}
	if from := got[0].Headers["From"]; len(from) != 1 || from[0] != `"Tocsin" <incidents@example.com>` {
		t.Errorf("from %v", from)
	}
	got[0].Headers = nil
	want := letter{From: "incidents@example.com", To: []string{"ada@example.com"}, Subject: hello().Subject, MessageID: "mark-1@example.com",
		Text: hello().Text + "\n\n" + hello().Link + "\n"}
	got[0].Text = strings.TrimRight(got[0].Text, "\n") + "\n"
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What an answer, or none, means for the next attempt; and whether the mail was taken.
func TestMeanings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault string
		kind  connect.ErrorKind
		says  string
		taken int
	}{
		{`"AUTH /smtp","fault":"status","status":535`, connect.Refused, "connectors.smtp.username", 0},
		{`"AUTH /smtp","fault":"status","status":535,"body":"no user with password ` + canary + `"`, connect.Refused, "***", 0},
		{`"AUTH /smtp","fault":"status","status":454`, connect.Retry, "454", 0},
		{`"AUTH /smtp","fault":"reset_before"`, connect.Retry, "127.0.0.1", 0},
		{`"AUTH /smtp","fault":"hang"`, connect.Retry, "in time", 0},
		{`"MAIL /smtp","fault":"status","status":553`, connect.Refused, "connectors.smtp.from", 0},
		{`"MAIL /smtp","fault":"status","status":421`, connect.Retry, "421", 0},
		{`"RCPT /smtp","fault":"status","status":550,"body":"no such user"`, connect.Refused, "no such user", 0},
		{`"RCPT /smtp","fault":"status","status":450`, connect.Retry, "450", 0},
		{`"RCPT /smtp","fault":"reset_before"`, connect.Retry, "127.0.0.1", 0},
		{`"RCPT /smtp","fault":"hang"`, connect.Retry, "in time", 0},
		{`"DATA /smtp","fault":"status","status":451`, connect.Retry, "451", 0},
		{`"DATA /smtp","fault":"status","status":554,"body":"looks like spam"`, connect.Refused, "looks like spam", 0},
		{`"DATA /smtp","fault":"reset_before"`, connect.Unknown, "may have gone out", 0},
		{`"DATA /smtp","fault":"reset_after"`, connect.Unknown, "may have gone out", 1},
		{`"DATA /smtp","fault":"hang"`, connect.Unknown, "may have gone out", 0},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			t.Parallel()
			p := newPost(t, false)
			p.fault(t, tc.fault)
			ctx, cancel := t.Context(), func() {}
			if strings.Contains(tc.fault, "hang") {
				ctx, cancel = context.WithTimeout(ctx, time.Second)
			}
			defer cancel()
			_, no := do(ctx, t, p.connector(t, "starttls"), hello())
			if no == nil {
				t.Fatal("it went through")
			}
			if no.Kind != tc.kind || !strings.Contains(no.Message, tc.says) {
				t.Errorf("%s: %s; want %s, with %q", no.Kind, no.Message, tc.kind, tc.says)
			}
			if n := len(p.taken(t)); n != tc.taken {
				t.Errorf("%d mails were taken, not %d", n, tc.taken)
			}
		})
	}
}

// A server that takes one recipient and not the other gets the mail for neither.
func TestAllOrNone(t *testing.T) {
	t.Parallel()
	p := newPost(t, false)
	p.fault(t, `"RCPT /smtp","fault":"status","status":550`)
	m := hello()
	m.To = append(m.To, "grace@example.com")
	if _, no := do(t.Context(), t, p.connector(t, "starttls"), m); no == nil || no.Kind != connect.Refused {
		t.Errorf("got %v", no)
	}
	if got := p.taken(t); len(got) != 0 {
		t.Errorf("it went to %v", got)
	}
}

func TestInjection(t *testing.T) {
	t.Parallel()
	p := newPost(t, false)
	c := p.connector(t, "starttls")
	for _, tc := range []struct {
		to      []string
		subject string
	}{
		{[]string{"ada@example.com\r\nBcc: eve@example.org"}, "s"},
		{[]string{"ada@example.com\nBcc: eve@example.org"}, "s"},
		{[]string{"ada@example.com", "ada@example.com>\r\nRCPT TO:<eve@example.org"}, "s"},
		{[]string{"ada@example.com, eve@example.org"}, "s"},
		{[]string{"Ada <ada@example.com>"}, "s"},
		{[]string{""}, "s"},
		{nil, "s"},
		{[]string{"ada@example.com"}, "s\r\nBcc: eve@example.org"},
		{[]string{"ada@example.com"}, "s\nX: y"},
	} {
		if _, no := do(t.Context(), t, c, connect.MailMessage{To: tc.to, Subject: tc.subject, Text: "t"}); no == nil || no.Kind != connect.Refused {
			t.Errorf("%q, %q: %v", tc.to, tc.subject, no)
		}
	}
	if got := p.taken(t); len(got) != 0 {
		t.Errorf("taken: %v", got)
	}
}

func TestEncryption(t *testing.T) {
	t.Parallel()
	p := newPost(t, false)
	stranger := p.connector(t, "starttls")
	stranger.tls = nil
	if _, no := do(t.Context(), t, stranger, hello()); no == nil || no.Kind != connect.Retry || !strings.Contains(no.Message, "certificate") {
		t.Errorf("a certificate nobody vouches for: %v", no)
	}
	if f := stranger.Check(t.Context()); len(f) != 1 || f[0].OK || !strings.Contains(f[0].Note, "certificate") {
		t.Errorf("the check says %+v", f)
	}
	for _, n := range p.calls(t) {
		t.Errorf("%s was sent before it was encrypted", n)
	}
}

// A server that offers no encryption gets neither the password nor the mail.
func TestNoStartTLS(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	said := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("220 plain.example\r\n"))
		var all strings.Builder
		for buf := make([]byte, 512); ; {
			n, err := conn.Read(buf)
			if err != nil {
				said <- all.String()
				return
			}
			all.Write(buf[:n])
			_, _ = conn.Write([]byte("250-plain.example\r\n250 AUTH PLAIN\r\n"))
		}
	}()
	c, err := New(Config{Address: l.Addr().String(), Username: "tocsin", Password: canary, From: "incidents@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	if _, no := do(t.Context(), t, c, hello()); no == nil || no.Kind != connect.Refused || !strings.Contains(no.Message, "STARTTLS") {
		t.Errorf("got %v", no)
	}
	if got := <-said; strings.Contains(got, "AUTH") || strings.Contains(got, "MAIL") {
		t.Errorf("it was told %q", got)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	c, err := New(Config{Address: l.Addr().String(), From: "incidents@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	if _, no := do(t.Context(), t, c, hello()); no == nil || no.Kind != connect.Retry || !strings.Contains(no.Message, "no connection") {
		t.Errorf("got %v", no)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := Config{Address: "mail.example.com", From: "Tocsin <incidents@example.com>", Username: "u", Password: canary}
	for mode, port := range map[string]int{"": 587, "starttls": 587, "tls": 465} {
		c := good
		c.TLS = mode
		if got, err := New(c); err != nil || got.port != port || got.host != "mail.example.com" {
			t.Errorf("%q: %+v, %v", mode, got, err)
		}
	}
	for name, change := range map[string]func(*Config){
		"connectors.smtp.tls: want":  func(c *Config) { c.TLS = "ssl3" },
		"in the clear":               func(c *Config) { c.TLS = "none" },
		"connectors.smtp.address":    func(c *Config) { c.Address = "mail.example.com:smtp" },
		"address: want host:port":    func(c *Config) { c.Address = "smtp://mail.example.com" },
		"connectors.smtp.from":       func(c *Config) { c.From = "" },
		"from: want the sender":      func(c *Config) { c.From = "incidents" },
		"username and password come": func(c *Config) { c.Password = "" },
	} {
		c := good
		change(&c)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
