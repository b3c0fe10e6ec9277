package contract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tocsin/internal/contract"
)

// TestDeviationsAreFound sends what is wrong in one way each, and gets answers that are.
func TestDeviationsAreFound(t *testing.T) {
	t.Parallel()
	const (
		form   = "application/x-www-form-urlencoded"
		tweets = "/x/2/tweets"
		posted = `{"data":{"id":"1","text":"hello"}}`
	)
	for name, c := range map[string]struct {
		method, path, media, body, authorization string
		status                                   int
		answer                                   string
		want                                     []string
	}{
		"right":         {"POST", tweets, "application/json", `{"text":"hello"}`, "OAuth x", 201, posted, nil},
		"unknown field": {"POST", tweets, "application/json", `{"txt":"hello"}`, "OAuth x", 201, posted, []string{`x POST /2/tweets request: body: property "txt" is unsupported`}},
		"type":          {"POST", tweets, "application/json", `{"text":7}`, "OAuth x", 201, posted, []string{"x POST /2/tweets request: body/text: value must be a string"}},
		"media type":    {"POST", tweets, "text/plain", `{"text":"hello"}`, "OAuth x", 201, posted, []string{`x POST /2/tweets request: body: header Content-Type has unexpected value "text/plain"`}},
		"no body":       {"POST", tweets, "application/json", "", "OAuth x", 201, posted, []string{"x POST /2/tweets request: body: value is required but missing"}},
		"credentials":   {"POST", tweets, "application/json", `{"text":"hello"}`, "", 201, posted, []string{"x POST /2/tweets request: credentials: security requirements failed: no credentials for OAuth2UserToken | no credentials for UserToken"}},
		"path":          {"POST", "/x/2/toots", "application/json", `{"text":"hello"}`, "OAuth x", 201, posted, []string{"x POST /2/toots request: the specification has no such operation: no matching operation was found"}},
		"method":        {"PUT", tweets, "application/json", `{"text":"hello"}`, "OAuth x", 201, posted, []string{"x PUT /2/tweets request: the specification has no such operation: method not allowed"}},
		"query":         {"GET", "/x/2/users/me?colour=red", "", "", "OAuth x", 200, `{"data":{"id":"1","name":"n","username":"u"}}`, []string{`x GET /2/users/me request: query parameter "colour" is not in the specification`}},
		"query's value": {"GET", "/x/2/users/1/tweets?max_results=1", "", "", "OAuth x", 200, `{"data":[]}`, []string{`x GET /2/users/{id}/tweets request: query parameter "max_results": number must be at least 5`}},
		"answer":        {"POST", tweets, "application/json", `{"text":"hello"}`, "OAuth x", 201, `{"data":{"id":1,"text":"hello"}}`, []string{"x POST /2/tweets answer: body/data/id: value must be a string"}},
		"answer's type": {"POST", tweets, "application/json", `{"text":"hello"}`, "OAuth x", 201, "<html>", []string{`x POST /2/tweets answer: body: response header Content-Type has unexpected value: "text/html; charset=utf-8"`}},
		"form":          {"POST", "/slack/api/pins.add", form, "channel=C1&timestmp=1", "Bearer x", 200, `{"ok":true}`, []string{`slack POST /pins.add request: form field "timestmp" is not in the specification`}},
		"record": {
			"POST", "/bluesky/xrpc/com.atproto.repo.putRecord", "application/json",
			`{"repo":"did:plc:a","collection":"app.bsky.feed.post","rkey":"r","record":{"$type":"app.bsky.feed.post","txt":"hello","createdAt":"2026-11-23T07:00:00Z"}}`,
			"Bearer x", 200, `{"uri":"at://did:plc:a/app.bsky.feed.post/r","cid":"bafyreiabc"}`,
			[]string{
				`bluesky POST /xrpc/com.atproto.repo.putRecord request: body/record/text: property "text" is missing`,
				`bluesky POST /xrpc/com.atproto.repo.putRecord request: body/record: property "txt" is unsupported`,
			},
		},
		"refusal": {"POST", "/slack/api/pins.add", form, "channel=C1", "Bearer x", 200, `{"ok":false,"error":"odd"}`, []string{"slack POST /pins.add answer: body/error: \"odd\" is none of the allowed values"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := contract.NewLog(t)
			server := httptest.NewServer(log.Watch(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
				out.Header().Set("Content-Type", "text/html; charset=utf-8")
				if strings.HasPrefix(c.answer, "{") {
					out.Header().Set("Content-Type", "application/json")
				}
				out.WriteHeader(c.status)
				fmt.Fprint(out, c.answer)
			})))
			defer server.Close()
			req, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", c.media)
			req.Header.Set("Authorization", c.authorization)
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(resp.Body); err != nil || string(text) != c.answer {
				t.Errorf("the answer became %q, %v", text, err)
			}
			_ = resp.Body.Close()
			server.Close()
			if have := log.Problems(); !slices.EqualFunc(have, c.want, strings.HasPrefix) {
				t.Errorf("found %q\nwant  %q", have, c.want)
			}
		})
	}
}
