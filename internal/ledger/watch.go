package ledger

import (
	"context"

	"tocsin/internal/incident"
)

// Change is that entries up to Seq were appended and are durable.
type Change struct {
	Incident  string // ULID
	Name      string
	Seq       int64
	State     *incident.Incident
	Entries   []incident.Entry // what was appended
	Elsewhere bool             // another server did; Entries is empty
}

// Watch has f told of every change from now on, until stop; of several that other servers made in a row perhaps only of the last. f is called in the goroutine that
// appended or heard of it; it must be quick and must not call Do.
func (l *Ledger) Watch(f func(Change)) (stop func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.next
	l.next++
	l.watchers[n] = f
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, n)
	}
}

// tell tells the watchers.
func (l *Ledger) tell(c Change) {
	l.mu.Lock()
	if c.Elsewhere && l.told[c.Incident] >= c.Seq {
		l.mu.Unlock()
		return
	}
	l.told[c.Incident] = max(l.told[c.Incident], c.Seq)
	tell := make([]func(Change), 0, len(l.watchers))
	for _, w := range l.watchers {
		tell = append(tell, w)
	}
	l.mu.Unlock()
	for _, w := range tell {
		w(c)
	}
}

// Heard is to be called when another server may have appended to the log of an incident, up to seq; the watchers are told if it did.
func (l *Ledger) Heard(ctx context.Context, id string, seq int64) error {
	l.mu.Lock()
	known := l.told[id] >= seq
	l.mu.Unlock()
	if known {
		return nil
	}
	c, err := l.load(ctx, id, true)
	if err != nil {
		return err
	}
	l.tell(Change{Incident: id, Name: c.name, Seq: c.folded.Seq, State: c.folded, Elsewhere: true})
	return nil
}

// HeardAll is to be called when other servers may have appended to any log.
func (l *Ledger) HeardAll(ctx context.Context) error {
	ids, err := l.store.IDs(ctx)
	for _, id := range ids {
		var c *cached
		if c, err = l.load(ctx, id, true); err != nil {
			break
		}
		l.tell(Change{Incident: id, Name: c.name, Seq: c.folded.Seq, State: c.folded, Elsewhere: true})
	}
	return err
}
