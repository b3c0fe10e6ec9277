package github

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v75/github"

	"tocsin/internal/connect"
)

// comment adds one with our mark to an issue.
func (c *Connector) comment(ctx context.Context, call connect.Call, r connect.IssueComment) (connect.Result, error) {
	n, err := number(r.ID)
	if err != nil {
		return connect.Result{}, err
	}
	if strings.TrimSpace(r.Text.String()) == "" {
		return connect.Result{}, refused("github: the comment is empty")
	}
	made, _, err := c.api.Issues.CreateComment(ctx, c.owner, c.repo, n, &github.IssueComment{Body: github.Ptr(stamp(r.Text.String(), call.Mark))})
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if made.GetID() == 0 {
		return connect.Result{}, unknown("github took a comment and does not say which it is")
	}
	return said(made), nil
}

// findComment looks through the issue's comments since the first attempt.
func (c *Connector) findComment(ctx context.Context, call connect.Call, r connect.IssueComment) (*connect.Result, error) {
	n, err := number(r.ID)
	if err != nil {
		return nil, err
	}
	by := github.IssueListCommentsOptions{Since: github.Ptr(call.Since.Add(-skew).UTC().Truncate(time.Second))}
	by.PerPage = 100
	for by.Page = 1; by.Page > 0; {
		comments, page, err := c.api.Issues.ListComments(ctx, c.owner, c.repo, n, &by)
		if err != nil {
			return nil, connect.Failure(provider, err)
		}
		for _, one := range comments {
			if strings.Contains(one.GetBody(), marker(call.Mark)) {
				found := said(one)
				return &found, nil
			}
		}
		if page.NextPage != 0 && page.NextPage <= by.Page {
			return nil, unknown("github lists comments without end")
		}
		by.Page = page.NextPage
	}
	return nil, nil
}

func said(c *github.IssueComment) connect.Result {
	return connect.Result{Ref: strconv.FormatInt(c.GetID(), 10), URL: c.GetHTMLURL()}
}
