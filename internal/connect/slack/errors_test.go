package slack

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
)

const (
	canary  = "xoxb-canary-2718281828"
	inReply = "canary-in-reply-314159"
)

// at makes a connector that talks to a handler of the test.
func at(t *testing.T, h http.HandlerFunc) *Connector {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := New(Config{BaseURL: s.URL + "/api/", Token: canary, SigningSecret: canary, Channels: map[string]string{"general": "C0000GENERAL"}}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func call(t *testing.T, request any) connect.Call {
	t.Helper()
	raw, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return connect.Call{Mark: "mark-1", Since: time.Now(), Raw: raw}
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
	no := func(code string) string {
		return fmt.Sprintf(`{"ok":false,"error":%q,"token":%q,"response_metadata":{"messages":[%q]}}`, code, inReply, inReply)
	}
	for name, c := range map[string]struct {
		status int
		header string // "Name: value"
		body   string
		kind   connect.ErrorKind
		says   string
		after  time.Duration
		scope  string
	}{
		"not in channel":   {200, "", no("not_in_channel"), connect.Refused, "/invite", 0, ""},
		"bad token":        {200, "", no("invalid_auth"), connect.Refused, "renew the token", 0, ""},
		"expired":          {200, "", no("token_expired"), connect.Refused, "renew the token", 0, ""},
		"inactive":         {200, "", no("account_inactive"), connect.Refused, "renew the token", 0, ""},
		"archived":         {200, "", no("is_archived"), connect.Refused, "archived", 0, ""},
		"too long":         {200, "", no("msg_too_long"), connect.Refused, "shorten", 0, ""},
		"new code":         {200, "", no("some_new_code"), connect.Refused, "some_new_code", 0, ""},
		"fatal":            {200, "", no("fatal_error"), connect.Unknown, "", 0, ""},
		"internal":         {200, "", no("internal_error"), connect.Unknown, "", 0, ""},
		"ratelimited":      {200, "Retry-After: 7", no("ratelimited"), connect.Retry, "wait", 7 * time.Second, ""},
		"429 with code":    {429, "Retry-After: 7", no("ratelimited"), connect.Retry, "wait", 7 * time.Second, ""},
		"429 bare":         {429, "Retry-After: 7", "", connect.Retry, "", 7 * time.Second, ""},
		"429 no header":    {429, "", inReply, connect.Retry, "", 0, ""},
		"503":              {503, "Retry-After: 3", inReply, connect.Retry, "", 3 * time.Second, ""},
		"500":              {500, "", no("internal_error"), connect.Unknown, "", 0, ""},
		"502 page":         {502, "Content-Type: text/html", "<html>" + inReply, connect.Unknown, "", 0, ""},
		"404":              {404, "", inReply, connect.Refused, "base_url", 0, ""},
		"login page":       {200, "Content-Type: text/html", "<html>" + inReply, connect.Unknown, "sign-in", 0, ""},
		"login redirect":   {302, "Location: https://login.example/" + inReply, "", connect.Unknown, "elsewhere", 0, ""},
		"malformed":        {200, "", `{"ok":tru` + inReply, connect.Unknown, "", 0, ""},
		"truncated":        {200, "Content-Length: 900", `{"ok":true,`, connect.Unknown, "cut off", 0, ""},
		"empty":            {200, "", "", connect.Unknown, "", 0, ""},
		"neither":          {200, "", `{}`, connect.Unknown, "", 0, ""},
		"ok without a ts":  {200, "", `{"ok":true}`, connect.Unknown, "", 0, ""},
		"no without code":  {200, "", `{"ok":false}`, connect.Unknown, "", 0, ""},
		"a secret as code": {200, "", no(inReply), connect.Unknown, "", 0, ""},
		"missing scope": {200, "", `{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"` + inReply + `"}`,
			connect.Refused, "chat:write", 0, "chat:write"},
		"missing scopes": {200, "", `{"ok":false,"error":"missing_scope","needed":"channels:manage,groups:write"}`,
			connect.Refused, "install the app again", 0, "channels:manage,groups:write"},
		"a secret as scope": {200, "", `{"ok":false,"error":"missing_scope","needed":"` + inReply + `"}`, connect.Refused, "permission", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := at(t, func(w http.ResponseWriter, r *http.Request) {
				if key, value, ok := strings.Cut(c.header, ": "); ok {
					w.Header().Set(key, value)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			_, err := x.Operations()[connect.ChatPost].Do(t.Context(), call(t, connect.ChatMessage{Channel: "general", Text: "hello"}))
			e := own(t, err)
			if e.Kind != c.kind || e.RetryAfter != c.after || e.Scope != c.scope || !strings.Contains(e.Message, c.says) {
				t.Errorf("got %+v, want kind %s, after %v, scope %q, saying %q", *e, c.kind, c.after, c.scope, c.says)
			}
		})
	}
}

// The token goes into the header and nowhere else.
func TestTokenIsInTheHeader(t *testing.T) {
	t.Parallel()
	x := at(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+canary {
			t.Error("no token in the header")
		}
		if err := r.ParseForm(); err != nil || r.Form.Has("token") || strings.Contains(r.Form.Encode(), canary) {
			t.Errorf("the token is in the body or the address: %v", err)
		}
		fmt.Fprint(w, `{"ok":true,"channel":"C0000GENERAL","ts":"1.000002","permalink":"https://t.slack.example/p1"}`)
	})
	if _, err := x.Operations()[connect.ChatPost].Do(t.Context(), call(t, connect.ChatMessage{Channel: "general", Text: "hello"})); err != nil {
		t.Fatal(err)
	}
}

// A post that was made is a success even if its link can't be had.
func TestPostWithoutPermalink(t *testing.T) {
	t.Parallel()
	x := at(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "chat.getPermalink") {
			w.WriteHeader(500)
			return
		}
		fmt.Fprint(w, `{"ok":true,"channel":"C0000GENERAL","ts":"1700000000.000200"}`)
	})
	got, err := x.Operations()[connect.ChatPost].Do(t.Context(), call(t, connect.ChatMessage{Channel: "general", Text: "hello"}))
	if err != nil || got.Ref != "1700000000.000200" || got.URL != "https://slack.com/archives/C0000GENERAL/p1700000000000200" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// People Slack doesn't know, or has already, do not keep the others out.
func TestInvite(t *testing.T) {
	t.Parallel()
	var invited []string
	x := at(t, func(w http.ResponseWriter, r *http.Request) {
		switch method := r.URL.Path[len("/api/"):]; method {
		case "users.lookupByEmail":
			switch r.FormValue("email") {
			case "ada@example.com":
				fmt.Fprint(w, `{"ok":true,"user":{"id":"U00ADA"}}`)
			case "bob@example.com":
				fmt.Fprint(w, `{"ok":true,"user":{"id":"U00BOB"}}`)
			default:
				fmt.Fprint(w, `{"ok":false,"error":"users_not_found"}`)
			}
		case "users.list":
			fmt.Fprint(w, `{"ok":true,"members":[{"id":"U00CY","name":"cy","profile":{"display_name":"Cy C"}},{"id":"U00GONE","name":"gone","deleted":true}]}`)
		case "conversations.invite":
			invited = append(invited, r.FormValue("users"))
			switch r.FormValue("users") {
			case "U00ADA":
				fmt.Fprint(w, `{"ok":false,"error":"already_in_channel","errors":[{"user":"U00ADA","ok":false,"error":"already_in_channel"}]}`)
			case "U00CY":
				fmt.Fprint(w, `{"ok":false,"error":"user_is_restricted"}`)
			default:
				fmt.Fprint(w, `{"ok":true,"channel":{"id":"C0000GENERAL"}}`)
			}
		default:
			t.Errorf("unexpected call %s", method)
		}
	})
	got, err := x.Operations()[connect.ChatInvite].Do(t.Context(), call(t, connect.ChatInvitation{
		Channel: "general", Emails: []string{"ada@example.com", "nobody@example.com", "bob@example.com"}, Handles: []string{"@cy", "gone", "U00ADA"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got.Outputs["not_found"] != "2" || got.Outputs["not_invited"] != "1" || strings.Join(invited, " ") != "U00ADA U00BOB U00CY" {
		t.Errorf("got %+v after inviting %v", got, invited)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	x := at(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-OAuth-Scopes", "chat:write,channels:read")
		if strings.HasSuffix(r.URL.Path, "auth.test") {
			fmt.Fprint(w, `{"ok":true,"url":"https://t.slack.example/","user_id":"U1","team":"T"}`)
			return
		}
		fmt.Fprint(w, `{"ok":true,"channel":{"id":"C0000GENERAL","is_member":false}}`)
	})
	var fixes []string
	for _, f := range x.Check(t.Context()) {
		if !f.OK {
			fixes = append(fixes, f.Fix)
		}
	}
	if len(fixes) != 2 || !strings.Contains(fixes[0], "channels:history") || !strings.Contains(fixes[1], "/invite") {
		t.Errorf("fixes: %q", fixes)
	}
}

func TestNew(t *testing.T) {
	for name, c := range map[string]Config{
		"no token":       {},
		"no host":        {Token: "t", BaseURL: "https:///api"},
		"no scheme":      {Token: "t", BaseURL: "slack.com/api"},
		"credentials":    {Token: "t", BaseURL: "https://u:" + canary + "@slack.com/api"},
		"another scheme": {Token: "t", BaseURL: "file:///etc/passwd"},
	} {
		if _, err := New(c, nil); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Config{Token: "t"}, nil); err != nil {
		t.Error(err)
	}
}
