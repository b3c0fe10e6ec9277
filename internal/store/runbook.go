package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tocsin/internal/store/db"
)

// Runbook is a version of the runbook that somebody saved.
type Runbook struct {
	Version int
	Source  string // YAML; empty in lists
	Person  string
	Note    string // what changed, in their words
	Saved   time.Time
}

// AddRunbook keeps a version. ErrConflict: there is one of that number.
func (s *Store) AddRunbook(ctx context.Context, r Runbook) error {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.AddRunbook(ctx, db.AddRunbookParams{Version: int64(r.Version), Source: r.Source, Person: r.Person, Note: r.Note, SavedAt: millis(r.Saved)})
		return err
	})
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return err
}

// Runbooks lists the versions, the newest first, without their sources.
func (s *Store) Runbooks(ctx context.Context) ([]Runbook, error) {
	rows, err := s.q.ListRunbooks(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Runbook, 0, len(rows))
	for _, r := range rows {
		out = append(out, Runbook{Version: int(r.Version), Person: r.Person, Note: r.Note, Saved: moment(r.SavedAt)})
	}
	return out, nil
}

// Runbook gives a version; ErrNotFound if nobody saved it.
func (s *Store) Runbook(ctx context.Context, version int) (Runbook, error) {
	r, err := s.q.GetRunbook(ctx, int64(version))
	if errors.Is(err, sql.ErrNoRows) {
		return Runbook{}, ErrNotFound
	}
	return Runbook{Version: int(r.Version), Source: r.Source, Person: r.Person, Note: r.Note, Saved: moment(r.SavedAt)}, err
}

// NewestRunbook is the number of the newest version; 0: nobody has saved one.
func (s *Store) NewestRunbook(ctx context.Context) (int, error) {
	n, err := s.q.NewestRunbook(ctx)
	return int(n), err
}
