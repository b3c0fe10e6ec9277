package standin

import (
	"net/url"
	"strings"
	"testing"
	"time"

	api "github.com/google/go-github/v75/github"
)

const hubIssues = "/github/api/v3/repos/example/infrastructure/issues"

func TestGitHub(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := api.NewClient(nil).WithAuthToken("github_pat_canary")
	base, err := url.Parse(s.url + "/github/api/v3/")
	if err != nil {
		t.Fatal(err)
	}
	client.BaseURL = base
	const owner, repo = "example", "infrastructure"
	i, resp, err := client.Issues.Create(t.Context(), owner, repo, &api.IssueRequest{Title: new("Post-mortem"), Body: new("What happened <!-- tocsin:1 -->"), Labels: &[]string{"outage", "db"}})
	if err != nil || resp.StatusCode != 201 || i.GetNumber() != 1 || i.GetState() != "open" || len(i.Labels) != 2 || i.GetHTMLURL() != s.url+"/github/example/infrastructure/issues/1" {
		t.Fatal(i, err)
	}
	if resp.Rate.Limit != 5000 || !resp.Rate.Reset.After(time.Now()) {
		t.Errorf("%+v", resp.Rate)
	}
	path := strings.TrimPrefix(i.GetHTMLURL(), s.url)
	if a := s.ask(t, "GET", path, nil); a.status != 404 {
		t.Errorf("the world sees what is private: %+v", a)
	}
	if r, _, err := client.Repositories.Edit(t.Context(), owner, repo, &api.Repository{Private: new(false)}); err != nil || r.GetPrivate() || r.GetVisibility() != "public" || !r.GetHasIssues() {
		t.Error(r, err)
	}
	if a := s.ask(t, "GET", path, nil); a.status != 200 || !strings.Contains(a.text, "&lt;!-- tocsin:1 --&gt;") {
		t.Errorf("%+v", a)
	}
	if i, _, err = client.Issues.Edit(t.Context(), owner, repo, 1, &api.IssueRequest{Title: new("Post-mortem, read"), State: new("closed")}); err != nil || i.GetTitle() != "Post-mortem, read" || i.GetStateReason() != "completed" || i.ClosedAt == nil {
		t.Error(i, err)
	}
	if other, _, err := client.Issues.Create(t.Context(), owner, repo, &api.IssueRequest{Title: new("Follow-up")}); err != nil || other.GetNumber() != 2 {
		t.Fatal(other, err)
	}
	for _, c := range []struct {
		by   api.IssueListByRepoOptions
		want int
	}{
		{api.IssueListByRepoOptions{}, 1},
		{api.IssueListByRepoOptions{State: "all"}, 2},
		{api.IssueListByRepoOptions{State: "closed", Labels: []string{"outage", "db"}}, 1},
		{api.IssueListByRepoOptions{State: "all", Labels: []string{"outage", "web"}}, 0},
		{api.IssueListByRepoOptions{State: "all", Since: time.Now().Add(time.Hour)}, 0},
	} {
		if all, _, err := client.Issues.ListByRepo(t.Context(), owner, repo, &c.by); err != nil || len(all) != c.want {
			t.Errorf("%+v: %d %v", c.by, len(all), err)
		}
	}
	by := &api.IssueListByRepoOptions{State: "all", Direction: "asc", ListOptions: api.ListOptions{PerPage: 1}}
	if all, resp, err := client.Issues.ListByRepo(t.Context(), owner, repo, by); err != nil || len(all) != 1 || all[0].GetNumber() != 1 || resp.NextPage != 2 || resp.LastPage != 2 {
		t.Error(all, resp, err)
	}
	if c, _, err := client.Issues.CreateComment(t.Context(), owner, repo, 1, &api.IssueComment{Body: new("Seen.")}); err != nil || c.GetBody() != "Seen." || !strings.HasPrefix(c.GetHTMLURL(), i.GetHTMLURL()+"#issuecomment-") {
		t.Error(c, err)
	}
	if all, _, err := client.Issues.ListComments(t.Context(), owner, repo, 1, nil); err != nil || len(all) != 1 || len(s.told(t, "github.comment")) != 1 {
		t.Error(all, err)
	}
	if i, _, err = client.Issues.Get(t.Context(), owner, repo, 1); err != nil || i.GetComments() != 1 {
		t.Error(i, err)
	}
	if got := s.heard(t)[0]; got["path"] != hubIssues || dig(got, "body", "title") != "Post-mortem" || dig(got, "headers", "Authorization") != "Bearer "+mask || got["status"] != 201. {
		t.Errorf("%v", got)
	}
}

func TestGitHubRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.ask(t, "POST", hubIssues, map[string]any{"title": "one", "labels": []string{"x"}})
	for _, c := range []struct {
		method, path string
		body         any
		status       int
		text         string
	}{
		{"POST", hubIssues, map[string]any{}, 422, `wasn't supplied`},
		{"POST", hubIssues, map[string]any{"title": " "}, 422, `"errors":[{"code":"missing_field","field":"title","resource":"Issue"}]`},
		{"POST", hubIssues, map[string]any{"title": strings.Repeat("x", 257)}, 422, "too long"},
		{"POST", hubIssues, map[string]any{"title": "x", "body": strings.Repeat("x", 65537)}, 422, "body is too long (maximum is 65536 characters)"},
		{"POST", hubIssues, `{"title"`, 400, "Problems parsing JSON"},
		{"GET", hubIssues + "?state=shut", nil, 422, "Validation Failed"},
		{"GET", hubIssues + "?since=yesterday", nil, 422, "Validation Failed"},
		{"GET", hubIssues + "/9", nil, 404, `{"documentation_url":"https://docs.github.com/rest","message":"Not Found","status":"404"}`},
		{"PATCH", hubIssues + "/1", map[string]any{"state": "shut"}, 422, "state"},
		{"POST", hubIssues + "/1/comments", map[string]any{"body": " "}, 422, "IssueComment"},
		{"GET", "/github/api/v3/nothing", nil, 404, "Not Found"},
	} {
		if a := s.ask(t, c.method, c.path, c.body); a.status != c.status || !strings.Contains(a.text, c.text) {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.text)
		}
	}
	if got := s.told(t, "github.issue"); len(got) != 1 || got[0]["title"] != "one" {
		t.Error("what was refused left something:", got)
	}
	if a := s.ask(t, "GET", hubIssues, nil, "Authorization", ""); a.status != 401 || dig(a.json, "message") != "Requires authentication" {
		t.Errorf("%+v", a)
	}
	s.fault(t, map[string]any{"match": "GET " + hubIssues, "fault": "token_expired", "nth": 1})
	if a := s.ask(t, "GET", hubIssues, nil); a.status != 401 || dig(a.json, "message") != "Bad credentials" {
		t.Errorf("%+v", a)
	}
	s.fault(t, map[string]any{"match": "GET " + hubIssues, "fault": "wrong_scope", "nth": 1})
	if a := s.ask(t, "GET", hubIssues, nil, "Authorization", "token ghp_1"); a.status != 403 || a.header.Get("X-Accepted-GitHub-Permissions") != "issues=write" {
		t.Errorf("%+v", a)
	}
	s.ask(t, "PATCH", "/github/api/v3/repos/example/infrastructure", map[string]any{"has_issues": false})
	if a := s.ask(t, "POST", hubIssues, map[string]any{"title": "x"}); a.status != 410 || dig(a.json, "message") != "Issues has been disabled in this repository." {
		t.Errorf("%+v", a)
	}
}
