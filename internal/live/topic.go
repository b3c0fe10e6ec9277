// Package live carries what one publisher says to very many readers over server-sent events.
//
// A Topic holds the newest snapshot, a short memory of events (the ring), and its readers. The publisher hands bytes over and goes on: it
// never waits for a reader. Every reader is sent every event once, in order, by its version; whoever comes back with the version it saw
// last is sent what came after, or a "reset" event with the whole snapshot where the ring no longer reaches back. A reader that does not
// take what it is sent within a set time is dropped; it comes back by itself and resumes.
//
// A connection costs about a kilobyte: it is taken from net/http, which frees its buffers and its goroutine, and is written to by a few
// goroutines that all readers of a topic share. All readers share the encoded bytes. Where a connection can't be taken (HTTP/2, TLS), a
// goroutine serves it.
package live

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Options of a Topic. The zero value is ready to use.
type Options struct {
	Ring      int           // events kept for those who come back; 0: 256. They are held to 1 MiB together as well
	Heartbeat time.Duration // how often a quiet stream is sent a beat; 0: 15 s
	Patience  time.Duration // how long a reader may take to accept what it is sent; 0: 10 s
	Seats     *Seats        // bounds the readers, of several topics together; nil: no bound
	Beat      func() []byte // what a beat sends: whole lines of the protocol and an empty one; nil: a comment
}

const (
	ringBytes  = 1 << 20
	maxLagging = 1024 // readers of a topic that may be waited for at a time; more are dropped at once
)

// Topic is one stream. Its methods may be called from anywhere at once.
type Topic struct {
	o     Options
	pumps []*pump

	readers atomic.Int64
	lagging atomic.Int64

	mu       sync.Mutex
	ring     []frame
	held     int   // bytes in the ring
	head     int64 // version of the newest frame, or what was set before the first
	snapshot frame // the "reset" event
	moved    chan struct{}
	closed   bool
}

// frame is an event as it goes out. Its bytes never change.
type frame struct {
	prev, version int64
	bytes         []byte
}

// New makes a topic without readers. It starts nothing: its goroutines come with the first reader and end with the last.
func New(o Options) *Topic {
	if o.Ring <= 0 {
		o.Ring = 256
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = 15 * time.Second
	}
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	if o.Beat == nil {
		o.Beat = func() []byte { return []byte(": beat\n\n") }
	}
	t := &Topic{o: o, moved: make(chan struct{})}
	for range min(runtime.GOMAXPROCS(0), 8) {
		t.pumps = append(t.pumps, newPump(t))
	}
	return t
}

// Set gives the whole state as of version, for readers who come new or have been away too long. Versions are not negative. Call it
// before Publish of the same version, so that nobody is sent a snapshot older than the ring.
func (t *Topic) Set(version int64, snapshot []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if version < t.snapshot.version {
		return
	}
	t.snapshot = frame{version: version, bytes: encode("reset", version, snapshot)}
	if len(t.ring) == 0 && t.head == 0 {
		t.head = version
	}
}

// Publish sends an event to every reader and returns at once. A version that is not greater than the last one published is ignored.
func (t *Topic) Publish(version int64, event []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if version <= t.head || t.closed {
		return
	}
	f := frame{prev: t.head, version: version, bytes: encode("", version, event)}
	t.head = version
	t.ring = append(t.ring, f)
	t.held += len(f.bytes)
	drop := 0
	for len(t.ring)-drop > t.o.Ring || t.held > ringBytes && len(t.ring)-drop > 1 {
		t.held -= len(t.ring[drop].bytes)
		t.ring[drop] = frame{}
		drop++
	}
	t.ring = t.ring[drop:]
	t.tell()
}

// Readers is how many there are now.
func (t *Topic) Readers() int { return int(t.readers.Load()) }

// Close ends all streams. Whoever comes later is asked to come back.
func (t *Topic) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.tell()
}

// tell wakes whoever writes. t.mu is held.
func (t *Topic) tell() {
	close(t.moved)
	t.moved = make(chan struct{})
	for _, p := range t.pumps {
		p.poke()
	}
}

// wait gives a channel that is closed with the next change, and whether the topic is closed.
func (t *Topic) wait() (<-chan struct{}, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.moved, t.closed
}

// fresh is the position of a reader who has seen nothing.
const fresh = int64(-1)

// since gives what a reader who has seen version at must be sent, and where it stands afterwards.
func (t *Topic) since(at int64) ([]byte, int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at == t.head {
		return nil, at
	}
	from := -1 // first frame to send; frames are few, and nearly always it is the last
	for n := len(t.ring) - 1; n >= 0 && from < 0; n-- {
		if t.ring[n].prev == at {
			from = n
		}
	}
	switch {
	case from == len(t.ring)-1 && from >= 0:
		return t.ring[from].bytes, t.head
	case from >= 0:
		return t.join(nil, from), t.head
	case t.snapshot.bytes != nil && at == t.snapshot.version && at > t.head:
		return nil, at // its event is about to come
	case t.snapshot.bytes == nil && at == fresh:
		return nil, t.head
	case t.snapshot.bytes == nil:
		return encode("reset", t.head, nil), t.head
	}
	from = len(t.ring)
	for from > 0 && t.ring[from-1].version > t.snapshot.version {
		from--
	}
	return t.join(t.snapshot.bytes, from), max(t.head, t.snapshot.version)
}

// join puts the frames of the ring from n on behind b.
func (t *Topic) join(b []byte, n int) []byte {
	if n == len(t.ring) {
		return b
	}
	parts := [][]byte{b}
	for _, f := range t.ring[n:] {
		parts = append(parts, f.bytes)
	}
	return bytes.Join(parts, nil)
}

// encode writes an event as the protocol wants it.
func encode(name string, version int64, data []byte) []byte {
	b := make([]byte, 0, len(data)+48)
	if name != "" {
		b = append(append(append(b, "event: "...), name...), '\n')
	}
	b = strconv.AppendInt(append(b, "id: "...), version, 10)
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		b = append(append(b, "\ndata: "...), bytes.ReplaceAll(line, []byte{'\r'}, nil)...)
	}
	return append(b, "\n\n"...)
}

// retry tells a reader how long to wait before it comes back: not all at once.
func retry() []byte {
	return []byte("retry: " + strconv.Itoa(2000+rand.IntN(4000)) + "\n\n") //nolint:gosec // it spreads load, it hides nothing
}
