package oncall

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

const (
	maxDays   = 28
	maxPeople = 50
	// longest is how long somebody may stand in: longer is a rotation.
	longest = 92 * 24 * time.Hour
	// kept is how long overrides that ended are still read, so that the last weeks read as they were.
	kept = 35 * 24 * time.Hour
)

// Store keeps rotations and overrides. *store.Store is one.
type Store interface {
	PutRotation(ctx context.Context, role, data string) error
	DropRotation(ctx context.Context, role string) (bool, error)
	Rotations(ctx context.Context) (map[string]string, error)
	AddOverride(ctx context.Context, o store.Override) (bool, error)
	DropOverride(ctx context.Context, id string) (bool, error)
	Overrides(ctx context.Context, after time.Time) ([]store.Override, error)
	Setting(ctx context.Context, name string) (string, error)
	PutSetting(ctx context.Context, name, value string) error
}

// Book is where it is written. It keeps nothing in memory, so that several servers agree.
type Book struct {
	Store  Store
	People func() []string                                     // ids of everyone
	Role   func(word string) (id, title string)                // of the runbook; empty: there is none
	Note   func(ctx context.Context, what, about string) error // in the audit log
	Now    func() time.Time                                    // the clock on the wall
}

// What is noted, as package auth has it.
const (
	noteRotation = "rotation_changed"
	noteOverride = "override_made"
	noteTakeBack = "override_ended"
)

// Rota reads who is on call.
func (b *Book) Rota(ctx context.Context) (Rota, error) {
	r := Rota{Rotations: map[string]Rotation{}}
	all, err := b.Store.Rotations(ctx)
	if err != nil {
		return r, err
	}
	for role, data := range all {
		var one Rotation
		if err := json.Unmarshal([]byte(data), &one); err != nil {
			return r, err
		}
		r.Rotations[role] = one
	}
	r.Overrides, err = b.Store.Overrides(ctx, b.Now().Add(-kept))
	return r, err
}

