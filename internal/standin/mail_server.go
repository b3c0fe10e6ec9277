package standin

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	netmail "net/mail"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailPath is what a fault's match says for mail: "RCPT /smtp". The verbs are AUTH, MAIL, RCPT and DATA.
const mailPath = "/smtp"

// mailEffects are the faults that mail knows. At DATA, a status is answered to the whole message, and reset_after drops the connection
// between the dot that ends it and the answer.
var mailEffects = []string{"status", "latency", "hang", "reset_before", "reset_after", "kill_before", "kill_after"}

// ServeMail speaks SMTP on l until Close; it offers STARTTLS if there is a configuration for it. Any credentials are accepted.
func (s *Server) ServeMail(l net.Listener, conf *tls.Config) error {
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &mailSession{server: s, conn: c}, nil }))
	srv.Domain, srv.TLSConfig, srv.AllowInsecureAuth, srv.EnableSMTPUTF8 = "mail.stand-in.example", conf, true, true
	srv.MaxMessageBytes, srv.ErrorLog = maxBody, log.New(io.Discard, "", 0)
	s.mu.Lock()
	s.mails = append(s.mails, srv)
	s.mu.Unlock()
	if err := srv.Serve(l); !errors.Is(err, smtp.ErrServerClosed) {
		return err
	}
	return nil
}

// mailSession is one connection's conversation.
type mailSession struct {
	server *Server
	conn   *smtp.Conn
	from   string
	to     []string
}

var errDropped = errors.New("the connection was dropped on purpose")

// turn answers one command: recorded, delayed, and with whatever fault is due. do runs under the world's lock.
func (s *mailSession) turn(verb, said string, do func(*world) error) error {
	w := s.server.present()
	c := &call{At: time.Now().UTC().Format(time.RFC3339Nano), Provider: "smtp", Method: verb, Path: mailPath,
		Query: map[string]string{}, Headers: map[string]string{}, Body: said}
	w.note(c)
	w.pause(w.server.latency, nil)
	run := func() error {
		w.mu.Lock()
		defer w.mu.Unlock()
		return do(w)
	}
	f := w.due(verb, mailPath)
	if f == nil {
		return s.answered(w, c, run())
	}
	w.server.log.Info("stand-in fault", "fault", f.Fault, "method", verb, "path", mailPath)
	switch f.Fault {
	case "status":
		return s.answered(w, c, f.mailRefusal())
	case "latency":
		w.pause(f.wait(), nil)
		return s.answered(w, c, run())
	case "hang":
		w.pause(-1, nil)
	case "reset_after":
		_ = run() // dropped whatever came of it
	case "kill_before":
		w.kill(f.PID)
	case "kill_after":
		_ = run()
		w.kill(f.PID)
	}
	s.drop()
	return errDropped
}

// answered notes the code that goes out with err.
func (s *mailSession) answered(w *world, c *call, err error) error {
	var no *smtp.SMTPError
	switch {
	case errors.As(err, &no):
		w.answered(c, no.Code)
	case err != nil:
		w.answered(c, 554)
	default:
		w.answered(c, 250)
	}
	return err
}

// mailRefusal is what fault status answers.
func (f *fault) mailRefusal() error {
	text := "No, on purpose"
	if f.Body != nil && json.Unmarshal(f.Body, &text) != nil {
		text = string(f.Body)
	}
	return &smtp.SMTPError{Code: f.Status, Message: text}
}

// drop breaks the connection off, with a TCP reset.
func (s *mailSession) drop() {
	conn := s.conn.Conn()
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// AuthMechanisms lists what a client may sign in with.
func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth accepts any user with a password.
func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		return s.turn("AUTH", user, func(*world) error {
			if user == "" || password == "" {
				return smtp.ErrAuthFailed
			}
			return nil
		})
	}), nil
}

// Mail begins a message.
func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	return s.turn("MAIL", from, func(*world) error {
		s.from, s.to = from, nil
		return nil
	})
}

// Rcpt adds a recipient.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	return s.turn("RCPT", to, func(*world) error {
		if _, err := netmail.ParseAddress(to); err != nil {
			return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 3}, Message: "That is no address"}
		}
		s.to = append(s.to, to)
		return nil
	})
}

// Data takes the message.
func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // it broke off before the dot: there is no message
	}
	return s.turn("DATA", string(raw), func(w *world) error {
		if _, err := w.mail.take(time.Now().UTC(), s.from, s.to, raw); err != nil {
			return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: fmt.Sprintf("That is no message: %v", err)}
		}
		return nil
	})
}

// Reset forgets the message that was begun.
func (s *mailSession) Reset() { s.from, s.to = "", nil }

// Logout has nothing to free.
func (s *mailSession) Logout() error { return nil }
