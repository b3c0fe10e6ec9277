package x

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
	c, err := New(Config{BaseURL: s.URL + "/", APIKey: "key", APISecret: canary, AccessToken: "token", AccessSecret: canary}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func call(t *testing.T, text, replyTo string) connect.Call {
	t.Helper()
	raw, err := json.Marshal(map[string]string{"text": text, "reply_to": replyTo})
	if err != nil {
		t.Fatal(err)
	}
	return connect.Call{Mark: "mark-1", Since: time.Now(), Raw: raw, Seal: redact.New(nil, nil).Seal}
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
	problem := func(kind, detail string) string {
		return fmt.Sprintf(`{"type":"https://api.twitter.com/2/problems/%s","title":"Forbidden","detail":%q}`, kind, detail+" "+inReply)
	}
	soon, late := time.Now().Add(10*time.Minute).Unix(), time.Now().Add(5*time.Hour).Unix()
	for name, c := range map[string]struct {
		status int
		header map[string]string
		body   string
		kind   connect.ErrorKind
		says   string
		after  time.Duration
		scope  string
	}{
		"duplicate":     {403, nil, problem("forbidden", "You are not allowed to create a Tweet with duplicate content."), connect.Unknown, "already", 0, ""},
		"read only app": {403, nil, problem("oauth1-permissions", "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."), connect.Refused, "Read and write", 0, "Read and write"},
		"plan":          {403, nil, `{"reason":"client-not-enrolled","detail":"` + inReply + `"}`, connect.Refused, "plan", 0, ""},
		"suspended":     {403, nil, problem("", "Your account is suspended"), connect.Refused, "locked or suspended", 0, ""},
		"forbidden":     {403, nil, problem("", "You are not permitted to perform this action."), connect.Refused, "by hand", 0, ""},
		"keys":          {401, nil, `{"title":"Unauthorized","detail":"` + inReply + `"}`, connect.Refused, "renew", 0, ""},
		"reply gone":    {403, nil, problem("", "You attempted to reply to a Tweet that is deleted or not visible to you."), connect.Refused, "deleted", 0, ""},
		"credits":       {402, nil, problem("credits", "CreditsDepleted"), connect.Refused, "credits", 0, ""},
		"fault":         {400, nil, problem("invalid-request", "One or more parameters to your request was invalid."), connect.Refused, "fault", 0, ""},
		"wait": {429, map[string]string{"x-rate-limit-reset": fmt.Sprint(soon), "x-rate-limit-remaining": "0"}, inReply,
			connect.Retry, "wait", 10 * time.Minute, ""},
		"wait for the day's": {429, map[string]string{"x-rate-limit-reset": fmt.Sprint(soon), "x-rate-limit-remaining": "12",
			"x-user-limit-24hour-reset": fmt.Sprint(late), "x-user-limit-24hour-remaining": "0"}, "{}", connect.Retry, "wait", 5 * time.Hour, ""},
		"wait, past":      {429, map[string]string{"x-rate-limit-reset": "1000"}, "{}", connect.Retry, "wait", 0, ""},
		"wait, nonsense":  {429, map[string]string{"x-rate-limit-reset": "soon"}, "{}", connect.Retry, "wait", 0, ""},
		"wait, far":       {429, map[string]string{"x-rate-limit-reset": "99999999999"}, "{}", connect.Retry, "wait", 24 * time.Hour, ""},
		"monthly cap":     {429, nil, problem("usage-capped", "Usage cap exceeded: Monthly product cap"), connect.Retry, "monthly", 0, ""},
		"503":             {503, map[string]string{"Retry-After": "3"}, inReply, connect.Retry, "", 3 * time.Second, ""},
		"500":             {500, nil, inReply, connect.Unknown, "", 0, ""},
		"login page":      {200, map[string]string{"Content-Type": "text/html"}, "<html>" + inReply, connect.Unknown, "sign-in", 0, ""},
		"login redirect":  {302, map[string]string{"Location": "https://login.example/" + inReply}, "", connect.Unknown, "elsewhere", 0, ""},
		"malformed":       {201, nil, `{"data":` + inReply, connect.Unknown, "", 0, ""},
		"truncated":       {201, map[string]string{"Content-Length": "900"}, `{"data":`, connect.Unknown, "cut off", 0, ""},
		"taken, no id":    {201, nil, `{"data":{}}`, connect.Unknown, "", 0, ""},
		"secret as an id": {201, nil, `{"data":{"id":"` + inReply + `"}}`, connect.Unknown, "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := at(t, func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasPrefix(r.Header.Get("Authorization"), "OAuth ") || !strings.Contains(r.Header.Get("Authorization"), "oauth_signature=") {
					t.Error("not signed")
				}
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			_, err := x.Operations()[connect.SocialPost].Do(t.Context(), call(t, "We are looking into it.", ""))
			e := own(t, err)
			if e.Kind != c.kind || (e.RetryAfter-c.after).Abs() > 3*time.Second || e.Scope != c.scope || !strings.Contains(e.Message, c.says) {
				t.Errorf("got %+v, want kind %s, after %v, scope %q, saying %q", *e, c.kind, c.after, c.scope, c.says)
			}
		})
	}
}

