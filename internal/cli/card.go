package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
)

func cardVerb(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "card ID",
		Short: "How a person does a step: where, the exact text, the links",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return e.card(cmd.Context(), args[0]) },
	}
}

// carded has a verb about a step show its card, unless the verb says that the step is done.
func carded(e *env, c *cobra.Command) *cobra.Command {
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := run(cmd, args); err != nil || cmd.Flags().Changed("done") || cmd.Flags().Changed("url") || e.global.json {
			return err
		}
		return e.card(cmd.Context(), args[0])
	}
	return c
}

// card prints how a person does a step.
func (e *env) card(ctx context.Context, id string) error {
	cl, err := e.client()
	if err != nil {
		return err
	}
	which, err := e.which(ctx, cl)
	if err != nil {
		return err
	}
	steps, err := cl.Steps(ctx, which)
	if err != nil {
		return remote(err)
	}
	for _, s := range steps {
		if s.ID == id {
			return e.print(s, func() { e.lines(s) })
		}
	}
	return failf(exitNotFound, "%s has no step %q; tocsin steps lists them", which, id)
}

func (e *env) lines(s api.Step) {
	if strings.HasPrefix(s.Kind, "chat.") && s.To != "" && !strings.Contains(s.To, " ") {
		s.To = "#" + s.To
	}
	fmt.Fprintf(e.out, "%s\n", s.Title)
	for _, l := range []struct{ name, text string }{{"How", s.ByHand}, {"Where", s.To}, {"At", s.Link}, {"Call", s.Phone}, {"Text", s.Text}, {"Trouble", s.Error}, {"Missing", s.Scope}, {"Ask", s.AskWhom}, {"Link", s.URL}} {
		if l.text != "" {
			fmt.Fprintf(e.out, "  %-8s %s\n", l.name, strings.ReplaceAll(strings.TrimSpace(l.text), "\n", "\n           "))
		}
	}
	if s.Finished {
		return
	}
	if s.Paste != "" {
		fmt.Fprintf(e.out, "  %-8s tocsin steps by-hand %s --url LINK, with %s\n", "Then", s.ID, s.Paste)
		return
	}
	fmt.Fprintf(e.out, "  %-8s tocsin steps by-hand %s --done\n", "Then", s.ID)
}
