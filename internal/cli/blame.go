package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/blame"
)

// blameVerb reads a text for words that look for somebody to blame (R29); as a filter for scripts with --batch.
func blameVerb(e *env) *cobra.Command {
	var batch, strict, public bool
	var vale, stage string
	c := &cobra.Command{
		Use:   "blame",
		Short: "Find words of blame in text on stdin, and what to write instead",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case vale != "":
				files, err := blame.Vale(vale)
				if err != nil {
					return failf(exitFailed, "the style can't be written: %w", err)
				}
				return e.print(files, func() {
					for _, f := range files {
						fmt.Fprintln(e.out, f)
					}
					e.say("Next: in .vale.ini, StylesPath = %s and BasedOnStyles = Tocsin", vale)
				})
			case batch:
				return blame.Batch(e.in, e.out)
			}
			src, err := io.ReadAll(io.LimitReader(e.in, 4<<20))
			if err != nil {
				return err
			}
			if public || stage != "" {
				return e.hints(string(src), blame.CheckUpdate(string(src), blame.Update{Stage: stage, Next: stage == ""}), strict)
			}
			return e.hints(string(src), blame.Check(string(src)), strict)
		},
	}
	c.Flags().BoolVar(&batch, "batch", false, `read JSON lines {"id","text"}, write {"id","findings"}`)
	c.Flags().BoolVar(&strict, "strict", false, "end with code 5 if there is a finding")
	c.Flags().BoolVar(&public, "public", false, "also what does not belong before the public")
	c.Flags().StringVar(&stage, "stage", "", "of the public update the text is for: investigating, identified, monitoring or resolved")
	c.Flags().StringVar(&vale, "vale", "", "write the rules as a style for the linter Vale into a folder")
	return c
}

// hints prints findings with their line and column, counted in letters from 1.
func (e *env) hints(text string, findings []blame.Finding, strict bool) error {
	if err := e.print(append([]blame.Finding{}, findings...), func() {
		for _, f := range findings {
			line := 1 + strings.Count(text[:f.Start], "\n")
			column := 1 + len([]rune(text[strings.LastIndexByte(text[:f.Start], '\n')+1:f.Start]))
			fmt.Fprintf(e.out, "%d:%d: “%s”: %s %s [%s]\n", line, column, text[f.Start:f.End], f.Message, f.Rewrite, f.Rule)
		}
	}); err != nil {
		return err
	}
	if strict && len(findings) > 0 {
		return &fault{exitConflict, silent}
	}
	return nil
}

// lintVerb reads the post-mortem for words of blame, the draft and what people wrote.
func (e *env) lintVerb() *cobra.Command {
	var strict bool
	c := &cobra.Command{Use: "lint", Short: "Hints on words of blame in it; --strict ends with code 5 if there is one", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		draft, err := e.draft(cmd.Context())
		if err != nil {
			return err
		}
		if err := e.print(draft.Hints, func() {
			for _, h := range draft.Hints {
				fmt.Fprintf(e.out, "%s %s “%s”: %s %s [%s]\n", h.Section, h.Entries, h.Text[h.Start:h.End], h.Message, h.Rewrite, h.Rule)
			}
			e.say("%d hints", len(draft.Hints))
		}); err != nil {
			return err
		}
		if strict && len(draft.Hints) > 0 {
			return &fault{exitConflict, silent}
		}
		return nil
	}}
	c.Flags().BoolVar(&strict, "strict", false, "end with code 5 if there is a hint")
	return c
}
