// Package public is what the world sees: status page, live outage pages, feeds and the status API.
//
// It owns a copy of every announced incident and everything made of it, in memory: no request reads a database, asks who is there or
// waits for anything, but for pictures and subscriptions to mail. It takes report.Page alone, in which whatever came from people is redact.Text; beside that it prints words of its
// own and what the operator set (a test holds this). When the core falls silent the pages go on, and say of when they are.
package public

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tocsin/internal/live"
	"tocsin/internal/report"
)

// silence is how long the core may say nothing before the pages call themselves a last copy. It is real time.
const silence = 30 * time.Second

// Options set a Site up.
type Options struct {
	Organisation func() string    // public name; nil: "Service"
	BaseURL      func() string    // address people open, without a trailing slash; nil: addresses without a host
	Now          func() time.Time // the clock that pages show, of a drill too; nil: time.Now
	// Components are the parts of the service, in order; nil: none are shown.
	Components func() []string
	// Since is when things began to be written down: before, nothing is known of any part. nil, or zero: always.
	Since func() time.Time
	// Picture gives the picture that an entry of an incident ("INC-7") added; the site asks only for those its pages show. nil: there are none.
	Picture func(ctx context.Context, incident string, added int64) ([]byte, error)
	// Subscriptions is who gets mail; nil: there is none.
	Subscriptions Subscriptions
}

// Site holds the public pages. Its methods may be called from anywhere at once; Update and Touch are for one publisher.
type Site struct {
	o      Options
	began  time.Time
	real   func() time.Time // tells how long the core has been silent, whatever clock is shown
	assets map[string]*document
	seats  *live.Seats

	bundles bundles

	alive atomic.Pointer[pulse]
	all   atomic.Pointer[edition]

	mu     sync.Mutex // of Update
	topics map[seat]*live.Topic
}

// seat is where people follow an incident in a language.
type seat struct {
	n   int64
	tag string
}

// pulse is the last sign of life of the core.
type pulse struct{ shown, real time.Time }

// edition is everything there is to read between two Updates. It never changes.
type edition struct {
	base         setting
	organisation setting
	incidents    []*record // newest first
	byNumber     map[int64]*record
	docs         map[string]*document // by path
	n            int64                // grows with each that differs
}

// record is an announced incident and its documents.
type record struct {
	n       int64 // of INC-n
	page    report.Page
	stage   string                 // where it stands in truth: a stage, and "investigating" again once it was reopened
	version int64                  // of its stream
	topics  map[string]*live.Topic // by language
	docs    map[string]*document   // by path
	inFeed  string                 // HTML
}

