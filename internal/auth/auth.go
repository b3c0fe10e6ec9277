// Package auth is who is asking: people, what they may do, and the secrets that prove it.
//
// It owns the tables of people, tokens and credentials. A secret is 256 random bits, given out once; only its SHA-256 is kept, so that a copy of the
// database signs nobody in and comparing takes no longer for a near miss. No secret stands in an error or a log. What somebody may do is
// read anew for every request: rights that were taken away are gone within seconds, on every server.
//
// What the holders of roles may do in an incident is not decided here but in package incident.
package auth

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"

	"tocsin/internal/catalogue"
	"tocsin/internal/store"
)

// Store is where tokens and people are kept. *store.Store is one.
type Store interface {
	PeopleStore
	TokenStore
	CredentialStore
}

// CredentialStore keeps the hashes of passwords, the public halves of passkeys and the challenges that are under way.
type CredentialStore interface {
	PutCredential(ctx context.Context, c store.Credential) error
	Credential(ctx context.Context, kind, id string) (store.Credential, error)
	Credentials(ctx context.Context, kind string) ([]store.Credential, error)
	DropCredential(ctx context.Context, kind, id, person string) (bool, error)
	DropCredentials(ctx context.Context, kind string, before time.Time) error
}

// PeopleStore keeps the roster.
type PeopleStore interface {
	AuditStore
	People(ctx context.Context) ([]store.Person, error)
	PutPerson(ctx context.Context, p store.Person) error
}

// TokenStore keeps the hashes of secrets.
type TokenStore interface {
	AddToken(ctx context.Context, t store.Token, hash string) error
	Token(ctx context.Context, hash string) (store.Token, error)
	Tokens(ctx context.Context, kind string) ([]store.Token, error)
	UseToken(ctx context.Context, hash string, at time.Time) error
	TakeToken(ctx context.Context, hash, kind string, now time.Time) (bool, error)
	DropToken(ctx context.Context, id string) error
	DropExpired(ctx context.Context, now time.Time) error
}

// Options set Auth up. Now is the machine's clock; nil: time.Now. Secure marks cookies for TLS only. Directory is the roster to read
// people from; nil: one of its own.
type Options struct {
	Now       func() time.Time
	Secure    bool
	Directory *Directory
}

// Auth knows who is asking. It is safe for concurrent use.
type Auth struct {
	store  Store
	now    func() time.Time
	secure bool
	people *Directory
	tries  *Limiter
	// guesses bounds the passwords tried for one name, from wherever.
	guesses *Limiter
}

// New makes an Auth over a store.
func New(s Store, o Options) *Auth {
	a := &Auth{store: s, now: o.Now, secure: o.Secure, people: o.Directory}
	if a.now == nil {
		a.now = time.Now
	}
	if a.people == nil {
		a.people = NewDirectory(s)
	}
	a.tries, a.guesses = NewLimiter(a.now, 1, burst), NewLimiter(a.now, rate.Every(30*time.Second), 10)
	return a
}

// Directory is the roster that accounts are read from.
func (a *Auth) Directory() *Directory { return a.people }

// The errors of signing in. They are sentences for the person who tries.
var (
	ErrCredentials = errors.New(catalogue.Mark("this token is not known, or it has expired; make a new one with: tocsin token create"))
	ErrLink        = errors.New(catalogue.Mark("this link has been used or has expired; ask for a new one with: tocsin user link"))
	ErrSetUp       = errors.New(catalogue.Mark("the owner is set up already; sign in with: tocsin user link"))
	ErrNobody      = errors.New(catalogue.Mark("there is nobody of that name, or they have no rights; add them with: tocsin user add"))
)
