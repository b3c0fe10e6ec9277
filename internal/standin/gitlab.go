package standin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// gitlab is an instance whose projects are whatever is asked for.
type gitlab struct {
	projects []*gitProject
	issues   []*gitIssue
	notes    []*gitNote
	links    []*gitLink
}

func newGitLab() *gitlab { return &gitlab{} }

func (g *gitlab) provider() *provider {
	return &provider{
		name: "gitlab", prefixes: []string{"/gitlab/api"},
		routes: []route{
			{"GET /gitlab/api/v4/user", g.user},
			{"GET /gitlab/api/v4/version", g.version},
			{"GET /gitlab/api/v4/personal_access_tokens/self", g.ownToken},
			{"GET /gitlab/api/v4/projects/{project}", g.getProject},
			{"GET /gitlab/api/v4/projects/{project}/labels", g.listLabels},
			{"POST /gitlab/api/v4/projects/{project}/issues", g.createIssue},
			{"GET /gitlab/api/v4/projects/{project}/issues", g.listIssues},
			{"GET /gitlab/api/v4/projects/{project}/issues/{iid}", g.getIssue},
			{"PUT /gitlab/api/v4/projects/{project}/issues/{iid}", g.updateIssue},
			{"POST /gitlab/api/v4/projects/{project}/issues/{iid}/notes", g.createNote},
			{"GET /gitlab/api/v4/projects/{project}/issues/{iid}/notes", g.listNotes},
			{"POST /gitlab/api/v4/projects/{project}/issues/{iid}/links", g.createLink},
			{"GET /gitlab/api/v4/projects/{project}/issues/{iid}/links", g.listLinks},
		},
		admit: func(r *request) *reply {
			if r.bearer() != "" || r.Header.Get("Private-Token") != "" && !strings.ContainsAny(r.Header.Get("Private-Token"), " \t") {
				return nil
			}
			no := gitMessage(http.StatusUnauthorized, "401 Unauthorized")
			return &no
		},
		unknown: func(*request) reply {
			return reply{status: http.StatusNotFound, body: map[string]any{"error": "404 Not Found"}}
		},
		expired: func(*request) reply {
			return reply{status: http.StatusUnauthorized, body: map[string]any{"error": "invalid_token", "error_description": "Token is expired. You can either do re-authorization or token refresh."}}
		},
		unscoped: func(*request) reply {
			return reply{status: http.StatusForbidden, body: map[string]any{"error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token.", "scope": "api"}}
		},
		refused: func(_ *request, status int) reply {
			if status == http.StatusTooManyRequests {
				return reply{status: status, body: document{"text/plain", "Retry later\n"}}
			}
			return gitMessage(status, fmt.Sprintf("%d %s", status, http.StatusText(status)))
		},
		objects: g.objects,
		panel:   g.panel,
	}
}

func gitMessage(status int, message any) reply {
	return reply{status: status, body: map[string]any{"message": message}}
}

// gitWrong is GitLab's word on a field of a record that it won't keep.
func gitWrong(field, what string) reply {
	return gitMessage(http.StatusBadRequest, map[string]any{field: []string{what}})
}

func gitMissing(words string) reply {
	return reply{status: http.StatusBadRequest, body: map[string]any{"error": words}}
}

const gitUserID = 1

func gitAuthor(base string) map[string]any {
	return map[string]any{"id": gitUserID, "username": "tocsin", "name": "Tocsin", "state": "active", "locked": false, "avatar_url": nil, "web_url": base + "/gitlab/tocsin"}
}

func (g *gitlab) user(r *request) reply {
	u := gitAuthor(r.base)
	u["email"], u["bot"] = "tocsin@standin.example", true
	return reply{status: http.StatusOK, body: u}
}

func (g *gitlab) version(*request) reply {
	return reply{status: http.StatusOK, body: map[string]any{"version": "18.6.0", "revision": "standin", "enterprise": false}}
}

func (g *gitlab) ownToken(*request) reply {
	return reply{status: http.StatusOK, body: map[string]any{"id": 1, "name": "tocsin", "revoked": false, "active": true, "scopes": []string{"api"}, "user_id": gitUserID, "expires_at": nil}}
}

// gitProject is a project; one is made when it is first named.
type gitProject struct {
	id   int
	path string
	iids int // issues so far
}

// project is what the path names, by number or by path.
func (g *gitlab) project(r *request) *gitProject { return g.named(r.PathValue("project")) }

func (g *gitlab) named(name string) *gitProject {
	number, err := strconv.Atoi(name)
	for _, p := range g.projects {
		if p.path == name || err == nil && p.id == number {
			return p
		}
	}
	p := &gitProject{id: 1000 + len(g.projects) + 1, path: name}
	if err == nil {
		p.id, p.path = number, "standin/project-"+name
	}
	g.projects = append(g.projects, p)
	return p
}

