package smtp

import (
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tocsin/internal/connect"
	"tocsin/internal/standin"
)

const canary = "canary-mail-password-3141"

// post is a stand-in for a mail server with its control paths.
type post struct {
	control *httptest.Server
	address string
	conf    *tls.Config
}

// newPost serves mail; secured is from the first byte.
func newPost(t *testing.T, secured bool) *post {
	t.Helper()
	stand := standin.New(standin.Options{})
	p := &post{control: httptest.NewTLSServer(stand)}
	t.Cleanup(p.control.Close)
	t.Cleanup(func() { _ = stand.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = l.Addr().String()
	p.conf = &tls.Config{RootCAs: p.control.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	offered := &tls.Config{Certificates: p.control.TLS.Certificates}
	if secured {
		l = tls.NewListener(l, offered)
	}
	go func() { _ = stand.ServeMail(l, offered) }() // ends with Close
	return p
}

// connector signs in at the stand-in.
func (p *post) connector(t *testing.T, mode string) *Connector {
	t.Helper()
	c := Config{Address: p.address, TLS: mode, Username: "tocsin", Password: canary, From: "Tocsin <incidents@example.com>"}
	if mode == "none" {
		c.Username, c.Password = "", ""
	}
	out, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	out.tls = p.conf
	return out
}

// fault sets what goes wrong next: `"RCPT /smtp","fault":"hang"`.
func (p *post) fault(t *testing.T, what string) {
	t.Helper()
	resp, err := p.control.Client().Post(p.control.URL+"/_faults", "application/json", strings.NewReader(`[{"nth":1,"match":`+what+`}]`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("/_faults answered %s", resp.Status)
	}
}

type letter struct {
	From      string              `json:"from"`
	To        []string            `json:"to"`
	Subject   string              `json:"subject"`
	Text      string              `json:"text"`
	MessageID string              `json:"message_id"`
	Headers   map[string][]string `json:"headers"`
}

// taken is what the stand-in holds.
func (p *post) taken(t *testing.T) []letter {
	t.Helper()
	resp, err := p.control.Client().Get(p.control.URL + "/_objects")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all map[string]json.RawMessage
	var out []letter
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(all["smtp.mail"], &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func hello() connect.MailMessage {
	return connect.MailMessage{To: []string{"ada@example.com"}, Subject: "You are needed: INC-1 Größere Störung",
		Text: "Ada, you are needed.\n.\nWar room: https://zoom.example/j/1", Link: "https://tocsin.example/i/INC-1"}
}

// calls are the commands the stand-in got.
func (p *post) calls(t *testing.T) []string {
	t.Helper()
	resp, err := p.control.Client().Get(p.control.URL + "/_calls")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all []struct{ Method string }
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range all {
		out = append(out, c.Method)
	}
	return out
}
