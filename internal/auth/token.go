package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/internal/store"
)

// Kinds of secret.
const (
	kindAPI     = "api"
	kindSession = "session"
	kindSetup   = "setup"
	kindLink    = "link"
	kindDrill   = "drill"
)

// Secrets begin with a word of their own, so that scanners find those that leaked.
var prefixes = map[string]string{kindAPI: "tcs_", kindSession: "tcn_", kindSetup: "tcu_", kindLink: "tcl_", kindDrill: "tcd_"}

// setupTTL is how long the first-run link works.
const setupTTL = 30 * time.Minute

// usedEvery bounds how often the last use of a secret is written down.
const usedEvery = 10 * time.Minute

func newSecret(kind string) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefixes[kind] + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// add makes a secret of a kind and keeps its hash. ttl 0: it never expires.
func (a *Auth) add(ctx context.Context, kind, person, scope string, ttl time.Duration) (string, error) {
	secret, now := newSecret(kind), a.now()
	t := store.Token{ID: ulid.Make().String(), Kind: kind, Person: person, Scope: scope, Created: now}
	if ttl > 0 {
		t.Expires = now.Add(ttl)
	}
	if err := a.store.AddToken(ctx, t, hashOf(secret)); err != nil {
		return "", fmt.Errorf("the token can't be kept: %w", err)
	}
	return secret, nil
}

// CreateToken makes an API token for a person. scope is read, write, admin, or empty for all the person's rights; ttl 0: it never
// expires. The secret is shown this once.
func (a *Auth) CreateToken(ctx context.Context, person, scope string, ttl time.Duration) (string, error) {
	if scope != "" && !slices.Contains([]string{ScopeRead, ScopeWrite, ScopeAdmin}, scope) {
		return "", fmt.Errorf("there is no scope %q; the scopes are read, write, admin", scope)
	}
	if ttl < 0 {
		return "", errors.New("a token can't expire before it is made")
	}
	if _, err := a.person(ctx, person); err != nil {
		return "", err
	}
	secret, err := a.add(ctx, kindAPI, person, scope, ttl)
	if err != nil {
		return "", err
	}
	return secret, a.Note(ctx, DeedTokenMade, strings.TrimSpace(person+" "+scope))
}

// Tokens lists the API tokens, oldest first. Secrets are not among what is known of them.
func (a *Auth) Tokens(ctx context.Context) ([]store.Token, error) {
	return a.store.Tokens(ctx, kindAPI)
}

// RevokeToken ends an API token by its id; store.ErrNotFound when there is none.
func (a *Auth) RevokeToken(ctx context.Context, id string) error {
	all, err := a.store.Tokens(ctx, kindAPI)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(t store.Token) bool { return t.ID == id }) {
		return store.ErrNotFound
	}
	if err := a.store.DropToken(ctx, id); err != nil {
		return err
	}
	return a.Note(ctx, DeedTokenRevoked, id)
}

// person gives somebody who may sign in.
func (a *Auth) person(ctx context.Context, id string) (store.Person, error) {
	if err := a.people.Fresh(ctx, stale); err != nil {
		return store.Person{}, err
	}
	p, ok := a.people.Get(id)
	if !ok { // perhaps another process has just added them
		if err := a.people.Load(ctx); err != nil {
			return store.Person{}, err
		}
		p, ok = a.people.Get(id)
	}
	if !ok || slices.Index(Rights, p.Rights) < slices.Index(Rights, RightsViewer) {
		return store.Person{}, ErrNobody
	}
	return p, nil
}

// prove turns a secret of a kind into an account. ErrCredentials: it proves nothing; all other errors mean that nobody can tell.
func (a *Auth) prove(ctx context.Context, kind, secret string) (Account, error) {
	if !strings.HasPrefix(secret, prefixes[kind]) || len(secret) > 100 {
		return Account{}, ErrCredentials
	}
	acc, err := a.proveHash(ctx, kind, hashOf(secret))
	if err == nil && kind == kindSession {
		acc.CSRF = csrf(secret)
	}
	return acc, err
}

func (a *Auth) proveHash(ctx context.Context, kind, hash string) (Account, error) {
	t, err := a.store.Token(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Account{}, ErrCredentials
	}
	if err != nil {
		return Account{}, err
	}
	now := a.now()
	if t.Kind != kind || !t.Expires.IsZero() && !now.Before(t.Expires) {
		return Account{}, ErrCredentials
	}
	p, err := a.person(ctx, t.Person)
	if errors.Is(err, ErrNobody) {
		return Account{}, ErrCredentials
	}
	if err != nil {
		return Account{}, err
	}
	if now.Sub(t.Used) >= usedEvery {
		_ = a.store.UseToken(ctx, hash, now) // a note for the list of tokens; the request does not hang on it
	}
	via := ViaToken
	if kind == kindSession {
		via = ViaSession
	}
	return Account{Person: p, Rights: p.Rights, Scope: t.Scope, Via: via, hash: hash}, nil
}

// Still gives the account as it stands now: long-lived connections ask again from time to time. ErrCredentials: it was revoked.
func (a *Auth) Still(ctx context.Context, acc Account) (Account, error) {
	if acc.hash == "" {
		return acc, nil
	}
	kind := kindAPI
	if acc.Via == ViaSession {
		kind = kindSession
	}
	now, err := a.proveHash(ctx, kind, acc.hash)
	now.CSRF = acc.CSRF
	return now, err
}
