package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/oklog/ulid/v2"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

const (
	kindPasskey   = "passkey"
	kindChallenge = "challenge"
	// challengeTTL is how long somebody has to answer their device.
	challengeTTL = 5 * time.Minute
	mostPasskeys = 20
)

// ErrPasskey is that a passkey proves nobody.
var ErrPasskey = incident.Refuse(incident.Invalid, "", "this passkey is not known here, or its answer came too late; try again, or sign in another way")

// errPlace is that passkeys can't be used at an address.
var errPlace = incident.Refuse(incident.Conflict, "", "passkeys need Tocsin to be opened by a name over https, or as localhost")

// Passkey is a key on somebody's device, as its owner calls it. Only the public half is kept.
type Passkey struct {
	ID, Name      string
	Created, Used time.Time
}

// relying is the side that relies on passkeys, for the address by which the browser came: a key made there works there alone.
func relying(r *http.Request) (*webauthn.WebAuthn, error) {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		return nil, errPlace
	}
	return webauthn.New(&webauthn.Config{RPID: host, RPDisplayName: "Tocsin", RPOrigins: []string{"https://" + r.Host, "http://" + r.Host}})
}

// holder is a person as the library wants them. A device keeps their id and name for them to choose by, and answers with the handle alone.
type holder struct {
	id   string
	name string
	keys []webauthn.Credential
}

func handle(person string) []byte {
	sum := sha256.Sum256([]byte("tocsin passkey\x00" + person))
	return sum[:]
}

func (h holder) WebAuthnID() []byte                         { return handle(h.id) }
func (h holder) WebAuthnName() string                       { return h.id }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// holder reads a person's keys.
func (a *Auth) holder(ctx context.Context, p store.Person) (holder, error) {
	h := holder{id: p.ID, name: p.Name}
	all, err := a.store.Credentials(ctx, kindPasskey)
	if err != nil {
		return h, err
	}
	for _, c := range all {
		if c.Person != p.ID {
			continue
		}
		var key webauthn.Credential
		if err := json.Unmarshal([]byte(c.Data), &key); err != nil {
			return h, err
		}
		h.keys = append(h.keys, key)
	}
	return h, nil
}

// Passkeys lists a person's.
func (a *Auth) Passkeys(ctx context.Context, person string) ([]Passkey, error) {
	all, err := a.store.Credentials(ctx, kindPasskey)
	var out []Passkey
	for _, c := range all {
		if c.Person == person {
			out = append(out, Passkey{c.ID, c.Name, c.Created, c.Used})
		}
	}
	return out, err
}

// DropPasskey removes one of a person's.
func (a *Auth) DropPasskey(ctx context.Context, person, id string) error {
	was, err := a.store.DropCredential(ctx, kindPasskey, id, person)
	if err != nil || !was {
		return err
	}
	return a.Note(ctx, DeedPasskeyRemoved, id)
}

// BeginPasskey gives what a device is asked to make a key, and the name of the challenge that its answer belongs to.
func (a *Auth) BeginPasskey(r *http.Request, acc Account) (*protocol.CredentialCreation, string, error) {
	w, err := relying(r)
	if err != nil {
		return nil, "", err
	}
	h, err := a.holder(r.Context(), acc.Person)
	if err != nil {
		return nil, "", err
	}
	if len(h.keys) >= mostPasskeys {
		return nil, "", incident.Refuse(incident.Conflict, "", "you have %d passkeys; remove one first", mostPasskeys)
	}
	options, session, err := w.BeginRegistration(h, webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
		ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired}),
		webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return nil, "", err
	}
	id, err := a.challenge(r.Context(), acc.Person.ID, session)
	return options, id, err
}