// New makes a site that knows of no incident.
func New(o Options) *Site {
	if o.Organisation == nil {
		o.Organisation = func() string { return "Service" }
	}
	if o.BaseURL == nil {
		o.BaseURL = func() string { return "" }
	}
	if o.Components == nil {
		o.Components = func() []string { return nil }
	}
	if o.Since == nil {
		o.Since = func() time.Time { return time.Time{} }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Site{o: o, began: o.Now().UTC(), real: time.Now, seats: live.NewSeats(0), topics: map[seat]*live.Topic{}}
	s.assets = loadAssets()
	s.all.Store(&edition{})
	s.Update(nil)
	return s
}

// name is INC-n.
func (i *record) name() string { return "INC-" + strconv.FormatInt(i.n, 10) }

// Update replaces what is shown: every announced incident, newest first. Readers of an incident's stream are told what changed in it.
// It costs little when nothing changed, so call it as often as you like; each call is a sign of life.
func (s *Site) Update(pages []report.Page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Touch()
	old := s.all.Load()
	next := &edition{base: setting(strings.TrimSuffix(s.o.BaseURL(), "/")), organisation: setting(s.o.Organisation()), byNumber: map[int64]*record{}}
	named := old.base == next.base && old.organisation == next.organisation
	changed := old.docs == nil || !named || len(pages) != len(old.incidents)
	for _, p := range pages {
		n, ok := number(p.ID)
		if !ok || next.byNumber[n] != nil {
			continue
		}
		i := &record{n: n, page: plain(p)}
		i.stage = stageOf(i.page)
		if was := old.byNumber[n]; was != nil && named && reflect.DeepEqual(was.page, i.page) {
			i = was
		} else {
			changed = true
			s.release(i, was, next.base)
		}
		next.incidents = append(next.incidents, i)
		next.byNumber[n] = i
	}
	slices.SortStableFunc(next.incidents, func(a, b *record) int { return cmp.Compare(b.n, a.n) })
	for at, t := range s.topics {
		if next.byNumber[at.n] == nil { // it is not public any more
			t.Close()
			delete(s.topics, at)
		}
	}
	if !changed {
		return
	}
	next.n = old.n + 1
	next.docs = s.listings(next)
	for _, i := range next.incidents {
		maps.Copy(next.docs, i.docs)
	}
	s.all.Store(next)
	for _, i := range next.incidents {
		if was := old.byNumber[i.n]; was != nil && was != i && was.version != i.version {
			for _, t := range tongues {
				i.topics[t.Tag].Publish(i.version, s.news(t, i, was.page))
			}
		}
	}
}

// release makes what is read of one incident.
func (s *Site) release(i, was *record, base setting) {
	i.version = i.page.Version * 1000 // room for changes that are no entry: a name that became known is taken out everywhere
	if was != nil {
		i.version = max(i.version, was.version)
		if !reflect.DeepEqual(was.page, i.page) {
			i.version = max(i.page.Version*1000, was.version+1)
		}
	}
	path := "/status/" + i.name()
	i.docs = map[string]*document{
		path + ".json": fixed(typeJSON, marshal(i.page)),
		path + ".md":   fixed(typeMarkdown, s.markdown(i, base)),
	}
	s.pages(i.docs, path, func(t *tongue, m moment) string { return t.execute("live", s.view(i, base, m)) })
	i.inFeed = s.feedItem(i, base)
	i.topics = map[string]*live.Topic{}
	for _, t := range tongues {
		at := seat{i.n, t.Tag}
		if s.topics[at] == nil {
			s.topics[at] = live.New(live.Options{Seats: s.seats, Beat: s.beat})
		}
		i.topics[t.Tag] = s.topics[at]
		i.topics[t.Tag].Set(i.version, s.whole(t, i))
	}
}

// Touch is a sign of life of the core: what is shown is still so.
func (s *Site) Touch() { s.alive.Store(&pulse{shown: s.o.Now(), real: s.real()}) }

// Close ends all streams, for a server that shuts down: give it to http.Server.RegisterOnShutdown.
func (s *Site) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.topics {
		t.Close()
	}
}

// moment is of when a page is, to the minute.
type moment struct {
	at    int64 // Unix seconds
	stale bool  // the core has been silent since
	// copied is that the page is a file, which says when it was made, to the second
	copied bool
}

func (m moment) time() time.Time { return time.Unix(m.at, 0).UTC() }

// moment is of when pages are that are read now.
func (s *Site) moment() moment {
	last := s.alive.Load()
	if s.real().Sub(last.real) > silence {
		return moment{at: last.shown.Truncate(time.Minute).Unix(), stale: true}
	}
	return moment{at: s.o.Now().Truncate(time.Minute).Unix()}
}

// beat keeps streams open, and tells their readers when the core is silent.
func (s *Site) beat() []byte {
	if m := s.moment(); m.stale {
		return []byte("event: stale\ndata: " + m.time().Format(layoutClock) + "\n\n")
	}
	return []byte(": beat\n\n")
}

// number reads INC-7, or 7, as people write it: nothing else means an incident.
func number(id string) (int64, bool) {
	if len(id) > 4 && strings.EqualFold(id[:4], "INC-") {
		id = id[4:]
	}
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == id
}

// plain is a copy of p with all times in UTC, so that equal pages are equal.
func plain(p report.Page) report.Page {
	utc := func(t *time.Time) *time.Time {
		if t == nil {
			return nil
		}
		u := t.UTC().Round(0)
		return &u
	}
	p.Started, p.Updated = p.Started.UTC().Round(0), p.Updated.UTC().Round(0)
	p.Ended, p.ETA, p.NextUpdate, p.Reviewed = utc(p.Ended), utc(p.ETA), utc(p.NextUpdate), utc(p.Reviewed)
	p.Affected = slices.Clone(p.Affected)
	for n, one := range p.Affected {
		p.Affected[n].From, p.Affected[n].Until = one.From.UTC().Round(0), utc(one.Until)
	}
	p.Entries = append([]report.PublicEntry{}, p.Entries...)
	for n := range p.Entries {
		p.Entries[n].At = p.Entries[n].At.UTC().Round(0)
	}
	return p
}

// host is the name that ids of feeds are made under.
func host(base setting) string {
	if u, err := url.Parse(string(base)); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "localhost"
}
