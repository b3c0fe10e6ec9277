package cli

import (
	"cmp"
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
)

func oncallVerb(e *env) *cobra.Command {
	var days int
	c := &cobra.Command{Use: "oncall", Short: "Who is on call now, and in the days to come", Args: cobra.NoArgs, Aliases: []string{"on-call"},
		Example: `  tocsin oncall
  tocsin oncall override engineer bo --until 18:00
  tocsin oncall rotate engineer ana bo --start "2026-11-23 09:00" --days 7 --zone Europe/Berlin`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if days < 1 || days > 366 {
				return failf(exitUsage, "--days takes 1 to 366")
			}
			cl, err := e.client()
			if err != nil {
				return err
			}
			o, err := cl.OnCall(cmd.Context(), days)
			if err != nil {
				return remote(err)
			}
			return e.print(o, func() { e.oncall(o) })
		}}
	c.Flags().IntVar(&days, "days", 7, "so many days from now")
	c.AddCommand(overrideVerb(e), rotateVerb(e),
		endVerb(e, "stop ROLE", "Have nobody take turns for a role", "nobody takes turns for %s now", (*api.Client).StopTurns),
		endVerb(e, "cancel ID", "Take an override back", "%s is taken back", (*api.Client).TakeBack))
	return c
}

// oncall prints who is on call now, and beneath it the shifts to come.
func (e *env) oncall(o api.OnCall) {
	if len(o.Now) == 0 {
		e.say("Nobody takes turns yet: whoever can take a role is asked. Next: tocsin oncall rotate engineer NAME… --start \"%s 09:00\"", time.Now().UTC().Format(time.DateOnly))
		return
	}
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	line := func(mark string, s api.Shift) {
		who, from, until := "! nobody", "", ""
		if s.Person != nil {
			who = s.Person.Name
		}
		if s.From != nil {
			from = s.From.UTC().Format("Mon 2 Jan 15:04")
		}
		if s.Until != nil {
			until = s.Until.UTC().Format("Mon 2 Jan 15:04")
		}
		if s.Override != "" {
			until += "\tstands in (" + s.Override + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s – %s\n", mark, s.Role, who, from, until)
	}
	for _, s := range o.Now {
		line("now", s)
	}
	now := time.Now()
	for _, s := range o.Shifts {
		if s.From != nil && s.From.After(now) {
			line("", s)
		}
	}
	_ = w.Flush() // as with every line printed
}

func overrideVerb(e *env) *cobra.Command {
	var x api.StandIn
	c := &cobra.Command{Use: "override ROLE WHO", Short: "Have somebody stand in for a role, whosever turn it is", Args: cobra.ExactArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
		x.Role, x.Person = args[0], args[1]
		cl, err := e.client()
		if err != nil {
			return err
		}
		o, err := cl.StandIn(cmd.Context(), x, cmp.Or(e.global.key, api.NewKey()))
		if err != nil {
			return remote(err)
		}
		return e.print(o, func() {
			fmt.Fprintf(e.out, "%s is on call for %s, %s – %s UTC\n", o.Person.Name, o.Role, o.From.UTC().Format("Mon 2 Jan 15:04"), o.Until.UTC().Format("Mon 2 Jan 15:04"))
			e.say("Undo: tocsin oncall cancel %s", o.ID)
		})
	}}
	c.Flags().StringVar(&x.From, "from", "", "when it begins, in UTC: 18:00, 2026-11-28 09:00; now if it is not given")
	c.Flags().StringVar(&x.Until, "until", "", "when it ends: 8h, 18:00, 2026-11-28 09:00")
	return c
}

func rotateVerb(e *env) *cobra.Command {
	var t api.Turns
	c := &cobra.Command{Use: "rotate ROLE WHO…", Short: "Have people take turns for a role", Args: cobra.MinimumNArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
		t.People = args[1:]
		cl, err := e.client()
		if err != nil {
			return err
		}
		kept, err := cl.Rotate(cmd.Context(), args[0], t, cmp.Or(e.global.key, api.NewKey()))
		if err != nil {
			return remote(err)
		}
		return e.print(kept, func() {
			fmt.Fprintf(e.out, "%d take turns of %d days for %s, from %s %s\n", len(kept.People), kept.Days, kept.Role, kept.Start, kept.Zone)
			e.say("Next: tocsin oncall")
		})
	}}
	c.Flags().StringVar(&t.Start, "start", "", "when the first turn begins, in the zone: \"2026-11-23 09:00\"")
	c.Flags().IntVar(&t.Days, "days", 7, "how many days a turn takes")
	c.Flags().StringVar(&t.Zone, "zone", "UTC", "time zone: Europe/Berlin")
	return c
}

// endVerb ends what its argument names.
func endVerb(e *env, use, short, done string, end func(*api.Client, context.Context, string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		cl, err := e.client()
		if err != nil {
			return err
		}
		if err := end(cl, cmd.Context(), args[0]); err != nil {
			return remote(err)
		}
		return e.print(map[string]string{"ended": args[0]}, func() { fmt.Fprintf(e.out, done+"\n", args[0]) })
	}}
}
