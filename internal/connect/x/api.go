package x

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// call sends in (nil: no body) and reads the answer into out. Errors are *connect.Error.
func (c *Connector) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return refused("the request to X can't be written")
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return refused("the address of an X call is not valid: check connectors.x.base_url")
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if c.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	a, err := connect.Send(c.client, provider, req)
	if err != nil {
		return err
	}
	if a.Status >= 300 {
		return refusal(a)
	}
	return a.JSON(provider, out)
}

// refusal says what an answer other than a success means. X's own words serve to tell cases apart; they may hold anything and are not
// repeated.
func refusal(a connect.Answer) error {
	e := connect.Status(provider, a.Status, a.Header, "")
	said := strings.ToLower(string(a.Body))
	switch a.Status {
	case http.StatusTooManyRequests:
		if e.RetryAfter == 0 {
			e.RetryAfter = untilReset(a.Header)
		}
		e.Message = "x has had too many calls from this account and asks us to wait"
		if strings.Contains(said, "usage-capped") || strings.Contains(said, "usage cap") {
			e.Message = "the app's monthly allowance on X is used up: raise it in X's developer portal, or post by hand"
		}
	case http.StatusUnauthorized:
		e.Message = "x does not accept the keys: renew api_key, api_secret, access_token and access_secret in connectors.x"
	case http.StatusPaymentRequired:
		e.Message = "the app has no credits left on X: buy some in X's developer portal, or post by hand"
	case http.StatusForbidden:
		switch {
		case strings.Contains(said, "duplicate"):
			e.Kind, e.Message = connect.Unknown, "x has this very text already: it may be ours"
		case strings.Contains(said, "oauth1-permissions"), strings.Contains(said, "oauth1 app permissions"), strings.Contains(said, "read-only"):
			e.Scope = "Read and write"
			e.Message = "the app may only read on X: set its permissions to “Read and write” in X's developer portal, then make a new access token and secret"
		case strings.Contains(said, "scope"):
			e.Scope = "tweet.write"
			e.Message = "the access token lacks a scope on X: it needs tweet.read, tweet.write and users.read"
		case strings.Contains(said, "client-not-enrolled"), strings.Contains(said, "client-forbidden"):
			e.Message = "the app's plan on X does not allow this: check its project and plan in X's developer portal"
		case strings.Contains(said, "suspended"), strings.Contains(said, "locked"):
			e.Message = "x has locked or suspended the account: sign in to it on X and follow what it asks"
		case aboutReply(said):
			e.Message = "x does not let us reply to that post: it may have been deleted"
		default:
			e.Message = "x refuses the post: check the account and the app's permissions, or post by hand"
		}
	case http.StatusBadRequest:
		e.Message = "x finds a fault in the request: check the text"
		if aboutReply(said) {
			e.Message = "x knows no such post to reply to: it may have been deleted"
		}
	case http.StatusNotFound:
		e.Message = "x knows no such address: check connectors.x.base_url"
	}
	return e
}

func aboutReply(said string) bool {
	return strings.Contains(said, "in_reply_to") || strings.Contains(said, "attempted to reply")
}

// untilReset reads how long to wait from the *-reset headers (epoch seconds, against the answer's own date) of those limits that are
// used up, or of all if none says so. More than a day gives a day.
func untilReset(h http.Header) time.Duration {
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	var spent, any time.Duration
	for key := range h {
		name, isReset := strings.CutSuffix(strings.ToLower(key), "-reset")
		if !isReset || !strings.HasPrefix(name, "x-") {
			continue
		}
		at, err := strconv.ParseInt(h.Get(key), 10, 64)
		if err != nil || at <= 0 || at > 1<<40 {
			continue
		}
		d := min(max(time.Unix(at, 0).Sub(now), 0), 24*time.Hour)
		any = max(any, d)
		if h.Get(name+"-remaining") == "0" {
			spent = max(spent, d)
		}
	}
	if spent > 0 {
		return spent
	}
	return any
}

// whoami says which account posts; asked once.
func (c *Connector) whoami(ctx context.Context) (account, error) {
	c.mu.Lock()
	me := c.me
	c.mu.Unlock()
	if me.ID != "" {
		return me, nil
	}
	var out struct {
		Data account `json:"data"`
	}
	if err := c.call(ctx, http.MethodGet, "/2/users/me", nil, nil, &out); err != nil {
		return account{}, err
	}
	if out.Data.ID == "" {
		return account{}, &connect.Error{Kind: connect.Unknown, Message: "x does not say which account this is"}
	}
	c.mu.Lock()
	c.me = out.Data
	c.mu.Unlock()
	return out.Data, nil
}

// Check asks which account the keys belong to.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	me, err := c.whoami(ctx)
	if err != nil {
		return []connect.Finding{{What: "x: account", Note: connect.Failure(provider, err).Message,
			Fix: "Copy the keys from Keys and tokens of the app on X; the app must have “Read and write” before the access token is made."}}
	}
	f := connect.Finding{What: "x: account", OK: true}
	if handle.MatchString(me.Username) {
		f.Note = "posts as @" + me.Username
	}
	return []connect.Finding{f}
}

func refused(format string, args ...any) error {
	return &connect.Error{Kind: connect.Refused, Message: fmt.Sprintf(format, args...)}
}
