package live

import (
	"net"
	"sync"
	"syscall"
	"time"
)

// reader is a connection taken from net/http. It belongs to its pump, or to the goroutine that waits for it.
type reader struct {
	conn net.Conn
	raw  syscall.RawConn
	at   int64 // version of the last event sent
}

// pump writes to a share of a topic's readers. Its goroutine runs only while it has any.
type pump struct {
	t    *Topic
	wake chan struct{}

	mu      sync.Mutex
	coming  []*reader
	running bool
}

func newPump(t *Topic) *pump { return &pump{t: t, wake: make(chan struct{}, 1)} }

func (p *pump) poke() {
	select {
	case p.wake <- struct{}{}:
	default: // awake already
	}
}

// join takes a reader over.
func (p *pump) join(r *reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coming = append(p.coming, r)
	if !p.running {
		p.running = true
		go p.run()
	}
	p.poke()
}

// run writes until the last reader is gone.
func (p *pump) run() {
	var readers []*reader
	w := newWire()
	beat := time.NewTicker(p.t.o.Heartbeat)
	defer beat.Stop()
	for {
		due := false
		select {
		case <-p.wake:
		case <-beat.C:
			due = true
		}
		_, closed := p.t.wait()
		p.mu.Lock()
		readers = append(readers, p.coming...)
		p.coming = nil
		p.mu.Unlock()
		if closed {
			for _, r := range readers {
				p.t.drop(r)
			}
			readers = nil
		} else {
			readers = p.round(w, readers, due)
		}
		p.mu.Lock()
		if len(readers) == 0 && len(p.coming) == 0 {
			p.running = false
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()
	}
}

// round sends every reader what it has not seen, and gives those who stay.
func (p *pump) round(w *wire, readers []*reader, beat bool) []*reader {
	var pulse []byte
	if beat {
		pulse = p.t.o.Beat()
	}
	stay := readers[:0]
	from, to := fresh-1, int64(0) // nearly all stand at the same version
	var news []byte
	for _, r := range readers {
		if beat && w.gone(r.raw) {
			p.t.drop(r)
			continue
		}
		if r.at != from {
			from = r.at
			news, to = p.t.since(from)
		}
		b := news
		if len(b) == 0 {
			b = pulse
		}
		if len(b) == 0 {
			r.at = to
			stay = append(stay, r)
			continue
		}
		n, err := w.send(r.raw, b)
		switch {
		case err != nil:
			p.t.drop(r)
		case n < len(b):
			p.waitFor(r, b[n:], to)
		default:
			r.at = to
			stay = append(stay, r)
		}
	}
	clear(readers[len(stay):])
	return stay
}

// waitFor gives a reader whose socket is full some time, aside from the others.
func (p *pump) waitFor(r *reader, rest []byte, to int64) {
	if p.t.lagging.Add(1) > maxLagging {
		p.t.lagging.Add(-1)
		p.t.drop(r)
		return
	}
	go func() {
		defer p.t.lagging.Add(-1)
		if err := patiently(r.conn, rest, p.t.o.Patience); err != nil {
			p.t.drop(r)
			return
		}
		r.at = to
		p.join(r)
	}()
}

// patiently writes within a time and takes the deadline away again.
func patiently(c net.Conn, b []byte, patience time.Duration) error {
	if err := c.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.Write(b); err != nil {
		return err
	}
	return c.SetWriteDeadline(time.Time{})
}

func (t *Topic) drop(r *reader) {
	_ = r.conn.Close() // it is given up either way
	t.left()
}

func (t *Topic) left() {
	t.readers.Add(-1)
	t.o.Seats.leave()
}
