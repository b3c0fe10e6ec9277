package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// practiceVerbs practise with the people of a running server; tocsin drill itself needs none.
func practiceVerbs(e *env) []*cobra.Command {
	bring := order{use: "inject TEXT", short: "Bring something into the drill of a running server, now or later", kind: "inject", args: []string{"text"},
		flags: map[string]string{"in": "how long from now: 10m (default: at once)"}}
	return []*cobra.Command{startVerb(e), bring.verb(e),
		order{use: "pause", short: "Pause what is played in the drill of a running server", kind: "practise", fixed: map[string]any{"state": incident.Paused}}.verb(e),
		order{use: "resume", short: "Go on playing", kind: "practise", fixed: map[string]any{"state": incident.Running}}.verb(e),
		order{use: "stop", short: "Play nothing more; the incident stays until it is resolved", kind: "practise", fixed: map[string]any{"state": incident.Stopped}}.verb(e),
		scoreVerb(e)}
}

func startVerb(e *env) *cobra.Command {
	var mode, speed string
	c := &cobra.Command{Use: "start [SCENARIO]", Short: "Practise with the people of a running server; you have point", Args: cobra.MaximumNArgs(1),
		Long: "Declare a drill on a running server and play a real outage in it. No service is called, and no public page knows of it. Without a scenario nothing comes by itself.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := e.client()
			if err != nil {
				return err
			}
			ctx, title := cmd.Context(), "Drill"
			fields := map[string]any{"mode": incident.Lists}
			if len(args) == 1 {
				all, err := c.Scenarios(ctx)
				if err != nil {
					return remote(err)
				}
				at := slices.IndexFunc(all, func(s report.Scenario) bool { return s.Name == args[0] })
				if at < 0 {
					return failf(exitNotFound, "there is no scenario %q; tocsin drill --list shows them", args[0])
				}
				factor, err := parseSpeed(speed)
				if err != nil || factor == 0 {
					return failf(exitUsage, "--speed %s: a number above 0", speed)
				}
				title, fields = all[at].Title, map[string]any{"scenario": args[0], "mode": mode, "speed": factor}
			}
			key := cmp.Or(e.global.key, api.NewKey())
			made, err := c.Declare(ctx, api.Declare{Title: title, Drill: true, Point: true}, key)
			if err != nil {
				return remote(err)
			}
			if _, err := c.Do(ctx, made.ID, "practise", fields, key+":practise"); err != nil {
				return remote(err)
			}
			return e.print(made, func() {
				fmt.Fprintf(e.out, "%s  %s\n", made.ID, made.Links.Room)
				e.say("Next: tocsin drill inject TEXT --in 10m · tocsin drill score")
			})
		}}
	c.Flags().StringVar(&mode, "mode", incident.Replay, "replay: all that people said and did; surprise: only what monitoring and customers notice")
	c.Flags().StringVar(&speed, "speed", "10", "how many times faster than it happened")
	return c
}

func scoreVerb(e *env) *cobra.Command {
	return &cobra.Command{Use: "score", Short: "Hold a drill, or a real incident, against its runbook", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := e.client()
		if err != nil {
			return err
		}
		id, err := e.which(cmd.Context(), c)
		if err != nil {
			return err
		}
		s, err := c.Score(cmd.Context(), id)
		if err != nil {
			return remote(err)
		}
		return e.print(s, func() { e.score(s) })
	}}
}

// score prints the score card.
func (e *env) score(s report.Score) {
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	for _, r := range s.Rows {
		took, target, mark := "not yet", "", " "
		if r.Took != nil {
			took = report.SpanIn(catalogue.English, *r.Took)
		}
		if r.Target > 0 {
			target, mark = "within "+report.SpanIn(catalogue.English, r.Target), map[bool]string{true: "✔", false: "▲"}[r.Met()]
		}
		fmt.Fprintf(w, "%s %s\t%s\t%s\n", mark, r.What, took, target)
	}
	fmt.Fprintf(w, "  words to the public in time\t%s\t\n", strconv.Itoa(s.Told)+" of "+strconv.Itoa(s.Tells))
	_ = w.Flush() // as with every line printed
	fmt.Fprintf(e.out, "Steps: %d done, %d by hand, %d left out, %d failed, %d open\n", s.Steps.Done, s.Steps.ByHand, s.Steps.Left, s.Steps.Failed, s.Steps.Open)
	for _, v := range s.Vacant {
		fmt.Fprintf(e.out, "nobody was: %s\n", v)
	}
	for _, l := range s.Left {
		fmt.Fprintf(e.out, "left out: %s (%s)\n", l.Title, l.Why)
	}
	for _, o := range s.Open {
		fmt.Fprintf(e.out, "still open: %s\n", o)
	}
}
