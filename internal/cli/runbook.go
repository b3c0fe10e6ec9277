package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/catalogue"
	"tocsin/internal/runbook"
	"tocsin/internal/runbook/importer"
	"tocsin/internal/shelf"
)

func runbookVerb(e *env) *cobra.Command {
	c := &cobra.Command{Use: "runbook", Short: "Read, check and change runbooks"}
	c.AddCommand(lintVerb(e), showRunbookVerb(e), printVerb(e),
		&cobra.Command{Use: "schema", Short: "Print the JSON Schema for editors", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
			_, err := e.out.Write(runbook.Schema())
			return err
		}},
		importVerb(e), runbookVersionsVerb(e), diffVerb(e), applyVerb(e, true), applyVerb(e, false))
	return c
}

// readRunbook reads a file, "-" for stdin, or gives the embedded runbook.
func (e *env) readRunbook(args []string) ([]byte, error) {
	if len(args) == 0 {
		return runbook.DefaultYAML(), nil
	}
	if args[0] == "-" {
		return io.ReadAll(io.LimitReader(e.in, 2<<20))
	}
	src, err := os.ReadFile(args[0])
	if err != nil {
		return nil, failf(exitNotFound, "the runbook can't be read: %w", err)
	}
	return src, nil
}

func lintVerb(e *env) *cobra.Command {
	return &cobra.Command{Use: "lint FILE", Short: "Check a runbook; each problem with its line and column", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		src, err := e.readRunbook(args)
		if err != nil {
			return err
		}
		r, err := runbook.Parse(src)
		var problems runbook.Problems
		bad := errors.As(err, &problems)
		if e.global.json && (bad || err == nil) {
			err := e.print(map[string]any{"problems": append(runbook.Problems{}, problems...)}, nil)
			if err == nil && bad {
				err = &fault{exitFailed, silent}
			}
			return err
		}
		switch {
		case bad:
			for _, p := range problems {
				fmt.Fprintf(e.out, "%s:%s\n", args[0], p)
			}
			return failf(exitFailed, "%s: %s", args[0], catalogue.English.N("%d problem", "%d problems", len(problems)))
		case err != nil:
			return err
		}
		e.say("%s: well: %d roles, %d steps", args[0], len(r.Roles), len(r.Steps))
		return nil
	}}
}

func importVerb(e *env) *cobra.Command {
	var name string
	c := &cobra.Command{Use: "import FILE.md", Short: "Make a first draft of a runbook from a Markdown document; says what it could not read", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		src, err := e.readRunbook(args)
		if err != nil {
			return err
		}
		draft, unread, err := importer.Markdown(src, name)
		if err != nil {
			return failf(exitUsage, "%s: %w", args[0], err)
		}
		if _, err := runbook.Parse([]byte(draft)); err != nil {
			return failf(exitUsage, "%s: no runbook comes of it: %w", args[0], err)
		}
		return e.print(map[string]any{"source": draft, "unread": append([]importer.Unread{}, unread...)}, func() {
			for _, u := range unread {
				e.say("%s:%d: not in it: %s", args[0], u.Line, u.Text)
			}
			fmt.Fprint(e.out, draft)
		})
	}}
	c.Flags().StringVar(&name, "name", runbook.Default().Name, "what it is called: small letters, digits and -")
	return c
}

func showRunbookVerb(e *env) *cobra.Command {
	var version int
	c := &cobra.Command{Use: "show [FILE]", Short: "Print a runbook (default: the embedded one; --version N: of the server)", Args: cobra.MaximumNArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		src, err := e.readRunbook(args)
		if cmd.Flags().Changed("version") {
			var v api.RunbookVersion
			v, err = e.version(cmd, version)
			src = []byte(v.Source)
		}
		if err != nil {
			return err
		}
		if e.global.json {
			r, err := runbook.Parse(src)
			if err != nil {
				return failf(exitUsage, "%w", err)
			}
			return json.NewEncoder(e.out).Encode(r)
		}
		_, err = e.out.Write(src)
		return err
	}}
	c.Flags().IntVar(&version, "version", 0, "the one that a running server keeps under this number")
	return c
}

