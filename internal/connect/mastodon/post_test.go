package mastodon

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/redact"
)

const (
	canary  = "canary-secret-2718281828"
	inReply = "canary-in-reply-314159"
)

// at makes a connector that talks to a handler of the test.
func at(t *testing.T, h http.HandlerFunc) *Connector {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := New(Config{BaseURL: s.URL + "/", Token: canary}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func call(t *testing.T, mark, text, replyTo string) connect.Call {
	t.Helper()
	raw, err := json.Marshal(map[string]string{"text": text, "reply_to": replyTo})
	if err != nil {
		t.Fatal(err)
	}
	return connect.Call{Mark: mark, Since: time.Now(), Raw: raw, Seal: redact.New(nil, nil).Seal}
}

// own asserts the error's type and that it gives nothing away.
func own(t *testing.T, err error) *connect.Error {
	t.Helper()
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T %v is no *connect.Error", err, err)
	}
	if all := fmt.Sprintf("%v %+v %#v", err, *e, *e); strings.Contains(all, canary) || strings.Contains(all, inReply) {
		t.Errorf("a secret shows: %s", all)
	}
	return e
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	says := func(words string) string { return fmt.Sprintf(`{"error":%q}`, words+" "+inReply) }
	reset := func(d time.Duration) map[string]string {
		return map[string]string{"X-RateLimit-Reset": time.Now().Add(d).UTC().Format("2006-01-02T15:04:05.000000Z"), "X-RateLimit-Remaining": "0"}
	}
	for name, c := range map[string]struct {
		status int
		header map[string]string
		body   string
		kind   connect.ErrorKind
		says   string
		after  time.Duration
		scope  string
	}{
		"token":           {401, nil, says("The access token was revoked"), connect.Refused, "make a new one", 0, ""},
		"scope":           {403, nil, says("This action is outside the authorized scopes"), connect.Refused, "write:statuses", 0, "write:statuses"},
		"locked":          {403, nil, says("Your login is currently disabled"), connect.Refused, "locked", 0, ""},
		"forbidden":       {403, nil, says("This action is not allowed"), connect.Refused, "by hand", 0, ""},
		"reply gone":      {404, nil, says("The post you are trying to reply to does not appear to exist."), connect.Refused, "deleted", 0, ""},
		"too long":        {422, nil, says("Validation failed: Text character limit of 300 exceeded"), connect.Refused, "too long", 0, ""},
		"fault":           {422, nil, says("Validation failed"), connect.Refused, "fault", 0, ""},
		"wait":            {429, reset(4 * time.Minute), says("Too many requests"), connect.Retry, "wait", 4 * time.Minute, ""},
		"wait, both":      {429, map[string]string{"Retry-After": "7", "X-RateLimit-Reset": "2999-01-01T00:00:00Z"}, inReply, connect.Retry, "wait", 7 * time.Second, ""},
		"wait, past":      {429, reset(-time.Hour), "{}", connect.Retry, "wait", 0, ""},
		"wait, nonsense":  {429, map[string]string{"X-RateLimit-Reset": "soon"}, "{}", connect.Retry, "wait", 0, ""},
		"wait, far":       {429, reset(999 * time.Hour), "{}", connect.Retry, "wait", 24 * time.Hour, ""},
		"503":             {503, map[string]string{"Retry-After": "3"}, inReply, connect.Retry, "", 3 * time.Second, ""},
		"500":             {500, nil, inReply, connect.Unknown, "", 0, ""},
		"login page":      {200, map[string]string{"Content-Type": "text/html"}, "<html>" + inReply, connect.Unknown, "sign-in", 0, ""},
		"login redirect":  {302, map[string]string{"Location": "https://login.example/" + inReply}, "", connect.Unknown, "elsewhere", 0, ""},
		"malformed":       {200, nil, `{"id":` + inReply, connect.Unknown, "", 0, ""},
		"truncated":       {200, map[string]string{"Content-Length": "900"}, `{"id":`, connect.Unknown, "cut off", 0, ""},
		"taken, no id":    {200, nil, `{}`, connect.Unknown, "", 0, ""},
		"secret as an id": {200, nil, `{"id":"` + inReply + `"}`, connect.Unknown, "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := at(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "Bearer "+canary {
					t.Error("no token")
				}
				if r.URL.Path == "/api/v2/instance" {
					w.WriteHeader(http.StatusNotFound) // the usual rules hold
					return
				}
				if r.Header.Get("Idempotency-Key") != "mark-1" {
					t.Errorf("key %q", r.Header.Get("Idempotency-Key"))
				}
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			_, err := m.Operations()[connect.SocialPost].Do(t.Context(), call(t, "mark-1", "We are looking into it.", ""))
			e := own(t, err)
			if e.Kind != c.kind || (e.RetryAfter-c.after).Abs() > 3*time.Second || e.Scope != c.scope || !strings.Contains(e.Message, c.says) {
				t.Errorf("got %+v, want kind %s, after %v, scope %q, saying %q", *e, c.kind, c.after, c.scope, c.says)
			}
		})
	}
}

