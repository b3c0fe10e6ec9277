package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tocsin/internal/store/db"
)

// Lease has holder be the only one who does what name says, until a time. False: somebody else is at it. Taking one's own again
// prolongs it. The times are the machine's; the clocks of servers on one database must agree to a second.
func (s *Store) Lease(ctx context.Context, name, holder string, now, until time.Time) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		if err = q.DropLeases(ctx, millis(now.Add(-time.Hour))); err != nil {
			return err
		}
		n, err = q.TakeLease(ctx, db.TakeLeaseParams{Name: name, Holder: holder, Until: millis(until), Now: millis(now)})
		return err
	})
	return n == 1, err
}

// LeasedUntil is when a lease ends or ended; zero: nobody has had it lately.
func (s *Store) LeasedUntil(ctx context.Context, name string) (time.Time, error) {
	until, err := s.q.GetLease(ctx, name)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return moment(until), err
}

// Release gives a lease back. One that somebody else holds by now stays theirs.
func (s *Store) Release(ctx context.Context, name, holder string) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.DropLease(ctx, db.DropLeaseParams{Name: name, Holder: holder})
	})
}
