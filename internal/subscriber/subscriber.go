// Package subscriber writes to people who asked for mail about what the public is told.
//
// It owns who they are (double opt-in: nobody is written to before they said yes, but to be asked) and their letters. A letter is given to
// the mail server at most once: it is claimed in the database before it goes out, is tried again only when surely nothing was sent, and is
// called unsure otherwise. News of an entry is made into letters once, in one transaction, however many servers there are. What letters say
// is the public page's business.
package subscriber

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	netmail "net/mail"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/internal/connect"
	"tocsin/internal/public"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

const (
	confirmWithin = 24 * time.Hour      // a question is good for so long
	askedMost     = 3                   // questions to one address within that time
	staleAfter    = 24 * time.Hour      // news that could not be told by then is none
	keepFor       = 30 * 24 * time.Hour // letters, and subscriptions to incidents that are over
)

// Options set Subscribers up.
type Options struct {
	Store *store.Store
	Send  connect.Operation // mail.send of the mail server
	// Letter, Draft and Asking write the letters: public.Site's.
	Letter func(incident string, entry int64, lang, secret string) (public.Letter, bool)
	Draft  func(incident string, title redact.Text, stage string, text redact.Text) public.Letter
	Asking func(incident, lang, secret string, known bool) public.Letter
	Allow  func(remote string) bool // bounds how often somebody may ask
	Now    func() time.Time         // real time; nil: time.Now
	Log    *slog.Logger
}

// Subscribers is everyone who asked for mail. It is safe for concurrent use, and a public.Subscriptions.
type Subscribers struct {
	o     Options
	key   []byte
	since time.Time
	wake  chan struct{}

	mu   sync.Mutex
	told map[string]map[int64]bool // incident → entries that need no thought any more
}

// New makes it; Run has it send.
func New(ctx context.Context, o Options) (*Subscribers, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails
	kept, err := o.Store.FirstSetting(ctx, "subscribers.key", hex.EncodeToString(fresh))
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(kept)
	if err != nil {
		return nil, err
	}
	began, err := o.Store.FirstSetting(ctx, store.SubscribersSince, strconv.FormatInt(o.Now().UnixMilli(), 10))
	if err != nil {
		return nil, err
	}
	since, err := strconv.ParseInt(began, 10, 64)
	if err != nil {
		return nil, err
	}
	return &Subscribers{o: o, key: key, since: time.UnixMilli(since), wake: make(chan struct{}, 1), told: map[string]map[int64]bool{}}, nil
}

// Ask has the owner of an address asked whether they want mail, about every outage or one. Who gets it already is told so, and whoever was
// asked often today is not asked again: to strangers it all looks the same.
func (s *Subscribers) Ask(ctx context.Context, remote, address, incident, lang string) error {
	address, ok := Address(address)
	if !ok {
		return public.ErrAddress
	}
	if !s.o.Allow(remote) {
		return public.ErrOften
	}
	now := s.o.Now()
	if n, err := s.o.Store.Asked(ctx, address, now.Add(-confirmWithin)); err != nil || n >= askedMost {
		return err
	}
	one, err := s.o.Store.PutSubscriber(ctx, ulid.Make().String(), address, incident, lang, now)
	if err != nil {
		return err
	}
	l := store.Letter{ID: "ask-" + ulid.Make().String(), Subscriber: one, Kind: store.LetterAsk, Incident: incident}
	if !one.Confirmed.IsZero() {
		l.Kind = store.LetterKnown
	}
	if err := s.o.Store.AddLetter(ctx, l, now); err != nil {
		return err
	}
	s.stir()
	return nil
}

// Address reads one as it is kept: bare, with a domain that can be on the internet, on which letters' case says nothing.
func Address(s string) (string, bool) {
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > 254 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xfffd }) {
		return "", false
	}
	at := strings.LastIndex(s, "@")
	if domain := s[at+1:]; !strings.Contains(strings.Trim(domain, "."), ".") || strings.HasPrefix(domain, "[") {
		return "", false
	}
	return s[:at] + strings.ToLower(s[at:]), true
}

// Asked reports whether a secret of a question can still say yes.
func (s *Subscribers) Asked(ctx context.Context, secret string) (bool, error) {
	one, err := s.owner(ctx, confirming, secret)
	return one.ID != "" && (!one.Confirmed.IsZero() || s.o.Now().Sub(one.Asked) < confirmWithin), err
}

// Confirm takes the yes.
func (s *Subscribers) Confirm(ctx context.Context, secret string) (bool, error) {
	one, err := s.owner(ctx, confirming, secret)
	if err != nil || one.ID == "" {
		return false, err
	}
	return s.o.Store.ConfirmSubscriber(ctx, one.ID, s.o.Now().Add(-confirmWithin), s.o.Now())
}

// List gives what the address gets that the secret belongs to.
func (s *Subscribers) List(ctx context.Context, secret string) ([]string, error) {
	all, err := s.of(ctx, secret)
	var out []string
	for _, one := range all {
		out = append(out, one.Incident)
	}
	return out, err
}

func (s *Subscribers) of(ctx context.Context, secret string) ([]store.Subscriber, error) {
	one, err := s.owner(ctx, managing, secret)
	if err != nil || one.ID == "" {
		return nil, err
	}
	return s.o.Store.SubscriptionsOf(ctx, one.Address)
}

// End ends one of those.
func (s *Subscribers) End(ctx context.Context, secret, incident string) error {
	all, err := s.of(ctx, secret)
	for _, one := range all {
		if one.Incident == incident {
			return s.o.Store.DropSubscriber(ctx, one.ID)
		}
	}
	return err
}

// EndOf ends the one that the letter with the secret was sent for.
func (s *Subscribers) EndOf(ctx context.Context, secret string) error {
	one, err := s.owner(ctx, managing, secret)
	if err != nil || one.ID == "" {
		return err
	}
	return s.o.Store.DropSubscriber(ctx, one.ID)
}

// Tell makes letters of what is new on public pages. It costs little when nothing is.
func (s *Subscribers) Tell(ctx context.Context, pages []report.Page) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, stirred := s.o.Now(), false
	for _, p := range pages {
		if p.Drill {
			continue
		}
		for _, e := range public.News(p) {
			if s.told[p.ID][e.Seq] {
				continue
			}
			if !e.At.Before(s.since) {
				_, letters, err := s.o.Store.AddMailing(ctx, p.ID, e.Seq, now.Sub(e.At) > staleAfter, now)
				if err != nil {
					return err
				}
				stirred = stirred || letters > 0
			}
			if s.told[p.ID] == nil {
				s.told[p.ID] = map[int64]bool{}
			}
			s.told[p.ID][e.Seq] = true
		}
	}
	if stirred {
		s.stir()
	}
	return nil
}

func (s *Subscribers) stir() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
