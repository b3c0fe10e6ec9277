package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"tocsin/internal/auth"
	"tocsin/internal/store"
)

// auditVerb reads the database itself, so that it works when nobody can sign in.
func auditVerb(e *env) *cobra.Command {
	var data, database, before string
	var most int
	c := &cobra.Command{Use: "audit", Short: "Who did what to people and to ways in, the newest first", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		if most < 1 {
			return failf(exitUsage, "--limit is %d; it is at least 1", most)
		}
		return e.onMachine(cmd.Context(), data, database, func(a *auth.Auth) error {
			deeds, err := a.Deeds(cmd.Context(), before, most)
			if err != nil {
				return err
			}
			return e.print(map[string]any{"deeds": append([]store.Deed{}, deeds...)}, func() {
				for _, d := range deeds {
					who := d.Person
					if who == "" {
						who = "(at the machine)"
					}
					fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\n", d.At.UTC().Format("2006-01-02 15:04:05Z"), who, d.What, d.About)
				}
				if len(deeds) == most {
					e.say("Older ones: tocsin audit --before %s", deeds[most-1].ID)
				}
			})
		})
	}}
	c.Flags().StringVar(&data, "data", "", "data folder")
	c.Flags().StringVar(&database, "database", "", "postgres://… instead of a folder")
	c.Flags().StringVar(&before, "before", "", "those before this one, by its id")
	c.Flags().IntVarP(&most, "limit", "L", 50, "how many at most")
	return c
}
