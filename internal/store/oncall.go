package store

import (
	"context"
	"time"

	"tocsin/internal/store/db"
)

// Override is that somebody is on call for a role between two moments, whosever turn it is.
type Override struct {
	ID, Role, Person string
	From, Until      time.Time
	By               string // who said so
	Made             time.Time
}

// PutRotation keeps whose turn it is for a role, as JSON, in place of what was kept.
func (s *Store) PutRotation(ctx context.Context, role, data string) error {
	return s.inTx(ctx, func(q *db.Queries) error { return q.PutRotation(ctx, db.PutRotationParams{Role: role, Data: data}) })
}

// DropRotation forgets it, and reports whether there was one.
func (s *Store) DropRotation(ctx context.Context, role string) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.DropRotation(ctx, role)
		return err
	})
	return n > 0, err
}

// Rotations gives what is kept, by role.
func (s *Store) Rotations(ctx context.Context) (map[string]string, error) {
	rows, err := s.q.ListRotations(ctx)
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Role] = r.Data
	}
	return out, err
}

// AddOverride keeps one, and reports whether it is new: one whose id is kept already stays as it is.
func (s *Store) AddOverride(ctx context.Context, o Override) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.AddOverride(ctx, db.AddOverrideParams{ID: o.ID, Role: o.Role, Person: o.Person, BeginsAt: millis(o.From), EndsAt: millis(o.Until), MadeBy: o.By, MadeAt: millis(o.Made)})
		return err
	})
	return n > 0, err
}

// DropOverride takes one back, and reports whether it was there.
func (s *Store) DropOverride(ctx context.Context, id string) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.DropOverride(ctx, id)
		return err
	})
	return n > 0, err
}

// Overrides lists those that have not ended by then, in the order they were made.
func (s *Store) Overrides(ctx context.Context, after time.Time) ([]Override, error) {
	rows, err := s.q.ListOverrides(ctx, millis(after))
	out := make([]Override, 0, len(rows))
	for _, r := range rows {
		out = append(out, Override{ID: r.ID, Role: r.Role, Person: r.Person, From: moment(r.BeginsAt), Until: moment(r.EndsAt), By: r.MadeBy, Made: moment(r.MadeAt)})
	}
	return out, err
}
