package auth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Middleware finds out who is asking and puts the account into the context, where From finds it. Nobody asking is no error: what may be
// done without signing in is the handler's to know. A bearer token that proves nothing is refused with 401, and with 429 where an
// address goes on guessing; a session that has ended is nobody. A write that a browser sends from another site is refused with 403
// unless it carries a bearer token, which browsers never add by themselves. Passing it twice is passing it once.
func (a *Auth) Middleware(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, passed := r.Context().Value(key{}).(asked); passed {
			next.ServeHTTP(w, r)
			return
		}
		var found asked
		var err error
		if secret, given := bearer(r); given {
			if found.account, err = a.prove(r.Context(), kindAPI, secret); err != nil {
				a.refuse(w, r, err)
				return
			}
			found.ok = true
		} else {
			if err := cross.Check(r); err != nil {
				problem(w, http.StatusForbidden, "cross_origin", "this was sent from another site; do it in Tocsin itself")
				return
			}
			if c, missing := r.Cookie(Cookie); missing == nil {
				found.account, err = a.prove(r.Context(), kindSession, c.Value)
				if err != nil && !errors.Is(err, ErrCredentials) {
					a.refuse(w, r, err)
					return
				}
				found.ok = err == nil
			}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, found)))
	})
}

func bearer(r *http.Request) (string, bool) {
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(secret), true
}

func (a *Auth) refuse(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case !errors.Is(err, ErrCredentials):
		w.Header().Set("Retry-After", "5")
		problem(w, http.StatusServiceUnavailable, "unavailable", "who you are can't be looked up right now; try again in a moment")
	case !a.Allow(r):
		w.Header().Set("Retry-After", "10")
		problem(w, http.StatusTooManyRequests, "too_many", "too many tokens were tried from this address; wait a moment")
	default:
		w.Header().Set("WWW-Authenticate", `Bearer realm="tocsin", error="invalid_token"`)
		problem(w, http.StatusUnauthorized, "unauthenticated", ErrCredentials.Error())
	}
}

// problem writes an RFC 9457 answer.
func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail, "code": code})
}
