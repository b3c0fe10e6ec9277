package live

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"
)

// sendBuffer bounds what the kernel keeps for a reader.
const sendBuffer = 64 << 10

// ServeHTTP streams the topic. A reader says what it saw last by Last-Event-ID or, as browsers can't set that on a first request, by
// the query parameter "after". Headers that were set before are kept. It answers 503 when there is no seat, or after Close.
//
// The connection is taken from net/http where that can be done, so http.Server.Shutdown does not end it: Close does.
func (t *Topic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This can only be read.", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache, no-transform")
	h.Set("X-Accel-Buffering", "no") // proxies pass events on as they come
	if r.Method == http.MethodHead {
		return
	}
	if _, closed := t.wait(); closed || !t.o.Seats.take() {
		h.Set("Retry-After", "30")
		http.Error(w, "No stream now. The page itself is up to date.", http.StatusServiceUnavailable)
		return
	}
	t.readers.Add(1)
	at := seen(r)
	conn, _, err := http.NewResponseController(w).Hijack()
	switch {
	case err == nil:
		t.adopt(conn, h, at)
	case errors.Is(err, http.ErrNotSupported):
		defer t.left()
		t.follow(w, r, at)
	default:
		t.left()
	}
}

// seen is the version a reader names, or fresh.
func seen(r *http.Request) int64 {
	word := r.Header.Get("Last-Event-ID")
	if word == "" {
		word = r.URL.Query().Get("after")
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil && n >= 0 {
		return n
	}
	return fresh
}

// adopt answers on a connection of our own and gives it to a pump.
func (t *Topic) adopt(c net.Conn, h http.Header, at int64) {
	r := &reader{conn: c}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // the system's own size serves as well
	}
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	h.Set("Connection", "close") // the stream ends with the connection
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	_ = h.Write(&b) // a buffer takes all
	b.WriteString("\r\n")
	b.Write(retry())
	news, to := t.since(at)
	b.Write(news)
	_ = c.SetReadDeadline(time.Time{}) // the server's own deadlines do not fit a stream
	if patiently(c, b.Bytes(), t.o.Patience) != nil {
		t.drop(r)
		return
	}
	r.at = to
	var ok bool
	if r.raw, ok = raw(c); !ok {
		t.escort(r)
		return
	}
	t.pumps[int(t.readers.Load())%len(t.pumps)].join(r)
}

// escort serves a taken connection that can't be tried without waiting.
func (t *Topic) escort(r *reader) {
	defer t.drop(r)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		var junk [64]byte
		for {
			if _, err := r.conn.Read(junk[:]); err != nil {
				return
			}
		}
	}()
	t.serve(r.at, gone, func(b []byte) error { return patiently(r.conn, b, t.o.Patience) })
}

// follow serves a response that net/http keeps.
func (t *Topic) follow(w http.ResponseWriter, r *http.Request, at int64) {
	out := http.NewResponseController(w)
	write := func(b []byte) error {
		_ = out.SetWriteDeadline(time.Now().Add(t.o.Patience)) // not every writer can
		if _, err := w.Write(b); err != nil {
			return err
		}
		return out.Flush()
	}
	if write(retry()) == nil {
		t.serve(at, r.Context().Done(), write)
	}
}

// serve writes to one reader until it is gone or the topic closes.
func (t *Topic) serve(at int64, gone <-chan struct{}, write func([]byte) error) {
	beat := time.NewTicker(t.o.Heartbeat)
	defer beat.Stop()
	for {
		moved, closed := t.wait()
		if closed {
			return
		}
		news, to := t.since(at)
		if at = to; len(news) > 0 && write(news) != nil {
			return
		}
		select {
		case <-gone:
			return
		case <-moved:
		case <-beat.C:
			if write(t.o.Beat()) != nil {
				return
			}
		}
	}
}
