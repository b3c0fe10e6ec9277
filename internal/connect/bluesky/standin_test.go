package bluesky

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/redact"
	"tocsin/internal/standin"
)

const (
	canary  = "canary-secret-2718281828"
	inReply = "canary-in-reply-314159"
)

// against makes a connector that talks to a stand-in of its own.
func against(t *testing.T) (*Connector, *httptest.Server) {
	t.Helper()
	stand := standin.New(standin.Options{})
	s := httptest.NewServer(stand)
	t.Cleanup(s.Close)
	t.Cleanup(func() { stand.Close() })
	return to(t, s, "/bluesky"), s
}

func to(t *testing.T, s *httptest.Server, prefix string) *Connector {
	t.Helper()
	c, err := New(Config{BaseURL: s.URL + prefix, PageURL: s.URL + "/bluesky/profile", Handle: "@status.example.com", Password: canary}, s.Client())
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
	if all := fmt.Sprintf("%v %+v", err, *e); strings.Contains(all, canary) || strings.Contains(all, inReply) {
		t.Errorf("a secret shows: %s", all)
	}
	return e
}

// fault sets what goes wrong.
func fault(t *testing.T, s *httptest.Server, match, name string, nth int) {
	t.Helper()
	resp, err := s.Client().Post(s.URL+"/_faults", "application/json", strings.NewReader(fmt.Sprintf(`[{"match":%q,"nth":%d,"fault":%q}]`, match, nth, name)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("/_faults answered %s", resp.Status)
	}
}

// told reads what the stand-in tells at a control path.
func told(t *testing.T, s *httptest.Server, path string, into any) {
	t.Helper()
	resp, err := s.Client().Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func posts(t *testing.T, s *httptest.Server) []map[string]any {
	t.Helper()
	var all map[string][]map[string]any
	told(t, s, "/_objects", &all)
	return all["bluesky.post"]
}

// calls counts the calls of a method.
func calls(t *testing.T, s *httptest.Server, method string) (n int) {
	t.Helper()
	var all []struct{ Path string }
	told(t, s, "/_calls", &all)
	for _, c := range all {
		if strings.HasSuffix(c.Path, method) {
			n++
		}
	}
	return n
}

func TestConformance(t *testing.T) {
	t.Parallel()
	c, _ := against(t)
	conformance.Run(t, conformance.Suite{Connector: c, Secrets: []string{canary}, Samples: []conformance.Sample{
		conformance.Fixed(connect.SocialPost, map[string]string{"text": "GitLab.com is down & we know. Notes: https://docs.example.com/d/1?x=1&y=2"}),
	}})
}

// However an answer is lost, sending again makes nothing more and gives the post that was made; even much later, when the call's Since is
// not what it was, as after a restore.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"reset_after", "truncate", "malformed", "login_page", "reset_before"} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			c, s := against(t)
			op := c.Operations()[connect.SocialPost]
			first, err := op.Do(t.Context(), call(t, "one", "It is down.", ""))
			if err != nil {
				t.Fatal(err)
			}
			fault(t, s, "POST /bluesky/xrpc/com.atproto.repo.putRecord", lost, 1)
			request := call(t, "two", "It is back.", first.Ref)
			_, err = op.Do(t.Context(), request)
			if e := own(t, err); e.Kind != connect.Unknown {
				t.Fatalf("got %s", e.Kind)
			}
			second, err := op.Do(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			before := posts(t, s)
			request.Since = request.Since.Add(-time.Hour)
			again, err := op.Do(t.Context(), request)
			after := posts(t, s)
			if err != nil || again.Ref != second.Ref || again.URL != second.URL || len(after) != 2 || after[1]["cid"] != before[1]["cid"] {
				t.Errorf("%+v, then %+v, %v; there are %v", second, again, err, after)
			}
		})
	}
}

