package gitlab

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	gitlab "gitlab.com/gitlab-org/api/client-go/v2"

	"tocsin/internal/connect"
)

// comment adds a note with our mark to an issue. The issue is read first, for a note does not say its own address.
func (c *Connector) comment(ctx context.Context, call connect.Call, r connect.IssueComment) (connect.Result, error) {
	iid, err := number(r.ID)
	if err != nil {
		return connect.Result{}, err
	}
	if strings.TrimSpace(r.Text.String()) == "" {
		return connect.Result{}, refused("gitlab: the comment is empty")
	}
	issue, _, err := c.api.Issues.GetIssue(c.project, iid, gitlab.WithContext(ctx))
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	note, _, err := c.api.Notes.CreateIssueNote(c.project, iid, &gitlab.CreateIssueNoteOptions{Body: gitlab.Ptr(stamp(r.Text.String(), call.Mark))}, gitlab.WithContext(ctx))
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if note.ID == 0 {
		return connect.Result{}, unknown("gitlab took a comment and does not say which it is")
	}
	return noted(issue, note), nil
}

// findComment looks through the issue's notes, newest first, back to the first attempt.
func (c *Connector) findComment(ctx context.Context, call connect.Call, r connect.IssueComment) (*connect.Result, error) {
	iid, err := number(r.ID)
	if err != nil {
		return nil, err
	}
	issue, _, err := c.api.Issues.GetIssue(c.project, iid, gitlab.WithContext(ctx))
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	by := gitlab.ListIssueNotesOptions{OrderBy: gitlab.Ptr("created_at"), Sort: gitlab.Ptr("desc")}
	by.PerPage = 100
	for by.Page = 1; by.Page > 0; {
		notes, page, err := c.api.Notes.ListIssueNotes(c.project, iid, &by, gitlab.WithContext(ctx))
		if err != nil {
			return nil, connect.Failure(provider, err)
		}
		for _, n := range notes {
			if strings.Contains(n.Body, marker(call.Mark)) {
				found := noted(issue, n)
				return &found, nil
			}
		}
		if page.NextPage != 0 && page.NextPage <= by.Page {
			return nil, unknown("gitlab lists comments without end")
		}
		by.Page = page.NextPage
	}
	return nil, nil
}

func noted(issue *gitlab.Issue, n *gitlab.Note) connect.Result {
	return connect.Result{Ref: strconv.FormatInt(n.ID, 10), URL: fmt.Sprintf("%s#note_%d", issue.WebURL, n.ID)}
}
