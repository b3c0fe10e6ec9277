package web

import (
	"errors"
	"net/http"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
)

type secretPage struct {
	Token string
	Error string
	Name  string
	Setup bool
	// Ask is whether the configuration leaves open whose incidents these are; if so, what the owner says.
	Ask                  bool
	Organisation, Public string
}

func (p secretPage) title(l *catalogue.Language) string {
	if p.Setup {
		return l.T("Set Tocsin up")
	}
	return l.T("Sign in")
}

// setupPage asks the first person for a name. Opening it uses nothing up: link previews open pages too.
func (c *console) setupPage(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, "secret", secretPage{Token: r.URL.Query().Get("token"), Setup: true, Ask: c.NameOrganisation != nil})
}

func (c *console) setup(w http.ResponseWriter, r *http.Request) {
	page := secretPage{Token: r.PostFormValue("token"), Name: r.PostFormValue("name"), Setup: true, Ask: c.NameOrganisation != nil,
		Organisation: r.PostFormValue("organisation"), Public: r.PostFormValue("public_name")}
	if !c.Auth.Allow(r) {
		page.Error, _ = sentence(c.lang(r), errTooMany)
		c.render(w, r, http.StatusTooManyRequests, "secret", page)
		return
	}
	_, session, err := c.Auth.Redeem(r.Context(), page.Token, page.Name)
	if err != nil {
		page.Error = c.lang(r).Word(err.Error())
		c.render(w, r, http.StatusUnprocessableEntity, "secret", page)
		return
	}
	if page.Ask {
		err = c.NameOrganisation(r.Context(), page.Organisation, page.Public)
	}
	if err == nil {
		err = c.Auth.SignIn(w, r, session)
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/welcome", http.StatusSeeOther)
}

// welcome shows whoever has set Tocsin up what to do next. None of it needs an account anywhere.
func (c *console) welcome(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, "welcome", welcomePage{})
}

type welcomePage struct{}

func (welcomePage) title(l *catalogue.Language) string { return l.T("Welcome to Tocsin") }

func (c *console) linkPage(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, "secret", secretPage{Token: r.URL.Query().Get("token")})
}

func (c *console) link(w http.ResponseWriter, r *http.Request) {
	page := secretPage{Token: r.PostFormValue("token")}
	if !c.Auth.Allow(r) {
		page.Error, _ = sentence(c.lang(r), errTooMany)
		c.render(w, r, http.StatusTooManyRequests, "secret", page)
		return
	}
	_, session, err := c.Auth.RedeemLink(r.Context(), page.Token)
	if err != nil {
		page.Error = c.lang(r).Word(err.Error())
		code := http.StatusUnprocessableEntity
		if !errors.Is(err, auth.ErrLink) {
			code = http.StatusServiceUnavailable
		}
		c.render(w, r, code, "secret", page)
		return
	}
	c.enter(w, r, session)
}

// enter starts the session and shows what needs this person now.
func (c *console) enter(w http.ResponseWriter, r *http.Request, session string) {
	if err := c.Auth.SignIn(w, r, session); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *console) signInPage(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, "signin", nil)
}

func (c *console) signOut(w http.ResponseWriter, r *http.Request) {
	if err := c.Auth.SignOut(w, r); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/signin", http.StatusSeeOther)
}
