package gitlab

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go/v2"

	"tocsin/internal/connect"
)

// skew is how far GitLab's clock may be from ours.
const skew = 10 * time.Minute

// issue makes an issue with our mark in its description.
func (c *Connector) issue(ctx context.Context, call connect.Call, r connect.Issue) (connect.Result, error) {
	labels := gitlab.LabelOptions(c.wanted(r))
	made, _, err := c.api.Issues.CreateIssue(c.project, &gitlab.CreateIssueOptions{
		Title: gitlab.Ptr(title(r.Title.String())), Description: gitlab.Ptr(stamp(r.Body.String(), call.Mark)),
		Labels: &labels, Confidential: gitlab.Ptr(r.Confidential),
	}, gitlab.WithContext(ctx))
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if made.IID == 0 {
		return connect.Result{}, unknown("gitlab made an issue and does not say which")
	}
	return result(made), nil
}

func (c *Connector) wanted(r connect.Issue) []string {
	if len(r.Labels) > 0 {
		return r.Labels
	}
	return c.labels
}

// findIssue looks through what was made since the first attempt, which is exact; then searches for the mark, in case GitLab's clock is
// far off. The search alone may lag.
func (c *Connector) findIssue(ctx context.Context, call connect.Call, r connect.Issue) (*connect.Result, error) {
	labels := gitlab.LabelOptions(c.wanted(r))
	for _, by := range []gitlab.ListProjectIssuesOptions{
		{CreatedAfter: gitlab.Ptr(call.Since.Add(-skew))},
		{Labels: &labels, Search: gitlab.Ptr(call.Mark), In: gitlab.Ptr("description")},
	} {
		by.State, by.Scope, by.OrderBy, by.Sort = gitlab.Ptr("all"), gitlab.Ptr("all"), gitlab.Ptr("created_at"), gitlab.Ptr("asc")
		by.PerPage = 100
		for by.Page = 1; by.Page > 0; {
			issues, page, err := c.api.Issues.ListProjectIssues(c.project, &by, gitlab.WithContext(ctx))
			if err != nil {
				return nil, connect.Failure(provider, err)
			}
			for _, i := range issues {
				if strings.Contains(i.Description, marker(call.Mark)) {
					found := result(i)
					return &found, nil
				}
			}
			if page.NextPage != 0 && page.NextPage <= by.Page {
				return nil, unknown("gitlab lists issues without end")
			}
			by.Page = page.NextPage
		}
	}
	return nil, nil
}

// open makes a confidential issue public.
func (c *Connector) open(ctx context.Context, _ connect.Call, r connect.IssueRef) (connect.Result, error) {
	iid, err := number(r.ID)
	if err != nil {
		return connect.Result{}, err
	}
	now, _, err := c.api.Issues.UpdateIssue(c.project, iid, &gitlab.UpdateIssueOptions{Confidential: gitlab.Ptr(false)}, gitlab.WithContext(ctx))
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if now.Confidential {
		return connect.Result{}, refused("gitlab: the issue stays confidential: does the project allow public issues?")
	}
	return result(now), nil
}

// update brings title and text in step, and what else is asked.
func (c *Connector) update(ctx context.Context, _ connect.Call, r connect.IssueUpdate) (connect.Result, error) {
	iid, err := number(r.ID)
	if err != nil {
		return connect.Result{}, err
	}
	o := &gitlab.UpdateIssueOptions{Title: gitlab.Ptr(title(r.Title.String())), Description: gitlab.Ptr(stamp(r.Body.String(), r.Mark))}
	switch {
	case r.Closed:
		o.StateEvent = gitlab.Ptr("close")
	case r.Reopen:
		o.StateEvent = gitlab.Ptr("reopen")
	}
	if r.SetDue && r.Due != "" {
		day, err := gitlab.ParseISOTime(r.Due)
		if err != nil {
			return connect.Result{}, refused("gitlab: %q is no date", r.Due)
		}
		o.DueDate = &day
	}
	now, _, err := c.api.Issues.UpdateIssue(c.project, iid, o, gitlab.WithContext(ctx))
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	res, st := result(now), stands(now)
	res.Outputs = map[string]string{"state": "open", "due": st.Due}
	if st.Closed {
		res.Outputs["state"] = "closed"
	}
	return res, nil
}

// Issues asks for the issues by their numbers, in one call.
func (c *Connector) Issues(ctx context.Context, ids []string, _ time.Time) (map[string]connect.IssueState, error) {
	var iids []int64
	for _, id := range ids {
		iid, err := number(id)
		if err != nil {
			return nil, err
		}
		iids = append(iids, iid)
	}
	by := gitlab.ListProjectIssuesOptions{IIDs: &iids, State: gitlab.Ptr("all"), Scope: gitlab.Ptr("all")}
	by.PerPage = 100
	issues, _, err := c.api.Issues.ListProjectIssues(c.project, &by, gitlab.WithContext(ctx))
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	out := map[string]connect.IssueState{}
	for _, i := range issues {
		out[strconv.FormatInt(i.IID, 10)] = stands(i)
	}
	return out, nil
}

func stands(i *gitlab.Issue) connect.IssueState {
	st := connect.IssueState{Closed: i.State == "closed", Dated: true}
	if i.DueDate != nil {
		st.Due = i.DueDate.String()
	}
	return st
}

func result(i *gitlab.Issue) connect.Result {
	return connect.Result{Ref: strconv.FormatInt(i.IID, 10), URL: i.WebURL}
}

func number(id string) (int64, error) {
	iid, err := strconv.ParseInt(id, 10, 64)
	if err != nil || iid <= 0 {
		return 0, refused("gitlab: %q is no issue's number", id)
	}
	return iid, nil
}

// title is one line of at most 255 characters, never empty.
func title(s string) string {
	if s = strings.Join(strings.Fields(s), " "); s == "" {
		return "Incident"
	}
	if r := []rune(s); len(r) > 255 {
		s = string(r[:254]) + "…"
	}
	return s
}

func marker(mark string) string { return "<!-- tocsin:" + mark + " -->" }

// most is how many characters GitLab takes in a description or a note, less room for our mark.
const most = 1<<20 - 200

// command is a line that GitLab would carry out instead of showing it, such as "/close".
var command = regexp.MustCompile(`(?m)^([ \t]*)/([a-z_]+)([ \t\r]|$)`)

// stamp is Markdown with our mark behind it, in which no line is an order to GitLab.
func stamp(body, mark string) string {
	body = command.ReplaceAllString(strings.TrimSpace(body), `$1\/$2$3`)
	if r := []rune(body); len(r) > most {
		body = string(r[:most]) + "…"
	}
	if body == "" {
		return marker(mark)
	}
	return body + "\n\n" + marker(mark)
}
