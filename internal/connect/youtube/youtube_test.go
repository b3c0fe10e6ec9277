package youtube

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
	secretCanary  = "canary-client-secret-8811"
	refreshCanary = "canary-refresh-token-8812"
	tokenCanary   = "canary-access-token-8813"
	keyCanary     = "canary-stream-key-8814"
)

func credentials() []byte {
	return []byte(`{"type":"authorized_user","client_id":"id","client_secret":"` + secretCanary + `","refresh_token":"` + refreshCanary + `"}`)
}

// channel answers as a channel with one broadcast "B" and one stream "S" does; wrong answers before it.
type channel struct {
	life, picture string
	monitor       bool
	wrong         map[string]string // "METHOD resource" → error reason, "status 500", or a body
	sent          []string
}

func (ch *channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, tokenCanary)
		return
	}
	resource, ok := strings.CutPrefix(r.URL.Path, "/yt/")
	if !ok {
		http.Error(w, "wrong path "+r.URL.Path, http.StatusTeapot)
		return
	}
	what := r.Method + " " + resource
	if r.Method == http.MethodPost {
		ch.sent = append(ch.sent, strings.TrimSpace(resource+" "+r.URL.Query().Get("broadcastStatus")))
	}
	if wrong, ok := ch.wrong[what]; ok {
		switch {
		case wrong == "status 500":
			w.WriteHeader(500)
		case strings.HasPrefix(wrong, "{"):
			fmt.Fprint(w, wrong)
		default:
			w.WriteHeader(403)
			fmt.Fprintf(w, `{"error":{"code":403,"message":"The <code>%s</code> %s","errors":[{"reason":%q}]}}`, wrong, tokenCanary, wrong)
		}
		return
	}
	broadcast := func() string {
		return fmt.Sprintf(`{"id":"B","snippet":{"description":"x\n\ntocsin:mark-1"},"status":{"lifeCycleStatus":%q},"contentDetails":{"boundStreamId":"S","monitorStream":{"enableMonitorStream":%v}}}`, ch.life, ch.monitor)
	}
	switch what {
	case "GET liveStreams":
		fmt.Fprintf(w, `{"items":[{"id":"S","snippet":{"title":"tocsin"},"contentDetails":{"isReusable":true},"status":{"streamStatus":%q},
			"cdn":{"ingestionInfo":{"ingestionAddress":"rtmp://a/live2","streamName":%q}}}]}`, ch.picture, keyCanary)
	case "GET liveBroadcasts":
		if id := r.URL.Query().Get("id"); id != "" && id != "B" {
			fmt.Fprint(w, `{"items":[]}`)
			return
		}
		fmt.Fprintf(w, `{"items":[%s]}`, broadcast())
	case "POST liveBroadcasts/transition":
		ch.life = r.URL.Query().Get("broadcastStatus")
		fmt.Fprint(w, broadcast())
	default:
		fmt.Fprint(w, `{"id":"B"}`)
	}
}

func (ch *channel) connector(t *testing.T) *Connector {
	t.Helper()
	s := httptest.NewServer(ch)
	t.Cleanup(s.Close)
	c, err := New(Config{BaseURL: s.URL + "/yt/", TokenURL: s.URL + "/token", Credentials: credentials()}, s.Client())
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
	return connect.Call{Mark: "mark-1", Since: time.Now(), Raw: raw, Seal: redact.New(nil, nil).Seal}
}

// own checks that err is a *connect.Error without a secret.
func own(t *testing.T, err error) *connect.Error {
	t.Helper()
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Fatalf("want a *connect.Error, have %T %v", err, err)
	}
	for _, secret := range []string{secretCanary, refreshCanary, tokenCanary, keyCanary} {
		if strings.Contains(fmt.Sprintf("%v %+v", err, *e), secret) {
			t.Errorf("%s shows: %v", secret, err)
		}
	}
	return e
}

