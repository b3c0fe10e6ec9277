package auth

import (
	"context"
	"time"

	"tocsin/internal/store"
)

// AuditStore keeps who did what to people and to ways in.
type AuditStore interface {
	AddDeed(ctx context.Context, d store.Deed) error
	Deeds(ctx context.Context, before string, most int) ([]store.Deed, error)
}

// What is written down. About is the id of the person it was done to, unless said otherwise.
const (
	DeedSignedIn       = "signed_in"        // About: link, password, passkey or setup
	DeedRefused        = "refused"          // somebody gave a wrong password for About
	DeedSignedOut      = "signed_out"       // everywhere else
	DeedPassword       = "password_set"     // About: whose
	DeedPasskeyAdded   = "passkey_added"    // About: what its owner calls it
	DeedPasskeyRemoved = "passkey_removed"  // About: its id
	DeedTokenMade      = "token_made"       // About: whose, and its scope
	DeedTokenRevoked   = "token_revoked"    // About: its id
	DeedLinkMade       = "link_made"        // About: for whom
	DeedBreakGlass     = "break_glass"      // About: for whom
	DeedPersonAdded    = "person_added"     // About: who, and their rights
	DeedPersonChanged  = "person_changed"   // About: who
	DeedRightsChanged  = "rights_changed"   // About: who, from what, to what
	DeedRunbook        = "runbook_saved"    // About: which, and its version
	DeedRotation       = "rotation_changed" // About: of which role
	DeedOverride       = "override_made"    // About: role and who
	DeedTakeBack       = "override_ended"   // About: its id
	DeedUnsubscribed   = "unsubscribed"     // somebody's mail was ended for them
	DeedSetting        = "setting_changed"  // About: which
)

// Deeds lists what was done to people and to ways in, the newest first; before is the ID of a deed, and those that came before it are listed.
func (a *Auth) Deeds(ctx context.Context, before string, most int) ([]store.Deed, error) {
	return a.store.Deeds(ctx, before, most)
}

// Note writes down what whoever is asking did.
func (a *Auth) Note(ctx context.Context, what, about string) error {
	return note(ctx, a.store, a.now(), what, about)
}

// noteBy writes down what somebody did who is only just proving themselves.
func (a *Auth) noteBy(ctx context.Context, person, what, about string) error {
	return a.store.AddDeed(ctx, store.Deed{At: a.now(), Person: person, What: what, About: about})
}

// note writes down what whoever is asking did. Where nobody asks over the network, it is somebody at the machine.
func note(ctx context.Context, s AuditStore, at time.Time, what, about string) error {
	acc, _ := From(ctx)
	return s.AddDeed(ctx, store.Deed{At: at, Person: acc.Person.ID, What: what, About: about})
}
