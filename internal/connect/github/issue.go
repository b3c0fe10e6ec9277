package github

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v75/github"

	"tocsin/internal/connect"
)

// skew is how far GitHub's clock and ours may be apart.
const skew = 24 * time.Hour

// issue makes an issue with our mark in its text. A confidential one is made only where the public can't read it.
func (c *Connector) issue(ctx context.Context, call connect.Call, r connect.Issue) (connect.Result, error) {
	if r.Confidential {
		repo, _, err := c.api.Repositories.Get(ctx, c.owner, c.repo)
		if err != nil {
			return connect.Result{}, connect.Unsent(provider, err)
		}
		if !repo.GetPrivate() {
			return connect.Result{}, refused("github: the issue is confidential and %s/%s is public, where GitHub can't hide it: make the repository private, name a private one at connectors.github.repository, or another tracker at capabilities.tracker", c.owner, c.repo)
		}
	}
	labels := c.wanted(r)
	made, _, err := c.api.Issues.Create(ctx, c.owner, c.repo, &github.IssueRequest{
		Title: github.Ptr(title(r.Title.String())), Body: github.Ptr(stamp(r.Body.String(), call.Mark)), Labels: &labels,
	})
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if made.GetNumber() == 0 {
		return connect.Result{}, unknown("github made an issue and does not say which")
	}
	return result(made), nil
}

func (c *Connector) wanted(r connect.Issue) []string {
	if len(r.Labels) > 0 {
		return r.Labels
	}
	return c.labels
}

// findIssue looks through all that changed since the first attempt: GitHub's search lags, its list does not.
func (c *Connector) findIssue(ctx context.Context, call connect.Call, _ connect.Issue) (*connect.Result, error) {
	by := github.IssueListByRepoOptions{State: "all", Sort: "created", Direction: "asc", Since: call.Since.Add(-skew).UTC().Truncate(time.Second)}
	by.ListOptions.PerPage = 100
	for by.ListOptions.Page = 1; by.ListOptions.Page > 0; {
		issues, page, err := c.api.Issues.ListByRepo(ctx, c.owner, c.repo, &by)
		if err != nil {
			return nil, connect.Failure(provider, err)
		}
		for _, i := range issues {
			if !i.IsPullRequest() && strings.Contains(i.GetBody(), marker(call.Mark)) {
				found := result(i)
				return &found, nil
			}
		}
		if page.NextPage != 0 && page.NextPage <= by.ListOptions.Page {
			return nil, unknown("github lists issues without end")
		}
		by.ListOptions.Page = page.NextPage
	}
	return nil, nil
}

// update brings title and text in step, and closes or reopens the issue where that is asked. GitHub has no due date: it stands in the text.
func (c *Connector) update(ctx context.Context, _ connect.Call, r connect.IssueUpdate) (connect.Result, error) {
	n, err := number(r.ID)
	if err != nil {
		return connect.Result{}, err
	}
	body := strings.TrimSpace(r.Body.String())
	if r.Due != "" {
		if _, err := time.Parse(time.DateOnly, r.Due); err != nil {
			return connect.Result{}, refused("github: %q is no date", r.Due)
		}
		body = "Due: " + r.Due + "\n\n" + body
	}
	o := &github.IssueRequest{Title: github.Ptr(title(r.Title.String())), Body: github.Ptr(stamp(body, r.Mark))}
	switch {
	case r.Closed:
		o.State = github.Ptr("closed")
	case r.Reopen:
		o.State = github.Ptr("open")
	}
	now, _, err := c.api.Issues.Edit(ctx, c.owner, c.repo, n, o)
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	res := result(now)
	res.Outputs = map[string]string{"state": "open"}
	if now.GetState() == "closed" {
		res.Outputs["state"] = "closed"
	}
	return res, nil
}

// Issues lists what changed since then: GitHub can't be asked for issues by their numbers.
func (c *Connector) Issues(ctx context.Context, ids []string, since time.Time) (map[string]connect.IssueState, error) {
	out := map[string]connect.IssueState{}
	by := github.IssueListByRepoOptions{State: "all", Sort: "updated", Direction: "asc", Since: since.UTC().Truncate(time.Second)}
	by.ListOptions.PerPage = 100
	for by.ListOptions.Page = 1; by.ListOptions.Page > 0; {
		issues, page, err := c.api.Issues.ListByRepo(ctx, c.owner, c.repo, &by)
		if err != nil {
			return nil, connect.Failure(provider, err)
		}
		for _, i := range issues {
			if id := strconv.Itoa(i.GetNumber()); !i.IsPullRequest() && slices.Contains(ids, id) {
				out[id] = connect.IssueState{Closed: i.GetState() == "closed"}
			}
		}
		if page.NextPage != 0 && page.NextPage <= by.ListOptions.Page {
			return nil, unknown("github lists issues without end")
		}
		by.ListOptions.Page = page.NextPage
	}
	return out, nil
}

func result(i *github.Issue) connect.Result {
	return connect.Result{Ref: strconv.Itoa(i.GetNumber()), URL: i.GetHTMLURL()}
}

func number(id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 {
		return 0, refused("github: %q is no issue's number", id)
	}
	return n, nil
}

// title is one line of at most 256 characters, never empty.
func title(s string) string {
	if s = strings.Join(strings.Fields(s), " "); s == "" {
		return "Incident"
	}
	if r := []rune(s); len(r) > 256 {
		s = string(r[:255]) + "…"
	}
	return s
}

func marker(mark string) string { return "<!-- tocsin:" + mark + " -->" }

// most is how many characters GitHub takes in an issue or a comment, less room for our mark.
const most = 1<<16 - 200

// stamp is Markdown with our mark behind it.
func stamp(body, mark string) string {
	body = strings.TrimSpace(body)
	if r := []rune(body); len(r) > most {
		body = string(r[:most]) + "…"
	}
	if body == "" {
		return marker(mark)
	}
	return body + "\n\n" + marker(mark)
}
