package auth

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

const kindPassword = "password"

// A password has so many characters (NIST SP 800-63B §3.1.1.2: at least 15 where it is all that is asked for).
const (
	leastPassword = 15
	mostPassword  = 200
)

// hashing is argon2id as OWASP's Password Storage Cheat Sheet gives it: 19 MiB, two passes.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobodys is compared with where there is no password, so that it takes as long.
const nobodys = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// ErrPassword is that a name and a password don't belong together, whichever of them is wrong.
var ErrPassword = incident.Refuse(incident.Invalid, "", "this name and this password don't belong together; or sign in with a passkey, or a link made by: tocsin user link")

func passwordOf(person string) string { return "password/" + person }

// HasPassword reports whether a person has one.
func (a *Auth) HasPassword(ctx context.Context, person string) (bool, error) {
	_, err := a.store.Credential(ctx, kindPassword, passwordOf(person))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// SetPassword gives a person a password, in place of any other. Errors about the password are *incident.Error.
func (a *Auth) SetPassword(ctx context.Context, person, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < leastPassword:
		return incident.Refuse(incident.Invalid, "password", "a password has at least %d characters: four words that nobody else would put together do well", leastPassword)
	case n > mostPassword:
		return incident.Refuse(incident.Invalid, "password", "a password has at most %d characters", mostPassword)
	}
	if err := a.keepPassword(ctx, person, password); err != nil {
		return err
	}
	return a.Note(ctx, DeedPassword, person)
}

func (a *Auth) keepPassword(ctx context.Context, person, password string) error {
	hash, err := argon2id.CreateHash(password, hashing)
	if err != nil {
		return err
	}
	return a.store.PutCredential(ctx, store.Credential{ID: passwordOf(person), Person: person, Kind: kindPassword, Data: hash, Created: a.now()})
}

// CheckPassword asks for a person's password once more. ErrPassword: it is another one, or was tried too often.
func (a *Auth) CheckPassword(ctx context.Context, person, password string) error {
	c, err := a.store.Credential(ctx, kindPassword, passwordOf(person))
	if err != nil {
		return err
	}
	if !a.guesses.allowKey(person) || utf8.RuneCountInString(password) > mostPassword {
		return ErrPassword
	}
	right, err := argon2id.ComparePasswordAndHash(password, c.Data)
	if err == nil && !right {
		err = ErrPassword
	}
	return err
}

// PasswordSignIn begins a session by name (the id or an e-mail address) and password. ErrPassword: they don't belong together, or have been
// tried too often. A hash made with weaker settings is made anew.
func (a *Auth) PasswordSignIn(ctx context.Context, name, password string) (Account, string, error) {
	if err := a.people.Load(ctx); err != nil {
		return Account{}, "", err
	}
	name = strings.ToLower(strings.TrimSpace(name))
	p, known := a.called(name)
	c, err := a.store.Credential(ctx, kindPassword, passwordOf(p.ID))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Account{}, "", err
	}
	hash := c.Data
	if !known || err != nil {
		hash = nobodys
	}
	if known {
		name = p.ID // whatever they are called by
	}
	allowed := a.guesses.allowKey(name)
	if utf8.RuneCountInString(password) > mostPassword {
		password = ""
	}
	right, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return Account{}, "", err
	}
	if !right || hash == nobodys || !allowed {
		if known && allowed { // tries beyond that are too many to write down, and a name nobody has may be a password
			if err := a.noteBy(ctx, "", DeedRefused, p.ID); err != nil {
				return Account{}, "", err
			}
		}
		return Account{}, "", ErrPassword
	}
	if *params != *hashing {
		if err := a.keepPassword(ctx, p.ID, password); err != nil {
			return Account{}, "", err
		}
	}
	acc, session, err := a.begin(ctx, p.ID, "password")
	if errors.Is(err, ErrNobody) { // their rights were taken
		err = ErrPassword
	}
	return acc, session, err
}

// called finds a person by id or e-mail address.
func (a *Auth) called(name string) (store.Person, bool) {
	for _, p := range a.people.List() {
		if strings.ToLower(p.ID) == name && name != "" {
			return p, true
		}
		for _, e := range p.Emails {
			if strings.ToLower(e) == name && name != "" {
				return p, true
			}
		}
	}
	return store.Person{}, false
}
