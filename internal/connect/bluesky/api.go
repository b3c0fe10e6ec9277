package bluesky

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// refusal is the server's no, with its name for the few cases that mean something to us.
type refusal struct {
	name string
	err  *connect.Error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func (r *refusal) about(names ...string) bool { return slices.Contains(names, r.name) }

// call makes a call under the account's session, which is renewed once if it has run out: the server has done nothing then.
func (c *Connector) call(ctx context.Context, verb, method string, query url.Values, in func(session) any, out any) error {
	stale := ""
	for {
		s, err := c.sessions.get(ctx, stale)
		if err != nil {
			return err
		}
		var body any
		if in != nil {
			body = in(s)
		}
		if query != nil {
			query.Set("repo", s.DID)
		}
		err = c.send(ctx, verb, method, query, s.Access, body, out)
		var no *refusal
		if stale != "" || !errors.As(err, &no) || !no.about("ExpiredToken", "InvalidToken") || no.err.Scope != "" {
			return err
		}
		stale = s.Access
	}
}

// send makes one call with a token, if any. Errors are *connect.Error or *refusal.
func (c *Connector) send(ctx context.Context, verb, method string, query url.Values, token string, in, out any) error {
	target := c.base + "/xrpc/" + method
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return refused("the request to Bluesky can't be written")
		}
	}
	req, err := http.NewRequestWithContext(ctx, verb, target, bytes.NewReader(body))
	if err != nil {
		return refused("the address of a Bluesky call is not valid: check connectors.bluesky.base_url")
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := connect.Send(c.client, provider, req)
	if err != nil {
		return err
	}
	if a.Status >= 300 {
		return judge(a)
	}
	return a.JSON(provider, out)
}

// judge says what an answer other than a success means. The server's own words serve to tell cases apart; they may hold anything and are
// not repeated.
func judge(a connect.Answer) error {
	var said struct{ Error, Message string }
	_ = json.Unmarshal(a.Body, &said) // a page in its place says nothing
	words := strings.ToLower(said.Message)
	e := connect.Status(provider, a.Status, a.Header, "")
	no := &refusal{name: said.Error, err: e}
	switch {
	case a.Status == http.StatusTooManyRequests:
		if e.RetryAfter == 0 {
			e.RetryAfter = untilReset(a.Header)
		}
		e.Message = "bluesky has had too many calls from this account and asks us to wait"
	case e.Kind != connect.Refused:
	case no.about("InvalidToken") && strings.Contains(words, "scope"), no.about("ScopeMissingError"):
		e.Scope = "com.atproto.access"
		e.Message = "the session lacks a scope on Bluesky: make a new app password for the account, sign in to it and see that it may post"
	case no.about("ExpiredToken", "InvalidToken"):
		e.Kind, e.Message = connect.Retry, "bluesky does not keep our session: we sign in again"
	case no.about("AuthFactorTokenRequired"):
		e.Message = "bluesky wants a code by mail with this password: make an app password under Settings, Privacy and security, and put it into connectors.bluesky.password"
	case no.about("AccountTakedown", "AccountDeactivated", "AccountSuspended", "RepoDeactivated", "RepoTakendown"):
		e.Message = "bluesky has locked the account: sign in to it and follow what it asks"
	case a.Status == http.StatusUnauthorized:
		e.Message = "bluesky does not accept the password: check connectors.bluesky.handle, make an app password under Settings, Privacy and security, and put it into connectors.bluesky.password"
	case a.Status == http.StatusForbidden:
		e.Message = "bluesky refuses this to the account: sign in to it, or post by hand"
	case a.Status == http.StatusNotFound:
		e.Message = "bluesky knows no such address: check connectors.bluesky.base_url"
	case a.Status == http.StatusBadRequest:
		e.Message = "bluesky finds a fault in the request: check the text"
		if strings.Contains(words, "grapheme") || strings.Contains(words, "longer than") || strings.Contains(words, "too big") {
			e.Message = "the post is too long for Bluesky: shorten it"
		}
	}
	return no
}

// untilReset reads how long to wait from RateLimit-Reset (epoch seconds, against the answer's own date).
func untilReset(h http.Header) time.Duration {
	at, err := strconv.ParseInt(h.Get("RateLimit-Reset"), 10, 64)
	if err != nil || at <= 0 || at > 1<<40 {
		return 0
	}
	return connect.RetryAfter(http.Header{"Retry-After": {time.Unix(at, 0).UTC().Format(http.TimeFormat)}, "Date": h["Date"]})
}

var handle = regexp.MustCompile(`^[a-zA-Z0-9.-]{1,253}$`)

// Check signs in and asks which account that is.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	f := connect.Finding{What: "bluesky: account", OK: true}
	var me session
	if err := c.call(ctx, http.MethodGet, "com.atproto.server.getSession", nil, nil, &me); err != nil {
		f.OK, f.Note = false, connect.Failure(provider, err).Message
		f.Fix = "Make an app password under Settings, Privacy and security of the account, and put it and the handle into connectors.bluesky."
	} else if handle.MatchString(me.Handle) {
		f.Note = "posts as @" + me.Handle
	}
	return []connect.Finding{f}
}

func refused(format string, args ...any) error {
	return &connect.Error{Kind: connect.Refused, Message: fmt.Sprintf(format, args...)}
}
