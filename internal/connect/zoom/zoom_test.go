package zoom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/internal/connect"
)

const (
	canary  = "canary-client-secret-2718"
	inReply = "canary-in-reply-314159"
	key     = "canary-stream-key-1618"
)

// at makes a connector that talks to a handler of the test; tokens are given out by it unless the handler wants to.
func at(t *testing.T, c Config, h http.HandlerFunc) *Connector {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/v2/", h)
	var n atomic.Int32
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		if user, secret, ok := r.BasicAuth(); !ok || user != "client" || secret != canary || r.FormValue("grant_type") != "account_credentials" || r.FormValue("account_id") != "account" {
			t.Errorf("sign-in: %v", r.Form)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"%s-%d","token_type":"bearer","expires_in":3600}`, inReply, n.Add(1))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	c.BaseURL, c.AuthURL = s.URL+"/v2/", s.URL+"/oauth/token"
	c.AccountID, c.ClientID, c.ClientSecret = "account", "client", canary
	x, err := New(c, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func call(t *testing.T, request any) connect.Call {
	t.Helper()
	raw, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return connect.Call{Mark: "mark-1", Since: time.Now(), Raw: raw, Ingest: func(context.Context, string) (connect.Ingest, error) {
		return connect.Ingest{URL: "rtmp://ingest.example/live2", Key: key}, nil
	}}
}

// own asserts the error's type and that it gives nothing away.
func own(t *testing.T, err error) *connect.Error {
	t.Helper()
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T %v is no *connect.Error", err, err)
	}
	for _, secret := range []string{canary, inReply, key} {
		if all := fmt.Sprintf("%v %+v %#v", err, *e, *e); strings.Contains(all, secret) {
			t.Errorf("a secret shows: %s", all)
		}
	}
	return e
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	no := func(code int, message string) string {
		return fmt.Sprintf(`{"code":%d,"message":%q,"errors":[{"field":"settings.topic","message":%q},{"field":"%s!","message":""}]}`, code, message+" "+inReply, inReply, inReply)
	}
	for name, c := range map[string]struct {
		status int
		header string
		body   string
		kind   connect.ErrorKind
		says   string
		after  time.Duration
		scope  string
	}{
		"validation":    {400, "", no(300, "Validation Failed."), connect.Refused, "settings.topic", 0, ""},
		"no such user":  {404, "", no(1001, "User does not exist:"), connect.Refused, "connectors.zoom.host", 0, ""},
		"other account": {404, "", no(1010, "User does not belong to this account"), connect.Refused, "account", 0, ""},
		"no access":     {400, "", no(3000, "Cannot access meeting info"), connect.Refused, "live streaming", 0, ""},
		"no meeting":    {404, "", no(3001, "Meeting does not exist"), connect.Refused, "expired", 0, ""},
		"not host":      {400, "", no(3003, "You are not the meeting host"), connect.Refused, "host", 0, ""},
		"old token":     {401, "", no(124, "Access token is expired."), connect.Refused, "renew", 0, ""},
		"plan":          {400, "", no(200, "Only available for paid account"), connect.Refused, "plan", 0, ""},
		"scope":         {400, "", no(4711, "Invalid access token, does not contain scopes:[meeting:write:meeting, meeting:write:meeting:admin]."), connect.Refused, "permission", 0, "meeting:write:meeting,meeting:write:meeting:admin"},
		"unlisted":      {400, "", no(9999, "?"), connect.Refused, "9999", 0, ""},
		"wait":          {429, "Retry-After: 5", no(429, "You have reached the maximum per-second rate limit"), connect.Retry, "wait", 5 * time.Second, ""},
		"wait until":    {429, "Retry-After: " + time.Now().Add(30*time.Minute).UTC().Format(time.RFC3339), no(429, ""), connect.Retry, "wait", 30 * time.Minute, ""},
		"daily": {429, "", no(429, "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this particular user. You may resume … at GMT 00:00:00."),
			connect.Retry, "00:00 GMT", 0, ""},
		"503":            {503, "Retry-After: 3", inReply, connect.Retry, "503", 3 * time.Second, ""},
		"500":            {500, "", no(500, "boom"), connect.Unknown, "500", 0, ""},
		"login page":     {200, "Content-Type: text/html", "<html>" + inReply, connect.Unknown, "sign-in", 0, ""},
		"login redirect": {302, "Location: https://login.example/" + inReply, "", connect.Unknown, "elsewhere", 0, ""},
		"malformed":      {201, "", `{"id":` + inReply, connect.Unknown, "", 0, ""},
		"truncated":      {201, "Content-Length: 900", `{"id":1,`, connect.Unknown, "cut off", 0, ""},
		"no id":          {201, "", `{}`, connect.Unknown, "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := at(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					fmt.Fprint(w, `{"type":1}`)
					return
				}
				if k, v, ok := strings.Cut(c.header, ": "); ok {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			_, err := x.Operations()[connect.RoomOpen].Do(t.Context(), call(t, connect.RoomRequest{Topic: "INC-1"}))
			e := own(t, err)
			if e.Kind != c.kind || !near(e.RetryAfter, c.after) || e.Scope != c.scope || !strings.Contains(e.Message, c.says) {
				t.Errorf("got %+v, want kind %s, after %v, scope %q, saying %q", *e, c.kind, c.after, c.scope, c.says)
			}
		})
	}
}

func near(a, b time.Duration) bool { return (a - b).Abs() <= 3*time.Second }

// A refused token is replaced once, by one fetch for everybody.
func TestTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	var used sync.Map
	x := at(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		used.Store(r.Header.Get("Authorization"), true)
		if r.Header.Get("Authorization") == "Bearer "+inReply+"-1" {
			w.WriteHeader(401)
			fmt.Fprint(w, `{"code":124,"message":"Access token is expired."}`)
			return
		}
		fmt.Fprint(w, `{"id":7,"host_id":"h","type":2,"join_url":"https://zoom.example/j/7"}`)
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if m, err := x.api.meeting(t.Context(), "7"); err != nil || m.ID != "7" {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
	all.Wait()
	n := 0
	used.Range(func(any, any) bool { n++; return true })
	if n != 2 {
		t.Errorf("%d tokens were used, want the old and one new", n)
	}
}

func TestSignInFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		kind   connect.ErrorKind
	}{
		"wrong secret": {400, `{"reason":"Invalid client_id or client_secret","error":"invalid_client"}`, connect.Refused},
		"401":          {401, "{}", connect.Refused},
		"busy":         {429, "{}", connect.Retry},
		"down":         {500, inReply, connect.Retry},
		"page":         {200, "<html>" + inReply, connect.Retry},
		"no token":     {200, "{}", connect.Retry},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/token" {
					t.Error("called without a token")
				}
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}))
			t.Cleanup(s.Close)
			x, err := New(Config{BaseURL: s.URL, AuthURL: s.URL + "/token", AccountID: "a", ClientID: "c", ClientSecret: canary}, s.Client())
			if err != nil {
				t.Fatal(err)
			}
			_, err = x.Operations()[connect.RoomEnd].Do(t.Context(), call(t, connect.RoomRef{ID: "7"}))
			if e := own(t, err); e.Kind != c.kind {
				t.Errorf("got %s %q, want %s", e.Kind, e.Message, c.kind)
			}
			for _, f := range x.Check(t.Context()) {
				if f.OK || f.Fix == "" {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// A waiter gives up with its own context while another's fetch hangs.
func TestWaitingForATokenEnds(t *testing.T) {
	t.Parallel()
	x := at(t, Config{}, func(http.ResponseWriter, *http.Request) {})
	<-x.api.tokens.lock // somebody is fetching
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := x.api.tokens.get(ctx, "")
	if e := own(t, err); e.Kind != connect.Retry {
		t.Errorf("got %s", e.Kind)
	}
}

// Look-up finds the meeting by its mark where the list shows agendas cut short or not at all, over both ways of paging.
func TestFindReadsWholeAgendas(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]func(r *http.Request) string{
		"by token": func(r *http.Request) string {
			if r.FormValue("next_page_token") == "" {
				return `{"next_page_token":"two","meetings":[{"id":1,"topic":"INC-1"},{"id":2,"topic":"lunch"}]}`
			}
			return `{"meetings":[{"id":3,"topic":"INC-1","agenda":"[tocsin:mar…"}]}`
		},
		"by number": func(r *http.Request) string {
			if r.FormValue("page_number") != "2" {
				return `{"page_count":2,"meetings":[{"id":"1","topic":"INC-1"}]}`
			}
			return `{"page_count":2,"meetings":[{"id":"3","topic":"INC-1"}]}`
		},
		"upcoming only": func(r *http.Request) string {
			if r.FormValue("type") == "scheduled" {
				return `{"meetings":[]}`
			}
			return `{"meetings":[{"id":3,"topic":"INC-1","agenda":"[tocsin:mark-1] War"}]}`
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := at(t, Config{Host: "ops@example.com"}, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/v2/users/ops@example.com/meetings":
					fmt.Fprint(w, list(r))
				case "/v2/users/ops@example.com":
					fmt.Fprint(w, `{"type":2}`)
				case "/v2/meetings/1":
					fmt.Fprintf(w, `{"id":1,"agenda":%q}`, agenda("mark-12"))
				case "/v2/meetings/3":
					fmt.Fprintf(w, `{"id":3,"agenda":%q,"host_id":"h","join_url":"https://zoom.example/j/3","start_url":%q,"password":%q}`, agenda("mark-1"), inReply, inReply)
				default:
					t.Errorf("unexpected %s", r.URL)
				}
			})
			got, err := x.Operations()[connect.RoomOpen].Find(t.Context(), call(t, connect.RoomRequest{Topic: "INC-1"}))
			if err != nil || got == nil || got.Ref != "3" || got.Outputs["licensed"] != "true" || strings.Contains(fmt.Sprint(*got), inReply) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestLicense(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config  Config
		present string // type of the present room's host; "" for no room
		other   string // type of the licensed host
		moved   string
		refused string
	}{
		"licensed already":       {Config{}, "2", "", "false", ""},
		"moves":                  {Config{LicensedHost: "paid"}, "1", "2", "true", ""},
		"the old room is gone":   {Config{LicensedHost: "paid"}, "", "2", "true", ""},
		"nobody licensed":        {Config{}, "1", "", "", "licensed_host"},
		"licensed host is Basic": {Config{LicensedHost: "paid"}, "1", "1", "", "no paid Zoom licence"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := at(t, c.config, func(w http.ResponseWriter, r *http.Request) {
				switch r.Method + " " + r.URL.Path {
				case "GET /v2/meetings/7":
					if c.present == "" {
						w.WriteHeader(404)
						fmt.Fprint(w, `{"code":3001,"message":"Meeting does not exist"}`)
						return
					}
					fmt.Fprint(w, `{"id":7,"host_id":"h","join_url":"https://zoom.example/j/7"}`)
				case "GET /v2/users/h":
					fmt.Fprintf(w, `{"type":%s}`, c.present)
				case "GET /v2/users/paid":
					fmt.Fprintf(w, `{"type":%s}`, c.other)
				case "POST /v2/users/paid/meetings":
					w.WriteHeader(201)
					fmt.Fprint(w, `{"id":8,"host_id":"p","join_url":"https://zoom.example/j/8"}`)
				default:
					t.Errorf("unexpected %s %s", r.Method, r.URL)
				}
			})
			got, err := x.Operations()[connect.RoomLicense].Do(t.Context(), call(t, connect.RoomMove{ID: "7", Topic: "INC-1"}))
			if c.refused != "" {
				if e := own(t, err); e.Kind != connect.Refused || !strings.Contains(e.Message, c.refused) {
					t.Errorf("got %+v", *e)
				}
				return
			}
			if err != nil || got.Outputs["moved"] != c.moved || got.Outputs["licensed"] != "true" || got.URL == "" {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// What Zoom refuses when starting and ending may be so already.
func TestStartAndEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind   connect.Kind
		said   string // the refusal
		code   int
		status string // of the meeting, "" for gone
		want   connect.ErrorKind
		says   string
	}{
		"starting twice":     {connect.RoomGoLive, "Live stream has already started.", 3000, "started", "", ""},
		"not running":        {connect.RoomGoLive, "Meeting has not started.", 3000, "waiting", connect.Retry, "start it as host first"},
		"not allowed":        {connect.RoomGoLive, "Live streaming is disabled.", 3000, "started", connect.Refused, "live streaming"},
		"gone":               {connect.RoomGoLive, "Meeting does not exist", 3001, "", connect.Refused, "expired"},
		"ended already":      {connect.RoomEnd, "Meeting is not running.", 3000, "waiting", "", ""},
		"ended and gone":     {connect.RoomEnd, "Meeting does not exist", 3001, "", "", ""},
		"can't be ended":     {connect.RoomEnd, "Not allowed.", 200, "started", connect.Refused, "plan"},
		"scope for the end":  {connect.RoomEnd, "does not contain scopes:[meeting:update:status]", 4711, "waiting", connect.Refused, "permission"},
		"scope for the live": {connect.RoomGoLive, "does not contain scopes:[meeting:update:livestream_status:admin]", 4711, "waiting", connect.Refused, "permission"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := at(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet && c.status != "" {
					fmt.Fprintf(w, `{"id":7,"status":%q}`, c.status)
					return
				}
				w.WriteHeader(400)
				fmt.Fprintf(w, `{"code":%d,"message":%q}`, c.code, c.said)
			})
			got, err := x.Operations()[c.kind].Do(t.Context(), call(t, connect.RoomRef{ID: "7"}))
			if c.want == "" {
				if err != nil || got.Ref != "7" {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if e := own(t, err); e.Kind != c.want || !strings.Contains(e.Message, c.says) {
				t.Errorf("got %+v, want %s saying %q", *e, c.want, c.says)
			}
		})
	}
}

// The stream key goes to Zoom, and nowhere else.
func TestLivestreamKey(t *testing.T) {
	t.Parallel()
	x := at(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		var in map[string]string
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in["stream_key"] != key || in["stream_url"] != "rtmp://ingest.example/live2" || in["page_url"] != "https://watch.example/b" {
			t.Errorf("got %v, %v", in, err)
		}
		w.WriteHeader(400)
		fmt.Fprintf(w, `{"code":300,"message":"bad key %s"}`, key)
	})
	_, err := x.Operations()[connect.RoomLivestream].Do(t.Context(), call(t, map[string]string{"id": "7", "stream": "s", "page": "https://watch.example/b"}))
	own(t, err)
	_, err = x.Operations()[connect.RoomLivestream].Do(t.Context(), call(t, map[string]string{"id": "tocsin-abc", "stream": "s"}))
	if e := own(t, err); e.Kind != connect.Refused || !strings.Contains(e.Message, "by hand") {
		t.Errorf("another tool's room: %+v", *e)
	}
}
