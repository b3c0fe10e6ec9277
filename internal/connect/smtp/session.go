package smtp

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"github.com/wneessen/go-mail"
	wire "github.com/wneessen/go-mail/smtp"

	"tocsin/internal/connect"
)

// mechanisms to sign in with, the strongest first. Those that show the password are used over TLS only.
var mechanisms = []mail.SMTPAuthType{mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin, mail.SMTPAuthCramMD5}

// session is a connection that was greeted, encrypted and signed in.
type session struct {
	client *mail.Client
	wire   *wire.Client
	line   *line
}

// line is the connection under it all. It breaks when its context ends, which the library does not look at while it waits for an answer.
type line struct {
	mu   sync.Mutex
	conn net.Conn
	stop func() bool
}

func (l *line) hold(ctx context.Context, conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn, l.stop = conn, context.AfterFunc(ctx, func() { _ = conn.Close() })
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.stop()
		_ = l.conn.Close()
	}
}

// open connects and signs in. Its errors are *connect.Error; nothing was sent then.
func (c *Connector) open(ctx context.Context) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, c.opening(ctx, err)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.tls != nil {
		conf = c.tls.Clone()
	}
	conf.ServerName = c.host
	l := &line{}
	dial := func(within context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(within, network, address)
		if err != nil {
			return nil, err
		}
		l.hold(ctx, conn)
		if c.mode != "tls" {
			return conn, nil
		}
		secured := tls.Client(conn, conf)
		return secured, secured.HandshakeContext(within)
	}
	within := deadline // the library gives up a little after ctx, so that it is ctx that says why
	if end, ok := ctx.Deadline(); ok {
		within = max(time.Until(end), 0)
	}
	policy := mail.TLSMandatory
	if c.mode != "starttls" {
		policy = mail.NoTLS // or it is there already
	}
	options := []mail.Option{mail.WithPort(c.port), mail.WithTimeout(within + time.Second), mail.WithTLSPolicy(policy), mail.WithTLSConfig(conf),
		mail.WithDialContextFunc(dial), mail.WithoutNoop(), mail.WithoutRset()}
	if c.user != "" {
		options = append(options, mail.WithOpportunisticSMTPAuth(mechanisms...), mail.WithUsername(c.user), mail.WithPassword(c.password))
	}
	client, err := mail.NewClient(c.host, options...)
	if err != nil {
		return nil, &connect.Error{Kind: connect.Refused, Message: "smtp: connectors.smtp does not make a connection: " + err.Error()}
	}
	wire, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		l.cut()
		return nil, c.opening(ctx, err)
	}
	return &session{client, wire, l}, nil
}

// quit takes leave. Whether the server answers no longer matters, so it is not waited for long.
func (s *session) quit() {
	patience := time.AfterFunc(time.Second, s.line.cut)
	defer patience.Stop()
	_ = s.wire.Quit()
	s.line.cut()
}

// drop breaks off without a word: a QUIT after half a message would end it with a dot, as if it were whole.
func (s *session) drop() { s.line.cut() }
