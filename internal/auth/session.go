package auth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"tocsin/internal/store"
)

// Cookie is the name of the session's cookie.
const Cookie = "tocsin_session"

// sessionTTL is how long somebody stays signed in.
const sessionTTL = 30 * 24 * time.Hour

// begin starts a session for somebody who came in by a way: link, password, passkey or setup.
func (a *Auth) begin(ctx context.Context, person, way string) (Account, string, error) {
	if err := a.people.Load(ctx); err != nil { // rights at the moment of signing in, not seconds before
		return Account{}, "", err
	}
	if _, err := a.person(ctx, person); err != nil {
		return Account{}, "", err
	}
	_ = a.store.DropExpired(ctx, a.now()) // signing in is rare enough to clean up at
	secret, err := a.add(ctx, kindSession, person, "", sessionTTL)
	if err != nil {
		return Account{}, "", err
	}
	acc, err := a.prove(ctx, kindSession, secret)
	if err == nil {
		err = a.noteBy(ctx, person, DeedSignedIn, way)
	}
	return acc, secret, err
}

// SignIn sets the cookie of a session that Redeem or RedeemLink began. The session that the request came with is ended: a secret from
// before signing in is worth nothing after it.
func (a *Auth) SignIn(w http.ResponseWriter, r *http.Request, session string) error {
	if err := a.end(r); err != nil {
		return err
	}
	http.SetCookie(w, a.cookie(session, int(sessionTTL/time.Second)))
	return nil
}

// SignOut ends the session of the request on the server and takes its cookie back.
func (a *Auth) SignOut(w http.ResponseWriter, r *http.Request) error {
	http.SetCookie(w, a.cookie("", -1))
	return a.end(r)
}

func (a *Auth) end(r *http.Request) error {
	c, err := r.Cookie(Cookie)
	if err != nil {
		return nil //nolint:nilerr // nobody is signed in
	}
	t, err := a.store.Token(r.Context(), hashOf(c.Value))
	if errors.Is(err, store.ErrNotFound) || err == nil && t.Kind != kindSession {
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.store.DropToken(r.Context(), t.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// EndOtherSessions signs the person of an account out everywhere but where it was asked for.
func (a *Auth) EndOtherSessions(ctx context.Context, acc Account) error {
	mine, err := a.store.Token(ctx, acc.hash)
	if err != nil {
		return err
	}
	if err := a.endSessions(ctx, acc.Person.ID, mine.ID); err != nil {
		return err
	}
	return a.noteBy(ctx, acc.Person.ID, DeedSignedOut, "")
}

// EndSessions signs a person out everywhere.
func (a *Auth) EndSessions(ctx context.Context, person string) error {
	return a.endSessions(ctx, person, "")
}

func (a *Auth) endSessions(ctx context.Context, person, but string) error {
	all, err := a.store.Tokens(ctx, kindSession)
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.Person != person || t.ID == but {
			continue
		}
		if err := a.store.DropToken(ctx, t.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

func (a *Auth) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: Cookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode}
}
