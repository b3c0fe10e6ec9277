package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tocsin/internal/catalogue"
	"tocsin/internal/report"
)

func insightsVerb(e *env) *cobra.Command {
	var days int
	var drills, asCSV bool
	c := &cobra.Command{
		Use:   "insights",
		Short: "How the incidents of a period went: times, estimates, promises, connectors, follow-ups",
		Example: `  tocsin insights --days 365
  tocsin insights --csv > insights.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if days < 1 || days > 3660 {
				return failf(exitUsage, "--days takes 1 to 3660")
			}
			cl, err := e.client()
			if err != nil {
				return err
			}
			in, err := cl.Insights(cmd.Context(), days, drills)
			if err != nil {
				return remote(err)
			}
			if asCSV {
				_, err := fmt.Fprint(e.out, in.CSV())
				return err
			}
			return e.print(in, func() { e.insights(in) })
		},
	}
	c.Flags().IntVar(&days, "days", 90, "declared in so many days up to now")
	c.Flags().BoolVar(&drills, "drills", false, "count drills, too")
	c.Flags().BoolVar(&asCSV, "csv", false, "print CSV: one number a line, lengths of time in seconds")
	return c
}

// insights prints the findings, and the times beneath.
func (e *env) insights(in report.Insights) {
	for _, said := range []string{in.WeeksSaid(catalogue.English), in.TimesSaid(catalogue.English), in.ETAsSaid(catalogue.English), in.CadenceSaid(catalogue.English), in.ConnectorsSaid(catalogue.English), in.FollowUpsSaid(catalogue.English)} {
		fmt.Fprintln(e.out, said+".")
	}
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\n\thalf within\tnine of ten within\tincidents")
	for _, t := range in.Times {
		if t.N > 0 {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", t.Title, t.Median, t.P90, t.N)
		}
	}
	_ = w.Flush() // as with every line printed
}
