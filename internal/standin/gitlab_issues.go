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

type gitIssue struct {
	birth
	project            *gitProject
	iid, id            int
	title, description string
	labels             []string
	confidential       bool
	kind, due          string
	closed, updated    time.Time
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func gitTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (i *gitIssue) url(base string) string {
	return i.project.url(base) + "/-/issues/" + strconv.Itoa(i.iid)
}

func (i *gitIssue) state() string {
	if i.closed.IsZero() {
		return "opened"
	}
	return "closed"
}

func (i *gitIssue) tell(g *gitlab, base string) map[string]any {
	notes := 0
	for _, n := range g.notes {
		if n.issue == i {
			notes++
		}
	}
	short := fmt.Sprintf("#%d", i.iid)
	self := fmt.Sprintf("%s/gitlab/api/v4/projects/%d/issues/%d", base, i.project.id, i.iid)
	t := map[string]any{
		"id": i.id, "iid": i.iid, "project_id": i.project.id, "title": i.title, "description": i.description, "state": i.state(),
		"created_at": gitTime(i.born), "updated_at": gitTime(i.updated), "closed_at": nil, "closed_by": nil, "labels": append([]string{}, i.labels...),
		"milestone": nil, "assignees": []any{}, "assignee": nil, "author": gitAuthor(base), "type": strings.ToUpper(i.kind), "issue_type": i.kind,
		"user_notes_count": notes, "upvotes": 0, "downvotes": 0, "due_date": nil, "confidential": i.confidential, "discussion_locked": nil,
		"severity": "UNKNOWN", "web_url": i.url(base), "references": map[string]any{"short": short, "relative": short, "full": i.project.path + short},
		"_links": map[string]any{"self": self, "notes": self + "/notes", "project": fmt.Sprintf("%s/gitlab/api/v4/projects/%d", base, i.project.id)},
	}
	if i.due != "" {
		t["due_date"] = i.due
	}
	if !i.closed.IsZero() {
		t["closed_at"], t["closed_by"] = gitTime(i.closed), gitAuthor(base)
	}
	return t
}

// apply reads the fields of an issue that came, after it checked all of them.
func (i *gitIssue) apply(r *request) *reply {
	var no reply
	confidential, isFlag := r.flag("confidential")
	switch {
	case r.has("title") && strings.TrimSpace(r.arg("title")) == "":
		no = gitWrong("title", "can't be blank")
	case utf8.RuneCountInString(r.arg("title")) > 255:
		no = gitWrong("title", "is too long (maximum is 255 characters)")
	case utf8.RuneCountInString(r.arg("description")) > 1048576:
		no = gitWrong("description", "is too long (maximum is 1048576 characters)")
	case r.has("confidential") && !isFlag:
		no = gitMissing("confidential is invalid")
	case r.has("issue_type") && !oneOf(r.arg("issue_type"), "issue", "incident", "test_case", "task"):
		no = gitMissing("issue_type does not have a valid value")
	case r.has("due_date") && !isDay(r.arg("due_date")):
		no = gitMissing("due_date is invalid")
	case r.has("state_event") && !oneOf(r.arg("state_event"), "close", "reopen"):
		no = gitMissing("state_event does not have a valid value")
	}
	if no.status != 0 {
		return &no
	}
	if r.has("title") {
		i.title = r.arg("title")
	}
	if r.has("description") {
		i.description = r.arg("description")
	}
	if r.has("confidential") {
		i.confidential = confidential
	}
	if r.has("issue_type") {
		i.kind = r.arg("issue_type")
	}
	if r.has("labels") || r.has("labels[]") {
		i.labels = r.listArg("labels")
	}
	for _, label := range r.listArg("add_labels") {
		if !slices.Contains(i.labels, label) {
			i.labels = append(i.labels, label)
		}
	}
	gone := r.listArg("remove_labels")
	i.labels = slices.DeleteFunc(slices.Clone(i.labels), func(label string) bool { return slices.Contains(gone, label) })
	slices.Sort(i.labels)
	if r.has("due_date") {
		i.due = r.arg("due_date")
	}
	switch r.arg("state_event") {
	case "close":
		i.closed = r.now
	case "reopen":
		i.closed = time.Time{}
	}
	i.updated = r.now
	return nil
}

func (g *gitlab) createIssue(r *request) reply {
	if no := gitBody(r); no != nil {
		return *no
	}
	if !r.has("title") {
		return gitMissing("title is missing")
	}
	p := g.project(r)
	i := &gitIssue{birth: r.birth(), project: p, iid: p.iids + 1, id: 100000 + len(g.issues) + 1, kind: "issue"}
	if no := i.apply(r); no != nil {
		return *no
	}
	p.iids++
	g.issues = append(g.issues, i)
	return reply{status: http.StatusCreated, body: i.tell(g, r.base)}
}

func (g *gitlab) listIssues(r *request) reply {
	p := g.project(r)
	state, order := cmp.Or(r.arg("state"), "all"), cmp.Or(r.arg("order_by"), "created_at")
	confidential, filters := r.flag("confidential")
	labels, words := r.listArg("labels"), strings.Fields(strings.ToLower(r.arg("search")))
	in := strings.Split(cmp.Or(r.arg("in"), "title,description"), ",")
	iids := r.listArg("iids")
	var after, before time.Time
	for name, at := range map[string]*time.Time{"created_after": &after, "created_before": &before} {
		if value := r.arg(name); value != "" {
			var err error
			if *at, err = time.Parse(time.RFC3339, value); err != nil {
				return gitMissing(name + " is invalid")
			}
		}
	}
	switch {
	case !oneOf(state, "all", "opened", "closed"):
		return gitMissing("state does not have a valid value")
	case !oneOf(order, "created_at", "updated_at", "title"):
		return gitMissing("order_by does not have a valid value")
	}
	var found []*gitIssue
	for _, i := range g.issues {
		text := ""
		if slices.Contains(in, "title") {
			text = i.title
		}
		if slices.Contains(in, "description") {
			text += "\n" + i.description
		}
		text = strings.ToLower(text)
		lacks := func(label string) bool { return !slices.Contains(i.labels, label) && label != "Any" }
		switch {
		case i.project != p, !r.lists(i.birth), state != "all" && state != i.state(), filters && confidential != i.confidential:
		case slices.ContainsFunc(labels, lacks), slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }):
		case !after.IsZero() && i.born.Before(after), !before.IsZero() && i.born.After(before):
		case iids != nil && !slices.Contains(iids, strconv.Itoa(i.iid)):
		default:
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b *gitIssue) int {
		switch order {
		case "title":
			return cmp.Compare(a.title, b.title)
		case "updated_at":
			return a.updated.Compare(b.updated)
		}
		return cmp.Compare(a.id, b.id)
	})
	if r.arg("sort") != "asc" {
		slices.Reverse(found)
	}
	var all []any
	for _, i := range found {
		all = append(all, i.tell(g, r.base))
	}
	return gitPage(r, all)
}

