package standin

import (
	"strings"
	"testing"
	"time"

	api "gitlab.com/gitlab-org/api/client-go/v2"
)

func TestGitLab(t *testing.T) {
	t.Parallel()
	s := start(t)
	client, err := api.NewClient("glpat-canary", api.WithBaseURL(s.url+"/gitlab"), api.WithoutRetries())
	if err != nil {
		t.Fatal(err)
	}
	const project = "gitlab-com/infrastructure"
	labels := api.LabelOptions{"outage", "db"}
	i, resp, err := client.Issues.CreateIssue(project, &api.CreateIssueOptions{
		Title: new("Post-mortem"), Description: new("What happened <!-- tocsin:1 -->"), Labels: &labels, Confidential: new(true),
	})
	if err != nil || resp.StatusCode != 201 || i.IID != 1 || !i.Confidential || strings.Join(i.Labels, " ") != "db outage" || i.WebURL != s.url+"/gitlab/"+project+"/-/issues/1" {
		t.Fatal(i, err)
	}
	path := strings.TrimPrefix(i.WebURL, s.url)
	if a := s.ask(t, "GET", path, nil); a.status != 404 {
		t.Errorf("the world sees a confidential issue: %+v", a)
	}
	if a := s.ask(t, "GET", path+"?internal=1", nil); a.status != 200 || !strings.Contains(a.text, "Confidential") {
		t.Errorf("%+v", a)
	}
	if i, _, err = client.Issues.UpdateIssue(project, 1, &api.UpdateIssueOptions{Confidential: new(false), AddLabels: &api.LabelOptions{"new"}, StateEvent: new("close")}); err != nil || i.Confidential || len(i.Labels) != 3 || i.State != "closed" {
		t.Error(i, err)
	}
	if a := s.ask(t, "GET", path, nil); a.status != 200 || !strings.Contains(a.text, "&lt;!-- tocsin:1 --&gt;") {
		t.Errorf("%+v", a)
	}
	other, _, err := client.Issues.CreateIssue(i.ProjectID, &api.CreateIssueOptions{Title: new("Follow-up")})
	if err != nil || other.IID != 2 {
		t.Fatal("the same project by its number:", other, err)
	}

	for _, c := range []struct {
		by   api.ListProjectIssuesOptions
		want int64
	}{
		{api.ListProjectIssuesOptions{}, 2},
		{api.ListProjectIssuesOptions{Labels: &api.LabelOptions{"outage", "new"}}, 1},
		{api.ListProjectIssuesOptions{Search: new("tocsin:1"), In: new("title,description"), State: new("all")}, 1},
		{api.ListProjectIssuesOptions{Search: new("tocsin:1"), In: new("title")}, 0},
		{api.ListProjectIssuesOptions{State: new("opened")}, 1},
		{api.ListProjectIssuesOptions{CreatedAfter: new(time.Now().Add(time.Hour))}, 0},
		{api.ListProjectIssuesOptions{Confidential: new(true)}, 0},
	} {
		if all, resp, err := client.Issues.ListProjectIssues(project, &c.by); err != nil || int64(len(all)) != c.want || resp.TotalItems != c.want {
			t.Errorf("%+v: %d %v", c.by, len(all), err)
		}
	}
	by := &api.ListProjectIssuesOptions{ListOptions: api.ListOptions{PerPage: 1}, OrderBy: new("created_at"), Sort: new("asc")}
	all, resp, err := client.Issues.ListProjectIssues(project, by)
	if err != nil || len(all) != 1 || all[0].IID != 1 || resp.NextPage != 2 || resp.TotalPages != 2 || !strings.Contains(resp.Header.Get("Link"), `rel="next"`) {
		t.Error(all, resp, err)
	}

	if n, _, err := client.Notes.CreateIssueNote(project, 1, &api.CreateIssueNoteOptions{Body: new("Seen.")}); err != nil || n.Body != "Seen." {
		t.Error(n, err)
	}
	if notes, _, err := client.Notes.ListIssueNotes(project, 1, nil); err != nil || len(notes) != 1 || len(s.told(t, "gitlab.note")) != 1 {
		t.Error(notes, err)
	}
	link := &api.CreateIssueLinkOptions{TargetProjectID: new(project), TargetIssueIID: new("2")}
	if l, _, err := client.IssueLinks.CreateIssueLink(project, 1, link); err != nil || l.TargetIssue.IID != 2 {
		t.Error(l, err)
	}
	if _, resp, err := client.IssueLinks.CreateIssueLink(project, 1, link); err == nil || resp.StatusCode != 409 {
		t.Error(resp, err)
	}
	if have, _, err := client.Labels.ListLabels(project, nil); err != nil || len(have) != 3 {
		t.Error(have, err)
	}
	if p, _, err := client.Projects.GetProject(project, nil); err != nil || p.PathWithNamespace != project || p.ID != i.ProjectID {
		t.Error(p, err)
	}
	if v, _, err := client.Version.GetVersion(); err != nil || v.Version == "" {
		t.Error(v, err)
	}
	if u, _, err := client.Users.CurrentUser(); err != nil || u.Username != "tocsin" {
		t.Error(u, err)
	}
	if got := s.heard(t)[0]; got["path"] != "/gitlab/api/v4/projects/gitlab-com%2Finfrastructure/issues" || dig(got, "body", "title") != "Post-mortem" || dig(got, "headers", "Private-Token") != mask || got["status"] != 201. {
		t.Errorf("%v", got)
	}
}

func TestGitLabRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	const issues = "/gitlab/api/v4/projects/a%2Fb/issues"
	s.ask(t, "POST", issues, map[string]any{"title": "one", "labels": []string{"x", "y"}})
	if got := s.told(t, "gitlab.issue"); len(got) != 1 || dig(got[0], "labels", 1) != "y" {
		t.Error(got)
	}
	for _, c := range []struct {
		method, path string
		body         any
		status       int
		text         string
	}{
		{"POST", issues, map[string]any{}, 400, `{"error":"title is missing"}`},
		{"POST", issues, map[string]any{"title": " "}, 400, `{"message":{"title":["can't be blank"]}}`},
		{"POST", issues, map[string]any{"title": strings.Repeat("x", 256)}, 400, "too long"},
		{"POST", issues, map[string]any{"title": "x", "description": strings.Repeat("x", 1048577)}, 400, "too long"},
		{"POST", issues, map[string]any{"title": "x", "issue_type": "story"}, 400, "issue_type"},
		{"POST", issues, `{"title"`, 400, "JSON"},
		{"GET", issues + "?state=shut", nil, 400, "state does not have a valid value"},
		{"GET", issues + "/9", nil, 404, "404 Not found"},
		{"PUT", issues + "/1", map[string]any{}, 400, "at least one parameter must be provided"},
		{"POST", issues + "/1/notes", map[string]any{}, 400, "body is missing"},
		{"POST", issues + "/1/links", map[string]any{"target_project_id": "a/b", "target_issue_iid": 9}, 404, "404"},
		{"GET", "/gitlab/api/v4/nothing", nil, 404, "404 Not Found"},
	} {
		if a := s.ask(t, c.method, c.path, c.body); a.status != c.status || !strings.Contains(a.text, c.text) {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.text)
		}
	}
	if a := s.ask(t, "GET", issues, nil, "Authorization", ""); a.status != 401 || a.text != `{"message":"401 Unauthorized"}` {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "GET", issues, nil, "Authorization", "", "Private-Token", "glpat-1"); a.status != 200 {
		t.Errorf("%+v", a)
	}
}
