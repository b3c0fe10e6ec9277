package live

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const limit = 2 * time.Minute // no test waits longer

func serve(t testing.TB, o Options) (*Topic, *httptest.Server) {
	t.Helper()
	topic := New(o)
	s := httptest.NewServer(topic)
	t.Cleanup(func() {
		topic.Close()
		s.Close()
		soon(t, func() bool { return topic.Readers() == 0 }, "readers stay after Close")
	})
	return topic, s
}

// soon waits for a state that other goroutines bring about.
func soon(t testing.TB, ok func() bool, what string) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// stream is a reader over real HTTP.
type stream struct {
	t     testing.TB
	res   *http.Response
	lines *bufio.Scanner
	last  string
}

func open(t testing.TB, url, last string) *stream {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{t: t, res: res, lines: bufio.NewScanner(res.Body)}
	s.lines.Buffer(nil, 1<<20)
	t.Cleanup(func() { cancel(); _ = res.Body.Close() })
	return s
}

// next is the next event as "name id data".
func (s *stream) next() string {
	s.t.Helper()
	name, id, data := "message", "", []string(nil)
	for s.lines.Scan() {
		line := s.lines.Text()
		field, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" && data != nil:
			s.last = id
			return name + " " + id + " " + strings.Join(data, "|")
		case field == "event":
			name = value
		case field == "id":
			id = value
		case field == "data":
			data = append(data, value)
		}
	}
	s.t.Fatalf("the stream ended: %v", s.lines.Err())
	return ""
}

func (s *stream) want(events ...string) {
	s.t.Helper()
	for _, w := range events {
		if got := s.next(); got != w {
			s.t.Fatalf("got %q, want %q", got, w)
		}
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	topic, srv := serve(t, Options{Ring: 2})
	topic.Set(1, []byte("whole"))
	a := open(t, srv.URL, "")
	if got := a.res.Header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	a.want("reset 1 whole")
	topic.Publish(2, []byte("two"))
	a.want("message 2 two")
	_ = a.res.Body.Close()
	topic.Publish(3, []byte("three"))
	open(t, srv.URL, a.last).want("message 3 three")
	open(t, srv.URL+"?after=1", "").want("message 2 two", "message 3 three")
	open(t, srv.URL+"?after=1", "2").want("message 3 three") // what was seen goes before what the page was made at
	topic.Set(4, []byte("whole 4"))
	topic.Publish(4, []byte("four"))
	open(t, srv.URL, "1").want("reset 4 whole 4")
	open(t, srv.URL, "nonsense").want("reset 4 whole 4")
	b := open(t, srv.URL, "4")
	topic.Publish(5, []byte("five"))
	b.want("message 5 five")
}

func TestWithoutHijack(t *testing.T) {
	t.Parallel()
	topic := New(Options{})
	topic.Set(1, []byte("whole"))
	srv := httptest.NewUnstartedServer(topic)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	t.Cleanup(topic.Close)
	for _, proto := range []string{"HTTP/2.0", "HTTP/1.1"} { // neither can be tried without waiting
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, nil)
		c := srv.Client()
		if proto == "HTTP/1.1" {
			tr := c.Transport.(*http.Transport).Clone()
			tr.TLSClientConfig.NextProtos, tr.ForceAttemptHTTP2 = []string{"http/1.1"}, false
			tr.Protocols = new(http.Protocols)
			tr.Protocols.SetHTTP1(true)
			c = &http.Client{Transport: tr}
		}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if res.Proto != proto {
			t.Fatalf("%s, want %s", res.Proto, proto)
		}
		s := &stream{t: t, lines: bufio.NewScanner(res.Body)}
		s.next()
		_, head := topic.since(fresh)
		v := head + 1
		topic.Set(v, []byte("whole"))
		topic.Publish(v, []byte("x"))
		s.want(fmt.Sprintf("message %d x", v))
		cancel()
	}
	soon(t, func() bool { return topic.Readers() == 0 }, "readers that left are still counted")
}

func TestBeatsAndHangUps(t *testing.T) {
	t.Parallel()
	topic, srv := serve(t, Options{Heartbeat: 5 * time.Millisecond, Beat: func() []byte { return []byte("event: beat\ndata: x\n\n") }})
	a := open(t, srv.URL, "")
	a.want("beat  x", "beat  x")
	if topic.Readers() != 1 {
		t.Errorf("%d readers", topic.Readers())
	}
	_ = a.res.Body.Close()
	soon(t, func() bool { return topic.Readers() == 0 }, "a reader that hung up is still counted")
}

func TestSlowReaderIsDroppedAndHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	topic, srv := serve(t, Options{Patience: 100 * time.Millisecond, Ring: 10000})
	slow, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	if err := slow.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(slow, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	soon(t, func() bool { return topic.Readers() == 1 }, "no reader")
	quick := open(t, srv.URL, "0")
	event := []byte(strings.Repeat("y", 64<<10))
	for v := int64(1); v <= 64; v++ {
		topic.Publish(v, event)
		if got := quick.next(); !strings.HasPrefix(got, fmt.Sprintf("message %d y", v)) {
			t.Fatalf("the quick reader got %.40q for %d", got, v)
		}
	}
	soon(t, func() bool { return topic.Readers() == 1 }, "the slow reader is not dropped")
}