// What the server would not take, and what nobody redacted, is not sent.
func TestNothingIsSent(t *testing.T) {
	t.Parallel()
	m := at(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v2/instance" {
			t.Error("it was sent")
		}
		fmt.Fprint(w, `{"configuration":{"statuses":{"max_characters":100,"characters_reserved_per_url":50}}}`)
	})
	unsealed := call(t, "m", "Alice did it", "")
	unsealed.Seal = nil
	for name, c := range map[string]struct {
		call connect.Call
		says string
	}{
		"empty":        {call(t, "m", " ", ""), "empty"},
		"too long":     {call(t, "m", strings.Repeat("a", 51)+" https://x.org", ""), "102 characters and this Mastodon server takes 100"},
		"bad reply":    {call(t, "m", "hello", "at://did:plc:1/app.bsky.feed.post/2"), "replies to"},
		"not redacted": {unsealed, "redacted"},
	} {
		_, err := m.Operations()[connect.SocialPost].Do(t.Context(), c.call)
		if e := own(t, err); e.Kind != connect.Refused || !strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %+v", name, *e)
		}
	}
}

// The server's own address of a post is taken only if it is one to show.
func TestPosted(t *testing.T) {
	t.Parallel()
	m, err := New(Config{BaseURL: "https://social.example", Token: canary}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"https://social.example/@status/statuses/01ABC": "https://social.example/@status/statuses/01ABC",
		"":                              "https://social.example/@status/7",
		"javascript:alert(1)":           "https://social.example/@status/7",
		"https://u:p@social.example/7":  "https://social.example/@status/7",
		"https://social.example/?t=abc": "https://social.example/@status/7",
	} {
		got := m.posted(status{ID: "7", URL: given, Account: account{Acct: "status"}})
		if got.URL != want || got.Ref != "7" {
			t.Errorf("%q: %+v", given, got)
		}
	}
}

// A list that can't be read, or has no end, is no proof that the post is not there.
func TestFindIsSure(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Format(time.RFC3339)
	for name, list := range map[string]string{
		"no end":   `[{"id":"1","created_at":"` + now + `","in_reply_to_id":"9"}]`,
		"no date":  `[{"id":"1","in_reply_to_id":"9"}]`,
		"odd id":   `[{"id":"` + inReply + `","created_at":"` + now + `"}]`,
		"odd date": `[{"id":"1","created_at":"yesterday"}]`,
		"a page":   `<html>`,
	} {
		m := at(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/verify_credentials") {
				fmt.Fprint(w, `{"id":"1","acct":"status"}`)
				return
			}
			fmt.Fprint(w, list)
		})
		found, err := m.Operations()[connect.SocialPost].Find(t.Context(), call(t, "m", "hello", ""))
		if e := own(t, err); found != nil || e.Kind != connect.Unknown {
			t.Errorf("%s: %+v, %+v", name, found, *e)
		}
	}
}

func TestNew(t *testing.T) {
	for name, c := range map[string]Config{
		"nothing":     {},
		"no server":   {Token: canary},
		"no token":    {BaseURL: "https://social.example"},
		"bad address": {Token: "t", BaseURL: "https://u:" + canary + "@social.example"},
	} {
		if _, err := New(c, nil); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