// Rotate has people take turns for a role, and gives what is kept. Errors are *incident.Error, or the database's.
func (b *Book) Rotate(ctx context.Context, role string, r Rotation) (Rotation, error) {
	id, err := b.role(role)
	if err != nil {
		return r, err
	}
	switch {
	case len(r.People) == 0:
		return r, incident.Refuse(incident.Invalid, "people", "say who takes turns")
	case len(r.People) > maxPeople:
		return r, incident.Refuse(incident.Invalid, "people", "at most %d take turns", maxPeople)
	case r.Days < 1 || r.Days > maxDays:
		return r, incident.Refuse(incident.Invalid, "days", "a turn takes 1 to %d days", maxDays)
	}
	for _, p := range r.People {
		if err := b.person(p, "people"); err != nil {
			return r, err
		}
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil || r.Zone == "Local" {
		return r, incident.Refuse(incident.Invalid, "zone", "%q is no time zone; write it like Europe/Berlin", r.Zone)
	}
	if r.Zone == "" {
		r.Zone = "UTC"
	}
	if _, err := time.ParseInLocation(Layout, r.Start, zone); err != nil {
		return r, incident.Refuse(incident.Invalid, "start", "the first turn begins at a date and time, such as 2026-11-23 09:00")
	}
	data, err := json.Marshal(r)
	if err != nil {
		return r, err
	}
	if err := b.Store.PutRotation(ctx, id, string(data)); err != nil {
		return r, err
	}
	return r, b.Note(ctx, noteRotation, id)
}

// Stop has nobody take turns for a role.
func (b *Book) Stop(ctx context.Context, role string) error {
	id, err := b.role(role)
	if err != nil {
		return err
	}
	if was, err := b.Store.DropRotation(ctx, id); err != nil || !was {
		return err
	}
	return b.Note(ctx, noteRotation, id)
}

// StandIn is somebody who is to be on call for a role between two moments, as Moment reads them; from empty: now.
type StandIn struct {
	Role, Person, From, Until string

	By  string // who says so
	Key string // names the request: sent again under the same key by the same person it is done once; empty: it has no name
}

// StandIn has somebody stand in, whosever turn it is. Errors are *incident.Error, or the database's.
func (b *Book) StandIn(ctx context.Context, s StandIn) (store.Override, error) {
	id, err := b.role(s.Role)
	if err != nil {
		return store.Override{}, err
	}
	if err := b.person(s.Person, "person"); err != nil {
		return store.Override{}, err
	}
	now := b.Now().UTC().Truncate(time.Millisecond)
	from, err := Moment(s.From, now)
	if err != nil {
		return store.Override{}, about("from", err)
	}
	if strings.TrimSpace(s.Until) == "" {
		return store.Override{}, incident.Refuse(incident.Invalid, "until", "say until when: 8h, 18:00, 2026-11-28 09:00")
	}
	until, err := Moment(s.Until, from)
	if err != nil {
		return store.Override{}, about("until", err)
	}
	switch {
	case !until.After(from):
		return store.Override{}, incident.Refuse(incident.Invalid, "until", "it ends before it begins")
	case !until.After(now):
		return store.Override{}, incident.Refuse(incident.Invalid, "until", "it would be over already")
	case until.Sub(from) > longest:
		return store.Override{}, incident.Refuse(incident.Invalid, "until", "somebody stands in for at most 92 days; change the rotation instead")
	}
	o := store.Override{ID: ulid.Make().String(), Role: id, Person: s.Person, From: from, Until: until, By: s.By, Made: now}
	if s.Key != "" {
		sum := sha256.Sum256([]byte(s.By + "\n" + s.Key))
		o.ID = hex.EncodeToString(sum[:12])
	}
	switch added, err := b.Store.AddOverride(ctx, o); {
	case err != nil:
		return o, err
	case !added:
		return b.before(ctx, o)
	}
	return o, b.Note(ctx, noteOverride, id+" "+s.Person)
}

// before is what the same request led to the first time.
func (b *Book) before(ctx context.Context, asked store.Override) (store.Override, error) {
	all, err := b.Store.Overrides(ctx, b.Now().Add(-kept))
	if err != nil {
		return asked, err
	}
	for _, o := range all {
		if o.ID == asked.ID && o.Role == asked.Role && o.Person == asked.Person {
			return o, nil
		}
	}
	return asked, incident.Refuse(incident.Conflict, "", "another request was made under the same key; send this one under a new key")
}

// Moment reads a moment to come as people type it, relative to another: "8h" after it, the next "18:00", "2026-11-28 09:00", RFC 3339. Times
// are UTC. Empty and "now" are that other one.
func Moment(text string, from time.Time) (time.Time, error) {
	w := strings.TrimSpace(text)
	if w != "" && w != "now" {
		if d, err := incident.ParseDuration(strings.TrimPrefix(w, "+")); err == nil && d.Known {
			return from.Add(d.D), nil
		}
	}
	t, err := incident.ParseTime(w, from)
	if err != nil {
		return t, incident.Refuse(incident.Invalid, "at", "%q is no time to come; write it like 8h, 18:00, 2026-11-28 09:00, in UTC", text)
	}
	if _, clock := time.Parse("15:04", strings.TrimSuffix(strings.ToUpper(w), "Z")); clock == nil && t.Before(from) {
		t = t.AddDate(0, 0, 1)
	}
	return t, nil
}

// about says which field an error is about.
func about(field string, err error) error {
	var e *incident.Error
	if errors.As(err, &e) {
		e.Field = field
	}
	return err
}

// TakeBack ends an override as if it had not been.
func (b *Book) TakeBack(ctx context.Context, id string) error {
	was, err := b.Store.DropOverride(ctx, id)
	if err != nil {
		return err
	}
	if !was {
		return incident.Refuse(incident.NotFound, "id", "there is no such override")
	}
	return b.Note(ctx, noteTakeBack, id)
}

func (b *Book) role(word string) (string, error) {
	if id, _ := b.Role(word); id != "" {
		return id, nil
	}
	return "", incident.Refuse(incident.Invalid, "role", "there is no role %q", word)
}

func (b *Book) person(id, field string) error {
	if !slices.Contains(b.People(), id) {
		return incident.Refuse(incident.Invalid, field, "there is nobody %q; add them to the people first", id)
	}
	return nil
}
