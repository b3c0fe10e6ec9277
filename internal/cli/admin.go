package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/auth"
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
