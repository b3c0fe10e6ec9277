package standin

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type hubIssue struct {
	birth
	repo            *hubRepo
	number          int
	title, body     string
	labels          []string
	closed, updated time.Time
}

func hubTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (i *hubIssue) page(base string) string {
	return i.repo.page(base) + "/issues/" + strconv.Itoa(i.number)
}

func (i *hubIssue) state() string {
	if i.closed.IsZero() {
		return "open"
	}
	return "closed"
}

func (i *hubIssue) tell(g *github, base string) map[string]any {
	comments := 0
	for _, c := range g.comments {
		if c.issue == i {
			comments++
		}
	}
	self := i.repo.api(base) + "/issues/" + strconv.Itoa(i.number)
	labels := []any{}
	for n, name := range i.labels {
		labels = append(labels, map[string]any{
			"id": n + 1, "node_id": "LA_" + opaque(name)[:10], "url": i.repo.api(base) + "/labels/" + name, "name": name, "description": nil, "color": "ededed", "default": false,
		})
	}
	id := 100000 + slices.Index(g.issues, i)
	t := map[string]any{
		"id": id, "node_id": "I_" + opaque(i.repo.path(), i.number)[:10], "number": i.number, "url": self, "repository_url": i.repo.api(base), "html_url": i.page(base),
		"labels_url": self + "/labels{/name}", "comments_url": self + "/comments", "events_url": self + "/events", "title": i.title, "body": i.body, "state": i.state(),
		"state_reason": nil, "locked": false, "active_lock_reason": nil, "comments": comments, "user": hubUser(base, "tocsin"), "assignee": nil, "assignees": []any{},
		"milestone": nil, "labels": labels, "author_association": "MEMBER", "created_at": hubTime(i.born), "updated_at": hubTime(i.updated), "closed_at": nil,
	}
	if !i.closed.IsZero() {
		t["closed_at"], t["state_reason"] = hubTime(i.closed), "completed"
	}
	return t
}

