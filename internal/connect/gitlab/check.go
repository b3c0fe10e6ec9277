package gitlab

import (
	"context"
	"strings"

	gitlab "gitlab.com/gitlab-org/api/client-go/v2"

	"tocsin/internal/connect"
)

// Check looks whether the project is there, takes issues, and has the labels.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
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
