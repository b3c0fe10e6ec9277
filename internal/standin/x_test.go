package standin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/dghubble/oauth1"
)

func TestX(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := oauth1.NewConfig("key", "canary-1").Client(t.Context(), oauth1.NewToken("token", "canary-2"))
	post := func(body string) answer {
		t.Helper()
		resp, err := client.Post(s.url+"/x/2/tweets", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(resp.Body); err != nil {
			t.Fatal(err)
		}
		a := answer{status: resp.StatusCode, header: resp.Header, text: b.String()}
		_ = json.Unmarshal(b.Bytes(), &a.json)
		return a
	}
	const text = "R&D is down: https://docs.example.com/document/d/1/pub <now>"
	first := post(`{"text":"` + text + `"}`)
	id, _ := dig(first.json, "data", "id").(string)
	shown, _ := dig(first.json, "data", "text").(string)
	if first.status != http.StatusCreated || len(id) < 18 || !strings.HasPrefix(shown, "R&amp;D is down: https://t.co/") || !strings.HasSuffix(shown, " &lt;now&gt;") || first.header.Get("X-Rate-Limit-Remaining") != "99" {
		t.Fatalf("%+v", first)
	}
	if a := post(`{"text":"` + text + `"}`); a.status != 403 || a.json["detail"] != "You are not allowed to create a Tweet with duplicate content." || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%+v", a)
	}
	for body, want := range map[string]int{
		`{"txt":"a"}`: 400, `{}`: 400, `{"text":" "}`: 400, `{"text":"` + strings.Repeat("a", 281) + `"}`: 403, `{"text":"a","reply":{"in_reply_to_tweet_id":"7"}}`: 403,
		`{"text":"a","reply":{"in_reply_to_tweet_id":"x"}}`: 400, `{"text":"a","reply_settings":"nobody"}`: 400, `{"text":"a\ufeff"}`: 400, `[`: 400,
	} {
		if a := post(body); a.status != want {
			t.Errorf("%.40s: %+v", body, a)
		}
	}
	second := post(`{"text":"Back up.","reply":{"in_reply_to_tweet_id":"` + id + `"}}`)
	newest, _ := dig(second.json, "data", "id").(string)
	if second.status != http.StatusCreated || newest <= id {
		t.Fatalf("%+v", second)
	}

	me, _ := dig(s.ask(t, "GET", "/x/2/users/me", nil).json, "data", "id").(string)
	timeline := "/x/2/users/" + me + "/tweets?tweet.fields=entities,referenced_tweets,created_at"
	all := s.ask(t, "GET", timeline, nil)
	if dig(all.json, "meta", "result_count") != 2. || dig(all.json, "meta", "newest_id") != newest || dig(all.json, "data", 0, "referenced_tweets", 0, "id") != id ||
		dig(all.json, "data", 1, "entities", "urls", 0, "expanded_url") != "https://docs.example.com/document/d/1/pub" {
		t.Errorf("%s", all.text)
	}
	for query, want := range map[string]float64{"&since_id=" + id: 1, "&start_time=2999-01-01T00:00:00Z": 0, "&exclude=replies": 1} {
		if a := s.ask(t, "GET", timeline+query, nil); dig(a.json, "meta", "result_count") != want || want == 0 && a.json["data"] != nil {
			t.Errorf("%s: %s", query, a.text)
		}
	}
	for _, query := range []string{"&max_results=4", "&max_results=101", "&start_time=today"} {
		if a := s.ask(t, "GET", timeline+query, nil); a.status != 400 {
			t.Errorf("%s: %+v", query, a)
		}
	}
	if a := s.ask(t, "GET", "/x/2/tweets/"+id, nil); dig(a.json, "data", "created_at") != nil || dig(a.json, "data", "id") != id {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "GET", "/x/2/tweets/1", nil); a.status != 200 || dig(a.json, "errors", 0, "title") != "Not Found Error" {
		t.Errorf("%+v", a)
	}
	told := s.told(t, "x.tweet")
	if len(told) != 2 || told[0]["text"] != text || dig(told[1], "conversation_id") != id {
		t.Errorf("%v", told)
	}
	if a := s.ask(t, "GET", strings.TrimPrefix(told[0]["url"].(string), s.url), nil); a.status != 200 || !strings.Contains(a.text, "R&amp;D") || !strings.Contains(a.text, "&lt;now&gt;") {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "DELETE", "/x/2/tweets/"+newest, nil); dig(a.json, "data", "deleted") != true || len(s.told(t, "x.tweet")) != 1 {
		t.Errorf("%+v", a)
	}
	for _, header := range []string{"", "OAuth oauth_token=\"a\"", "Bearer a b"} {
		if a := s.ask(t, "GET", "/x/2/users/me", nil, "Authorization", header); a.status != 401 {
			t.Errorf("%s: %+v", header, a)
		}
	}
	for _, c := range s.heard(t) {
		if h, _ := dig(c, "headers", "Authorization").(string); strings.Contains(h, "oauth_signature") {
			t.Errorf("told: %s", h)
		}
	}
}

// TestWeigh: weights as twitter-text gives them.
func TestWeigh(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "a": 1, "障害": 4, "…": 2, "—": 1, "✓": 2, "👩‍👩‍👧‍👦": 2, "🇩🇪": 2, "https://gitlab.com": 23, "http://t.co/abc": 23,
		"See https://docs.google.com/document/d/1GCK53YDcBWQveod9kfzW-VCxIABGiryG7_z_6jHdVik/pub.": 28, "(https://a.example.com/x_(y))": 25,
		"GitLab.com is back up. Thanks for your patience.": 61, "db1.cluster.gitlab.com": 23, "README.md run.sh app.py main.rs page.vue": 104,
		"10.0.0.1": 8, "localhost:8080": 14, "example.internal": 16, "foo@example.com": 15, "v9.1.2": 6, "gitlab.com,about.gitlab.com": 47,
		"https://例え.jp/障害": 27, "例え.jp": 7, "ftp://x.org/y": 13, "www.example.co.uk": 23, "node.js and asp.net": 35, "cafe\u0301": 4, "tab\there": 8,
	} {
		if got, _ := weigh(text); got != want {
			t.Errorf("%q weighs %d, want %d", text, got, want)
		}
	}
}
