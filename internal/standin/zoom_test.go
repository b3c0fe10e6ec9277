package standin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

func TestZoomToken(t *testing.T) {
	t.Parallel()
	s := start(t)
	cc := clientcredentials.Config{
		ClientID: "client", ClientSecret: "canary", TokenURL: s.url + "/zoom/oauth/token", AuthStyle: oauth2.AuthStyleInHeader,
		EndpointParams: url.Values{"grant_type": {"account_credentials"}, "account_id": {"account"}},
	}
	first, err := cc.Token(t.Context())
	if err != nil || first.TokenType != "bearer" || first.Expiry.IsZero() {
		t.Fatal(first, err)
	}
	if second, err := cc.Token(t.Context()); err != nil || second.AccessToken == first.AccessToken {
		t.Error(second, err)
	}
	resp, err := cc.Client(context.Background()).Get(s.url + "/zoom/v2/users/me")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	form := url.Values{"grant_type": {"account_credentials"}, "account_id": {"account"}}
	if a := s.ask(t, "POST", "/zoom/oauth/token", form); a.status != 401 || a.json["error"] != "invalid_client" {
		t.Errorf("%+v", a)
	}
	form.Set("grant_type", "client_credentials")
	if a := s.ask(t, "POST", "/zoom/oauth/token", form, "Authorization", "Basic YTpi"); a.status != 400 || a.json["error"] != "unsupported_grant_type" {
		t.Errorf("%+v", a)
	}
	if calls, _ := json.Marshal(s.heard(t)); strings.Contains(string(calls), "canary") || strings.Contains(string(calls), first.AccessToken) || strings.Contains(string(calls), "YTpi") {
		t.Errorf("a secret is told: %s", calls)
	}
	if a := s.ask(t, "GET", "/zoom/v2/users/me", nil, "Authorization", ""); a.status != 401 || dig(a.json, "code") != 124. {
		t.Errorf("%+v", a)
	}
}

func TestZoomMeetings(t *testing.T) {
	t.Parallel()
	s := start(t)
	for user, want := range map[string]float64{"host@example.com": 1, "licensed@example.com": 2, "paid": 2, "unlicensed@example.com": 1} {
		if a := s.ask(t, "GET", "/zoom/v2/users/"+user, nil); a.json["type"] != want || a.header.Get("X-RateLimit-Category") == "" {
			t.Errorf("%s: %+v", user, a)
		}
	}
	if a := s.ask(t, "PATCH", "/zoom/v2/users/host@example.com", map[string]any{"type": 2}); a.status != 204 || s.ask(t, "GET", "/zoom/v2/users/host@example.com", nil).json["type"] != 2. {
		t.Errorf("%+v", a)
	}

	long := strings.Repeat("é", 300)
	made := s.ask(t, "POST", "/zoom/v2/users/host@example.com/meetings", map[string]any{"topic": "War room", "type": 2, "agenda": long, "settings": map[string]any{"join_before_host": true}})
	if made.status != 201 || made.json["agenda"] != long || made.json["status"] != "waiting" || dig(made.json, "settings", "join_before_host") != true ||
		!strings.Contains(made.json["start_url"].(string), "zak=") {
		t.Fatalf("%+v", made)
	}
	at := fmt.Sprintf("/zoom/v2/meetings/%.0f", made.json["id"])
	s.ask(t, "POST", "/zoom/v2/users/host@example.com/meetings", map[string]any{"type": 1})
	for _, body := range []map[string]any{{"topic": strings.Repeat("x", 201)}, {"agenda": strings.Repeat("x", 2001)}, {"type": 7}, {"type": "two"}, {"start_time": "soon"}, {"settings": 1}} {
		if a := s.ask(t, "POST", "/zoom/v2/users/me/meetings", body); a.status != 400 || a.json["code"] != 300. {
			t.Errorf("%v: %+v", body, a)
		}
	}
	if a := s.ask(t, "POST", "/zoom/v2/users/me/meetings", "[]"); a.status != 400 || a.json["code"] != 300. {
		t.Errorf("%+v", a)
	}

	list := s.ask(t, "GET", "/zoom/v2/users/host@example.com/meetings?page_size=1", nil)
	if list.json["total_records"] != 1. || dig(list.json, "meetings", 0, "agenda") != long[:250*2] {
		t.Errorf("%+v", list)
	}
	if a := s.ask(t, "GET", "/zoom/v2/meetings/1", nil); a.status != 404 || a.json["code"] != 3001. {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "PATCH", at, map[string]any{"topic": "Moved"}); a.status != 204 || s.ask(t, "GET", at, nil).json["topic"] != "Moved" {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "GET", strings.TrimPrefix(made.json["join_url"].(string), s.url), nil); a.status != 200 || !strings.Contains(a.text, "Moved") {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "GET", "/zoom/v2/users/host@example.com/meetings?type=live", nil); a.json["total_records"] != 1. || s.ask(t, "GET", at, nil).json["status"] != "started" {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "DELETE", at, nil); a.status != 400 {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "PUT", at+"/status", map[string]any{"action": "end"}); a.status != 204 {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "PUT", at+"/status", map[string]any{"action": "end"}); a.status != 400 || a.json["code"] != 3000. {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "DELETE", at, nil); a.status != 204 || s.ask(t, "GET", at, nil).status != 404 {
		t.Errorf("%+v", a)
	}
}

func TestZoomLivestream(t *testing.T) {
	t.Parallel()
	s := start(t)
	made := s.ask(t, "POST", "/zoom/v2/users/paid/meetings", map[string]any{"topic": "War room"})
	at := fmt.Sprintf("/zoom/v2/meetings/%.0f/livestream", made.json["id"])
	if a := s.ask(t, "PATCH", at, map[string]any{"stream_url": "rtmp://a/b", "stream_key": "k"}); a.status != 400 || a.json["code"] != 300. || dig(a.json, "errors", 0, "field") != "page_url" {
		t.Errorf("%+v", a)
	}
	set := map[string]any{"stream_url": "rtmp://a/b", "stream_key": "k", "page_url": "https://watch.example/"}
	if a := s.ask(t, "PATCH", at, set); a.status != 204 || s.ask(t, "GET", at, nil).json["stream_key"] != "k" {
		t.Errorf("%+v", a)
	}
	begin := map[string]any{"action": "start", "settings": map[string]any{"active_speaker_name": false, "display_name": "War room"}}
	if a := s.ask(t, "PATCH", at+"/status", begin); a.status != 400 || a.json["code"] != 3000. {
		t.Errorf("%+v", a)
	}
	s.ask(t, "GET", strings.TrimPrefix(made.json["start_url"].(string), s.url), nil)
	if a := s.ask(t, "PATCH", at+"/status", map[string]any{"action": "start", "settings": map[string]any{"display_name": strings.Repeat("x", 51)}}); a.status != 400 {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "PATCH", at+"/status", begin); a.status != 204 {
		t.Errorf("%+v", a)
	}
	if m := s.told(t, "zoom.meeting")[0]; dig(m, "livestream", "status") != "started" || dig(m, "livestream", "settings", "active_speaker_name") != false {
		t.Errorf("%+v", m)
	}
	if b := s.ask(t, "GET", "/", nil).text; strings.Count(b, "streamed to https://watch.example/") != 1 {
		t.Error(b)
	}
}