func TestNoSeat(t *testing.T) {
	t.Parallel()
	topic, srv := serve(t, Options{Seats: NewSeats(1), Heartbeat: 5 * time.Millisecond})
	a := open(t, srv.URL, "")
	b := open(t, srv.URL, "")
	if b.res.StatusCode != http.StatusServiceUnavailable || b.res.Header.Get("Retry-After") == "" {
		t.Errorf("the second reader gets %s", b.res.Status)
	}
	_ = a.res.Body.Close()
	soon(t, func() bool { return topic.Readers() == 0 }, "the seat stays taken")
	if c := open(t, srv.URL, ""); c.res.StatusCode != http.StatusOK {
		t.Errorf("after the first left: %s", c.res.Status)
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	_, srv := serve(t, Options{})
	for method, want := range map[string]int{http.MethodHead: 200, http.MethodPost: 405, http.MethodDelete: 405} {
		req, _ := http.NewRequestWithContext(t.Context(), method, srv.URL, nil)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %s", method, res.Status)
		}
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	topic, srv := serve(t, Options{})
	a := open(t, srv.URL, "")
	soon(t, func() bool { return topic.Readers() == 1 }, "no reader")
	topic.Close()
	for a.lines.Scan() {
	}
	if err := a.lines.Err(); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the stream ends with %v", err)
	}
	if b := open(t, srv.URL, ""); b.res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after Close: %s", b.res.Status)
	}
}

// dial opens n streams without a goroutine each.
func dial(t testing.TB, srv *httptest.Server, n int) []net.Conn {
	t.Helper()
	conns := make([]net.Conn, n)
	for k := range conns {
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := io.WriteString(c, "GET /?after=0 HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/event-stream\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		conns[k] = c
	}
	return conns
}

func TestTwoThousandReaders(t *testing.T) {
	n, events := 2000, 20
	if testing.Short() {
		n = 200
	}
	topic, srv := serve(t, Options{})
	conns := dial(t, srv, n)
	soon(t, func() bool { return topic.Readers() == n }, "not all readers came")
	var all sync.WaitGroup
	wrong := make(chan string, n)
	for _, c := range conns {
		all.Go(func() {
			_ = c.SetReadDeadline(time.Now().Add(limit))
			in := bufio.NewReaderSize(c, 512)
			for v := 1; v <= events; {
				line, err := in.ReadString('\n')
				if err != nil {
					wrong <- err.Error()
					return
				}
				if id, ok := strings.CutPrefix(line, "id: "); ok {
					if id != fmt.Sprintf("%d\n", v) {
						wrong <- fmt.Sprintf("event %q, want %d", id, v)
						return
					}
					v++
				}
			}
		})
	}
	for v := 1; v <= events; v++ {
		topic.Publish(int64(v), []byte(strings.Repeat("z", 300)))
		runtime.Gosched()
	}
	all.Wait()
	close(wrong)
	bad := 0
	for w := range wrong {
		if bad++; bad < 4 {
			t.Error(w)
		}
	}
	if bad > 0 {
		t.Errorf("%d of %d readers were not sent every event once", bad, n)
	}
}

func TestMemoryPerReader(t *testing.T) {
	n := 1500
	topic, srv := serve(t, Options{})
	settled := func() uint64 {
		var m runtime.MemStats
		for range 3 {
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	dial(t, srv, 10)
	soon(t, func() bool { return topic.Readers() == 10 }, "not all readers came")
	before := settled()
	dial(t, srv, n)
	soon(t, func() bool { return topic.Readers() == n+10 }, "not all readers came")
	soon(t, func() bool { return runtime.NumGoroutine() < 200 }, "a reader has a goroutine")
	each := (int64(settled()) - int64(before)) / int64(n)
	t.Logf("%d bytes a reader, both ends of the connection", each)
	if each > 10<<10 {
		t.Errorf("%d bytes a reader; the bound is 10 KiB", each)
	}
}

// BenchmarkFanOut is the time from Publish until the last of the readers, which share the machine, has the event.
func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			topic, srv := serve(b, Options{})
			event := []byte(strings.Repeat("z", 300))
			size := len(encode("", 1_000_000, event))
			conns := dial(b, srv, n)
			soon(b, func() bool { return topic.Readers() == n }, "not all readers came")
			got := make(chan error, n)
			var wg sync.WaitGroup
			for _, c := range conns {
				in := bufio.NewReaderSize(c, 1024)
				for line := ""; !strings.HasPrefix(line, "retry"); {
					var err error
					if line, err = in.ReadString('\n'); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := in.ReadString('\n'); err != nil {
					b.Fatal(err)
				}
				wg.Go(func() {
					buf := make([]byte, size)
					for {
						_, err := io.ReadFull(in, buf)
						if got <- err; err != nil {
							return
						}
					}
				})
			}
			v := int64(1_000_000)
			for b.Loop() {
				topic.Publish(v, event)
				v++
				for range n {
					if err := <-got; err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/delivery")
			for _, c := range conns {
				_ = c.Close()
			}
			wg.Wait()
		})
	}
}
