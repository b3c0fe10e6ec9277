package smtp

import (
	"bufio"
	"net"
	"strings"
	"testing"

	"tocsin/internal/connect"
)

// A connection that breaks within the message broke before the dot: surely nothing was sent. Nor may anything be said after it, which the
// server would take for the message's end.
func TestCutOffWithinTheMessage(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("220 plain.example\r\n"))
		for in := bufio.NewScanner(conn); in.Scan(); {
			if strings.HasPrefix(in.Text(), "DATA") {
				_, _ = conn.Write([]byte("354 go on\r\n"))
				_ = conn.(*net.TCPConn).SetLinger(0)
				return
			}
			_, _ = conn.Write([]byte("250 fine\r\n"))
		}
	}()
	c, err := New(Config{Address: l.Addr().String(), TLS: "none", From: "incidents@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	m := hello()
	m.Text = strings.Repeat("much more than the network holds back\n", 1<<19)
	if _, no := do(t.Context(), t, c, m); no == nil || no.Kind != connect.Retry {
		t.Errorf("got %v", no)
	}
}
