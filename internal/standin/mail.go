package standin

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"time"
)

// mail is the stand-in for a mail server: what it took, oldest first. It speaks SMTP (mail_server.go), on a port of its own.
type mail struct {
	letters []*letter
}

// letter is one message that was taken.
type letter struct {
	id      string // the server's own, as its answer tells it
	born    time.Time
	from    string   // of the envelope
	to      []string // likewise
	header  netmail.Header
	subject string
	text    string
}

func (m *mail) provider() *provider {
	return &provider{name: "smtp", objects: m.objects, panel: m.panel}
}

// take keeps a message, or says why it is none.
func (m *mail) take(now time.Time, from string, to []string, raw []byte) (*letter, error) {
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"From", "Date", "Message-Id"} {
		if len(msg.Header[name]) != 1 {
			return nil, fmt.Errorf("want one %s, there are %d", name, len(msg.Header[name]))
		}
	}
	body := msg.Body
	switch strings.ToLower(msg.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		return nil, err
	}
	l := &letter{id: opaque("mail", len(m.letters))[:12], born: now, from: from, to: slices.Clone(to), header: msg.Header,
		subject: subject, text: strings.ReplaceAll(string(text), "\r\n", "\n")}
	m.letters = append(m.letters, l)
	return l, nil
}

func (m *mail) objects(string) []collection {
	return []collection{collect("smtp.mail", m.letters, func(l *letter) any {
		return map[string]any{"id": l.id, "at": l.born.Format(time.RFC3339Nano), "from": l.from, "to": l.to, "subject": l.subject, "text": l.text,
			"message_id": strings.Trim(l.header.Get("Message-Id"), "<>"), "headers": l.header}
	})}
}

func (m *mail) panel(string) panel {
	p := panel{Name: "Mail", Nothing: "No mail yet."}
	for _, l := range slices.Backward(m.letters) {
		p.Items = append(p.Items, item{At: l.born, Title: l.subject, Text: "To " + strings.Join(l.to, ", ") + "\n" + l.text})
	}
	return p
}
