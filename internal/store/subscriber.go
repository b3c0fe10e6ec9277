package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tocsin/internal/store/db"
)

// Subscriber is somebody who asked for mail about what the public is told: about every outage, or one (INC-7).
type Subscriber struct {
	ID, Address, Incident string
	Lang                  string
	Asked, Confirmed      time.Time // Confirmed is zero until the owner of the address said yes
}

// Letter is a mail that is to go out, or went. A mail server is given it at most once.
type Letter struct {
	ID         string
	Subscriber Subscriber // its ID, address and language
	Kind       string     // LetterNews, LetterAsk, LetterKnown
	Incident   string     // LetterNews: INC-7; else what was asked for
	Entry      int64      // LetterNews: the number of the public entry
	Tries      int
}

// Kinds of letter: news of an outage, the question whether somebody wants mail, the answer that they get it already.
const (
	LetterNews  = "news"
	LetterAsk   = "ask"
	LetterKnown = "known"
)

// States of a letter after an attempt. Unsure: it may have gone out, and is not sent again. Dropped: there was nothing to tell any more.
const (
	LetterDue     = "due"
	LetterSent    = "sent"
	LetterUnsure  = "unsure"
	LetterRefused = "refused"
	LetterDropped = "dropped"
)

// PutSubscriber keeps that an address was asked for, unless it is there already, and gives what stands. id is used where it is new.
func (s *Store) PutSubscriber(ctx context.Context, id, address, incident, lang string, now time.Time) (Subscriber, error) {
	var r db.Subscriber
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		r, err = q.PutSubscriber(ctx, db.PutSubscriberParams{ID: id, Address: address, Incident: incident, Lang: lang, AskedAt: millis(now)})
		return err
	})
	return subscriber(r), err
}

// Subscriber gives one; ErrNotFound if there is none.
func (s *Store) Subscriber(ctx context.Context, id string) (Subscriber, error) {
	r, err := s.q.GetSubscriber(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Subscriber{}, ErrNotFound
	}
	return subscriber(r), err
}

// Subscribers lists all, those who have not confirmed, too.
func (s *Store) Subscribers(ctx context.Context) ([]Subscriber, error) {
	return subscribers(s.q.ListSubscribers(ctx))
}

// SubscriptionsOf lists what an address confirmed.
func (s *Store) SubscriptionsOf(ctx context.Context, address string) ([]Subscriber, error) {
	return subscribers(s.q.ListSubscriptionsOf(ctx, address))
}

// ConfirmSubscriber keeps that the owner of the address said yes, if it was asked for since then, and reports whether it stands.
func (s *Store) ConfirmSubscriber(ctx context.Context, id string, since, now time.Time) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.ConfirmSubscriber(ctx, db.ConfirmSubscriberParams{ID: id, Since: millis(since), Now: millis(now)})
		return err
	})
	return n > 0, err
}

// DropSubscriber ends a subscription, and with it the letters that have not gone out.
func (s *Store) DropSubscriber(ctx context.Context, id string) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		if _, err := q.DropSubscriber(ctx, id); err != nil {
			return err
		}
		return q.DropLettersOf(ctx)
	})
}

// DropAddress ends everything that an address subscribed, and tells how much that was.
func (s *Store) DropAddress(ctx context.Context, address string) (int64, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		if n, err = q.DropAddress(ctx, address); err != nil {
			return err
		}
		return q.DropLettersOf(ctx)
	})
	return n, err
}

// AddMailing makes a letter to everyone who confirmed that they want to be told of an incident, one for each address. It does so once for
// each entry, whoever asks how often, and reports whether it did. quiet: the entry counts as told, and nobody is written to.
func (s *Store) AddMailing(ctx context.Context, incident string, entry int64, quiet bool, now time.Time) (added bool, letters int64, err error) {
	err = s.inTx(ctx, func(q *db.Queries) error {
		n, err := q.AddMailing(ctx, db.AddMailingParams{Incident: incident, Entry: entry, At: millis(now)})
		added = n > 0
		if err != nil || !added || quiet {
			return err
		}
		letters, err = q.AddNews(ctx, db.AddNewsParams{Name: fmt.Sprintf("%s-%d-%d-", incident, entry, millis(now)), Incident: incident, Entry: entry, Now: millis(now)})
		return err
	})
	return added, letters, err
}