// version gives a version of the server's runbook with its source; 0: the current one.
func (e *env) version(cmd *cobra.Command, n int) (api.RunbookVersion, error) {
	c, err := e.client()
	if err != nil {
		return api.RunbookVersion{}, err
	}
	if n == 0 {
		all, err := c.RunbookVersions(cmd.Context())
		if err != nil {
			return api.RunbookVersion{}, remote(err)
		}
		for _, v := range all {
			if v.Current {
				n = v.Version
			}
		}
	}
	v, err := c.RunbookVersion(cmd.Context(), n)
	return v, remote(err)
}

func runbookVersionsVerb(e *env) *cobra.Command {
	return &cobra.Command{Use: "versions", Aliases: []string{"ls"}, Short: "List the versions that a running server keeps", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := e.client()
		if err != nil {
			return err
		}
		all, err := c.RunbookVersions(cmd.Context())
		if err != nil {
			return remote(err)
		}
		return e.print(map[string]any{"versions": all}, func() {
			for _, v := range all {
				who, when, current := "comes with the server", "", ""
				if v.By != nil {
					who = v.By.Name
				}
				if v.Saved != nil {
					when = v.Saved.UTC().Format(time.DateTime) + "Z"
				}
				if v.Current {
					current = "current"
				}
				fmt.Fprintf(e.out, "%d\t%s\t%s\t%s\t%s\n", v.Version, current, when, who, v.Note)
			}
		})
	}}
}

func diffVerb(e *env) *cobra.Command {
	return &cobra.Command{Use: "diff N [M]", Short: "What changed from one version of the server to another (default: to the current one)", Args: cobra.RangeArgs(1, 2), RunE: func(cmd *cobra.Command, args []string) error {
		var found [2]api.RunbookVersion
		for n := range found {
			number := 0
			if n < len(args) {
				var err error
				if number, err = strconv.Atoi(args[n]); err != nil || number < 1 {
					return failf(exitUsage, "%q is no version; tocsin runbook versions lists them", args[n])
				}
			}
			var err error
			if found[n], err = e.version(cmd, number); err != nil {
				return err
			}
		}
		e.differ(fmt.Sprintf("version %d", found[0].Version), fmt.Sprintf("version %d", found[1].Version), found[0].Source, found[1].Source)
		return nil
	}}
}

// differ prints what differs between two sources as diff -u does.
func (e *env) differ(was, is, from, to string) {
	if d := udiff.Unified(was, is, from, to); d != "" {
		fmt.Fprint(e.out, d)
		return
	}
	e.say("Nothing differs")
}

// applyVerb makes a file the newest version of a running server, or shows what that would change.
func applyVerb(e *env, dry bool) *cobra.Command {
	var note string
	c := &cobra.Command{Use: "apply FILE", Short: "Make a file the newest version of a running server; shows what changes and asks", Args: cobra.ExactArgs(1)}
	if dry {
		c.Use, c.Short = "plan FILE", "Show what a file would change in the runbook of a running server"
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		src, err := e.readRunbook(args)
		if err != nil {
			return err
		}
		if _, err := runbook.Parse(src); err != nil {
			return failf(exitUsage, "%s:%w", args[0], err)
		}
		now, err := e.version(cmd, 0)
		if err != nil {
			return err
		}
		e.differ(fmt.Sprintf("version %d", now.Version), args[0], now.Source, shelf.Numbered(string(src), now.Version))
		if dry {
			return nil
		}
		if !e.global.yes {
			if ok, err := e.ask("Save it? [y/N] "); err != nil || !ok {
				return failf(exitUsage, "not saved; say --yes to go ahead without being asked")
			}
		}
		cl, err := e.client()
		if err != nil {
			return err
		}
		kept, err := cl.SaveRunbook(cmd.Context(), api.RunbookDraft{Source: string(src), From: now.Version, Note: note})
		if err != nil {
			return remote(err)
		}
		e.say("version %d; new incidents are run by it", kept.Version)
		return nil
	}
	if !dry {
		c.Flags().StringVar(&note, "note", "", "what you change, for those who read the versions")
	}
	return c
}
