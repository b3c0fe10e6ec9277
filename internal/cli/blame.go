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
	var batch, strict bool
	var vale string
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
			return e.hints(string(src), blame.Check(string(src)), strict)
		},
	}
	c.Flags().BoolVar(&batch, "batch", false, `read JSON lines {"id","text"}, write {"id","findings"}`)
	c.Flags().BoolVar(&strict, "strict", false, "end with code 5 if there is a finding")
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
