package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tocsin/internal/store/db"
)

// Credential is what somebody signs in with: kind "password" (Data: the hash) or "passkey" (its public key), or a "challenge" that is
// under way. No row of it signs anybody in.
type Credential struct {
	ID, Person, Kind string
	Name             string // of a passkey, as its owner calls it
	Data             string
	Created, Used    time.Time
}

// PutCredential adds one, or replaces its data.
func (s *Store) PutCredential(ctx context.Context, c Credential) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.PutCredential(ctx, db.PutCredentialParams{ID: c.ID, Person: c.Person, Kind: c.Kind, Name: c.Name, Data: c.Data, CreatedAt: millis(c.Created), UsedAt: millis(c.Used)})
	})
}

// Credentials lists those of a kind in the order they came.
func (s *Store) Credentials(ctx context.Context, kind string) ([]Credential, error) {
	rows, err := s.q.ListCredentials(ctx, kind)
	if err != nil {
		return nil, err
	}
	out := make([]Credential, 0, len(rows))
	for _, r := range rows {
		out = append(out, credential(r))
	}
	return out, nil
}

// Credential gives one; ErrNotFound if there is none.
func (s *Store) Credential(ctx context.Context, kind, id string) (Credential, error) {
	if !storable(kind, id) {
		return Credential{}, ErrNotFound
	}
	r, err := s.q.GetCredential(ctx, db.GetCredentialParams{ID: id, Kind: kind})
	if errors.Is(err, sql.ErrNoRows) {
		return Credential{}, ErrNotFound
	}
	return credential(r), err
}

func credential(r db.Credential) Credential {
	return Credential{ID: r.ID, Person: r.Person, Kind: r.Kind, Name: r.Name, Data: r.Data, Created: moment(r.CreatedAt), Used: moment(r.UsedAt)}
}

// DropCredential removes one of a person and reports whether it was there: of several who take a challenge, one does.
func (s *Store) DropCredential(ctx context.Context, kind, id, person string) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.DropCredential(ctx, db.DropCredentialParams{ID: id, Kind: kind, Person: person})
		return err
	})
	return n > 0, err
}

// DropCredentials removes those of a kind that were made before.
func (s *Store) DropCredentials(ctx context.Context, kind string, before time.Time) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.DropOldCredentials(ctx, db.DropOldCredentialsParams{Kind: kind, CreatedAt: millis(before)})
	})
}
