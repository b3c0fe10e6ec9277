package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"tocsin/internal/store/db"
)

// Person is somebody of the organisation. Names and addresses never reach a public surface.
type Person struct {
	ID       string    `json:"id"`
	Rights   string    `json:"rights"` // none, viewer, responder, admin, owner
	Name     string    `json:"name"`
	Aliases  []string  `json:"aliases,omitempty"`
	Handles  []string  `json:"handles,omitempty"`
	Emails   []string  `json:"emails,omitempty"`
	Initials []string  `json:"initials,omitempty"`
	Roles    []string  `json:"roles,omitempty"`   // what they can take
	Contact  string    `json:"contact,omitempty"` // telephone: how to reach them by hand
	Zone     string    `json:"zone,omitempty"`    // time zone: Europe/Berlin
	Created  time.Time `json:"created"`
}

// PutPerson adds a person or replaces what is known of them.
func (s *Store) PutPerson(ctx context.Context, p Person) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.PutPerson(ctx, db.PutPersonParams{ID: p.ID, Rights: p.Rights, Data: string(body), CreatedAt: millis(p.Created)})
	}, Notice{People: true})
}

// People lists everyone in the order they came.
func (s *Store) People(ctx context.Context) ([]Person, error) {
	rows, err := s.q.ListPeople(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Person, 0, len(rows))
	for _, r := range rows {
		var p Person
		if err := json.Unmarshal([]byte(r.Data), &p); err != nil {
			return nil, err
		}
		p.ID, p.Rights, p.Created = r.ID, r.Rights, moment(r.CreatedAt)
		out = append(out, p)
	}
	return out, nil
}

// Token is a secret somebody was given: kind "api", "session", "setup" or "drill". Only its hash is kept.
type Token struct {
	ID      string
	Kind    string
	Person  string
	Scope   string
	Created time.Time
	Expires time.Time // zero: never
	Used    time.Time
}

// AddToken keeps a token by its hash.
func (s *Store) AddToken(ctx context.Context, t Token, hash string) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.AddToken(ctx, db.AddTokenParams{ID: t.ID, Hash: hash, Kind: t.Kind, Person: t.Person, Scope: t.Scope,
			CreatedAt: millis(t.Created), ExpiresAt: millis(t.Expires)})
	})
}

// Token gives the token of a hash, expired or not.
func (s *Store) Token(ctx context.Context, hash string) (Token, error) {
	r, err := s.q.GetToken(ctx, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Token{}, ErrNotFound
	}
	return Token{ID: r.ID, Kind: r.Kind, Person: r.Person, Scope: r.Scope, Created: moment(r.CreatedAt), Expires: moment(r.ExpiresAt),
		Used: moment(r.UsedAt)}, err
}

// Tokens lists the tokens of a kind.
func (s *Store) Tokens(ctx context.Context, kind string) ([]Token, error) {
	rows, err := s.q.ListTokens(ctx, kind)
	if err != nil {
		return nil, err
	}
	out := make([]Token, 0, len(rows))
	for _, r := range rows {
		out = append(out, Token{ID: r.ID, Kind: r.Kind, Person: r.Person, Scope: r.Scope, Created: moment(r.CreatedAt),
			Expires: moment(r.ExpiresAt), Used: moment(r.UsedAt)})
	}
	return out, nil
}

// UseToken notes when a token was last used.
func (s *Store) UseToken(ctx context.Context, hash string, at time.Time) error {
	return s.inTx(ctx, func(q *db.Queries) error { return q.UseToken(ctx, db.UseTokenParams{Hash: hash, UsedAt: millis(at)}) })
}

// TakeToken uses a token up: of all who try only one gets true, and nobody after it expired.
func (s *Store) TakeToken(ctx context.Context, hash, kind string, now time.Time) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.TakeToken(ctx, db.TakeTokenParams{Hash: hash, Kind: kind, ExpiresAt: millis(now)})
		return err
	})
	return n == 1, err
}

// DropToken revokes a token by id.
func (s *Store) DropToken(ctx context.Context, id string) error {
	var n int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		n, err = q.DropToken(ctx, id)
		return err
	})
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// DropExpired forgets tokens that expired before now.
func (s *Store) DropExpired(ctx context.Context, now time.Time) error {
	return s.inTx(ctx, func(q *db.Queries) error { return q.DropExpired(ctx, millis(now)) })
}

// Setting gives a setting, or "" where there is none.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	v, err := s.q.GetSetting(ctx, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

// PutSetting keeps a setting.
func (s *Store) PutSetting(ctx context.Context, name, value string) error {
	return s.inTx(ctx, func(q *db.Queries) error { return q.PutSetting(ctx, db.PutSettingParams{Name: name, Value: value}) })
}

// ChangeSetting keeps what change makes of a setting, "" where there is none; its error is given back and changes nothing. Who changes one
// setting on two servers within the same instant is taken at the later word.
func (s *Store) ChangeSetting(ctx context.Context, name string, change func(old string) (string, error)) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		old, err := q.GetSetting(ctx, name)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		value, err := change(old)
		if err != nil {
			return err
		}
		return q.PutSetting(ctx, db.PutSettingParams{Name: name, Value: value})
	})
}

// FirstSetting keeps a setting unless there is one, and gives the one that stands.
func (s *Store) FirstSetting(ctx context.Context, name, value string) (string, error) {
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		if err = q.AddSetting(ctx, db.AddSettingParams{Name: name, Value: value}); err != nil {
			return err
		}
		value, err = q.GetSetting(ctx, name)
		return err
	})
	return value, err
}