// AddLetter makes a letter of another kind.
func (s *Store) AddLetter(ctx context.Context, l Letter, now time.Time) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.AddLetter(ctx, db.AddLetterParams{ID: l.ID, Subscriber: l.Subscriber.ID, Kind: l.Kind, Incident: l.Incident, Now: millis(now)})
	})
}

// Asked tells how often an address was asked about since then.
func (s *Store) Asked(ctx context.Context, address string, since time.Time) (int64, error) {
	return s.q.CountAsking(ctx, db.CountAskingParams{Address: address, MadeAt: millis(since)})
}

// DueLetters lists letters whose time has come, questions first, and when the next is due after them; zero: there is none.
func (s *Store) DueLetters(ctx context.Context, now time.Time, most int) (due []Letter, next time.Time, err error) {
	rows, err := s.q.DueLetters(ctx, db.DueLettersParams{Now: millis(now), Most: int32(min(most, 1000))})
	if err != nil {
		return nil, time.Time{}, err
	}
	for _, r := range rows {
		due = append(due, Letter{ID: r.ID, Subscriber: Subscriber{ID: r.Subscriber, Address: r.Address, Lang: r.Lang}, Kind: r.Kind, Incident: r.Incident, Entry: r.Entry, Tries: int(r.Tries)})
	}
	first, err := s.q.NextLetter(ctx)
	return due, moment(first), err
}

// TakeLetter reports whether a letter is the caller's to send: of several who try, one gets it.
func (s *Store) TakeLetter(ctx context.Context, id string, now time.Time) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.TakeLetter(ctx, db.TakeLetterParams{ID: id, Now: millis(now)})
		return err
	})
	return n > 0, err
}

// MoveLetter tells what came of a letter that was taken. due counts where it is to be tried again (LetterDue).
func (s *Store) MoveLetter(ctx context.Context, id, state, note string, due, now time.Time) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.MoveLetter(ctx, db.MoveLetterParams{ID: id, State: state, Note: note, Due: millis(due), Now: millis(now)})
	})
}

// TidyLetters calls those unsure of which nobody said for a while what came of them, forgets letters of long ago, questions that nobody
// answered in time, and subscriptions to incidents that are long over.
func (s *Store) TidyLetters(ctx context.Context, silent, unanswered, old, now time.Time) (lost int64, err error) {
	err = s.inTx(ctx, func(q *db.Queries) error {
		lost, err = q.LoseLetters(ctx, db.LoseLettersParams{Now: millis(now), Before: millis(silent), Note: "nobody said what came of it"})
		return errors.Join(err, q.DropUnconfirmed(ctx, millis(unanswered)), q.DropBygone(ctx, millis(old)), q.DropLettersOf(ctx), q.DropOldLetters(ctx, millis(old)))
	})
	return lost, err
}

// SubscribersSince is the setting that says from when on entries are news, in milliseconds: what the public was told before is not told again.
const SubscribersSince = "subscribers.since"

// CutLetters is for a database from a backup: what was to go out then may have gone out since, and what was told until now was told.
func (s *Store) CutLetters(ctx context.Context, now time.Time) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		if err := q.CutLetters(ctx, db.CutLettersParams{Now: millis(now), Note: "the database is one from a backup"}); err != nil {
			return err
		}
		return q.PutSetting(ctx, db.PutSettingParams{Name: SubscribersSince, Value: strconv.FormatInt(millis(now), 10)})
	})
}

// Count is how many letters about a public entry are in a state.
type Count struct {
	Incident string
	Entry    int64
	State    string
	Letters  int64
	Moved    time.Time // the last of them
}

// CountLetters counts the letters of the last entries, the newest first.
func (s *Store) CountLetters(ctx context.Context) ([]Count, error) {
	rows, err := s.q.CountLetters(ctx)
	if err != nil {
		return nil, err
	}
	var out []Count
	for _, r := range rows {
		out = append(out, Count{r.Incident, r.Entry, r.State, r.Letters, moment(r.MovedAt)})
	}
	return out, nil
}

func subscribers(rows []db.Subscriber, err error) ([]Subscriber, error) {
	if err != nil {
		return nil, err
	}
	var out []Subscriber
	for _, r := range rows {
		out = append(out, subscriber(r))
	}
	return out, nil
}

func subscriber(r db.Subscriber) Subscriber {
	return Subscriber{ID: r.ID, Address: r.Address, Incident: r.Incident, Lang: r.Lang, Asked: moment(r.AskedAt), Confirmed: moment(r.ConfirmedAt)}
}