// A thread's replies name its first post and the one before them.
func TestThread(t *testing.T) {
	t.Parallel()
	c, s := against(t)
	op := c.Operations()[connect.SocialPost]
	last := ""
	for _, mark := range []string{"one", "two", "three"} {
		got, err := op.Do(t.Context(), call(t, mark, "This is "+mark, last))
		if err != nil {
			t.Fatal(err)
		}
		last = got.Ref
	}
	all := posts(t, s)
	reply := all[2]["value"].(map[string]any)["reply"].(map[string]any)
	for name, want := range map[string]map[string]any{"root": all[0], "parent": all[1]} {
		if got := reply[name].(map[string]any); got["uri"] != want["uri"] || got["cid"] != want["cid"] {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// A session that has run out is renewed once for all who wait; one that can't be renewed is made anew.
func TestSessions(t *testing.T) {
	t.Parallel()
	for name, revoked := range map[string]bool{"renewed": false, "made anew": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, s := against(t)
			op := c.Operations()[connect.SocialPost]
			old, err := c.sessions.get(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			if revoked {
				fault(t, s, "POST /bluesky/xrpc/com.atproto.server.refreshSession", "token_expired", 0)
			}
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if _, err := c.sessions.get(t.Context(), old.Access); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			made, renewed := calls(t, s, ".createSession"), calls(t, s, ".refreshSession")
			if renewed != 1 || made != map[bool]int{false: 1, true: 2}[revoked] {
				t.Errorf("%d sessions made, %d renewed", made, renewed)
			}
			fault(t, s, "POST /bluesky/xrpc/com.atproto.repo.putRecord", "token_expired", 1)
			if _, err := op.Do(t.Context(), call(t, "m", "hello", "")); err != nil || len(posts(t, s)) != 1 {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	no := func(name, message string) string {
		return fmt.Sprintf(`{"error":%q,"message":%q}`, name, message+" "+inReply)
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
		"wait":         {429, map[string]string{"RateLimit-Reset": fmt.Sprint(time.Now().Add(4 * time.Minute).Unix())}, no("RateLimitExceeded", ""), connect.Retry, "wait", 4 * time.Minute, ""},
		"wait, both":   {429, map[string]string{"Retry-After": "7", "RateLimit-Reset": "99999999999"}, "", connect.Retry, "wait", 7 * time.Second, ""},
		"wait, past":   {429, map[string]string{"RateLimit-Reset": "1000"}, "", connect.Retry, "wait", 0, ""},
		"wait, odd":    {429, map[string]string{"RateLimit-Reset": "soon"}, "", connect.Retry, "wait", 0, ""},
		"scope":        {400, nil, no("InvalidToken", "Bad token scope"), connect.Refused, "app password", 0, "com.atproto.access"},
		"never kept":   {400, nil, no("ExpiredToken", "Token has expired"), connect.Retry, "sign in again", 0, ""},
		"password":     {401, nil, no("AuthenticationRequired", "Invalid identifier or password"), connect.Refused, "app password", 0, ""},
		"code by mail": {401, nil, no("AuthFactorTokenRequired", ""), connect.Refused, "code by mail", 0, ""},
		"locked":       {400, nil, no("AccountTakedown", ""), connect.Refused, "locked", 0, ""},
		"too long":     {400, nil, no("InvalidRequest", "Record/text must not be longer than 300 graphemes"), connect.Refused, "too long", 0, ""},
		"fault":        {400, nil, no("InvalidRequest", "Record/x"), connect.Refused, "fault", 0, ""},
		"503":          {503, map[string]string{"Retry-After": "3"}, inReply, connect.Retry, "", 3 * time.Second, ""},
		"500":          {500, nil, no("InternalServerError", ""), connect.Unknown, "", 0, ""},
		"login page":   {200, map[string]string{"Content-Type": "text/html"}, "<html>" + inReply, connect.Unknown, "sign-in", 0, ""},
		"taken, no id": {200, nil, `{}`, connect.Unknown, "", 0, ""},
		"odd id":       {200, nil, `{"uri":"at://` + inReply + `","cid":"x"}`, connect.Unknown, "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, ".server.") {
					fmt.Fprintf(w, `{"did":"did:plc:1","handle":"h.example","accessJwt":"a%d","refreshJwt":"r"}`, time.Now().UnixNano())
					return
				}
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}))
			t.Cleanup(s.Close)
			_, err := to(t, s, "").Operations()[connect.SocialPost].Do(t.Context(), call(t, "m", "We are looking into it.", ""))
			e := own(t, err)
			if e.Kind != c.kind || (e.RetryAfter-c.after).Abs() > 3*time.Second || e.Scope != c.scope || !strings.Contains(e.Message, c.says) {
				t.Errorf("got %+v, want kind %s, after %v, scope %q, saying %q", *e, c.kind, c.after, c.scope, c.says)
			}
		})
	}
}

// What Bluesky would not take, and what nobody redacted, is not sent.
func TestNothingIsSent(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was sent") }))
	t.Cleanup(s.Close)
	unsealed := call(t, "m", "Alice did it", "")
	unsealed.Seal = nil
	for name, c := range map[string]struct {
		call connect.Call
		says string
	}{
		"empty":        {call(t, "m", " ", ""), "empty"},
		"long":         {call(t, "m", strings.Repeat("a", 301), ""), "301 characters"},
		"heavy":        {call(t, "m", strings.Repeat("👨‍👩‍👧‍👦", 150), ""), "3750 bytes"},
		"a reply on X": {call(t, "m", "hello", "1600000000000000000"), "replies to"},
		"not a post":   {call(t, "m", "hello", "at://did:plc:1/app.bsky.feed.like/2#bafyreia"), "replies to"},
		"not redacted": {unsealed, "redacted"},
	} {
		_, err := to(t, s, "").Operations()[connect.SocialPost].Do(t.Context(), c.call)
		if e := own(t, err); e.Kind != connect.Refused || !strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %+v", name, *e)
		}
	}
}