var (
	wanted = map[string]string{"title": "Outage <1>", "description": "What is going on", "start": "2026-11-23T07:00:00Z"}
	ref    = map[string]string{"id": "B", "stream": "S"}
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		kind  connect.Kind
		wrong map[string]string
		want  connect.ErrorKind
		asks  string
		word  string
	}{
		{"not enabled", connect.StreamCreate, map[string]string{"POST liveBroadcasts": "liveStreamingNotEnabled"}, connect.Refused, askWhom, "https://www.youtube.com/features"},
		{"not enabled, seen early", connect.StreamCreate, map[string]string{"GET liveStreams": "liveStreamingNotEnabled"}, connect.Refused, askWhom, "switch it on"},
		{"no access", connect.StreamCreate, map[string]string{"POST liveBroadcasts": "insufficientLivePermissions"}, connect.Refused, askWhom, "access to the YouTube account"},
		{"scope", connect.StreamCreate, map[string]string{"POST liveBroadcasts": "insufficientPermissions"}, connect.Refused, askWhom, "youtube.force-ssl"},
		{"rate", connect.StreamCreate, map[string]string{"POST liveBroadcasts": "userRequestsExceedRateLimit"}, connect.Retry, "", ""},
		{"quota", connect.StreamCreate, map[string]string{"POST liveBroadcasts": "quotaExceeded"}, connect.Retry, "", "quota"},
		{"other", connect.StreamCreate, map[string]string{"POST liveBroadcasts": "invalidTitle"}, connect.Refused, "", "The invalidTitle …"},
		{"streams down", connect.StreamCreate, map[string]string{"GET liveStreams": "status 500"}, connect.Retry, "", ""},
		{"lost", connect.StreamCreate, map[string]string{"POST liveBroadcasts": "status 500"}, connect.Unknown, "", ""},
		{"made, not bound", connect.StreamCreate, map[string]string{"POST liveBroadcasts/bind": "liveBroadcastBindingNotAllowed"}, connect.Unknown, "", "not yet bound"},
		{"no answer on status", connect.StreamLive, map[string]string{"GET liveBroadcasts": "status 500"}, connect.Retry, "", ""},
		{"stream inactive after all", connect.StreamLive, map[string]string{"POST liveBroadcasts/transition": "errorStreamInactive"}, connect.Retry, "", "no picture has arrived yet"},
		{"too early", connect.StreamLive, map[string]string{"POST liveBroadcasts/transition": "invalidTransition"}, connect.Retry, "", ""},
		{"lost on live", connect.StreamLive, map[string]string{"POST liveBroadcasts/transition": "status 500"}, connect.Unknown, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ch := &channel{life: "ready", picture: "active", wrong: c.wrong}
			request := wanted
			if c.kind == connect.StreamLive {
				request = ref
			}
			_, err := ch.connector(t).Operations()[c.kind].Do(t.Context(), call(t, request))
			if e := own(t, err); e.Kind != c.want || e.AskWhom != c.asks || !strings.Contains(e.Message, c.word) {
				t.Errorf("%+v; want %s asking %q with %q", e, c.want, c.asks, c.word)
			}
		})
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	redundant := map[string]string{"POST liveBroadcasts/transition": "redundantTransition"}
	for _, c := range []struct {
		kind          connect.Kind
		life, picture string
		monitor       bool
		wrong         map[string]string
		sent          string
		want          connect.ErrorKind
	}{
		{connect.StreamLive, "ready", "active", false, nil, "live", ""},
		{connect.StreamLive, "ready", "active", true, nil, "testing live", ""},
		{connect.StreamLive, "testing", "active", true, nil, "live", ""},
		{connect.StreamLive, "ready", "ready", false, nil, "", connect.Retry},
		{connect.StreamLive, "testStarting", "active", true, nil, "", connect.Retry},
		{connect.StreamLive, "liveStarting", "active", false, nil, "", ""},
		{connect.StreamLive, "live", "inactive", false, nil, "", ""},
		{connect.StreamLive, "ready", "active", false, redundant, "live", ""},
		{connect.StreamLive, "ready", "active", true, map[string]string{"POST liveBroadcasts/transition": `{"id":"B","status":{"lifeCycleStatus":"testStarting"}}`}, "testing", connect.Retry},
		{connect.StreamLive, "complete", "active", false, nil, "", connect.Refused},
		{connect.StreamLive, "revoked", "active", false, nil, "", connect.Refused},
		{connect.StreamEnd, "live", "active", false, nil, "complete", ""},
		{connect.StreamEnd, "live", "active", false, redundant, "complete", ""},
		{connect.StreamEnd, "liveStarting", "active", false, nil, "complete", ""},
		{connect.StreamEnd, "complete", "", false, nil, "", ""},
		{connect.StreamEnd, "ready", "", false, nil, "", ""},
		{connect.StreamEnd, "testing", "active", true, nil, "", ""},
		{connect.StreamEnd, "live", "", false, map[string]string{"GET liveBroadcasts": "liveBroadcastNotFound"}, "", ""},
	} {
		t.Run(fmt.Sprint(c.kind, c.life, c.picture, c.monitor), func(t *testing.T) {
			t.Parallel()
			ch := &channel{life: c.life, picture: c.picture, monitor: c.monitor, wrong: c.wrong}
			_, err := ch.connector(t).Operations()[c.kind].Do(t.Context(), call(t, ref))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && own(t, err).Kind != c.want:
				t.Errorf("%v; want %s", err, c.want)
			}
			if sent := strings.ReplaceAll(strings.Join(ch.sent, " "), "liveBroadcasts/transition ", ""); sent != c.sent {
				t.Errorf("sent %q; want %q", sent, c.sent)
			}
		})
	}
}

