// Package shelf keeps the runbook that new incidents are run by, and its versions (R30).
//
// The first is the one that comes with Tocsin, or the file that the configuration names; a file that is named stays the truth and is edited
// where it lies. Else people save versions, each one more than the last. An incident keeps the version it was declared with, in its log.
package shelf

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

// Store keeps versions. *store.Store is one.
type Store interface {
	AddRunbook(ctx context.Context, r store.Runbook) error
	Runbooks(ctx context.Context) ([]store.Runbook, error)
	Runbook(ctx context.Context, version int) (store.Runbook, error)
	NewestRunbook(ctx context.Context) (int, error)
}

// fresh is how long what was read holds: what one of several servers saves the others know after that.
const fresh = 2 * time.Second

// patience bounds a look for a newer version; while the database does not answer, the version that is known goes on to hold.
const patience = 2 * time.Second

// most bounds a source, in bytes.
const most = 1 << 20

// Shelf is safe for concurrent use.
type Shelf struct {
	store Store
	first store.Runbook
	file  string // that the configuration names

	mu     sync.Mutex
	now    *runbook.Runbook
	source string
	looked time.Time
}

// New makes a shelf whose first version is source. file is where that was read from if the configuration names it, empty if it came with Tocsin.
func New(s Store, source []byte, file string) (*Shelf, error) {
	r, err := runbook.Parse(source)
	if err != nil {
		return nil, err
	}
	return &Shelf{store: s, first: store.Runbook{Version: r.Version, Source: string(source)}, file: file, now: r, source: string(source)}, nil
}

// File is the file that the configuration names; empty: the runbook is edited here.
func (s *Shelf) File() string { return s.file }

// Current is what a new incident is run by.
func (s *Shelf) Current() *runbook.Runbook {
	r, _ := s.current()
	return r
}

// Source is its YAML.
func (s *Shelf) Source() string {
	_, source := s.current()
	return source
}

func (s *Shelf) current() (*runbook.Runbook, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == "" && time.Since(s.looked) > fresh {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = s.look(ctx) // what is known goes on to hold
		s.looked = time.Now()
	}
	return s.now, s.source
}

// look takes up the newest version; s.mu is held.
func (s *Shelf) look(ctx context.Context) error {
	n, err := s.store.NewestRunbook(ctx)
	if err != nil || n == 0 || n == s.now.Version {
		return err
	}
	kept, err := s.store.Runbook(ctx, n)
	if err != nil {
		return err
	}
	r, err := runbook.Parse([]byte(kept.Source))
	if err != nil { // a later Tocsin saved it
		return err
	}
	s.now, s.source = r, kept.Source
	return nil
}

// Versions lists all versions, the newest first, without their sources. The last is the one that comes with Tocsin.
func (s *Shelf) Versions(ctx context.Context) ([]store.Runbook, error) {
	var out []store.Runbook
	if s.file == "" {
		var err error
		if out, err = s.store.Runbooks(ctx); err != nil {
			return nil, err
		}
	}
	return append(out, store.Runbook{Version: s.first.Version}), nil
}

// Version gives one version with its source; a *incident.Error if there is none.
func (s *Shelf) Version(ctx context.Context, n int) (store.Runbook, error) {
	if n == s.first.Version {
		return s.first, nil
	}
	r, err := s.store.Runbook(ctx, n)
	if errors.Is(err, store.ErrNotFound) || s.file != "" {
		return r, incident.Refuse(incident.NotFound, "version", "there is no version %d of the runbook", n)
	}
	return r, err
}

// Draft is a source that somebody wants to save.
type Draft struct {
	Source string
	From   int // the version it was begun from; 0: the current one
	Person string
	Note   string
}

// ErrOvertaken is that another version was saved since a draft was begun.
var ErrOvertaken = incident.Refuse(incident.Conflict, "from", "another version was saved since you began; read what it changed, then save again")

// Save makes a draft the newest version, whose number is set in its source, and gives that. A source that is the current one but for the number
// is not saved again. Errors: runbook.Problems, ErrOvertaken, another *incident.Error, or the store's.
func (s *Shelf) Save(ctx context.Context, d Draft) (store.Runbook, error) {
	if s.file != "" {
		return store.Runbook{}, incident.Refuse(incident.Conflict, "", "the configuration names the file of the runbook, %s; change that, or take it out of the configuration", s.file)
	}
	if len(d.Source) > most {
		return store.Runbook{}, incident.Refuse(incident.Invalid, "source", "a runbook has at most %d bytes", most)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.look(ctx); err != nil {
		return store.Runbook{}, err
	}
	if d.From != 0 && d.From != s.now.Version {
		return store.Runbook{}, ErrOvertaken
	}
	r, err := runbook.Parse([]byte(d.Source))
	if err != nil {
		return store.Runbook{}, err
	}
	if r.Name != s.now.Name {
		return store.Runbook{}, incident.Refuse(incident.Invalid, "source", "the runbook keeps its name, %s: links of earlier incidents lead to it", s.now.Name)
	}
	if Numbered(d.Source, s.now.Version) == Numbered(s.source, s.now.Version) {
		return store.Runbook{Version: s.now.Version, Source: s.source}, nil
	}
	kept := store.Runbook{Version: s.now.Version + 1, Person: d.Person, Note: d.Note, Saved: time.Now()}
	kept.Source = Numbered(d.Source, kept.Version)
	if r, err = runbook.Parse([]byte(kept.Source)); err != nil {
		return store.Runbook{}, err
	}
	err = s.store.AddRunbook(ctx, kept)
	if errors.Is(err, store.ErrConflict) {
		return store.Runbook{}, ErrOvertaken
	}
	if err != nil {
		return store.Runbook{}, err
	}
	s.now, s.source = r, kept.Source
	return kept, nil
}

var versionLine = regexp.MustCompile(`(?m)^version:[^\r\n]*`)

// Numbered is a source with a version number put in. A source without one is left to the parser to complain of.
func Numbered(source string, version int) string {
	return versionLine.ReplaceAllLiteralString(source, fmt.Sprintf("version: %d", version))
}