// AddPasskey keeps the key that a device made; name is what its owner calls it.
func (a *Auth) AddPasskey(r *http.Request, acc Account, challenge, name string) error {
	w, err := relying(r)
	if err != nil {
		return err
	}
	session, err := a.answered(r.Context(), acc.Person.ID, challenge)
	if err != nil {
		return err
	}
	h, err := a.holder(r.Context(), acc.Person)
	if err != nil {
		return err
	}
	key, err := w.FinishRegistration(h, session, r)
	if err != nil {
		return incident.Refuse(incident.Invalid, "", "the device's answer can't be taken; try again")
	}
	if name = strings.Join(strings.Fields(name), " "); name == "" || len(name) > maxName {
		name = "passkey"
	}
	if err := a.keep(r.Context(), store.Credential{Person: acc.Person.ID, Name: name, Created: a.now()}, key); err != nil {
		return err
	}
	return a.Note(r.Context(), DeedPasskeyAdded, name)
}

// keep writes a key down.
func (a *Auth) keep(ctx context.Context, c store.Credential, key *webauthn.Credential) error {
	data, err := json.Marshal(key)
	if err != nil {
		return err
	}
	c.ID, c.Kind, c.Data = base64.RawURLEncoding.EncodeToString(key.ID), kindPasskey, string(data)
	return a.store.PutCredential(ctx, c)
}

// BeginPasskeySignIn gives what a device is asked: it knows itself for whom it has a key, and makes sure that it is them, as nothing else
// is asked for.
func (a *Auth) BeginPasskeySignIn(r *http.Request) (*protocol.CredentialAssertion, string, error) {
	w, err := relying(r)
	if err != nil {
		return nil, "", err
	}
	options, session, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	id, err := a.challenge(r.Context(), "", session)
	return options, id, err
}

// PasskeySignIn begins a session for whom a device proves. ErrPasskey: it proves nobody.
func (a *Auth) PasskeySignIn(r *http.Request, challenge string) (Account, string, error) {
	ctx := r.Context()
	w, err := relying(r)
	if err != nil {
		return Account{}, "", err
	}
	session, err := a.answered(ctx, "", challenge)
	if err != nil {
		return Account{}, "", err
	}
	if err := a.people.Load(ctx); err != nil {
		return Account{}, "", err
	}
	var who holder
	key, err := w.FinishDiscoverableLogin(func(_, user []byte) (webauthn.User, error) {
		for _, p := range a.people.List() {
			if slices.Equal(handle(p.ID), user) {
				who, err = a.holder(ctx, p)
				return who, err
			}
		}
		return nil, ErrPasskey
	}, session, r)
	if err != nil || key.Authenticator.CloneWarning {
		return Account{}, "", ErrPasskey
	}
	if err := a.keep(ctx, store.Credential{Person: who.id, Used: a.now()}, key); err != nil {
		return Account{}, "", err
	}
	acc, secret, err := a.begin(ctx, who.id, "passkey")
	if errors.Is(err, ErrNobody) { // their rights were taken
		err = ErrPasskey
	}
	return acc, secret, err
}

// challenge keeps what a device was asked until it answers.
func (a *Auth) challenge(ctx context.Context, person string, session *webauthn.SessionData) (string, error) {
	now := a.now()
	if err := a.store.DropCredentials(ctx, kindChallenge, now.Add(-challengeTTL)); err != nil {
		return "", err
	}
	data, err := json.Marshal(session)
	if err != nil {
		return "", err
	}
	id := ulid.Make().String()
	return id, a.store.PutCredential(ctx, store.Credential{ID: id, Person: person, Kind: kindChallenge, Data: string(data), Created: now})
}

// answered takes a challenge, once.
func (a *Auth) answered(ctx context.Context, person, id string) (s webauthn.SessionData, err error) {
	c, err := a.store.Credential(ctx, kindChallenge, id)
	if errors.Is(err, store.ErrNotFound) {
		return s, ErrPasskey
	}
	if err != nil {
		return s, err
	}
	took, err := a.store.DropCredential(ctx, kindChallenge, id, person)
	if err != nil {
		return s, err
	}
	if !took || a.now().Sub(c.Created) > challengeTTL {
		return s, ErrPasskey
	}
	return s, json.Unmarshal([]byte(c.Data), &s)
}
