package picture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// Store keeps pictures. *store.Store is one.
type Store interface {
	PutPicture(ctx context.Context, p store.Picture) error
	DropPicture(ctx context.Context, incident, id string) error
	Picture(ctx context.Context, incident, id string) (store.Picture, error)
}

// Add adds a picture to an entry. The same picture is added to the same entry once.
func Add(ctx context.Context, l *ledger.Ledger, s Store, r ledger.Request, entry incident.EntryID, file []byte) (ledger.Result, error) {
	i, err := l.View(ctx, r.Incident)
	if err != nil {
		return ledger.Result{}, err
	}
	data, kind, width, height, err := Clean(file)
	if err != nil {
		return ledger.Result{}, err
	}
	sum := sha256.Sum256(fmt.Appendf(data[:len(data):len(data)], "\x00%s\x00%d", i.ID, entry))
	id := hex.EncodeToString(sum[:16])
	r.Command = &incident.AddPicture{Entry: entry, ID: id, Type: kind, Width: width, Height: height}
	if evs, err := incident.Decide(i, r.Command, incident.Ask{By: r.Actor}); err != nil || len(evs) == 0 {
		return ledger.Result{Incident: i}, err
	}
	if err := s.PutPicture(ctx, store.Picture{Incident: i.ID, ID: id, Entry: int64(entry), Type: kind, Data: data}); err != nil {
		return ledger.Result{}, err
	}
	res, err := l.Do(ctx, r)
	var refused *incident.Error
	if errors.As(err, &refused) { // the entry was struck meanwhile
		err = errors.Join(err, s.DropPicture(ctx, i.ID, id))
	}
	return res, err
}
