package standin

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// links gives the addresses that a page links to, and fails the test if it does not parse.
func links(t *testing.T, page string) (found []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if n.Data == "a" && a.Key == "href" {
				found = append(found, a.Val)
			}
		}
	}
	return found
}

// TestBoard: what each provider received is shown, escaped, and its links lead to pages.
func TestBoard(t *testing.T) {
	t.Parallel()
	s := start(t)
	const evil = "<script>alert(1)</script>"
	s.ask(t, "POST", posting, map[string]any{"channel": "general", "text": "&lt;script&gt;alert(1)&lt;/script&gt;"})
	s.ask(t, "POST", "/x/2/tweets", map[string]any{"text": evil})
	s.ask(t, "POST", "/mastodon/api/v1/statuses", map[string]any{"status": evil})
	s.ask(t, "POST", "/zoom/v2/users/me/meetings", map[string]any{"topic": evil, "agenda": evil})
	s.ask(t, "POST", "/google/drive/v3/files", map[string]any{"name": evil, "mimeType": documentType})
	s.ask(t, "POST", "/google/youtube/v3/liveBroadcasts?part=snippet,status", broadcastBody)
	s.ask(t, "POST", "/gitlab/api/v4/projects/a%2Fb/issues", map[string]any{"title": evil, "confidential": true})
	board := s.ask(t, "GET", "/", nil)
	if board.status != 200 || strings.Contains(board.text, evil) || strings.Count(board.text, "&lt;script&gt;") < 5 {
		t.Error(board.text)
	}
	for _, name := range []string{"Slack", "X", "Mastodon", "Zoom", "YouTube", "Google Docs", "GitLab"} {
		if !strings.Contains(board.text, "<h2>"+name+"</h2>") {
			t.Errorf("no panel for %s", name)
		}
	}
	pages := 0
	for _, link := range links(t, board.text) {
		page := s.ask(t, "GET", strings.TrimPrefix(link, s.url), nil)
		if page.status != 200 || strings.Contains(page.text, evil) && !strings.HasPrefix(link, "/_") {
			t.Errorf("%s: %d %s", link, page.status, page.text)
		}
		if !strings.HasPrefix(link, "/_") {
			pages++
		}
	}
	if pages != 7 {
		t.Errorf("%d pages of objects: %v", pages, links(t, board.text))
	}
	if n := len(s.heard(t)); n != 7 {
		t.Errorf("%d calls are told; pages and control paths are none", n)
	}
	for _, path := range []string{"/nothing", "/zoom/j/1", "/x/a/status/1", "/mastodon/@a/1", "/gitlab/a/b", "/slack/archives/C1/p2", "/youtube/watch?v=x", "/google/document/d/x/edit"} {
		if a := s.ask(t, "GET", path, nil); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

var broadcastBody = map[string]any{
	"snippet": map[string]any{"title": "Outage", "scheduledStartTime": "2026-11-23T08:00:00Z"}, "status": map[string]any{"privacyStatus": "public"},
}

// TestCalls: a form is told as an object, with its secrets masked, and the query by name.
func TestCalls(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.ask(t, "POST", posting+"?b=2&a=1&a=3", url.Values{"token": {"xoxb-canary"}, "channel": {"general"}, "text": {"hello"}})
	s.ask(t, "GET", "/slack//api/auth.test/", nil)
	got := s.heard(t)
	if len(got) != 2 || got[0]["n"] != 1. || got[0]["provider"] != "slack" || dig(got[0], "body", "text") != "hello" || dig(got[0], "body", "token") != mask ||
		dig(got[0], "query", "a") != "1,3" || dig(got[0], "headers", "Authorization") != "Bearer "+mask || got[1]["body"] != nil || got[1]["path"] != "/slack//api/auth.test/" {
		t.Errorf("%v", got)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	s := New(Options{BaseURL: "http://first.example/"})
	join := func() string {
		req := httptest.NewRequest("POST", "/zoom/v2/users/me/meetings", strings.NewReader("{}"))
		req.Header.Set("Authorization", "Bearer a")
		out := httptest.NewRecorder()
		s.ServeHTTP(out, req)
		return out.Body.String()
	}
	if got := join(); !strings.Contains(got, `"join_url":"http://first.example/zoom/j/`) {
		t.Error(got)
	}
	s.SetBaseURL("http://second.example")
	if got := join(); !strings.Contains(got, `"join_url":"http://second.example/zoom/j/`) {
		t.Error(got)
	}
}
