package github

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"tocsin/internal/connect"
)

// Check looks at the repository: whether the token opens it and until when, whether it takes issues, and who can read them.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	found := connect.Finding{What: "GitHub repository"}
	repo, answer, err := c.api.Repositories.Get(ctx, c.owner, c.repo)
	if err != nil {
		found.Note = connect.Failure(provider, err).Message
		found.Fix = "check connectors.github.base_url, repository and token: the token needs to read and write issues there"
		return []connect.Finding{found}
	}
	found.Note = repo.GetFullName()
	switch {
	case !repo.GetHasIssues():
		found.Note, found.Fix = found.Note+" has issues switched off", "switch issues on in the repository's settings, or name another at connectors.github.repository"
	case repo.GetArchived():
		found.Note, found.Fix = found.Note+" is archived, so that nothing can be written", "name another at connectors.github.repository"
	case !repo.GetPrivate():
		found.Note += " is public: a confidential issue is refused there, not made"
		found.Fix = "make the repository private, name a private one at connectors.github.repository, or another tracker at capabilities.tracker"
	default:
		found.OK, found.Note = true, found.Note+", private"
	}
	return []connect.Finding{token(answer.Header), found}
}

// token reads from an answer's header what the token may do. A fine-grained one does not say.
func token(h http.Header) connect.Finding {
	f := connect.Finding{What: "GitHub token", OK: true, Note: "valid"}
	if h.Values("X-OAuth-Scopes") != nil {
		scopes := split(h.Get("X-OAuth-Scopes"))
		f.Note = "scopes " + strings.Join(scopes, ", ")
		if f.OK = slices.Contains(scopes, "repo"); !f.OK {
			f.Fix = "make a token with scope repo, or a fine-grained one that may read and write issues, and put it at connectors.github.token"
		}
	}
	if end := h.Get("GitHub-Authentication-Token-Expiration"); end != "" {
		f.Note += ", runs out on " + end
	}
	return f
}

// split reads a list with commas.
func split(list string) []string {
	var out []string
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}
