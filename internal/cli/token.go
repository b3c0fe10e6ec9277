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

func tokenVerb(e *env) *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Make, list and revoke tokens for the API and the command line"}
	var data, scope, as, database string
	var ttl time.Duration
	create := &cobra.Command{Use: "create", Short: "Make a token; it is shown once", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return e.onMachine(cmd.Context(), data, database, func(a *auth.Auth) error {
			owner, err := a.Owner(cmd.Context())
			if err != nil {
				return err
			}
			who := owner.ID
			if as != "" {
				p, ok := a.Directory().Find(as)
				if !ok {
					return failf(exitNotFound, "there is nobody called %q", as)
				}
				who = p.ID
			}
			secret, err := a.CreateToken(cmd.Context(), who, scope, ttl)
			if err != nil {
				return failf(exitUsage, "%w", err)
			}
			return e.print(map[string]string{"token": secret, "person": who, "scope": scope}, func() {
				if e.global.quiet {
					fmt.Fprintln(e.out, secret)
					return
				}
				fmt.Fprintf(e.out, "%s\n", secret)
				e.say("It is shown this once. Use it as TOCSIN_TOKEN, or in a file with --token-file.")
			})
		})
	}}
	c.PersistentFlags().StringVar(&data, "data", "", "data folder")
	c.PersistentFlags().StringVar(&database, "database", "", "postgres://… instead of a folder")
	create.Flags().StringVar(&scope, "scope", "", "read, write or admin (default: all that the person may)")
	create.Flags().StringVar(&as, "as", "", "whose token (default: the owner's)")
	create.Flags().DurationVar(&ttl, "ttl", 0, "how long it holds (default: until it is revoked)")
	list := &cobra.Command{Use: "list", Aliases: []string{"ls"}, Short: "List tokens: whose, what for, when last used; never the secrets", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.onMachine(cmd.Context(), data, database, func(a *auth.Auth) error { return e.tokens(cmd.Context(), a) })
		}}
	revoke := &cobra.Command{Use: "revoke ID", Short: "End a token at once", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return e.onMachine(cmd.Context(), data, database, func(a *auth.Auth) error {
			err := a.RevokeToken(cmd.Context(), args[0])
			if errors.Is(err, store.ErrNotFound) {
				return failf(exitNotFound, "there is no token %q; tocsin token list shows them", args[0])
			}
			if err != nil {
				return err
			}
			return e.print(map[string]string{"revoked": args[0]}, func() { fmt.Fprintf(e.out, "%s  revoked\n", args[0]) })
		})
	}}
	c.AddCommand(create, list, revoke)
	return c
}

// tokenLine is what `token list` tells of a token.
type tokenLine struct {
	ID      string     `json:"id"`
	Person  string     `json:"person"`
	Scope   string     `json:"scope"` // empty: all that the person may
	Created time.Time  `json:"created_at"`
	Expires *time.Time `json:"expires_at"` // null: never
	Used    *time.Time `json:"used_at"`    // null: never
}

// tokens lists the API tokens.
func (e *env) tokens(ctx context.Context, a *auth.Auth) error {
	all, err := a.Tokens(ctx)
	if err != nil {
		return err
	}
	ever := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	lines := []tokenLine{}
	for _, t := range all {
		lines = append(lines, tokenLine{t.ID, t.Person, t.Scope, t.Created, ever(t.Expires), ever(t.Used)})
	}
	return e.print(map[string]any{"tokens": lines}, func() {
		day := func(t *time.Time) string {
			if t == nil {
				return "never"
			}
			return t.UTC().Format("2006-01-02 15:04Z")
		}
		for _, t := range lines {
			fmt.Fprintf(e.out, "%s\t%s\t%s\tmade %s\tends %s\tused %s\n", t.ID, t.Person, cmp.Or(t.Scope, "all"), day(&t.Created), day(t.Expires), day(t.Used))
		}
		if len(lines) == 0 {
			e.say("None. tocsin token create makes one")
		}
	})
}
