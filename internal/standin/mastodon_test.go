package standin

import (
	"net/http"
	"strings"
	"testing"
)

func TestMastodon(t *testing.T) {
	t.Parallel()
	s := start(t)
	const statuses = "/mastodon/api/v1/statuses"
	const text = "R&D is down: https://docs.example.com/document/d/1/pub <now>"
	first := s.ask(t, "POST", statuses, map[string]any{"status": " " + text + "\n", "visibility": "public"}, "Idempotency-Key", "one")
	id, _ := first.json["id"].(string)
	if first.status != http.StatusOK || id == "" || !strings.Contains(first.json["content"].(string), "R&amp;D is down") || first.json["in_reply_to_id"] != nil ||
		first.header.Get("X-RateLimit-Remaining") != "299" || !strings.HasSuffix(first.header.Get("X-RateLimit-Reset"), "Z") {
		t.Fatalf("%+v", first)
	}
	if a := s.ask(t, "POST", statuses, map[string]any{"status": "another text"}, "Idempotency-Key", "one"); a.json["id"] != id || len(s.told(t, "mastodon.status")) != 1 {
		t.Errorf("the key is not honoured: %+v", a)
	}
	second := s.ask(t, "POST", statuses, map[string]any{"status": text, "in_reply_to_id": id}, "Idempotency-Key", "two")
	if second.status != http.StatusOK || second.json["in_reply_to_id"] != id || second.json["id"].(string) <= id {
		t.Fatalf("the same text may be posted twice: %+v", second)
	}
	for name, c := range map[string]struct {
		body   map[string]any
		status int
		says   string
	}{
		"nothing":      {map[string]any{}, 422, "can't be blank"},
		"blank":        {map[string]any{"status": " "}, 422, "can't be blank"},
		"too long":     {map[string]any{"status": strings.Repeat("a", 501)}, 422, "character limit of 500 exceeded"},
		"too long, CW": {map[string]any{"status": strings.Repeat("a", 499), "spoiler_text": "ab"}, 422, "character limit of 500 exceeded"},
		"to nobody":    {map[string]any{"status": "a", "visibility": "mine"}, 422, "Visibility"},
		"to nothing":   {map[string]any{"status": "a", "in_reply_to_id": "7"}, 404, "does not appear to exist"},
	} {
		if a := s.ask(t, "POST", statuses, c.body); a.status != c.status || !strings.Contains(a.json["error"].(string), c.says) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	me, _ := s.ask(t, "GET", "/mastodon/api/v1/accounts/verify_credentials", nil).json["id"].(string)
	mine := "/mastodon/api/v1/accounts/" + me + "/statuses"
	for query, want := range map[string]int{"": 2, "?limit=1": 1, "?max_id=" + id: 0, "?since_id=" + id: 1, "?exclude_replies=true": 1} {
		if a := s.ask(t, "GET", mine+query, nil); a.status != 200 || strings.Count(a.text, `"content"`) != want {
			t.Errorf("%s: %s", query, a.text)
		}
	}
	if a := s.ask(t, "GET", statuses+"/"+id+"/source", nil); a.json["text"] != text {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "GET", "/mastodon/api/v2/instance", nil, "Authorization", ""); dig(a.json, "configuration", "statuses", "max_characters") != 500. {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "GET", mine, nil, "Authorization", ""); a.status != 401 || a.json["error"] != "The access token is invalid" {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "GET", "/mastodon/api/v1/nothing", nil); a.status != 404 {
		t.Errorf("%+v", a)
	}
	s.ask(t, "DELETE", statuses+"/"+id, nil)
	told := s.told(t, "mastodon.status")
	if a := s.ask(t, "GET", statuses+"/"+id, nil); a.status != 404 || len(told) != 1 || told[0]["text"] != text {
		t.Errorf("%+v, %v", a, told)
	}
}

// TestMastodonLength: as Mastodon's own tests have it.
func TestMastodonLength(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "café": 4, "🏳️‍⚧️✨": 2, "see http://example.com/a/very/long/path?x=1": 27, "example.com": 11, "hi @alice@social.example.com": 9, "@bob": 4,
	} {
		if got := mastodonLength(text); got != want {
			t.Errorf("%q has %d, want %d", text, got, want)
		}
	}
}