// What X would not take, and what nobody redacted, is not sent.
func TestNothingIsSent(t *testing.T) {
	t.Parallel()
	x := at(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	unsealed := call(t, "Alice did it", "")
	unsealed.Seal = nil
	for name, c := range map[string]struct {
		call connect.Call
		says string
	}{
		"empty":        {call(t, " ", ""), "empty"},
		"too heavy":    {call(t, strings.Repeat("a", 281), ""), "weighs 281"},
		"bad rune":     {call(t, "a\ufeffb", ""), "character"},
		"bad reply":    {call(t, "hello", "abc"), "replies to"},
		"not redacted": {unsealed, "redacted"},
	} {
		_, err := x.Operations()[connect.SocialPost].Do(t.Context(), c.call)
		if e := own(t, err); e.Kind != connect.Refused || !strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %+v", name, *e)
		}
	}
}

// The look-up knows our text in the forms X gives it back, and no other text.
func TestFindKnowsItsText(t *testing.T) {
	t.Parallel()
	const sent = "GitLab.com is down & we <know>. Notes: https://docs.example.com/d/1?x=1&y=2"
	link := func(short, long string) string {
		return fmt.Sprintf(`{"start":0,"end":1,"url":%q,"expanded_url":%q}`, short, long)
	}
	both := link("https://t.co/aaa", "http://GitLab.com") + "," + link("https://t.co/bbb", "https://docs.example.com/d/1?x=1&y=2")
	for name, c := range map[string]struct {
		text, urls, more, reply string
		want                    bool
	}{
		"as sent":               {sent, "", "", "", true},
		"escaped and shortened": {"https://t.co/aaa is down &amp; we &lt;know&gt;. Notes: https://t.co/bbb", both, "", "", true},
		"no entities":           {"https://t.co/aaa is down &amp; we &lt;know&gt;. Notes: https://t.co/bbb", "", "", "", true},
		"another link":          {"https://t.co/aaa is down &amp; we &lt;know&gt;. Notes: https://t.co/bbb", strings.Replace(both, "d/1", "d/2", 1), "", "", false},
		"another word":          {"https://t.co/aaa is up &amp; we &lt;know&gt;. Notes: https://t.co/bbb", both, "", "", false},
		"longer":                {sent + " more", "", "", "", false},
		"shorter":               {"GitLab.com is down &amp; we &lt;know&gt;.", "", "", "", false},
		"a reply":               {"@status " + sent, "", `,"referenced_tweets":[{"type":"replied_to","id":"77"}]`, "77", true},
		"a reply elsewhere":     {sent, "", `,"referenced_tweets":[{"type":"replied_to","id":"78"}]`, "77", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := at(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/2/users/me":
					fmt.Fprint(w, `{"data":{"id":"42","username":"status"}}`)
				case r.URL.Path != "/2/users/42/tweets" || r.FormValue("start_time") == "" || r.FormValue("max_results") != "100":
					t.Errorf("unexpected %s", r.URL)
				case r.FormValue("pagination_token") == "":
					fmt.Fprint(w, `{"data":[{"id":"1","text":"something else"}],"meta":{"next_token":"two"}}`)
				default:
					fmt.Fprintf(w, `{"data":[{"id":"2","text":%q,"entities":{"urls":[%s]}%s}],"meta":{}}`, c.text, c.urls, c.more)
				}
			})
			got, err := x.Operations()[connect.SocialPost].Find(t.Context(), call(t, sent, c.reply))
			if err != nil {
				t.Fatal(err)
			}
			if c.want != (got != nil) {
				t.Fatalf("got %+v", got)
			}
			if got != nil && (got.Ref != "2" || got.URL != "https://x.com/i/web/status/2") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestNew(t *testing.T) {
	for name, c := range map[string]Config{
		"nothing":     {},
		"half signed": {AccessToken: "t", APIKey: "k"},
		"bad address": {AccessToken: "t", BaseURL: "https://u:" + canary + "@api.x.com"},
	} {
		if _, err := New(c, nil); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bearer, err := New(Config{AccessToken: "t"}, nil)
	if err != nil || bearer.bearer != "t" {
		t.Errorf("%+v, %v", bearer, err)
	}
}
