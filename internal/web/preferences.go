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

// themeCookie keeps the colours that somebody chose on this device.
const themeCookie = "tocsin_theme"

// theme is what they chose: light, dark, or empty.
func theme(r *http.Request) string {
	if cookie, err := r.Cookie(themeCookie); err == nil && (cookie.Value == "light" || cookie.Value == "dark") {
		return cookie.Value
	}
	return ""
}

// choose keeps language and colours and leads back to the page they were chosen on.
func (c *console) choose(w http.ResponseWriter, r *http.Request) {
	keep := func(name, value string, age int) {
		http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: strings.HasPrefix(c.Links.Console, "https://"), SameSite: http.SameSiteLaxMode})
	}
	const year = 365 * 24 * 60 * 60
	if l, ok := catalogue.Named(r.PostFormValue("language")); ok {
		keep(languageCookie, l.Tag, year)
	}
	switch chosen := r.PostFormValue("theme"); chosen {
	case "light", "dark":
		keep(themeCookie, chosen, year)
	default:
		keep(themeCookie, "", -1)
	}
	back := r.PostFormValue("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.Contains(back, "\\") {
		back = "/"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// Languages lists what can be chosen.
func (frame) Languages() []*catalogue.Language { return catalogue.Languages() }
