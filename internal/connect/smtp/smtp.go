// Package smtp sends an incident's mail through a mail server (submission, RFC 6409).
//
// SMTP has no idempotency key and nothing to look up: once the dot that ends the message was sent and no answer came, the mail may have
// been taken, and a person is asked (class none). Every attempt carries the same Message-ID, made from our mark, so that most mailboxes
// show a mail that was sent twice once. Up to that dot nothing was sent, whatever went wrong, and it is tried again.
package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"tocsin/internal/connect"
)

const provider = "smtp"

// deadline of one attempt: mail servers look a message over before they answer.
const deadline = 25 * time.Second

// Config is a mail server. Address is host:port; without a port it is 587, 465 with tls: tls, or 25 with tls: none. TLS is "starttls"
// (the default: no mail without it), "tls" (from the first byte) or "none" (a server on this machine or network that wants no password).
// From is the sender, as "Tocsin <incidents@example.com>".
type Config struct {
	Address  string `yaml:"address"`
	TLS      string `yaml:"tls"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
	From     string `yaml:"from"`
}

// Configured reports whether there is a mail server.
func (c Config) Configured() bool { return c.Address != "" }

var ports = map[string]int{"starttls": 587, "tls": 465, "none": 25}

// Connector sends through one server as one sender. It is safe for concurrent use.
type Connector struct {
	host           string
	port           int
	mode           string
	user, password string
	from           *netmail.Address
	domain         string      // of the sender; what makes a Message-ID ours
	tls            *tls.Config // nil: the system's roots
}

// New makes the connector; it makes no connection.
func New(c Config) (*Connector, error) {
	out := &Connector{mode: c.TLS, user: c.Username, password: c.Password}
	if out.mode == "" {
		out.mode = "starttls"
	}
	port, ok := ports[out.mode]
	if !ok {
		return nil, errors.New("connectors.smtp.tls: want starttls, tls or none")
	}
	host, given, err := net.SplitHostPort(c.Address)
	if err != nil {
		host = c.Address
	} else if port, err = strconv.Atoi(given); err != nil || port < 1 || port > 65535 {
		return nil, errors.New("connectors.smtp.address: want host:port, such as mail.example.com:587")
	}
	if out.host, out.port = host, port; host == "" || strings.ContainsAny(host, "/@ \t\r\n") {
		return nil, errors.New("connectors.smtp.address: want host:port, such as mail.example.com:587")
	}
	if out.from, err = netmail.ParseAddress(c.From); err != nil {
		return nil, errors.New("connectors.smtp.from: want the sender, such as Tocsin <incidents@example.com>")
	}
	out.domain = out.from.Address[strings.LastIndex(out.from.Address, "@")+1:]
	switch {
	case c.Username == "" && c.Password != "", c.Username != "" && c.Password == "":
		return nil, errors.New("connectors.smtp: username and password come together")
	case c.Username != "" && out.mode == "none":
		return nil, errors.New("connectors.smtp.tls: none would send the password in the clear; use starttls or tls")
	}
	return out, nil
}

// Name is "smtp".
func (c *Connector) Name() string { return provider }

// Operations lists what mail can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	send := connect.On(connect.None, 0, c.send, nil)
	send.Deadline = deadline
	return map[connect.Kind]connect.Operation{connect.MailSend: send}
}

// send delivers one message to the server, to all of its recipients or to none.
func (c *Connector) send(ctx context.Context, call connect.Call, m connect.MailMessage) (connect.Result, error) {
	id := call.Mark + "@" + c.domain
	msg, err := c.message(id, m)
	if err != nil {
		return connect.Result{}, err
	}
	s, err := c.open(ctx)
	if err != nil {
		return connect.Result{}, err
	}
	err = s.client.SendWithSMTPClient(s.wire, msg)
	if msg.IsDelivered() { // what goes wrong after that changes nothing
		s.quit()
		return connect.Result{Ref: id}, nil
	}
	s.drop()
	return connect.Result{}, c.sending(ctx, err)
}

// message makes the mail. What could end a header and begin another is refused: people type addresses and titles.
func (c *Connector) message(id string, m connect.MailMessage) (*mail.Msg, error) {
	refuse := func(why string) (*mail.Msg, error) {
		return nil, &connect.Error{Kind: connect.Refused, Message: why}
	}
	if len(m.To) == 0 {
		return refuse("the mail has no recipient")
	}
	for what, s := range map[string]string{"subject": m.Subject, "address to unsubscribe at": m.Unsubscribe} {
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return refuse("the " + what + " of the mail is more than one line")
		}
	}
	msg := mail.NewMsg()
	msg.FromMailAddress(c.from)
	for _, to := range m.To {
		a, err := netmail.ParseAddress(to)
		if err != nil || a.Address != to || strings.ContainsAny(to, "\r\n") {
			return refuse(fmt.Sprintf("%q is no e-mail address: correct it in the roster", short(to)))
		}
		msg.AddToMailAddress(a)
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(id)
	msg.SetUserAgent("Tocsin")
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // so that no absence note answers
	if m.Unsubscribe != "" {
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		if strings.HasPrefix(m.Unsubscribe, "https://") {
			msg.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
		}
	}
	text := m.Text
	if m.Link != "" && !strings.Contains(text, m.Link) {
		text += "\n\n" + m.Link
	}
	msg.SetBodyString(mail.TypeTextPlain, text+"\n")
	return msg, nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