func (p *gitProject) url(base string) string {
	return base + "/gitlab/" + (&url.URL{Path: p.path}).EscapedPath()
}

func (g *gitlab) getProject(r *request) reply {
	p := g.project(r)
	last := p.path[strings.LastIndex(p.path, "/")+1:]
	space := strings.TrimSuffix(strings.TrimSuffix(p.path, last), "/")
	return reply{status: http.StatusOK, body: map[string]any{
		"id": p.id, "name": last, "path": last, "name_with_namespace": strings.ReplaceAll(p.path, "/", " / "), "path_with_namespace": p.path,
		"namespace": map[string]any{"id": 1, "name": space, "path": space, "full_path": space, "kind": "group"}, "default_branch": "main",
		"visibility": "public", "web_url": p.url(r.base), "archived": false, "issues_enabled": true, "issues_access_level": "enabled",
		"permissions": map[string]any{"project_access": map[string]any{"access_level": 40, "notification_level": 3}, "group_access": nil},
	}}
}

// listLabels tells the labels that issues of the project have: GitLab makes a label when an issue first uses it.
func (g *gitlab) listLabels(r *request) reply {
	p := g.project(r)
	var names []string
	for _, i := range g.issues {
		if i.project == p {
			names = append(names, i.labels...)
		}
	}
	slices.Sort(names)
	var all []any
	for i, name := range slices.Compact(names) {
		all = append(all, map[string]any{"id": i + 1, "name": name, "color": "#6699cc", "text_color": "#FFFFFF", "description": nil, "is_project_label": true})
	}
	return gitPage(r, all)
}

// gitPage gives the page of all that page and per_page ask for, with the headers that tell of the others.
func gitPage(r *request, all []any) reply {
	page, size := r.number("page", 1), r.number("per_page", 20)
	if page < 1 {
		return gitMissing("page does not have a valid value")
	}
	if size < 1 {
		return gitMissing("per_page does not have a valid value")
	}
	size = min(size, 100)
	pages := max((len(all)+size-1)/size, 1)
	start := min((page-1)*size, len(all))
	end := min(start+size, len(all))
	var links []string
	at := func(n int, rel string) {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		q.Set("per_page", strconv.Itoa(size))
		links = append(links, fmt.Sprintf("<%s%s?%s>; rel=%q", r.base, r.URL.EscapedPath(), q.Encode(), rel))
	}
	next, prev := "", ""
	if page > 1 {
		prev = strconv.Itoa(page - 1)
		at(page-1, "prev")
	}
	if page < pages {
		next = strconv.Itoa(page + 1)
		at(page+1, "next")
	}
	at(1, "first")
	at(pages, "last")
	return reply{status: http.StatusOK, body: append([]any{}, all[start:end]...)}.
		with("X-Total", strconv.Itoa(len(all))).with("X-Total-Pages", strconv.Itoa(pages)).with("X-Page", strconv.Itoa(page)).
		with("X-Per-Page", strconv.Itoa(size)).with("X-Next-Page", next).with("X-Prev-Page", prev).with("Link", strings.Join(links, ", "))
}

// listArg reads a value that may be a list or a string with commas.
func (r *request) listArg(name string) []string {
	var words []string
	switch v := r.args[name].(type) {
	case []any:
		for _, one := range v {
			words = append(words, fmt.Sprint(one))
		}
	case string:
		words = strings.Split(v, ",")
	}
	if words == nil && r.has(name+"[]") {
		words = strings.Split(r.arg(name+"[]"), ",")
	}
	var kept []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(kept, w) {
			kept = append(kept, w)
		}
	}
	return kept
}

// gitBody refuses a JSON body that is no object.
func gitBody(r *request) *reply {
	var fields map[string]any
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || len(r.body) == 0 || json.Unmarshal(r.body, &fields) == nil {
		return nil
	}
	no := gitMissing("Problems parsing JSON")
	return &no
}

func (g *gitlab) objects(base string) []collection {
	return []collection{
		collect("gitlab.issue", g.issues, func(i *gitIssue) any { return i.tell(g, base) }),
		collect("gitlab.note", g.notes, func(n *gitNote) any { return n.tell(base) }),
	}
}

func (g *gitlab) panel(base string) panel {
	p := panel{Name: "GitLab", Nothing: "No issue yet."}
	for _, i := range slices.Backward(g.issues) {
		text := cmp.Or(strings.Join(i.labels, ", "), "no label") + ". " + i.description
		it := item{At: i.born, Title: fmt.Sprintf("%s#%d %s", i.project.path, i.iid, i.title), Text: text, URL: i.url(base)}
		if i.confidential {
			it.Text = "Confidential; " + text
			it.URL += "?internal=1"
		}
		p.Items = append(p.Items, it)
	}
	return p
}
