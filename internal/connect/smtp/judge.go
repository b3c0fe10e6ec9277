package smtp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/wneessen/go-mail"

	"tocsin/internal/connect"
)

// opening says what an error before the message means: surely nothing was sent.
func (c *Connector) opening(ctx context.Context, err error) *connect.Error {
	var said *textproto.Error
	switch {
	case ctx.Err() != nil:
		return c.unsent(ctx.Err())
	case errors.As(err, &said):
		return c.answer(said.Code, said.Msg)
	case lost(err):
		return c.unsent(err)
	}
	return &connect.Error{Kind: connect.Refused, Message: fmt.Sprintf("smtp: %s: %s; check connectors.smtp.tls, username and password", c.host, c.clip(err.Error()))}
}

// sending says what an error of the message itself means. Only while the answer to the last dot is waited for can it have been taken.
func (c *Connector) sending(ctx context.Context, err error) *connect.Error {
	var e *mail.SendError
	if !errors.As(err, &e) {
		return &connect.Error{Kind: connect.Unknown, Message: fmt.Sprintf("smtp: %s: the mail broke off", c.host)}
	}
	if code := e.ErrorCode(); code != 0 {
		text := strings.TrimPrefix(e.Error(), e.Reason.String()+": ")
		text, _, _ = strings.Cut(text, ", affected ")
		return c.answer(code, strings.TrimPrefix(text, fmt.Sprint(code, " ")))
	}
	cause := ctx.Err()
	if cause == nil {
		cause = io.ErrUnexpectedEOF
	}
	if e.Reason == mail.ErrSMTPDataClose {
		f := connect.Failure(provider, c.at(cause))
		f.Message += "; the mail may have gone out"
		return f
	}
	return c.unsent(cause)
}

// answer says what the server's no means: 4yz now, 5yz until somebody changes something (RFC 5321, 4.2.1). Either way it took nothing.
func (c *Connector) answer(code int, text string) *connect.Error {
	e := &connect.Error{Kind: connect.Retry, Status: code, Message: fmt.Sprintf("smtp: %s answered %d", c.host, code)}
	if text = c.clip(text); text != "" {
		e.Message += ": " + text
	}
	if code < 500 {
		return e
	}
	e.Kind = connect.Refused
	switch code {
	case 535, 534, 530, 538:
		e.Message += "; check connectors.smtp.username and password"
	case 550, 551, 553:
		e.Message += "; check the recipient's address in the roster, and that the server lets connectors.smtp.from send"
	}
	return e
}

func (c *Connector) at(err error) error {
	return &url.Error{Op: "send", URL: "smtp://" + c.host, Err: err}
}

func (c *Connector) unsent(err error) *connect.Error { return connect.Unsent(provider, c.at(err)) }

// lost reports whether the connection failed, and not what was said over it.
func lost(err error) bool {
	var n net.Error
	return errors.As(err, &n) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || certificate(err)
}

func certificate(err error) bool {
	return strings.Contains(connect.Failure(provider, err).Message, "certificate")
}

// clip makes one short line of what a server says, without the password should it repeat that.
func (c *Connector) clip(s string) string {
	if c.password != "" {
		s = strings.ReplaceAll(s, c.password, "***")
	}
	return short(strings.Join(strings.Fields(s), " "))
}
