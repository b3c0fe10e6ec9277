package slack

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"tocsin/internal/connect"
)

// TestCallsMention holds that a message that calls a person in mentions that person by id, which is what notifies (R18), that somebody
// Slack does not know keeps no call back, and that a person is looked up and invited once.
func TestCallsMention(t *testing.T) {
	t.Parallel()
	c, s := against(t)
	ops := c.Operations()
	do := func(kind connect.Kind, raw string) {
		t.Helper()
		if _, err := ops[kind].Do(t.Context(), connect.Call{Mark: "tocsin-1", Raw: []byte(raw)}); err != nil {
			t.Fatal(err)
		}
	}
	do(connect.ChatPost, `{"channel":"general","text":"Ada, you are needed","emails":["ada@example.com"]}`)
	do(connect.ChatPost, `{"channel":"general","text":"Somebody, you are needed","handles":["nobody.at.all"]}`)
	for range 3 {
		do(connect.ChatInvite, `{"channel":"general","emails":["ada@example.com"],"handles":[]}`)
	}
	posts := objects(t, s, "slack.message")
	if len(posts) != 2 || !strings.HasPrefix(posts[0]["text"].(string), "<@U") || posts[1]["text"] != "Somebody, you are needed" {
		t.Errorf("posted %v", posts)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/_calls", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var made []struct{ Path string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	for _, call := range made {
		calls[call.Path]++
	}
	if n := calls["/slack/api/users.lookupByEmail"]; n != 1 {
		t.Errorf("looked up %d times", n)
	}
	if n := calls["/slack/api/conversations.invite"]; n != 1 {
		t.Errorf("invited %d times", n)
	}
}
