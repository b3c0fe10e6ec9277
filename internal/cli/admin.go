package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/auth"
	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

// onMachine opens the database beside a server that may be running.
func (e *env) onMachine(ctx context.Context, data, database string, f func(*auth.Auth) error) (err error) {
	s, err := openStore(ctx, e.dataDir(data), e.database(database))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	a := auth.New(s, auth.Options{})
	if err := a.Directory().Load(ctx); err != nil {
		return err
	}
	return f(a)
}

func userVerb(e *env) *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "Add people and let them in"}
	var data, database, email, handle, rights, server string
	add := &cobra.Command{Use: "add NAME", Short: "Add somebody", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return e.onMachine(cmd.Context(), data, database, func(a *auth.Auth) error {
			p := store.Person{ID: auth.Slug(args[0]), Name: args[0], Rights: rights}
			if email != "" {
				p.Emails = []string{email}
			}
			if handle != "" {
				p.Handles = []string{handle}
			}
			if err := a.Directory().Put(cmd.Context(), p); err != nil {
				return failf(exitUsage, "%w", err)
			}
			return e.print(map[string]string{"id": p.ID}, func() {
				fmt.Fprintf(e.out, "%s\n", p.ID)
				e.say("Next: tocsin user link %s", p.ID)
			})
		})
	}}
	add.Flags().StringVar(&email, "email", "", "e-mail address")
	add.Flags().StringVar(&handle, "handle", "", "handle in the chat")
	add.Flags().StringVar(&rights, "rights", "responder", "viewer, responder or admin")
	link := &cobra.Command{Use: "link NAME", Short: "Make a link that signs somebody in, once", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return e.onMachine(cmd.Context(), data, database, func(a *auth.Auth) error {
			p, err := whom(cmd.Context(), a, args)
			if err != nil {
				return err
			}
			secret, err := a.LinkFor(cmd.Context(), p.ID, 30*time.Minute)
			if err != nil {
				return err
			}
			fmt.Fprintf(e.out, "%s/link?token=%s\n", server, secret)
			return nil
		})
	}}
	link.Flags().StringVar(&server, "at", "http://127.0.0.1:8080", "address of the console")
	for _, sub := range []*cobra.Command{add, link} {
		sub.Flags().StringVar(&data, "data", "", "data folder")
		sub.Flags().StringVar(&database, "database", "", "postgres://… instead of a folder")
		c.AddCommand(sub)
	}
	return c
}

// breakGlassVerb lets somebody at the machine in when passkeys, passwords and mail are all part of the outage.
func breakGlassVerb(e *env) *cobra.Command {
	var data, database, server string
	c := &cobra.Command{Use: "break-glass [NAME]", Short: "In an emergency: let the owner, or NAME, in with a link made on this machine", Args: cobra.MaximumNArgs(1),
		Long: "Make a link that signs somebody in once, within 15 minutes, when every other way in is gone. It needs the data, no running server, no network. It stands in the audit log, and the console tells everyone who administers.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.onMachine(cmd.Context(), data, database, func(a *auth.Auth) error {
				p, err := whom(cmd.Context(), a, args)
				if err != nil {
					return err
				}
				secret, err := a.BreakGlass(cmd.Context(), p.ID, 15*time.Minute)
				if err != nil {
					return err
				}
				link := server + "/link?token=" + secret
				return e.print(map[string]string{"link": link, "person": p.ID}, func() {
					fmt.Fprintln(e.out, link)
					e.say("It signs %s in, once, within 15 minutes. It stands in the audit log: tocsin audit", cmp.Or(p.Name, p.ID))
				})
			})
		}}
	c.Flags().StringVar(&data, "data", "", "data folder")
	c.Flags().StringVar(&database, "database", "", "postgres://… instead of a folder")
	c.Flags().StringVar(&server, "at", "http://127.0.0.1:8080", "address of the console")
	return c
}

// whom gives the person that is named, or the owner.
func whom(ctx context.Context, a *auth.Auth, named []string) (store.Person, error) {
	if len(named) == 0 {
		return a.Owner(ctx)
	}
	p, known := a.Directory().Find(named[0])
	if !known {
		return p, failf(exitNotFound, "there is nobody called %q; add them with: tocsin user add", named[0])
	}
	return p, nil
}

func runbookVerb(e *env) *cobra.Command {
	c := &cobra.Command{Use: "runbook", Short: "Read and check runbooks"}
	read := func(args []string) ([]byte, error) {
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
	c.AddCommand(
		&cobra.Command{Use: "lint FILE", Short: "Check a runbook; each problem with its line and column", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
			src, err := read(args)
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
				return failf(exitFailed, "%s: %d problems", args[0], len(problems))
			case err != nil:
				return err
			}
			e.say("%s: well: %d roles, %d steps", args[0], len(r.Roles), len(r.Steps))
			return nil
		}},
		&cobra.Command{Use: "show [FILE]", Short: "Print a runbook (default: the embedded one)", Args: cobra.MaximumNArgs(1), RunE: func(_ *cobra.Command, args []string) error {
			src, err := read(args)
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
		}},
		printVerb(e),
		&cobra.Command{Use: "schema", Short: "Print the JSON Schema for editors", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
			_, err := e.out.Write(runbook.Schema())
			return err
		}},
	)
	return c
}