// A broadcast that was made and not bound is bound when it is found.
func TestFindBinds(t *testing.T) {
	t.Parallel()
	ch := &channel{wrong: map[string]string{"GET liveBroadcasts": `{"items":[{"id":"A","snippet":{"description":"tocsin:mark-11"}},{"id":"B","snippet":{"description":"x\r\n\r\ntocsin:mark-1"}}]}`}}
	got, err := ch.connector(t).Operations()[connect.StreamCreate].Find(t.Context(), call(t, wanted))
	if err != nil || got == nil || got.Ref != "B" || got.Outputs["stream"] != "S" || got.URL != "https://www.youtube.com/watch?v=B" {
		t.Fatalf("%+v, %v", got, err)
	}
	if fmt.Sprint(ch.sent) != "[liveBroadcasts/bind]" {
		t.Errorf("sent %v", ch.sent)
	}
}

func TestIngestKeepsTheKeyOutOfErrors(t *testing.T) {
	t.Parallel()
	ch := &channel{}
	c := ch.connector(t)
	if got, err := c.Ingest(t.Context(), "S"); err != nil || got.URL != "rtmp://a/live2" || got.Key != keyCanary {
		t.Errorf("%v", err)
	}
	if _, err := c.Ingest(t.Context(), "gone"); own(t, err).Kind != connect.Refused {
		t.Errorf("%v", err)
	}
	ch.wrong = map[string]string{"GET liveStreams": "status 500"}
	if _, err := c.Ingest(t.Context(), "S"); own(t, err).Kind != connect.Retry {
		t.Errorf("%v", err)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	if got := title("a <b>\n" + strings.Repeat("é", 200)); len([]rune(got)) != 100 || !strings.HasPrefix(got, "a ‹b› é") {
		t.Errorf("title %q", got)
	}
	if got := description(strings.Repeat("é<", 3000), "m"); len(got) > 5000 || strings.ContainsAny(got, "<>") || !stamped(got, "m") || stamped(got, "mm") {
		t.Errorf("description of %d bytes", len(got))
	}
}

func TestNewNamesTheSetting(t *testing.T) {
	t.Parallel()
	for setting, c := range map[string]Config{
		"base_url":         {BaseURL: "nowhere", Credentials: credentials()},
		"credentials_file": {},
		"watch_url":        {WatchURL: "nowhere", Credentials: credentials()},
	} {
		if _, err := New(c, nil); err == nil || !strings.Contains(err.Error(), "connectors.youtube."+setting) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}
