package standin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// github is a GitHub Enterprise Server whose repositories are whatever is asked for: private ones, until PATCH says otherwise.
type github struct {
	repos    []*hubRepo
	issues   []*hubIssue
	comments []*hubComment
}

type hubRepo struct {
	owner, name     string
	public, without bool // without: issues are switched off
	issues          int  // so far
}

const (
	hubAPI  = "/github/api/v3"
	hubDocs = "https://docs.github.com/rest"
)

func (g *github) provider() *provider {
	const repo = hubAPI + "/repos/{owner}/{repo}"
	routes := []route{
		{"GET " + repo, g.getRepo},
		{"PATCH " + repo, g.updateRepo},
		{"GET " + repo + "/issues", g.open(g.listIssues)},
		{"POST " + repo + "/issues", g.open(g.createIssue)},
		{"GET " + repo + "/issues/{number}", g.open(g.getIssue)},
		{"PATCH " + repo + "/issues/{number}", g.open(g.updateIssue)},
		{"GET " + repo + "/issues/{number}/comments", g.open(g.listComments)},
		{"POST " + repo + "/issues/{number}/comments", g.open(g.createComment)},
	}
	return &provider{
		name: "github", prefixes: []string{"/github/api"}, routes: routes,
		admit: func(r *request) *reply {
			scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			if r.bearer() != "" || strings.EqualFold(scheme, "token") && token != "" && !strings.ContainsAny(token, " \t,") {
				return nil
			}
			no := hubNo(http.StatusUnauthorized, "Requires authentication", hubDocs)
			return &no
		},
		unknown: func(*request) reply { return hubNotFound() },
		expired: func(*request) reply { return hubNo(http.StatusUnauthorized, "Bad credentials", hubDocs) },
		unscoped: func(*request) reply {
			return hubNo(http.StatusForbidden, "Resource not accessible by personal access token", hubDocs+"/issues/issues").with("X-Accepted-GitHub-Permissions", "issues=write")
		},
		refused: func(_ *request, status int) reply {
			if status == http.StatusTooManyRequests {
				return hubNo(status, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
					"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits")
			}
			return hubNo(status, http.StatusText(status), hubDocs)
		},
		objects: g.objects,
		panel:   g.panel,
	}
}

// hubYes is an answer with what GitHub says of its limits.
func hubYes(r *request, status int, body any) reply {
	return reply{status: status, body: body}.with("X-RateLimit-Limit", "5000").with("X-RateLimit-Remaining", "4999").with("X-RateLimit-Used", "1").
		with("X-RateLimit-Reset", strconv.FormatInt(r.now.Add(time.Hour).Unix(), 10)).with("X-RateLimit-Resource", "core").with("X-GitHub-Api-Version-Selected", "2022-11-28")
}

func hubNo(status int, message, docs string) reply {
	return reply{status: status, body: map[string]any{"message": message, "documentation_url": docs, "status": strconv.Itoa(status)}}
}

func hubNotFound() reply { return hubNo(http.StatusNotFound, "Not Found", hubDocs) }

// hubInvalid is GitHub's word on a field that it won't take.
func hubInvalid(resource, field, code, message string) reply {
	wrong := map[string]any{"resource": resource, "field": field, "code": code}
	if message != "" {
		wrong["message"] = message
	}
	no := hubNo(http.StatusUnprocessableEntity, "Validation Failed", hubDocs+"/issues/issues")
	no.body.(map[string]any)["errors"] = []any{wrong}
	return no
}

// repo is the repository that r names, made when it is first named.
func (g *github) repo(r *request) *hubRepo {
	owner, name := r.PathValue("owner"), r.PathValue("repo")
	for _, p := range g.repos {
		if strings.EqualFold(p.owner, owner) && strings.EqualFold(p.name, name) {
			return p
		}
	}
	p := &hubRepo{owner: owner, name: name}
	g.repos = append(g.repos, p)
	return p
}

func (p *hubRepo) path() string            { return p.owner + "/" + p.name }
func (p *hubRepo) api(base string) string  { return base + hubAPI + "/repos/" + p.path() }
func (p *hubRepo) page(base string) string { return base + "/github/" + p.path() }

