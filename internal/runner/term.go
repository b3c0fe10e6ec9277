package runner

import (
	"context"
	"errors"
	"net"
	"time"
)

// term is a stretch of time in which this server said without a gap that it lives. What is begun in one is never sent after it, because
// another server may have sent it by then.
type term struct {
	ctx context.Context
	end context.CancelFunc
}

func newTerm() *term {
	t := &term{}
	t.ctx, t.end = context.WithCancel(context.Background())
	return t
}

// wall is the time of the clock on the wall, which goes on while a machine is suspended.
func wall() time.Time { return time.Now().Round(0) }

// within has ctx end with the present term.
func (r *Runner) within(ctx context.Context) (context.Context, context.CancelFunc) {
	r.mu.Lock()
	t := r.term
	r.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(t.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// cutOff reports whether this server has not said for too long that it lives: it hung, or the database can't be reached.
func (r *Runner) cutOff() bool {
	if r.o.Leases == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return wall().After(r.until)
}

var errCutOff = errors.New("this server was cut off from the others for a while")

// Fence gives a way to dial whose connections send nothing once their term is over, nor while this server is cut off from the others: one
// that hung in the middle of a call does not end it after another server has made it.
func (r *Runner) Fence(dial func(ctx context.Context, network, addr string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		r.mu.Lock()
		t := r.term
		r.mu.Unlock()
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return fenced{c, r, t}, nil
	}
}

type fenced struct {
	net.Conn
	r *Runner
	t *term
}

func (f fenced) Write(b []byte) (int, error) {
	if f.t.ctx.Err() != nil || f.r.cutOff() {
		return 0, errCutOff
	}
	return f.Conn.Write(b)
}
