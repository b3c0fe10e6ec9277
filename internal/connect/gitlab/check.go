package gitlab

import (
	"context"
	"slices"
	"strings"

	gitlab "gitlab.com/gitlab-org/api/client-go/v2"

	"tocsin/internal/connect"
)

// Check looks at what the token may do and how long, whether the project is there, takes issues, and has the labels.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	return append(c.checkToken(ctx), c.checkProject(ctx)...)
}

// checkToken asks what the token may do. A project's own job token can't be asked: then there is nothing to tell.
func (c *Connector) checkToken(ctx context.Context) []connect.Finding {
	t, _, err := c.api.PersonalAccessTokens.GetSinglePersonalAccessToken(gitlab.WithContext(ctx))
	if err != nil {
		return nil // checkProject tells what is wrong
	}
	f := connect.Finding{What: "GitLab token", OK: slices.Contains(t.Scopes, "api"), Note: "scopes " + strings.Join(t.Scopes, ", ")}
	if t.ExpiresAt != nil {
		f.Note += ", runs out on " + t.ExpiresAt.String()
	}
	if !f.OK {
		f.Fix = "make a token with scope api and put it at connectors.gitlab.token"
	}
	return []connect.Finding{f}
}

func (c *Connector) checkProject(ctx context.Context) []connect.Finding {
	project := connect.Finding{What: "GitLab project"}
	p, _, err := c.api.Projects.GetProject(c.project, nil, gitlab.WithContext(ctx))
	if err != nil {
		e := connect.Failure(provider, err)
		project.Note, project.Fix = e.Message, "check connectors.gitlab.base_url, project and token: the token needs scope api and at least the role Reporter in the project"
		return []connect.Finding{project}
	}
	project.Note = p.PathWithNamespace
	if project.OK = p.IssuesAccessLevel != gitlab.DisabledAccessControl; !project.OK {
		project.Note, project.Fix = project.Note+" has issues switched off", "switch issues on in the project's settings, or name another at connectors.gitlab.project"
	}

	label := connect.Finding{What: "GitLab label " + strings.Join(c.labels, ", "), OK: true}
	have := map[string]bool{}
	by := gitlab.ListLabelsOptions{}
	by.PerPage = 100
	for by.Page = 1; by.Page > 0; {
		labels, page, err := c.api.Labels.ListLabels(c.project, &by, gitlab.WithContext(ctx))
		if err != nil {
			label.OK, label.Note = false, connect.Failure(provider, err).Message
			label.Fix = "give the token scope api and at least the role Reporter in the project"
			return []connect.Finding{project, label}
		}
		for _, l := range labels {
			have[l.Name] = true
		}
		if page.NextPage <= by.Page {
			break
		}
		by.Page = page.NextPage
	}
	for _, want := range c.labels {
		if !have[want] {
			label.Note = "not there yet: it is made with the first issue"
		}
	}
	return []connect.Finding{project, label}
}
