package github

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect"
)

// at makes a connector that talks to a handler of the test.
func at(t *testing.T, h http.HandlerFunc) *Connector {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := New(Config{BaseURL: s.URL, Token: canary, Repository: "example/infrastructure"}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewNamesTheSetting(t *testing.T) {
	t.Parallel()
	for setting, c := range map[string]Config{
		"base_url":   {BaseURL: "http://u:" + canary + "@host", Token: canary, Repository: "a/b"},
		"token":      {Repository: "a/b"},
		"repository": {Token: canary, Repository: "https://github.com/a/b"},
	} {
		_, err := New(c, nil)
		if err == nil || !strings.Contains(err.Error(), "connectors.github."+setting) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	const date = "Mon, 23 Nov 2026 07:00:00 GMT"
	for _, c := range []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   connect.Error
		word   string
	}{
		{"revoked", 401, nil, `{"message":"Bad credentials"}`, connect.Error{Kind: connect.Refused}, "no longer valid"},
		{"fine-grained token", 403, map[string]string{"X-Accepted-GitHub-Permissions": "issues=write"}, `{"message":"Resource not accessible by personal access token"}`, connect.Error{Kind: connect.Refused, Scope: "issues=write"}, "lacks issues=write"},
		{"app", 403, nil, `{"message":"Resource not accessible by integration"}`, connect.Error{Kind: connect.Refused, Scope: "issues=write"}, "lacks issues=write"},
		{"classic token", 404, map[string]string{"X-OAuth-Scopes": "gist, read:org", "X-Accepted-OAuth-Scopes": "repo, public_repo"}, `{"message":"Not Found"}`, connect.Error{Kind: connect.Refused, Scope: "repo or public_repo"}, "lacks repo"},
		{"classic token that may", 404, map[string]string{"X-OAuth-Scopes": "repo", "X-Accepted-OAuth-Scopes": "repo"}, `{"message":"Not Found"}`, connect.Error{Kind: connect.Refused}, "connectors.github.repository"},
		{"no repository", 404, nil, `{"message":"Not Found"}`, connect.Error{Kind: connect.Refused}, "connectors.github.repository"},
		{"archived", 403, nil, `{"message":"Repository was archived so is read-only."}`, connect.Error{Kind: connect.Refused}, "read-only"},
		{"no issues", 410, nil, `{"message":"Issues has been disabled in this repository."}`, connect.Error{Kind: connect.Refused}, "switched off"},
		{"wrong field", 422, nil, `{"message":"Validation Failed","errors":[{"resource":"Issue","field":"title","code":"missing_field"},{"code":"custom","message":"body is long"},"odd"]}`, connect.Error{Kind: connect.Refused}, "title missing_field; body is long; odd"},
		{"echo", 422, nil, `{"message":"bad ` + canary + `"}`, connect.Error{Kind: connect.Refused}, "bad …"},
		{"limit", 403, map[string]string{"Date": date, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795417260"}, `{"message":"API rate limit exceeded for user ID 1."}`, connect.Error{Kind: connect.Retry, RetryAfter: time.Minute}, ""},
		{"limit of 429", 429, map[string]string{"Date": date, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795417230"}, `{}`, connect.Error{Kind: connect.Retry, RetryAfter: 30 * time.Second}, ""},
		{"limit that is over", 403, map[string]string{"Date": date, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, `{}`, connect.Error{Kind: connect.Retry}, ""},
		{"secondary limit", 403, map[string]string{"Retry-After": "7", "X-RateLimit-Remaining": "4000"}, `{"message":"You have exceeded a secondary rate limit."}`, connect.Error{Kind: connect.Retry, RetryAfter: 7 * time.Second}, ""},
		{"secondary limit without time", 403, map[string]string{"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": "1795417999"}, `{"message":"You have exceeded a secondary rate limit."}`, connect.Error{Kind: connect.Retry, RetryAfter: time.Minute}, ""},
		{"theirs", 502, nil, `{"message":"Server Error"}`, connect.Error{Kind: connect.Unknown}, "Server Error"},
		{"login page", 403, map[string]string{"Content-Type": "text/html"}, `<html>`, connect.Error{Kind: connect.Unknown}, "web page"},
		{"elsewhere", 301, map[string]string{"Location": "https://evil.example/"}, ``, connect.Error{Kind: connect.Unknown}, "elsewhere"},
		{"nothing", 201, nil, `{}`, connect.Error{Kind: connect.Unknown}, "does not say which"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := at(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "Bearer "+canary {
					t.Error("no token")
				}
				w.Header().Set("Content-Type", "application/json")
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body)) // the client may be gone
			})
			_, err := g.Operations()[connect.TrackerIssue].Do(t.Context(), call(t, map[string]any{"title": "x"}))
			e := own(t, err)
			if e.Kind != c.want.Kind || e.Scope != c.want.Scope || e.RetryAfter != c.want.RetryAfter || !strings.Contains(e.Message, c.word) {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestTextFits(t *testing.T) {
	t.Parallel()
	if got := []rune(title(strings.Repeat("ü", 300))); len(got) != 256 {
		t.Errorf("%d characters", len(got))
	}
	if got := title(" \n"); got == "" {
		t.Error("no title")
	}
	got := stamp(strings.Repeat("ü", 70000), "m")
	if len([]rune(got)) > 65536 || !strings.HasSuffix(got, "\n\n<!-- tocsin:m -->") {
		t.Errorf("%d characters", len([]rune(got)))
	}
}

func TestCheckReadsTheToken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scopes, ends, repo string
		token, repository  bool
	}{
		{"gist", "", `{"full_name":"a/b","private":true,"has_issues":true}`, false, true},
		{"repo", "2026-12-01 00:00:00 UTC", `{"full_name":"a/b","private":true,"has_issues":false}`, true, false},
		{"repo", "", `{"full_name":"a/b","private":true,"has_issues":true,"archived":true}`, true, false},
	} {
		g := at(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-OAuth-Scopes", c.scopes)
			if c.ends != "" {
				w.Header().Set("GitHub-Authentication-Token-Expiration", c.ends)
			}
			_, _ = w.Write([]byte(c.repo)) // the client may be gone
		})
		found := g.Check(t.Context())
		if len(found) != 2 || found[0].OK != c.token || found[1].OK != c.repository || !strings.Contains(found[0].Note, c.ends) {
			t.Errorf("%+v: %+v", c, found)
		}
	}
}