// apply reads the fields of an issue that came, after it checked all of them.
func (i *hubIssue) apply(r *request) *reply {
	var no reply
	switch {
	case r.has("title") && strings.TrimSpace(r.arg("title")) == "":
		no = hubInvalid("Issue", "title", "missing_field", "")
	case utf8.RuneCountInString(r.arg("title")) > 256:
		no = hubInvalid("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
	case r.has("state") && !oneOf(r.arg("state"), "open", "closed"):
		no = hubInvalid("Issue", "state", "invalid", "")
	}
	if no.status != 0 {
		return &no
	}
	if no := hubText(r, "Issue"); no != nil {
		return no
	}
	if r.has("title") {
		i.title = r.arg("title")
	}
	if r.has("body") {
		i.body = r.arg("body")
	}
	if r.has("labels") {
		i.labels = r.listArg("labels")
	}
	switch r.arg("state") {
	case "closed":
		i.closed = r.now
	case "open":
		i.closed = time.Time{}
	}
	i.updated = r.now
	return nil
}

func (g *github) createIssue(r *request) reply {
	if !r.has("title") {
		no := hubNo(http.StatusUnprocessableEntity, "Invalid request.\n\n\"title\" wasn't supplied.", hubDocs+"/issues/issues#create-an-issue")
		return no
	}
	p := g.repo(r)
	i := &hubIssue{birth: r.birth(), repo: p, number: p.issues + 1}
	if no := i.apply(r); no != nil {
		return *no
	}
	i.closed = time.Time{} // a new one is open, whatever is asked
	p.issues++
	g.issues = append(g.issues, i)
	return hubYes(r, http.StatusCreated, i.tell(g, r.base)).with("Location", i.repo.api(r.base)+"/issues/"+strconv.Itoa(i.number))
}

// hubSince reads since; the zero time if there is none.
func hubSince(r *request) (time.Time, *reply) {
	at, err := time.Parse(time.RFC3339, cmp.Or(r.arg("since"), "0001-01-01T00:00:00Z"))
	if err != nil {
		no := hubInvalid("Issue", "since", "invalid", "")
		return at, &no
	}
	return at, nil
}

func (g *github) listIssues(r *request) reply {
	since, no := hubSince(r)
	state, order, labels := cmp.Or(r.arg("state"), "open"), cmp.Or(r.arg("sort"), "created"), r.listArg("labels")
	switch {
	case no != nil:
		return *no
	case !oneOf(state, "open", "closed", "all"):
		return hubInvalid("Issue", "state", "invalid", "")
	case !oneOf(order, "created", "updated", "comments"):
		return hubInvalid("Issue", "sort", "invalid", "")
	}
	var found []*hubIssue
	for _, i := range g.issues {
		lacks := func(label string) bool { return !slices.Contains(i.labels, label) }
		if i.repo == g.repo(r) && r.lists(i.birth) && (state == "all" || state == i.state()) && !i.updated.Before(since) && !slices.ContainsFunc(labels, lacks) {
			found = append(found, i)
		}
	}
	if order == "updated" {
		slices.SortStableFunc(found, func(a, b *hubIssue) int { return a.updated.Compare(b.updated) })
	}
	if r.arg("direction") != "asc" {
		slices.Reverse(found)
	}
	var all []any
	for _, i := range found {
		all = append(all, i.tell(g, r.base))
	}
	return hubPage(r, all)
}

// withIssue calls do with the issue that r names.
func (g *github) withIssue(r *request, do func(*hubIssue) reply) reply {
	for _, i := range g.issues {
		if i.repo == g.repo(r) && strconv.Itoa(i.number) == r.PathValue("number") {
			return do(i)
		}
	}
	return hubNotFound()
}

func (g *github) getIssue(r *request) reply {
	return g.withIssue(r, func(i *hubIssue) reply { return hubYes(r, http.StatusOK, i.tell(g, r.base)) })
}

func (g *github) updateIssue(r *request) reply {
	return g.withIssue(r, func(i *hubIssue) reply {
		if no := i.apply(r); no != nil {
			return *no
		}
		return hubYes(r, http.StatusOK, i.tell(g, r.base))
	})
}

type hubComment struct {
	birth
	issue *hubIssue
	id    int
	body  string
}

func (c *hubComment) tell(base string) map[string]any {
	repo := c.issue.repo.api(base)
	return map[string]any{
		"id": c.id, "node_id": "IC_" + opaque(c.id)[:10], "url": fmt.Sprintf("%s/issues/comments/%d", repo, c.id), "body": c.body, "user": hubUser(base, "tocsin"),
		"html_url": fmt.Sprintf("%s#issuecomment-%d", c.issue.page(base), c.id), "issue_url": fmt.Sprintf("%s/issues/%d", repo, c.issue.number),
		"created_at": hubTime(c.born), "updated_at": hubTime(c.born), "author_association": "MEMBER",
	}
}

func (g *github) createComment(r *request) reply {
	return g.withIssue(r, func(i *hubIssue) reply {
		if strings.TrimSpace(r.arg("body")) == "" {
			return hubInvalid("IssueComment", "body", "missing_field", "")
		}
		if no := hubText(r, "IssueComment"); no != nil {
			return *no
		}
		c := &hubComment{birth: r.birth(), issue: i, id: 500000 + len(g.comments) + 1, body: r.arg("body")}
		i.updated = r.now
		g.comments = append(g.comments, c)
		told := c.tell(r.base)
		return hubYes(r, http.StatusCreated, told).with("Location", fmt.Sprint(told["url"]))
	})
}

func (g *github) listComments(r *request) reply {
	return g.withIssue(r, func(i *hubIssue) reply {
		since, no := hubSince(r)
		if no != nil {
			return *no
		}
		var all []any
		for _, c := range g.comments {
			if c.issue == i && r.lists(c.birth) && !c.born.Before(since) {
				all = append(all, c.tell(r.base))
			}
		}
		return hubPage(r, all)
	})
}

// hubPages shows an issue; one of a private repository only to those who say that they may see it.
func hubPages(w *world, in *http.Request) *page {
	for _, i := range w.github.issues {
		path := in.PathValue("owner") + "/" + in.PathValue("repo")
		if i.repo.path() != path || strconv.Itoa(i.number) != in.PathValue("number") || !i.repo.public && in.URL.Query().Get("internal") != "1" {
			continue
		}
		note := "Labels: " + strings.Join(i.labels, ", ") + ". " + strings.ToUpper(i.state()[:1]) + i.state()[1:] + "."
		if !i.repo.public {
			note = "Private. " + note
		}
		return &page{Provider: "GitHub", Title: fmt.Sprintf("#%d %s", i.number, i.title), Note: note, Paper: lines(i.body)}
	}
	return nil
}
