package standin

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// exchange is one call on its way through a provider.
type exchange struct {
	world    *world
	provider *provider
	do       operation
	request  *request
	out      http.ResponseWriter
}

// handler answers the calls of one route: recorded, delayed, and with whatever fault is due.
func (w *world) handler(p *provider, do operation) http.HandlerFunc {
	return func(out http.ResponseWriter, in *http.Request) {
		_, base := w.server.now(in)
		r, body := read(in, base)
		sent := sentPath(in)
		c := w.record(p, in, sent, body)
		x := &exchange{w, p, do, r, out}
		x.pause(w.server.latency)
		f := w.due(in.Method, sent)
		switch {
		case in.Context().Err() != nil:
			return // the caller has left
		case f == nil:
			w.answered(c, x.send(x.process()))
		default:
			w.server.log.Info("stand-in fault", "fault", f.Fault, "method", in.Method, "path", sent)
			w.answered(c, effects[f.Fault](x, f))
		}
		w.server.log.Debug("stand-in call", "n", c.N, "provider", p.name, "method", in.Method, "path", sent)
	}
}

// process carries the call out.
func (x *exchange) process() reply {
	return x.answer(func(r *request) reply {
		if no := x.provider.admit(r); no != nil {
			return *no
		}
		return x.do(r)
	})
}

func (x *exchange) answer(do operation) reply {
	x.world.mu.Lock()
	defer x.world.mu.Unlock()
	x.request.now = time.Now().UTC()
	return do(x.request)
}

// pause waits, for ever if d is negative, till the caller leaves or the world is forgotten.
func (x *exchange) pause(d time.Duration) { x.world.pause(d, x.request.Context().Done()) }

func (w *world) pause(d time.Duration, left <-chan struct{}) {
	if d == 0 {
		return
	}
	var over <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		over = t.C
	}
	select {
	case <-over:
	case <-left:
	case <-w.gone:
	}
}

func (x *exchange) send(r reply) int {
	body, _ := x.head(r)
	_, _ = x.out.Write(body) // a caller who left misses it
	return r.status
}

// sendHalf announces the whole body, sends half of it and drops the connection.
func (x *exchange) sendHalf(r reply) int {
	body, length := x.head(r)
	if length == 0 {
		return x.drop()
	}
	_, _ = x.out.Write(body[:length/2])
	_ = http.NewResponseController(x.out).Flush()
	if conn, _, err := http.NewResponseController(x.out).Hijack(); err == nil {
		_ = conn.Close() // not reset: what was sent shall arrive
	}
	return r.status
}

func (x *exchange) head(r reply) (body []byte, length int) {
	body, mediaType := r.encoded()
	h := x.out.Header()
	if mediaType != "" {
		h.Set("Content-Type", mediaType)
		h.Set("Content-Length", fmt.Sprint(len(body)))
	}
	for name, value := range r.header {
		h.Set(name, value)
	}
	x.out.WriteHeader(r.status)
	if r.status == http.StatusNoContent || x.request.Method == http.MethodHead {
		body = nil
	}
	return body, len(body)
}

// malformed gives the reply with a body that says it is JSON and is not.
func (r reply) malformed() reply {
	r.body = document{"application/json; charset=utf-8", `{"ok":tru,"data":[{"id":`}
	if r.status == http.StatusNoContent {
		r.status = http.StatusOK
	}
	return r
}

// drop breaks the connection off, with a TCP reset where it can.
func (x *exchange) drop() int {
	conn, _, err := http.NewResponseController(x.out).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
	return 0
}

// late takes effect only after a while, when the caller has lost its connection, or its life.
func (x *exchange) late(f *fault) int {
	time.AfterFunc(f.wait(), func() { x.process() })
	if f.PID > 1 {
		x.kill(f.PID)
	}
	return x.drop()
}

// kill ends a process at once, as SIGKILL does.
func (x *exchange) kill(pid int) { x.world.kill(pid) }

func (w *world) kill(pid int) {
	p, err := os.FindProcess(pid)
	if err == nil {
		err = p.Kill()
	}
	if err != nil {
		w.server.log.Warn("stand-in kill", "pid", pid, "error", err)
	}
}
