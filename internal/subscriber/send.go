package subscriber

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tocsin/internal/connect"
	"tocsin/internal/public"
	"tocsin/internal/store"
)

const (
	atOnce    = 4                // letters under way
	batch     = 100              // letters looked up together
	lookEvery = 30 * time.Second // what other servers made is found by then, too
	tidyEvery = 10 * time.Minute
	silentFor = 5 * time.Minute // nobody is still sending then
	retryMin  = 30 * time.Second
	retryMax  = 30 * time.Minute
)

// Run sends letters until ctx ends; what is under way then is ended first.
func (s *Subscribers) Run(ctx context.Context) {
	var tidied time.Time
	for ctx.Err() == nil {
		now := s.o.Now()
		if now.Sub(tidied) >= tidyEvery {
			tidied = now
			if lost, err := s.o.Store.TidyLetters(ctx, now.Add(-silentFor), now.Add(-confirmWithin), now.Add(-keepFor), now); err != nil {
				s.o.Log.Error("letters to subscribers can't be tidied", "error", err)
			} else if lost > 0 {
				s.o.Log.Warn("nobody said what came of letters to subscribers; they are not sent again", "letters", lost)
			}
		}
		next, err := s.deliver(ctx)
		if err != nil && ctx.Err() == nil {
			s.o.Log.Error("letters to subscribers can't be sent", "error", err)
		}
		wait := lookEvery
		if left := next.Sub(s.o.Now()); !next.IsZero() && err == nil {
			wait = min(max(left, 0), lookEvery)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// deliver sends what is due, and tells when the next letter is.
func (s *Subscribers) deliver(ctx context.Context) (time.Time, error) {
	due, _, err := s.o.Store.DueLetters(ctx, s.o.Now(), batch)
	if err != nil {
		return time.Time{}, err
	}
	var g errgroup.Group
	g.SetLimit(atOnce)
	for _, l := range due {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error { return s.send(context.WithoutCancel(ctx), l) })
	}
	if err := g.Wait(); err != nil {
		return time.Time{}, err
	}
	_, next, err := s.o.Store.DueLetters(ctx, s.o.Now(), 0)
	return next, err
}

// send gives a letter to the mail server, if nobody else does.
func (s *Subscribers) send(ctx context.Context, l store.Letter) error {
	if mine, err := s.o.Store.TakeLetter(ctx, l.ID, s.o.Now()); err != nil || !mine {
		return err
	}
	said, ok := s.write(l)
	if !ok {
		return s.o.Store.MoveLetter(ctx, l.ID, store.LetterDropped, "", time.Time{}, s.o.Now())
	}
	raw, err := json.Marshal(connect.MailMessage{To: []string{l.Subscriber.Address}, Subject: said.Subject, Text: said.Text, Unsubscribe: said.Unsubscribe})
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, s.o.Send.Deadline)
	defer cancel()
	_, err = s.o.Send.Do(within, connect.Call{Mark: strings.ToLower(l.ID), Raw: raw})
	state, note, again := outcome(err, l.Tries)
	if state != store.LetterSent {
		s.o.Log.Warn("a letter to a subscriber did not go out", "letter", l.ID, "state", state, "error", note)
	}
	now := s.o.Now()
	return s.o.Store.MoveLetter(ctx, l.ID, state, note, now.Add(again), now)
}

// write says what a letter says now; false: there is nothing to say.
func (s *Subscribers) write(l store.Letter) (public.Letter, bool) {
	switch l.Kind {
	case store.LetterAsk:
		return s.o.Asking(l.Incident, l.Subscriber.Lang, s.secret(confirming, l.Subscriber.ID), false), true
	case store.LetterKnown:
		return s.o.Asking(l.Incident, l.Subscriber.Lang, s.secret(managing, l.Subscriber.ID), true), true
	}
	return s.o.Letter(l.Incident, l.Entry, l.Subscriber.Lang, s.secret(managing, l.Subscriber.ID))
}

// outcome says what an answer means for a letter. What the server would not take because of how we are set up is tried again, for somebody
// may set it right; what it would not take to this address is not.
func outcome(err error, tries int) (state, note string, again time.Duration) {
	var e *connect.Error
	switch {
	case err == nil:
		return store.LetterSent, "", 0
	case !errors.As(err, &e) || e.Kind == connect.Unknown:
		return store.LetterUnsure, err.Error(), 0
	case e.Kind == connect.Refused && e.Status >= 500 && !oursToMend(e.Status), tries >= triesMost:
		return store.LetterRefused, e.Message, 0
	}
	return store.LetterDue, e.Message, max(min(retryMin<<min(tries, 6), retryMax), e.RetryAfter)
}

// triesMost is a day and some of them.
const triesMost = 50

// oursToMend are answers to how we sign in (RFC 4954).
func oursToMend(status int) bool {
	return status == 530 || status == 534 || status == 535 || status == 538
}
