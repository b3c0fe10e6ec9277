package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"tocsin/internal/redact"
)

func redactVerb(e *env) *cobra.Command {
	var batch, undo bool
	var people string
	c := &cobra.Command{
		Use:   "redact [WORD]",
		Short: "Say that a word is a person, or take people out of text on stdin",
		Long: "With a word: it is a person, and is taken out of everything public, here and in later incidents; --undo says it is none.\n" +
			"With --people or --batch: a filter from stdin to stdout that needs no server.",
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				_, err := e.do(cmd.Context(), "settle_flag", map[string]any{"text": strings.Join(args, " "), "person": !undo})
				return err
			case batch:
				return redact.Batch(e.in, e.out)
			case people == "":
				return failf(exitUsage, "say which word is a person, or whose names to take out of stdin: --people FILE, or --batch")
			}
			src, err := os.ReadFile(people)
			if err != nil {
				return failf(exitNotFound, "the people can't be read: %w", err)
			}
			var file struct {
				People redact.Roster `yaml:"people"`
			}
			if err := yaml.Unmarshal(src, &file); err != nil {
				return failf(exitUsage, "%s: %s", people, yaml.FormatError(err, false, false))
			}
			roster, numbers := redact.Numbered(file.People)
			return redact.New(roster, numbers).Filter(e.in, e.out)
		},
	}
	c.Flags().BoolVar(&batch, "batch", false, "read JSON lines with a roster each, write spans")
	c.Flags().BoolVar(&undo, "undo", false, "the word is no person: leave it standing")
	c.Flags().StringVar(&people, "people", "", "roster file")
	c.AddCommand(redactionsVerb(e))
	return c
}

func redactionsVerb(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "What is taken out of the public text, and why",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cl, err := e.client()
			if err != nil {
				return err
			}
			id, err := e.which(cmd.Context(), cl)
			if err != nil {
				return err
			}
			all, err := cl.Redactions(cmd.Context(), id)
			if err != nil {
				return remote(err)
			}
			return e.print(map[string]any{"redactions": all}, func() {
				doubt := 0
				for _, r := range all {
					note := ""
					if r.Review {
						note, doubt = "  ← is it a person?", doubt+1
					}
					fmt.Fprintf(e.out, "%-5s %-8s %-24s %s%s\n", r.Entry, r.State, r.Text, r.Why, note)
				}
				if len(all) == 0 {
					e.say("Nothing is taken out.")
				}
				if doubt > 0 {
					e.say("Next: tocsin redact WORD if it is a person, tocsin redact --undo WORD if it is none.")
				}
			})
		},
	}
}

func previewVerb(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "preview",
		Short: "What the world reads, or would read",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cl, err := e.client()
			if err != nil {
				return err
			}
			id, err := e.which(cmd.Context(), cl)
			if err != nil {
				return err
			}
			lines, err := cl.Timeline(cmd.Context(), id, true)
			if err != nil {
				return remote(err)
			}
			return e.print(map[string]any{"entries": lines}, func() {
				for _, l := range lines {
					fmt.Fprintf(e.out, "%s  %s\n", l.At.UTC().Format("15:04Z"), l.Text)
				}
				if len(lines) == 0 {
					e.say("Nothing public yet: that begins with the first update, or when a major outage is declared.")
				}
			})
		},
	}
}
