package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tocsin/internal/auth"
	"tocsin/internal/store"
	"tocsin/internal/subscriber"
)

// subscribersVerb reads the database itself.
func subscribersVerb(e *env) *cobra.Command {
	var data, database string
	open := func(ctx context.Context, f func(*store.Store) error) error {
		s, err := openStore(ctx, e.dataDir(data), e.database(database))
		if err != nil {
			return err
		}
		return errors.Join(f(s), s.Close())
	}
	c := &cobra.Command{Use: "subscribers", Short: "Who gets mail about what the public is told", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return open(cmd.Context(), func(s *store.Store) error {
			all, err := s.Subscribers(cmd.Context())
			if err != nil {
				return err
			}
			shown := []subscription{}
			for _, one := range all {
				shown = append(shown, subscription{one.Address, one.Incident, !one.Confirmed.IsZero()})
			}
			return e.print(map[string]any{"subscribers": shown}, func() {
				for _, one := range shown {
					about, state := "every outage", "confirmed"
					if one.Incident != "" {
						about = one.Incident
					}
					if !one.Confirmed {
						state = "asked"
					}
					fmt.Fprintf(e.out, "%s\t%s\t%s\n", one.Address, about, state)
				}
				if len(shown) == 0 {
					e.say("Nobody yet. People subscribe at /subscribe, where connectors.smtp is set up.")
				}
			})
		})
	}}
	remove := &cobra.Command{Use: "remove ADDRESS", Short: "End all mail to an address", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return open(cmd.Context(), func(s *store.Store) error {
			address, ok := subscriber.Address(args[0])
			if !ok {
				return failf(exitUsage, "%q is no e-mail address", args[0])
			}
			n, err := s.DropAddress(cmd.Context(), address)
			if err != nil {
				return err
			}
			if n == 0 {
				return failf(exitNotFound, "nobody subscribed with that address; tocsin subscribers lists them")
			}
			if err := auth.New(s, auth.Options{}).Note(cmd.Context(), auth.DeedUnsubscribed, ""); err != nil {
				return err
			}
			return e.print(map[string]any{"ended": n}, func() { e.say("No more mail goes to it.") })
		})
	}}
	c.AddCommand(remove)
	c.PersistentFlags().StringVar(&data, "data", "", "data folder")
	c.PersistentFlags().StringVar(&database, "database", "", "postgres://… instead of a folder")
	return c
}

// subscription is somebody as the command shows them.
type subscription struct {
	Address   string `json:"address"`
	Incident  string `json:"incident,omitempty"` // empty: every outage
	Confirmed bool   `json:"confirmed"`
}
