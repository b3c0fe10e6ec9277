package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"

	"tocsin/internal/store/db"
)

// Picture is what is seen of a picture of an entry.
type Picture struct {
	Incident, ID string
	Entry        int64
	Type         string // png, jpeg
	Data         []byte
}

// PutPicture keeps a picture. The same one again changes nothing.
func (s *Store) PutPicture(ctx context.Context, p Picture) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.AddPicture(ctx, db.AddPictureParams{Incident: p.Incident, ID: p.ID, Entry: p.Entry, Type: p.Type, Data: base64.StdEncoding.EncodeToString(p.Data)})
	})
}

// Picture gives one; ErrNotFound if there is none.
func (s *Store) Picture(ctx context.Context, incident, id string) (Picture, error) {
	if !storable(incident, id) {
		return Picture{}, ErrNotFound
	}
	row, err := s.q.GetPicture(ctx, db.GetPictureParams{Incident: incident, ID: id})
	if errors.Is(err, sql.ErrNoRows) {
		return Picture{}, ErrNotFound
	}
	if err != nil {
		return Picture{}, err
	}
	data, err := base64.StdEncoding.DecodeString(row.Data)
	return Picture{Incident: incident, ID: id, Entry: row.Entry, Type: row.Type, Data: data}, err
}

// DropPicture forgets one.
func (s *Store) DropPicture(ctx context.Context, incident, id string) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.DropPicture(ctx, db.DropPictureParams{Incident: incident, ID: id})
	})
}
