package standin

import (
	"net"
	"net/smtp"
	"strings"
	"testing"
)

// post gives an SMTP client that is connected to the stand-in.
func (s stand) post(t *testing.T) *smtp.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.ServeMail(l, nil) }() // ends with Close
	c, err := smtp.Dial(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// sent hands over one message and gives the server's answer to it.
func sent(t *testing.T, c *smtp.Client, message string) error {
	t.Helper()
	if err := c.Mail("a@example.com"); err != nil {
		t.Fatal(err)
	}
	if err := c.Rcpt("b@example.com"); err != nil {
		t.Fatal(err)
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(message)); err != nil {
		t.Fatal(err)
	}
	return w.Close()
}

const wholeMail = "From: a@example.com\r\nTo: b@example.com\r\nDate: Mon, 23 Nov 2026 08:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n" +
	"Subject: =?utf-8?q?Gr=C3=B6=C3=9Fer?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nf=C3=BCr dich\r\n"

func TestMail(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t)
	if err := sent(t, c, strings.Replace(wholeMail, "Message-ID", "X", 1)); err == nil || !strings.HasPrefix(err.Error(), "554") {
		t.Errorf("a message without an id: %v", err)
	}
	if err := sent(t, c, wholeMail); err != nil {
		t.Fatal(err)
	}
	got := s.told(t, "smtp.mail")
	if len(got) != 1 || dig(got[0], "subject") != "Größer" || dig(got[0], "text") != "für dich\n" || dig(got[0], "message_id") != "1@example.com" {
		t.Errorf("it holds %v", got)
	}
	if board := s.ask(t, "GET", "/", nil).text; !strings.Contains(board, "Größer") || !strings.Contains(board, "für dich") {
		t.Error("people don't see it")
	}
	if calls := s.heard(t); len(calls) != 6 || calls[5]["method"] != "DATA" || calls[5]["status"] != 250. || calls[2]["status"] != 554. {
		t.Errorf("it heard %v", calls)
	}
}

func TestMailFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	if a := s.ask(t, "POST", "/_faults", `[{"match":"DATA /smtp","fault":"truncate"}]`); a.status != 400 || !strings.Contains(a.text, "mail knows status") {
		t.Errorf("a fault that mail does not know: %d %s", a.status, a.text)
	}
	if a := s.ask(t, "POST", "/_faults", `[{"match":"RCPT /smtp","nth":1,"fault":"status","status":450,"body":"later"}]`); a.status != 200 {
		t.Fatal(a.text)
	}
	c := s.post(t)
	if err := c.Mail("a@example.com"); err != nil {
		t.Fatal(err)
	}
	if err := c.Rcpt("b@example.com"); err == nil || !strings.HasPrefix(err.Error(), "450") || !strings.Contains(err.Error(), "later") {
		t.Errorf("got %v", err)
	}
	if err := c.Rcpt("b@example.com"); err != nil {
		t.Errorf("the second: %v", err)
	}
}
