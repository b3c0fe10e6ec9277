// Package ledger is the one door to the log: Do decides, appends, commits and tells; View reads.
//
// Everything that happens to an incident passes Do, whichever face it came from. Do loads the log, folds it, lets package incident
// decide, and writes entries and summary in one transaction; what it acknowledged is durable. Whoever loses a race decides again on the
// new log. A command that comes twice under one key is carried out once. Watchers are told after the commit, never before.
package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

// Store is where logs are kept. *store.Store is one.
type Store interface {
	Find(ctx context.Context, id string, number int64) (ulid, name string, err error)
	Entries(ctx context.Context, id string, after int64) ([]incident.Entry, error)
	Command(ctx context.Context, author, key string) (store.Done, error)
	Append(ctx context.Context, a store.Append) (name string, err error)
	IDs(ctx context.Context) ([]string, error)
}

// Ledger is safe for concurrent use.
type Ledger struct {
	store   Store
	clock   func() time.Time
	real    func() time.Time
	runbook func() *runbook.Runbook
	people  func() []string
	service incident.Services
	parts   []string
	alone   bool

	mu       sync.Mutex
	logs     map[string]*cached
	told     map[string]int64 // Seq up to which the watchers were told
	watchers map[int]func(Change)
	next     int
}

type cached struct {
	name    string
	entries []incident.Entry
	folded  *incident.Incident
}

// Options set a Ledger up. Clock is the incidents' clock, Real the machine's; nil: time.Now. Runbook is what a new incident is run by.
// People lists the ids of the whole roster. Services carry steps out. Alone: nobody else appends to this store, as in a folder, so what is in memory is how it stands.
type Options struct {
	Clock   func() time.Time
	Real    func() time.Time
	Runbook func() *runbook.Runbook
	People  func() []string
	Alone   bool

	Services   incident.Services
	Components []string // parts of the service that the status page shows
}

// New makes a ledger over a store.
func New(s Store, o Options) *Ledger {
	l := &Ledger{store: s, clock: o.Clock, real: o.Real, runbook: o.Runbook, people: o.People, alone: o.Alone, service: o.Services, parts: o.Components,
		logs: map[string]*cached{}, told: map[string]int64{}, watchers: map[int]func(Change){}}
	if l.clock == nil {
		l.clock = time.Now
	}
	if l.real == nil {
		l.real = time.Now
	}
	if l.runbook == nil {
		l.runbook = runbook.Default
	}
	if l.people == nil {
		l.people = func() []string { return nil }
	}
	return l
}

// Components are the parts of the service that the status page shows.
func (l *Ledger) Components() []string { return l.parts }

// Services is what decisions know of the services that carry steps out.
func (l *Ledger) Services() incident.Services { return l.service }

// Now is the incidents' clock.
func (l *Ledger) Now() time.Time { return l.clock().UTC().Truncate(time.Millisecond) }

// Real is the machine's clock.
func (l *Ledger) Real() time.Time { return l.real().UTC().Truncate(time.Millisecond) }

// Request is one command of one actor. Incident is empty for Declare. Key, of at most 255 bytes, makes a repeat harmless; empty: no key.
type Request struct {
	Incident string // ULID, INC-n or n
	Actor    string // person id, or incident.System
	Key      string
	Command  incident.Command
}

// Result is what a command led to: the state after it and the entries it made, none if it was so already.
type Result struct {
	Incident *incident.Incident
	Entries  []incident.Entry
	Repeat   bool // the command had been carried out before; these are its first entries
}

// tries bounds how often a lost race is decided again.
const tries = 50