func (g *gitlab) issue(p *gitProject, iid string) *gitIssue {
	for _, i := range g.issues {
		if i.project == p && strconv.Itoa(i.iid) == iid {
			return i
		}
	}
	return nil
}

// withIssue calls do with the issue that r names.
func (g *gitlab) withIssue(r *request, do func(*gitIssue) reply) reply {
	i := g.issue(g.project(r), r.PathValue("iid"))
	if i == nil {
		return gitMessage(http.StatusNotFound, "404 Not found")
	}
	if no := gitBody(r); no != nil {
		return *no
	}
	return do(i)
}

func (g *gitlab) getIssue(r *request) reply {
	return g.withIssue(r, func(i *gitIssue) reply { return reply{status: http.StatusOK, body: i.tell(g, r.base)} })
}

// issueFields are those of which an update needs one.
var issueFields = []string{"title", "description", "labels", "labels[]", "add_labels", "remove_labels", "state_event", "confidential", "issue_type", "assignee_ids", "due_date", "milestone_id", "discussion_locked"}

func (g *gitlab) updateIssue(r *request) reply {
	return g.withIssue(r, func(i *gitIssue) reply {
		if !slices.ContainsFunc(issueFields, r.has) {
			return gitMissing("assignee_id, assignee_ids, confidential, description, labels, add_labels, remove_labels, state_event, title are missing, at least one parameter must be provided")
		}
		if no := i.apply(r); no != nil {
			return *no
		}
		return reply{status: http.StatusOK, body: i.tell(g, r.base)}
	})
}

