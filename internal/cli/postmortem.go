package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/report"
)

// draft gives the post-mortem of the incident that is meant: the one named, else the latest.
func (e *env) draft(ctx context.Context) (api.PostmortemDraft, error) {
	cl, err := e.client()
	if err != nil {
		return api.PostmortemDraft{}, err
	}
	id := cmp.Or(e.global.incident, e.named())
	if id == "" {
		list, _, err := cl.List(ctx, api.ListOptions{Limit: 1})
		if err != nil {
			return api.PostmortemDraft{}, remote(err)
		}
		if len(list) == 0 {
			return api.PostmortemDraft{}, failf(exitNotFound, "there is no incident yet")
		}
		id = list[0].ID
		e.say("→ %s %s", id, list[0].Title)
	}
	draft, err := cl.Postmortem(ctx, id)
	if err != nil {
		return draft, remote(err)
	}
	return draft, nil
}

func postmortemVerb(e *env) *cobra.Command {
	show := func(cmd *cobra.Command, _ []string) error {
		draft, err := e.draft(cmd.Context())
		if err != nil {
			return err
		}
		for _, s := range draft.Similar {
			e.say("similar: %s %s, %s", s.ID, s.Title, s.Started.UTC().Format("2006-01-02"))
		}
		return e.print(draft, func() { fmt.Fprintln(e.out, draft.Markdown) })
	}
	c := &cobra.Command{Use: "postmortem", Short: "Read, write and publish the post-mortem", Args: cobra.NoArgs, RunE: show}
	c.AddCommand(
		&cobra.Command{Use: "show", Short: "Print the draft as Markdown", Args: cobra.NoArgs, RunE: show},
		&cobra.Command{Use: "edit", Short: "Read the edited Markdown on stdin and keep what people wrote", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := e.text("-")
			if err != nil {
				return err
			}
			if !strings.Contains(src, "tocsin:begin") && !strings.Contains("\n"+src, "\n## ") {
				return failf(exitUsage, "this is not the draft: take it with tocsin postmortem show, or write one section with tocsin postmortem write SECTION TEXT")
			}
			written, err := report.ParseEdit(src)
			if err != nil {
				return failf(exitUsage, "%w", err)
			}
			for section, text := range written {
				if _, err := e.do(cmd.Context(), "postmortem_edit", map[string]any{"section": section, "text": text}); err != nil {
					return err
				}
			}
			return nil
		}},
		e.lintVerb(),
		order{use: "write SECTION TEXT", short: "Write one section", kind: "postmortem_edit", args: []string{"section", "text"}}.verb(e),
		order{use: "publish", short: "Make it an issue labelled outage", kind: "postmortem_publish", watched: true}.verb(e),
	)
	return c
}