// Do carries a command out. Errors are *incident.Error when the command is at fault; all others mean that nothing was written,
// or all of it, when the database went away before it could say so: the same request under the same key is safe.
func (l *Ledger) Do(ctx context.Context, r Request) (Result, error) {
	if len(r.Key) > 255 || !utf8.ValidString(r.Key) || strings.ContainsRune(r.Key, 0) {
		return Result{}, incident.Refuse(incident.Invalid, "key", "an idempotency key is a text of at most 255 bytes")
	}
	hash := fingerprint(r)
	for n := range tries {
		if r.Key != "" {
			done, err := l.store.Command(ctx, r.Actor, r.Key)
			if err == nil {
				return l.again(ctx, done, hash)
			}
			if !errors.Is(err, store.ErrNotFound) {
				return Result{}, err
			}
		}
		res, err := l.try(ctx, r, hash, n > 0)
		if !errors.Is(err, store.ErrConflict) {
			return res, err
		}
		if ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
	}
	return Result{}, fmt.Errorf("the log of %s moved on %d times in a row; try again", r.Incident, tries)
}

func (l *Ledger) try(ctx context.Context, r Request, hash string, lost bool) (Result, error) {
	declare, isNew := r.Command.(*incident.Declare)
	var log *cached
	var id string
	if isNew {
		d := *declare
		if d.Runbook == nil {
			d.Runbook = l.runbook()
		}
		r.Command = &d
		id = ulid.Make().String()
		log = &cached{folded: incident.New(id, "")}
	} else {
		var err error
		if log, err = l.load(ctx, r.Incident, lost); err != nil {
			return Result{}, err
		}
		id = log.folded.ID
	}
	people := append([]string(nil), l.people()...)
	rand.Shuffle(len(people), func(a, b int) { people[a], people[b] = people[b], people[a] })
	ask := incident.Ask{By: r.Actor, Now: l.Now(), Real: l.Real(), People: people, Services: l.service, Components: l.parts}
	events, err := incident.Decide(log.folded, r.Command, ask)
	if err != nil {
		return Result{}, err
	}
	if len(events) == 0 {
		return Result{Incident: log.folded}, nil
	}
	after := incident.Fold(id, log.name, log.entries)
	var fresh []incident.Entry
	var blank []incident.Entry
	add := func(by string, evs []incident.Event) {
		for _, ev := range evs {
			e := incident.Entry{Seq: after.Seq + 1, At: ask.Now, Recorded: ask.Real, By: by, Event: ev}
			if t, ok := ev.(incident.Timed); ok && !t.When().IsZero() {
				e.At = t.When().UTC().Truncate(time.Millisecond)
			}
			if s, ok := ev.(*incident.Struck); ok {
				for _, seq := range s.All() {
					blank = append(blank, incident.Entry{Seq: seq, Event: incident.Remains(log.folded.Line(seq).Event)})
				}
			}
			after.Apply(e)
			fresh = append(fresh, e)
		}
	}
	add(r.Actor, events)
	if _, waking := r.Command.(*incident.Wake); !waking {
		system := ask
		system.By = incident.System
		due, err := incident.Decide(after, &incident.Wake{}, system)
		if err != nil {
			return Result{}, err
		}
		add(incident.System, due)
	}
	name, err := l.store.Append(ctx, store.Append{ID: id, New: isNew, Was: log.folded.Seq, Entries: fresh, Blank: blank,
		Author: r.Actor, Key: r.Key, Hash: hash,
		Summary: func(name string) incident.Summary { after.Name = name; return after.Summary() }})
	if err != nil {
		return Result{}, err
	}
	after.Name = name
	l.keep(id, log, after, fresh, blank)
	return Result{Incident: after, Entries: fresh}, nil
}

// keep puts the new state where View finds it and tells the watchers.
func (l *Ledger) keep(id string, log *cached, after *incident.Incident, fresh, blank []incident.Entry) {
	l.mu.Lock()
	c := &cached{name: after.Name, folded: after}
	c.entries = append(log.entries[:len(log.entries):len(log.entries)], fresh...)
	if had := l.logs[id]; len(blank) > 0 {
		delete(l.logs, id) // what was struck must not stay in memory either
	} else if had == nil || had.folded.Seq < after.Seq {
		l.logs[id] = c
	}
	l.mu.Unlock()
	l.tell(Change{Incident: id, Name: after.Name, Seq: after.Seq, State: after, Entries: fresh})
}

