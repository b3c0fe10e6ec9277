package subscriber

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/oklog/ulid/v2"

	"tocsin/internal/store"
)

// What a secret is for. One that was sent to manage a subscription does not confirm one.
const (
	confirming = "confirm"
	managing   = "manage"
)

// secret is what the links of a letter prove: that whoever has it read mail to the address. It is made of the id of the subscription and a
// key that never leaves the database, so that every letter can have it and none is kept.
func (s *Subscribers) secret(purpose, id string) string {
	u, err := ulid.ParseStrict(id)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(u[:], s.sign(purpose, u)...))
}

func (s *Subscribers) sign(purpose string, id ulid.ULID) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(purpose))
	m.Write(id[:])
	return m.Sum(nil)[:16]
}

// owner is the subscription that a secret belongs to; without an ID: to none.
func (s *Subscribers) owner(ctx context.Context, purpose, secret string) (store.Subscriber, error) {
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil || len(raw) != 32 {
		return store.Subscriber{}, nil
	}
	id := ulid.ULID(raw[:16])
	if !hmac.Equal(raw[16:], s.sign(purpose, id)) {
		return store.Subscriber{}, nil
	}
	one, err := s.o.Store.Subscriber(ctx, id.String())
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return one, err
}
