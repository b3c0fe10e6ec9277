package store

import (
	"context"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/internal/store/db"
)

// Deed is something that was done to people or to ways in. Person is the id of who did it, empty for whoever sat at the machine itself;
// What is one of the words of package auth; About says to whom or what: an id, a name of a device, a scope. Never a secret.
type Deed struct {
	ID     string    `json:"id"` // grows with time
	At     time.Time `json:"at"`
	Person string    `json:"person"`
	What   string    `json:"what"`
	About  string    `json:"about"`
}

// AddDeed writes one down. Its ID is made here.
func (s *Store) AddDeed(ctx context.Context, d Deed) error {
	return s.inTx(ctx, func(q *db.Queries) error {
		return q.AddAudit(ctx, db.AddAuditParams{ID: ulid.Make().String(), At: millis(d.At), Person: d.Person, What: d.What, About: d.About})
	})
}

// Deeds lists at most as many as asked for (1,000), the newest first; before is the ID of one, and those that came before it are listed.
func (s *Store) Deeds(ctx context.Context, before string, most int) ([]Deed, error) {
	if !storable(before) {
		return nil, nil
	}
	rows, err := s.q.ListAudit(ctx, db.ListAuditParams{Before: before, Most: int32(min(most, 1000))})
	if err != nil {
		return nil, err
	}
	out := make([]Deed, 0, len(rows))
	for _, r := range rows {
		out = append(out, Deed{r.ID, moment(r.At), r.Person, r.What, r.About})
	}
	return out, nil
}
