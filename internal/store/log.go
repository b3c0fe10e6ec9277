package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"tocsin/internal/incident"
	"tocsin/internal/store/db"
)

// ErrNotFound is that there is no such row.
var ErrNotFound = errors.New("not found")

// ErrConflict is that somebody else appended first: load again and decide again.
var ErrConflict = errors.New("the log has moved on")

// Find gives id and name of an incident by its ULID or its number.
func (s *Store) Find(ctx context.Context, id string, number int64) (string, string, error) {
	if !storable(id) {
		return "", "", ErrNotFound
	}
	var row db.GetIncidentRow
	var err error
	if number > 0 {
		var byNumber db.GetIncidentByNumberRow
		byNumber, err = s.q.GetIncidentByNumber(ctx, number)
		row = db.GetIncidentRow(byNumber)
	} else {
		row, err = s.q.GetIncident(ctx, id)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", ErrNotFound
	}
	return row.ID, name(row.Number), err
}

func name(number int64) string { return fmt.Sprintf("INC-%d", number) }

// storable reports whether a text column takes all of these; PostgreSQL's take no NUL and nothing but UTF-8.
func storable(texts ...string) bool {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return false
		}
	}
	return true
}

// Entries gives the log of an incident after a Seq, in order. Entries this version can't read come as incident.UnknownEvent.
func (s *Store) Entries(ctx context.Context, id string, after int64) ([]incident.Entry, error) {
	rows, err := s.q.ListEntries(ctx, db.ListEntriesParams{Incident: id, Seq: after})
	if err != nil {
		return nil, err
	}
	out := make([]incident.Entry, 0, len(rows))
	for _, r := range rows {
		ev, _ := incident.Decode(r.Kind, []byte(r.Body)) // an unreadable body is kept as UnknownEvent
		out = append(out, incident.Entry{Seq: r.Seq, At: moment(r.Happened), Recorded: moment(r.Recorded), By: r.Author, Event: ev})
	}
	return out, nil
}

// Done is a command that was carried out before under the same key.
type Done struct {
	Hash, Incident string
	First, Last    int64
}

// Command gives the result of an earlier command of an author under a key.
func (s *Store) Command(ctx context.Context, author, key string) (Done, error) {
	if !storable(author, key) {
		return Done{}, ErrNotFound
	}
	row, err := s.q.GetCommand(ctx, db.GetCommandParams{Author: author, Key: key})
	if errors.Is(err, sql.ErrNoRows) {
		return Done{}, ErrNotFound
	}
	return Done{Hash: row.Hash, Incident: row.Incident, First: row.FirstSeq, Last: row.LastSeq}, err
}

// Append is everything one command writes.
type Append struct {
	ID      string
	New     bool  // the incident begins with this: it gets a number
	Was     int64 // Seq the decision was made on
	Entries []incident.Entry
	Summary func(name string) incident.Summary
	Blank   []incident.Entry // Seq and what remains of the event of entries that are struck out
	Author  string
	Key     string // empty: not remembered
	Hash    string
}

// Append writes entries, summary and command in one transaction and returns the incident's name. When it returns nil, everything is
// durable. ErrConflict: somebody else appended, or used the same key, first.
func (s *Store) Append(ctx context.Context, a Append) (string, error) {
	var named string
	err := s.inTx(ctx, func(q *db.Queries) error {
		if a.New {
			n, err := q.Count(ctx, "incident")
			if err != nil {
				return err
			}
			named = name(n)
			sum := a.Summary(named)
			body, err := json.Marshal(sum)
			if err != nil {
				return err
			}
			if err := q.AddIncident(ctx, db.AddIncidentParams{ID: a.ID, Number: n, Title: sum.Title, Kind: sum.Kind, Status: sum.Status,
				Drill: sum.Drill, DeclaredAt: millis(sum.DeclaredAt), UpdatedAt: millis(sum.UpdatedAt), Seq: sum.Seq, Summary: string(body),
				Search: strings.ToLower(sum.Title)}); err != nil {
				return err
			}
		} else {
			row, err := q.GetIncident(ctx, a.ID)
			if err != nil {
				return err
			}
			named = name(row.Number)
			sum := a.Summary(named)
			body, err := json.Marshal(sum)
			if err != nil {
				return err
			}
			n, err := q.SetIncident(ctx, db.SetIncidentParams{ID: a.ID, Title: sum.Title, Kind: sum.Kind, Status: sum.Status,
				UpdatedAt: millis(sum.UpdatedAt), Seq: sum.Seq, Summary: string(body),
				Search: strings.ToLower(sum.Title), Was: a.Was})
			if err != nil {
				return err
			}
			if n == 0 {
				return ErrConflict
			}
		}
		for _, e := range a.Entries {
			body, err := incident.Encode(e.Event)
			if err != nil {
				return err
			}
			if err := q.AddEntry(ctx, db.AddEntryParams{Incident: a.ID, Seq: e.Seq, Happened: millis(e.At), Recorded: millis(e.Recorded),
				Author: e.By, Kind: e.Event.Kind(), Body: string(body)}); err != nil {
				return err
			}
		}
		for _, e := range a.Blank {
			body, err := incident.Encode(e.Event)
			if err != nil {
				return err
			}
			if err := q.BlankEntry(ctx, db.BlankEntryParams{Incident: a.ID, Seq: e.Seq, Body: string(body)}); err != nil {
				return err
			}
			if err := q.DropPicturesOf(ctx, db.DropPicturesOfParams{Incident: a.ID, Entry: e.Seq}); err != nil {
				return err
			}
		}
		if a.Key == "" {
			return nil
		}
		return q.AddCommand(ctx, db.AddCommandParams{Author: a.Author, Key: a.Key, Hash: a.Hash, Incident: a.ID,
			FirstSeq: a.Was + 1, LastSeq: a.Was + int64(len(a.Entries))})
	}, Notice{Incident: a.ID, Seq: a.Was + int64(len(a.Entries))})
	if lost(err) {
		return "", ErrConflict
	}
	return named, err
}

// Filter narrows a list of incidents. Zero values don't narrow.
type Filter struct {
	Status string
	Kind   string
	Query  string // part of the title
	Before int64  // number; for paging
	Limit  int
}

// literal has LIKE take its own signs as letters.
var literal = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// Incidents lists summaries, newest first.
func (s *Store) Incidents(ctx context.Context, f Filter) ([]incident.Summary, error) {
	if !storable(f.Status, f.Kind, f.Query) {
		return nil, nil
	}
	if f.Before <= 0 {
		f.Before = math.MaxInt64
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	rows, err := s.q.ListIncidents(ctx, db.ListIncidentsParams{Status: f.Status, Kind: f.Kind, Before: f.Before,
		Title: "%" + literal.Replace(strings.ToLower(f.Query)) + "%", Most: int32(f.Limit)})
	if err != nil {
		return nil, err
	}
	out := make([]incident.Summary, 0, len(rows))
	for _, r := range rows {
		var sum incident.Summary
		if err := json.Unmarshal([]byte(r), &sum); err != nil {
			return nil, err
		}
		out = append(out, sum)
	}
	return out, nil
}

// IDs lists the ULIDs of all incidents, newest first.
func (s *Store) IDs(ctx context.Context) ([]string, error) { return s.q.ListIDs(ctx) }
