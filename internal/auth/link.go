package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/store"
)

// Owner gives the owner; where there is none, one is made, without a name until they say it (rulings 8).
func (a *Auth) Owner(ctx context.Context) (store.Person, error) {
	if err := a.people.Load(ctx); err != nil {
		return store.Person{}, err
	}
	if p, ok := a.owner(); ok {
		return p, nil
	}
	p := store.Person{ID: "owner", Rights: RightsOwner}
	if err := a.people.Put(ctx, p); err != nil {
		return store.Person{}, err
	}
	p, _ = a.people.Get(p.ID)
	return p, nil
}

func (a *Auth) owner() (store.Person, bool) {
	for _, p := range a.people.List() {
		if p.Rights == RightsOwner {
			return p, true
		}
	}
	return store.Person{}, false
}

// SetupLink makes the secret of the first-run link. It works once, for 30 minutes; links made before it stop working. ErrSetUp when the
// owner has been set up.
func (a *Auth) SetupLink(ctx context.Context) (string, error) {
	if done, err := a.isSetUp(ctx); err != nil {
		return "", err
	} else if done {
		return "", ErrSetUp
	}
	if err := a.dropSetup(ctx); err != nil {
		return "", err
	}
	return a.add(ctx, kindSetup, "", "", setupTTL)
}

func (a *Auth) dropSetup(ctx context.Context) error {
	old, err := a.store.Tokens(ctx, kindSetup)
	if err != nil {
		return err
	}
	for _, t := range old {
		if err := a.store.DropToken(ctx, t.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// isSetUp reports whether the owner has said who they are, by a setup link or on the command line.
func (a *Auth) isSetUp(ctx context.Context) (bool, error) {
	if err := a.people.Load(ctx); err != nil {
		return false, err
	}
	p, ok := a.owner()
	return ok && p.Name != "", nil
}

// Redeem uses a setup link up: whoever holds it becomes the owner under the name they give, and is signed in with the session secret.
// ErrLink: used or expired. ErrSetUp: there is an owner.
func (a *Auth) Redeem(ctx context.Context, secret, name string) (Account, string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || len(name) > maxName {
		return Account{}, "", errors.New(catalogue.Mark("say your name, as it stands in what people write: it is taken out of everything public"))
	}
	if !strings.HasPrefix(secret, prefixes[kindSetup]) {
		return Account{}, "", ErrLink
	}
	if done, err := a.isSetUp(ctx); err != nil {
		return Account{}, "", err
	} else if done {
		return Account{}, "", ErrSetUp
	}
	took, err := a.store.TakeToken(ctx, hashOf(secret), kindSetup, a.now())
	if err != nil {
		return Account{}, "", err
	}
	if !took {
		return Account{}, "", ErrLink
	}
	p, ok := a.owner()
	if !ok {
		p = store.Person{ID: Slug(name)}
		if had, ok := a.people.Get(p.ID); ok {
			p = had
		}
	}
	p.Name, p.Rights = name, RightsOwner
	if err := a.people.Put(ctx, p); err != nil {
		return Account{}, "", err
	}
	if err := a.dropSetup(ctx); err != nil {
		return Account{}, "", err
	}
	return a.begin(ctx, p.ID, "setup")
}

// LinkFor makes the secret of a link that signs a person in, once, within ttl.
func (a *Auth) LinkFor(ctx context.Context, person string, ttl time.Duration) (string, error) {
	return a.noted(ctx, person, ttl, DeedLinkMade)
}

// BreakGlass makes the same for whoever sits at the machine when all other ways in are gone. It stands out in the audit log.
func (a *Auth) BreakGlass(ctx context.Context, person string, ttl time.Duration) (string, error) {
	return a.noted(ctx, person, ttl, DeedBreakGlass)
}

func (a *Auth) noted(ctx context.Context, person string, ttl time.Duration, what string) (string, error) {
	secret, err := a.link(ctx, kindLink, person, ttl)
	if err != nil {
		return "", err
	}
	return secret, a.Note(ctx, what, person)
}

// DrillLink makes the secret of a link that signs a person in as often as it is followed within ttl: what a drill prints.
func (a *Auth) DrillLink(ctx context.Context, person string, ttl time.Duration) (string, error) {
	return a.link(ctx, kindDrill, person, ttl)
}

func (a *Auth) link(ctx context.Context, kind, person string, ttl time.Duration) (string, error) {
	if ttl <= 0 {
		return "", errors.New("a link must expire")
	}
	if _, err := a.person(ctx, person); err != nil {
		return "", err
	}
	return a.add(ctx, kind, person, "", ttl)
}

// RedeemLink signs in with the secret of a link. ErrLink: it is unknown, used or expired.
func (a *Auth) RedeemLink(ctx context.Context, secret string) (Account, string, error) {
	now, hash := a.now(), hashOf(secret)
	t, err := a.store.Token(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Account{}, "", ErrLink
	}
	if err != nil {
		return Account{}, "", err
	}
	switch {
	case t.Kind == kindDrill && now.Before(t.Expires):
	case t.Kind == kindLink:
		if took, err := a.store.TakeToken(ctx, hash, kindLink, now); err != nil {
			return Account{}, "", err
		} else if !took {
			return Account{}, "", ErrLink
		}
	default:
		return Account{}, "", ErrLink
	}
	return a.begin(ctx, t.Person, "link")
}
