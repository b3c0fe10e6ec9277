package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"tocsin/internal/connect"
)

// call sends in (nil: no body) and reads the answer into out. key is the Idempotency-Key, if any. Errors are *connect.Error.
func (c *Connector) call(ctx context.Context, method, path string, query url.Values, in any, key string, out any) error {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return refused("the request to Mastodon can't be written")
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return refused("the address of a Mastodon call is not valid: check connectors.mastodon.base_url")
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
		req.GetBody = nil // else net/http takes the key for leave to send it again by itself, while the first may be under way
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.token)
	a, err := connect.Send(c.client, provider, req)
	if err != nil {
		return err
	}
	if a.Status >= 300 {
		return refusal(a, method)
	}
	return a.JSON(provider, out)
}

// refusal says what an answer other than a success means. The server's own words serve to tell cases apart; they may hold anything and
// are not repeated.
func refusal(a connect.Answer, method string) error {
	e := connect.Status(provider, a.Status, a.Header, "")
	said := strings.ToLower(string(a.Body))
	switch a.Status {
	case http.StatusTooManyRequests:
		if e.RetryAfter == 0 { // Mastodon says when, not how long
			e.RetryAfter = connect.RetryAfter(http.Header{"Retry-After": a.Header["X-Ratelimit-Reset"], "Date": a.Header["Date"]})
		}
		e.Message = "mastodon has had too many calls from this account and asks us to wait"
	case http.StatusUnauthorized:
		e.Message = "mastodon does not accept the token: make a new one under Preferences, Development and put it into connectors.mastodon.token"
	case http.StatusForbidden:
		switch {
		case strings.Contains(said, "scope"):
			e.Scope = "write:statuses"
			if method == http.MethodGet {
				e.Scope = "read:accounts read:statuses"
			}
			e.Message = "the token lacks a scope on Mastodon: it needs read:accounts, read:statuses and write:statuses"
		case strings.Contains(said, "disabled"), strings.Contains(said, "pending"), strings.Contains(said, "confirm"), strings.Contains(said, "suspended"):
			e.Message = "the server has locked the account: sign in to it on Mastodon and follow what it asks"
		default:
			e.Message = "mastodon refuses this to the account: sign in to it, or post by hand"
		}
	case http.StatusUnprocessableEntity:
		e.Message = "mastodon finds a fault in the post: check the text"
		if strings.Contains(said, "character limit") {
			e.Message = "the post is too long for this Mastodon server: shorten it"
		}
	case http.StatusNotFound:
		e.Message = "mastodon knows no such address: check connectors.mastodon.base_url"
		if method == http.MethodPost {
			e.Message = "mastodon knows no such post to reply to: it may have been deleted; if it was not, check connectors.mastodon.base_url"
		}
	}
	return e
}

// whoami says which account posts; asked once.
func (c *Connector) whoami(ctx context.Context) (account, error) {
	c.mu.Lock()
	me := c.me
	c.mu.Unlock()
	if me.ID != "" {
		return me, nil
	}
	if err := c.call(ctx, http.MethodGet, "/api/v1/accounts/verify_credentials", nil, nil, "", &me); err != nil {
		return account{}, err
	}
	if !postID.MatchString(me.ID) {
		return account{}, &connect.Error{Kind: connect.Unknown, Message: "mastodon does not say which account this is"}
	}
	c.mu.Lock()
	c.me = me
	c.mu.Unlock()
	return me, nil
}

// Check asks which account the token belongs to, and how long a post may be there.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	who := connect.Finding{What: "mastodon: account", OK: true}
	if me, err := c.whoami(ctx); err != nil {
		who.OK, who.Note = false, connect.Failure(provider, err).Message
		who.Fix = "Under Preferences, Development of the account make an application with read:accounts, read:statuses and write:statuses, and put its token into connectors.mastodon.token."
	} else if handle.MatchString(me.Acct) {
		who.Note = "posts as @" + me.Acct
	}
	long := connect.Finding{What: "mastodon: length of posts", OK: true}
	if r, err := c.ask(ctx); err != nil {
		long.OK, long.Note = false, connect.Failure(provider, err).Message
		long.Fix = "The server must be Mastodon 4.0 or newer, or answer GET /api/v2/instance as it does; 500 characters are assumed until then."
	} else {
		long.Note = fmt.Sprintf("%d characters, a link counts as %d", r.most, r.link)
	}
	return []connect.Finding{who, long}
}

func refused(format string, args ...any) error {
	return &connect.Error{Kind: connect.Refused, Message: fmt.Sprintf(format, args...)}
}
