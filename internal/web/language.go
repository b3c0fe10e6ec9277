package web

import (
	"net/http"
	"strings"

	"tocsin/internal/catalogue"
)

// languageCookie keeps the language that somebody chose on this device. Until then the browser's own counts.
const languageCookie = "tocsin_language"

// lang is the language in which whoever asks reads.
func (c *console) lang(r *http.Request) *catalogue.Language {
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if l, ok := catalogue.Named(cookie.Value); ok {
			return l
		}
	}
	return catalogue.Preferred(r.Header.Get("Accept-Language"))
}

// chooseLanguage keeps the choice and leads back to the page it was made on.
func (c *console) chooseLanguage(w http.ResponseWriter, r *http.Request) {
	if l, ok := catalogue.Named(r.PostFormValue("language")); ok {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: l.Tag, Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true,
			Secure: strings.HasPrefix(c.Links.Console, "https://"), SameSite: http.SameSiteLaxMode})
	}
	back := r.PostFormValue("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.Contains(back, "\\") {
		back = "/"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// Languages lists what can be chosen.
func (frame) Languages() []*catalogue.Language { return catalogue.Languages() }