type gitNote struct {
	birth
	issue    *gitIssue
	id       int
	body     string
	internal bool
}

func (n *gitNote) tell(base string) map[string]any {
	return map[string]any{
		"id": n.id, "type": nil, "body": n.body, "author": gitAuthor(base), "created_at": gitTime(n.born), "updated_at": gitTime(n.born), "system": false,
		"noteable_id": n.issue.id, "noteable_type": "Issue", "noteable_iid": n.issue.iid, "project_id": n.issue.project.id, "resolvable": false,
		"confidential": n.internal, "internal": n.internal,
	}
}

func (g *gitlab) createNote(r *request) reply {
	return g.withIssue(r, func(i *gitIssue) reply {
		body := r.arg("body")
		switch {
		case !r.has("body"):
			return gitMissing("body is missing")
		case strings.TrimSpace(body) == "":
			return gitMessage(http.StatusBadRequest, "400 Bad request - Note {:note=>[\"can't be blank\"]}")
		case utf8.RuneCountInString(body) > 1000000:
			return gitMessage(http.StatusBadRequest, "400 Bad request - Note {:note=>[\"is too long (maximum is 1000000 characters)\"]}")
		}
		n := &gitNote{birth: r.birth(), issue: i, id: 500000 + len(g.notes) + 1, body: body}
		n.internal, _ = r.flag("internal")
		if hidden, _ := r.flag("confidential"); hidden {
			n.internal = true
		}
		i.updated = r.now
		g.notes = append(g.notes, n)
		return reply{status: http.StatusCreated, body: n.tell(r.base)}
	})
}

func (g *gitlab) listNotes(r *request) reply {
	return g.withIssue(r, func(i *gitIssue) reply {
		var all []any
		for _, n := range g.notes {
			if n.issue == i && r.lists(n.birth) {
				all = append(all, n.tell(r.base))
			}
		}
		if r.arg("sort") != "asc" {
			slices.Reverse(all)
		}
		return gitPage(r, all)
	})
}

type gitLink struct {
	source, target *gitIssue
	kind           string
}

func (g *gitlab) createLink(r *request) reply {
	return g.withIssue(r, func(i *gitIssue) reply {
		for _, field := range []string{"target_project_id", "target_issue_iid"} {
			if r.arg(field) == "" {
				return gitMissing(field + " is missing")
			}
		}
		kind := cmp.Or(r.arg("link_type"), "relates_to")
		target := g.issue(g.named(r.arg("target_project_id")), r.arg("target_issue_iid"))
		switch {
		case !oneOf(kind, "relates_to", "blocks", "is_blocked_by"):
			return gitMissing("link_type does not have a valid value")
		case target == nil:
			return gitMessage(http.StatusNotFound, "404 Not found")
		case slices.ContainsFunc(g.links, func(l *gitLink) bool {
			return l.source == i && l.target == target || l.source == target && l.target == i
		}):
			return gitMessage(http.StatusConflict, "Issue(s) already assigned")
		}
		g.links = append(g.links, &gitLink{i, target, kind})
		return reply{status: http.StatusCreated, body: map[string]any{"source_issue": i.tell(g, r.base), "target_issue": target.tell(g, r.base), "link_type": kind}}
	})
}

func (g *gitlab) listLinks(r *request) reply {
	return g.withIssue(r, func(i *gitIssue) reply {
		all := []any{}
		for n, l := range g.links {
			other := l.target
			if other == i {
				other = l.source
			}
			if l.source == i || l.target == i {
				t := other.tell(g, r.base)
				t["issue_link_id"], t["link_type"] = n+1, l.kind
				all = append(all, t)
			}
		}
		return reply{status: http.StatusOK, body: all}
	})
}