func (g *github) getRepo(r *request) reply {
	p := g.repo(r)
	visibility := "private"
	if p.public {
		visibility = "public"
	}
	return hubYes(r, http.StatusOK, map[string]any{
		"id": 1000 + slices.Index(g.repos, p), "node_id": "R_" + opaque(p.path())[:10], "name": p.name, "full_name": p.path(), "private": !p.public, "visibility": visibility,
		"owner": hubUser(r.base, p.owner), "html_url": p.page(r.base), "url": p.api(r.base), "fork": false, "archived": false, "disabled": false,
		"has_issues": !p.without, "default_branch": "main", "permissions": map[string]any{"admin": false, "maintain": false, "push": true, "triage": true, "pull": true},
	})
}

func (g *github) updateRepo(r *request) reply {
	p := g.repo(r)
	for name, set := range map[string]*bool{"private": &p.public, "has_issues": &p.without} {
		if value, ok := r.flag(name); ok {
			*set = !value
		}
	}
	return g.getRepo(r)
}

// open refuses what concerns issues where they are switched off, and a body that is no JSON.
func (g *github) open(do operation) operation {
	return func(r *request) reply {
		var fields map[string]any
		switch {
		case g.repo(r).without:
			return hubNo(http.StatusGone, "Issues has been disabled in this repository.", "https://docs.github.com/v3/issues/")
		case r.Method != http.MethodGet && json.Unmarshal(r.body, &fields) != nil:
			return hubNo(http.StatusBadRequest, "Problems parsing JSON", hubDocs)
		}
		return do(r)
	}
}

func hubUser(base, login string) map[string]any {
	self := base + hubAPI + "/users/" + login
	u := map[string]any{
		"login": login, "id": 1 + len(login), "node_id": "U_" + opaque(login)[:10], "avatar_url": base + "/github/avatars/" + login, "gravatar_id": "", "url": self,
		"html_url": base + "/github/" + login, "type": "User", "site_admin": false,
	}
	for _, name := range []string{"followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events", "received_events"} {
		u[name+"_url"] = self + "/" + name
	}
	return u
}

// hubPage gives the page of all that page and per_page ask for, and where the others are.
func hubPage(r *request, all []any) reply {
	size := min(max(r.number("per_page", 30), 1), 100)
	page, pages := max(r.number("page", 1), 1), max((len(all)+size-1)/size, 1)
	var links []string
	at := func(n int, rel string) {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		links = append(links, fmt.Sprintf("<%s%s?%s>; rel=%q", r.base, r.URL.EscapedPath(), q.Encode(), rel))
	}
	if page > 1 {
		at(page-1, "prev")
		at(1, "first")
	}
	if page < pages {
		at(page+1, "next")
		at(pages, "last")
	}
	out := hubYes(r, http.StatusOK, append([]any{}, all[min((page-1)*size, len(all)):min(page*size, len(all))]...))
	if links != nil {
		out = out.with("Link", strings.Join(links, ", "))
	}
	return out
}

// hubText refuses a text that is longer than GitHub takes.
func hubText(r *request, resource string) *reply {
	if utf8.RuneCountInString(r.arg("body")) <= 65536 {
		return nil
	}
	no := hubInvalid(resource, "body", "custom", "body is too long (maximum is 65536 characters)")
	return &no
}

func (g *github) objects(base string) []collection {
	return []collection{
		collect("github.issue", g.issues, func(i *hubIssue) any { return i.tell(g, base) }),
		collect("github.comment", g.comments, func(c *hubComment) any { return c.tell(base) }),
	}
}

func (g *github) panel(base string) panel {
	p := panel{Name: "GitHub", Nothing: "No issue yet."}
	for _, i := range slices.Backward(g.issues) {
		it := item{At: i.born, Title: fmt.Sprintf("%s#%d %s", i.repo.path(), i.number, i.title), URL: i.page(base)}
		it.Text = cmp.Or(strings.Join(i.labels, ", "), "no label") + ". " + i.body
		if !i.repo.public {
			it.Text, it.URL = "Private; "+it.Text, it.URL+"?internal=1"
		}
		p.Items = append(p.Items, it)
	}
	return p
}
