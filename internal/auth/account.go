package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

// Rights of a person, each with all of the ones before. RightsNone is somebody whose name must be known but who can't sign in.
const (
	RightsNone      = "none"
	RightsViewer    = "viewer"
	RightsResponder = "responder"
	RightsAdmin     = "admin"
	RightsOwner     = "owner"
)

// Rights lists all rights, the least first.
var Rights = []string{RightsNone, RightsViewer, RightsResponder, RightsAdmin, RightsOwner}

// Scopes of an API token; a token without one has all rights of its person.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
	ScopeAdmin = "admin"
)

// Ways an account was proved.
const (
	ViaToken   = "token"
	ViaSession = "session"
)

// Account is who is asking, and with which rights.
type Account struct {
	Person store.Person
	Rights string // viewer, responder, admin, owner
	Scope  string // of an API token: read, write, admin; "" = all the person's rights
	Via    string // token, session
	CSRF   string // of a session: what a form sends back as its csrf field

	hash string // of the secret that proved it
}

func (a Account) has(rights string, scopes ...string) bool {
	return slices.Index(Rights, a.Rights) >= slices.Index(Rights, rights) && (a.Scope == "" || slices.Contains(scopes, a.Scope))
}

// confidants are the roles that see what is private (rulings 3, R32).
var confidants = []string{"point_person", "communications_manager", "security"}

// Confided reports whether the account sees what is private in an incident: the point person, the communications manager, security, and
// whoever administers. A token that may only read never does: it is for dashboards.
func (a Account) Confided(i *incident.Incident) bool {
	if a.Scope == ScopeRead {
		return false
	}
	admin := slices.Index(Rights, a.Rights) >= slices.Index(Rights, RightsAdmin)
	return admin || slices.ContainsFunc(confidants, func(role string) bool { return i.Holds(a.Person.ID, role) })
}

// Hidden reports whether a line must not be shown to the account: somebody else will bring it into a drill as a surprise, or it is private, or speaks of a private line or step, and the account
// neither is a confidant nor wrote it.
func (a Account) Hidden(i *incident.Incident, l incident.Line) bool {
	if _, planned := l.Event.(*incident.Injected); planned {
		return l.By != a.Person.ID
	}
	if a.Confided(i) {
		return false
	}
	private := func(l *incident.Line) bool {
		return l != nil && l.Visibility == incident.Private && l.By != a.Person.ID
	}
	return private(&l) || private(i.Line(incident.AboutEntry(l.Event))) || i.PrivateStep(incident.AboutStep(l.Event))
}

// CanRead reports whether the account may see what is internal.
func (a Account) CanRead() bool { return a.has(RightsViewer, ScopeRead, ScopeWrite, ScopeAdmin) }

// CanWrite reports whether the account may give commands. Which ones is decided by its roles in the incident.
func (a Account) CanWrite() bool { return a.has(RightsResponder, ScopeWrite, ScopeAdmin) }

// CanAdmin reports whether the account may change people, connectors and runbooks.
func (a Account) CanAdmin() bool { return a.has(RightsAdmin, ScopeAdmin) }

// IsOwner reports whether the account may change who administers.
func (a Account) IsOwner() bool { return a.has(RightsOwner, ScopeAdmin) }

// ValidCSRF reports whether a form's csrf field belongs to the account's session.
func (a Account) ValidCSRF(field string) bool {
	return a.CSRF != "" && subtle.ConstantTimeCompare([]byte(a.CSRF), []byte(field)) == 1
}

// csrf is made from the session's secret, so that it need not be kept and changes when the session does.
func csrf(secret string) string {
	sum := sha256.Sum256([]byte("csrf\x00" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

type key struct{}

// asked is what the middleware found out; no is that nobody has proved anything.
type asked struct {
	account Account
	ok      bool
}

// From gives the account that proved itself with the request; false: nobody did.
func From(ctx context.Context) (Account, bool) {
	a, _ := ctx.Value(key{}).(asked)
	return a.account, a.ok
}

// With is a context in which the account is asking. Tests and the drill use it; requests pass Middleware.
func With(ctx context.Context, a Account) context.Context {
	return context.WithValue(ctx, key{}, asked{account: a, ok: true})
}
