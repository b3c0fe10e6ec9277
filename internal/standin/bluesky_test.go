package standin

import (
	"maps"
	"strings"
	"testing"
)

func TestBluesky(t *testing.T) {
	t.Parallel()
	s := start(t)
	const xrpc = "/bluesky/xrpc/com.atproto."
	in := s.ask(t, "POST", xrpc+"server.createSession", map[string]any{"identifier": "status.example.com", "password": "canary-1"}, "Authorization", "")
	access, _ := in.json["accessJwt"].(string)
	refresh, _ := in.json["refreshJwt"].(string)
	if in.status != 200 || access == "" || refresh == "" || in.header.Get("RateLimit-Remaining") == "" {
		t.Fatalf("%+v", in)
	}
	body := func(record map[string]any, more map[string]any) map[string]any {
		r := map[string]any{"$type": blueskyPosts, "text": "Down ✨ <now>", "createdAt": "2026-11-23T08:00:00.000Z"}
		maps.Copy(r, record)
		b := map[string]any{"repo": blueskyDID, "collection": blueskyPosts, "rkey": "3k4duaz5vfs2b", "record": r}
		maps.Copy(b, more)
		return b
	}
	first := s.ask(t, "POST", xrpc+"repo.putRecord", body(nil, map[string]any{"swapRecord": nil}), "Authorization", "Bearer "+access)
	cid, _ := first.json["cid"].(string)
	if first.status != 200 || !cid1.MatchString(cid) {
		t.Fatalf("%+v", first)
	}
	facet := func(start, end int, uri string) map[string]any {
		return map[string]any{"facets": []any{map[string]any{"index": map[string]any{"byteStart": start, "byteEnd": end},
			"features": []any{map[string]any{"$type": "app.bsky.richtext.facet#link", "uri": uri}}}}}
	}
	other := map[string]any{"text": "other"}
	for name, c := range map[string]struct {
		body   map[string]any
		status int
		says   string
	}{
		"the same again": {body(nil, map[string]any{"swapRecord": nil}), 200, cid},
		"it is there":    {body(other, map[string]any{"swapRecord": nil}), 400, "InvalidSwap"},
		"another CID":    {body(other, map[string]any{"swapRecord": "bafy"}), 400, "InvalidSwap"},
		"too long":       {body(map[string]any{"text": strings.Repeat("a", 301)}, nil), 400, "300 graphemes"},
		"too heavy":      {body(map[string]any{"text": strings.Repeat("👨‍👩‍👧‍👦", 150)}, nil), 400, "3000"},
		"no date":        {body(map[string]any{"createdAt": "now"}, nil), 400, "createdAt"},
		"type":           {body(map[string]any{"$type": "app.bsky.feed.like"}, nil), 400, "$type"},
		"key":            {body(nil, map[string]any{"rkey": "mine"}), 400, "TID"},
		"facet beyond":   {body(facet(0, 99, "https://a.b"), nil), 400, "facets/0"},
		"facet, no uri":  {body(facet(0, 4, "a.b"), nil), 400, "uri"},
		"reply":          {body(map[string]any{"reply": map[string]any{"root": map[string]any{"uri": "at://did:plc:1/x/y"}}}, nil), 400, "strong"},
		"of others":      {body(nil, map[string]any{"repo": "did:plc:other"}), 401, "Authentication"},
	} {
		if a := s.ask(t, "POST", xrpc+"repo.putRecord", c.body); a.status != c.status || !strings.Contains(a.text, c.says) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if told := s.told(t, "bluesky.post"); len(told) != 1 || told[0]["cid"] != cid {
		t.Errorf("%v", told)
	} else if a := s.ask(t, "GET", strings.TrimPrefix(told[0]["url"].(string), s.url), nil); a.status != 200 || !strings.Contains(a.text, "&lt;now&gt;") {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "POST", xrpc+"repo.putRecord", body(nil, nil), "Authorization", "Bearer "+refresh); a.json["message"] != "Bad token scope" {
		t.Errorf("%+v", a)
	}
	renew := func() answer {
		return s.ask(t, "POST", xrpc+"server.refreshSession", nil, "Authorization", "Bearer "+refresh)
	}
	if a := renew(); a.status != 200 || a.json["accessJwt"] == access {
		t.Errorf("%+v", a)
	}
	if a := renew(); a.json["error"] != "ExpiredToken" {
		t.Errorf("a refresh token renews once: %+v", a)
	}
	found := "repo.getRecord?repo=" + blueskyDID + "&collection=" + blueskyPosts + "&rkey="
	if a := s.ask(t, "GET", xrpc+found+"3k4duaz5vfs2b", nil); dig(a.json, "value", "text") != "Down ✨ <now>" {
		t.Errorf("%+v", a)
	}
	s.ask(t, "POST", xrpc+"repo.deleteRecord", map[string]any{"repo": blueskyDID, "collection": blueskyPosts, "rkey": "3k4duaz5vfs2b"})
	if a := s.ask(t, "GET", xrpc+found+"3k4duaz5vfs2b", nil); a.status != 400 || a.json["error"] != "RecordNotFound" {
		t.Errorf("%+v", a)
	}
	for _, c := range s.heard(t) {
		if strings.Contains(c["path"].(string), "createSession") && dig(c, "body", "password") != mask {
			t.Errorf("the password is told: %v", c)
		}
	}
}