// load gives the log of an incident as it stands in the store. lost: a race for its end was lost, so it is longer than memory knows.
func (l *Ledger) load(ctx context.Context, ref string, lost bool) (*cached, error) {
	id, number := reference(ref)
	l.mu.Lock()
	had := l.logs[id]
	l.mu.Unlock()
	name := ""
	if had == nil {
		var err error
		if id, name, err = l.store.Find(ctx, id, number); errors.Is(err, store.ErrNotFound) {
			return nil, incident.Refuse(incident.NotFound, "", "there is no incident %s", ref)
		} else if err != nil {
			return nil, err
		}
		l.mu.Lock()
		had = l.logs[id]
		l.mu.Unlock()
	}
	if had != nil && l.alone && !lost {
		return had, nil
	}
	after := int64(0)
	if had != nil {
		after, name = had.folded.Seq, had.name
	}
	more, err := l.store.Entries(ctx, id, after)
	if err != nil {
		return nil, err
	}
	if had != nil && len(more) == 0 {
		return had, nil
	}
	if had != nil && slices.ContainsFunc(more, func(e incident.Entry) bool { _, struck := e.Event.(*incident.Struck); return struck }) {
		had = nil // another server struck something out: what it was must not stay in memory
		if more, err = l.store.Entries(ctx, id, 0); err != nil {
			return nil, err
		}
	}
	c := &cached{name: name}
	if had != nil {
		c.entries = append(had.entries[:len(had.entries):len(had.entries)], more...)
	} else {
		c.entries = more
	}
	c.folded = incident.Fold(id, name, c.entries)
	l.mu.Lock()
	if now := l.logs[id]; now == nil || now.folded.Seq < c.folded.Seq {
		l.logs[id] = c
	}
	l.mu.Unlock()
	return c, nil
}

// View gives the state of an incident, named by ULID, INC-n or n. Nobody may change it.
func (l *Ledger) View(ctx context.Context, ref string) (*incident.Incident, error) {
	c, err := l.load(ctx, ref, false)
	if err != nil {
		return nil, err
	}
	return c.folded, nil
}

// Log gives the entries of an incident, in order.
func (l *Ledger) Log(ctx context.Context, ref string) ([]incident.Entry, error) {
	c, err := l.load(ctx, ref, false)
	if err != nil {
		return nil, err
	}
	return c.entries, nil
}

// All gives every incident, newest first.
func (l *Ledger) All(ctx context.Context) ([]*incident.Incident, error) {
	ids, err := l.store.IDs(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*incident.Incident, 0, len(ids))
	for _, id := range ids {
		i, err := l.View(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

// again answers a repeat with the first result.
func (l *Ledger) again(ctx context.Context, done store.Done, hash string) (Result, error) {
	if done.Hash != hash {
		return Result{}, incident.Refuse(incident.Conflict, "key", "this key was used for another command; use a new one")
	}
	c, err := l.load(ctx, done.Incident, false)
	if err != nil {
		return Result{}, err
	}
	res := Result{Incident: c.folded, Repeat: true}
	for _, e := range c.entries {
		if e.Seq >= done.First && e.Seq <= done.Last {
			res.Entries = append(res.Entries, e)
		}
	}
	return res, nil
}

// reference reads INC-7, inc-7, 7 or a ULID.
func reference(ref string) (id string, number int64) {
	s := strings.ToUpper(strings.TrimSpace(ref))
	if n, err := strconv.ParseInt(strings.TrimPrefix(s, "INC-"), 10, 64); err == nil && n > 0 && len(s) < 20 {
		return "", n
	}
	return s, 0
}

// fingerprint tells whether two commands under one key are the same.
func fingerprint(r Request) string {
	body, err := json.Marshal(r.Command)
	if err != nil {
		body = []byte(fmt.Sprintf("%#v", r.Command))
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s", strings.ToUpper(r.Incident), incident.KindOf(r.Command), body)
	return hex.EncodeToString(h.Sum(nil))
}
