package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/store"
)

// accountPage is what somebody signs in with.
type accountPage struct {
	Password bool // there is one
	Passkeys []auth.Passkey
	Tokens   []store.Token
	Scopes   []string
	New      string // a token that was just made: shown once
	Done     string // what was just done
}

func (accountPage) title(l *catalogue.Language) string { return l.T("Your account") }

func (c *console) account(w http.ResponseWriter, r *http.Request) {
	c.showAccount(w, r, accountPage{}, nil)
}

// showAccount shows the page, with what was wrong with a form of it.
func (c *console) showAccount(w http.ResponseWriter, r *http.Request, p accountPage, wrong error) {
	acc, _ := auth.From(r.Context())
	me := acc.Person.ID
	var err error
	var tokens []store.Token
	if p.Password, err = c.Auth.HasPassword(r.Context(), me); err == nil {
		p.Passkeys, err = c.Auth.Passkeys(r.Context(), me)
	}
	if err == nil {
		tokens, err = c.Auth.Tokens(r.Context())
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.Tokens = slices.DeleteFunc(tokens, func(t store.Token) bool { return t.Person != me })
	p.Scopes = []string{auth.ScopeRead, auth.ScopeWrite}
	if acc.CanAdmin() {
		p.Scopes = append(p.Scopes, auth.ScopeAdmin)
	}
	c.beside(w, r, "account", p, wrong)
}

// setPassword gives a password, or a new one to whoever knows the old one. Everywhere else they are signed out.
func (c *console) setPassword(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	ctx, me := r.Context(), acc.Person.ID
	had, err := c.Auth.HasPassword(ctx, me)
	if err == nil && had {
		err = c.Auth.CheckPassword(ctx, me, r.PostFormValue("current"))
	}
	if err == nil {
		err = c.Auth.SetPassword(ctx, me, r.PostFormValue("password"))
	}
	if err == nil {
		err = c.Auth.EndOtherSessions(ctx, acc)
	}
	if err != nil {
		c.showAccount(w, r, accountPage{}, err)
		return
	}
	c.showAccount(w, r, accountPage{Done: c.lang(r).T("The password is set. Everywhere else you are signed out.")}, nil)
}

func (c *console) endSessions(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	if err := c.Auth.EndOtherSessions(r.Context(), acc); err != nil {
		c.showAccount(w, r, accountPage{}, err)
		return
	}
	c.showAccount(w, r, accountPage{Done: c.lang(r).T("Everywhere else you are signed out.")}, nil)
}

func (c *console) dropPasskey(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	if err := c.Auth.DropPasskey(r.Context(), acc.Person.ID, r.PostFormValue("id")); err != nil {
		c.showAccount(w, r, accountPage{}, err)
		return
	}
	c.showAccount(w, r, accountPage{Done: c.lang(r).T("The passkey is removed.")}, nil)
}

// lifetimes are how long a token may live, in days.
var lifetimes = map[string]time.Duration{"30": 30 * 24 * time.Hour, "365": 365 * 24 * time.Hour}

func (c *console) addToken(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	ttl, ok := lifetimes[r.PostFormValue("days")]
	scope := r.PostFormValue("scope")
	if !ok || !slices.Contains([]string{auth.ScopeRead, auth.ScopeWrite, auth.ScopeAdmin}, scope) || scope == auth.ScopeAdmin && !acc.CanAdmin() {
		c.showAccount(w, r, accountPage{}, incident.Refuse(incident.Invalid, "scope", "say what the token may do, and how long"))
		return
	}
	secret, err := c.Auth.CreateToken(r.Context(), acc.Person.ID, scope, ttl)
	c.showAccount(w, r, accountPage{New: secret}, err)
}

func (c *console) dropToken(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	all, err := c.Auth.Tokens(r.Context())
	id := r.PostFormValue("id")
	if err == nil && slices.ContainsFunc(all, func(t store.Token) bool { return t.ID == id && t.Person == acc.Person.ID }) {
		err = c.Auth.RevokeToken(r.Context(), id)
	}
	if err != nil {
		c.showAccount(w, r, accountPage{}, err)
		return
	}
	c.showAccount(w, r, accountPage{Done: c.lang(r).T("The token is revoked.")}, nil)
}

// asked is what a script gives a device, and the challenge to send back with its answer.
type asked struct {
	Challenge string `json:"challenge"`
	Options   any    `json:"options"`
}

func (c *console) beginPasskey(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	options, challenge, err := c.Auth.BeginPasskey(r, acc)
	if err != nil {
		c.tell(w, r, err)
		return
	}
	c.json(w, asked{challenge, options.Response})
}

func (c *console) addPasskey(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := c.Auth.AddPasskey(r, acc, r.URL.Query().Get("challenge"), r.URL.Query().Get("name")); err != nil {
		c.tell(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c *console) beginPasskeySignIn(w http.ResponseWriter, r *http.Request) {
	if !c.Auth.Allow(r) {
		c.tell(w, r, errTooMany)
		return
	}
	options, challenge, err := c.Auth.BeginPasskeySignIn(r)
	if err != nil {
		c.tell(w, r, err)
		return
	}
	c.json(w, asked{challenge, options.Response})
}

func (c *console) passkeySignIn(w http.ResponseWriter, r *http.Request) {
	if !c.Auth.Allow(r) {
		c.tell(w, r, errTooMany)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	_, session, err := c.Auth.PasskeySignIn(r, r.URL.Query().Get("challenge"))
	if err == nil {
		err = c.Auth.SignIn(w, r, session)
	}
	if err != nil {
		c.tell(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

var errTooMany = incident.Refuse(incident.Invalid, "", "too many tries; wait a minute")

// signIn takes a name and a password.
func (c *console) signIn(w http.ResponseWriter, r *http.Request) {
	var session string
	err := errTooMany
	if c.Auth.Allow(r) {
		_, session, err = c.Auth.PasswordSignIn(r.Context(), r.PostFormValue("name"), r.PostFormValue("password"))
	}
	if err != nil {
		f := c.frame(r, c.lang(r).T("Sign in"), nil)
		f.Error, f.Field = sentence(f.Lang, err)
		f.Kept = map[string]string{"name": r.PostFormValue("name")}
		c.write(w, status(err), "signin", "layout.html", f)
		return
	}
	c.enter(w, r, session)
}

// tell gives a script an error as a sentence.
func (c *console) tell(w http.ResponseWriter, r *http.Request, err error) {
	text, _ := sentence(c.lang(r), err)
	http.Error(w, text, status(err))
}

func (c *console) json(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever has gone needs nothing
}
