package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

func declareVerb(e *env) *cobra.Command {
	var d api.Declare
	var disrupting string
	var wait bool
	c := &cobra.Command{
		Use:     "declare TITLE",
		Short:   "Declare an incident",
		Example: `  tocsin declare "Pushes fail" --disrupting --eta 90m --point`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if last := args[len(args)-1]; len(args) > 1 && cmd.Flags().Changed("disrupting") && slices.Contains([]string{"yes", "no", "unknown", "partial", "degraded"}, last) {
				return failf(exitUsage, "is %q part of the title? If it answers --disrupting, write --disrupting=%s", last, last)
			}
			d.Title = strings.Join(args, " ")
			if _, err := incident.ParseDuration(d.ETA); err != nil {
				return err
			}
			if disrupting != "" {
				d.Disrupting = disrupting
			}
			cl, err := e.client()
			if err != nil {
				return err
			}
			key := e.global.key
			if key == "" {
				key = api.NewKey()
			}
			i, err := cl.Declare(cmd.Context(), d, key)
			if err != nil {
				return remote(err)
			}
			err = e.print(i, func() {
				fmt.Fprintf(e.out, "%s  %s\n  Room  %s\n", i.ID, i.Title, i.Links.Room)
				if i.Definition.Met {
					e.meter(i.Definition)
				}
				var next []string
				if !d.Point {
					next = append(next, "tocsin take point")
				}
				if d.ETA == "" {
					next = append(next, "tocsin eta 90m --disrupting")
				}
				e.say("Next: %s", strings.Join(append(next, "tocsin say …", "tocsin todo"), ", "))
			})
			if err != nil || !wait {
				return err
			}
			return e.progress(cmd.Context(), cl, i.ID, nil)
		},
	}
	c.Flags().StringVar(&disrupting, "disrupting", "", "does it disrupt the service: yes, no, unknown, partial, degraded")
	c.Flags().Lookup("disrupting").NoOptDefVal = "yes"
	c.Flags().StringVar(&d.ETA, "eta", "", "how long it will take: 90m, 2h, unknown")
	c.Flags().StringVar(&d.Service, "service", "", "the service")
	c.Flags().StringSliceVar(&d.Down, "down", nil, "services steps are carried out with that are part of it: gitlab,slack")
	c.Flags().StringSliceVar(&d.Page, "page", nil, "roles or people to ask for at once; of a role, who is on call: engineer,bo")
	c.Flags().StringVar(&d.StartedAt, "started-at", "", "when it began: 14:05, -10m")
	c.Flags().BoolVar(&wait, "wait", false, "wait for the first steps, and show them")
	c.Flags().BoolVar(&d.Point, "point", false, "take point, too")
	c.Flags().BoolVar(&d.Drill, "drill", false, "it is a drill")
	return c
}

func statusVerb(e *env) *cobra.Command {
	var code bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Active incidents and what is overdue",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := e.list(cmd, api.ListOptions{Status: incident.Active}, "All quiet.")
			if err != nil {
				return err
			}
			if len(list) == 0 {
				e.anniversaries(cmd.Context())
			}
			if !code {
				return nil
			}
			worst := exitOK
			for _, s := range list {
				if s.Kind == incident.Major {
					worst = 20
				} else {
					worst = max(worst, 10)
				}
			}
			if worst != exitOK {
				return &fault{worst, silent}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&code, "exit-code", false, "exit 0 when quiet, 10 with a minor outage, 20 with a major one")
	return c
}

// anniversaries says in quiet times which major outages come back to mind. It is a courtesy: trouble with it is none of status's.
func (e *env) anniversaries(ctx context.Context) {
	cl, err := e.client()
	if err != nil {
		return
	}
	list, err := cl.Anniversaries(ctx)
	if err != nil {
		return
	}
	for _, a := range list {
		e.say("%s, %s: %d year(s) on %s. Does what was learnt still hold? tocsin postmortem -i %s", a.Name, a.Title, a.Years, a.On.Format("2 January"), a.Name)
	}
}

func listVerb(e *env) *cobra.Command {
	var o api.ListOptions
	c := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List incidents",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := e.list(cmd, o, "None.")
			return err
		},
	}
	c.Flags().StringVar(&o.Status, "status", "", "active, resolved or cancelled")
	c.Flags().StringVar(&o.Kind, "kind", "", "minor or major")
	c.Flags().StringVar(&o.Query, "search", "", "part of the title")
	c.Flags().IntVarP(&o.Limit, "limit", "L", 0, "how many")
	return c
}

func (e *env) list(cmd *cobra.Command, o api.ListOptions, none string) ([]api.Summary, error) {
	cl, err := e.client()
	if err != nil {
		return nil, err
	}
	list, next, err := cl.List(cmd.Context(), o)
	if err != nil {
		return nil, remote(err)
	}
	return list, e.print(map[string]any{"incidents": list, "next": next}, func() {
		if len(list) == 0 {
			e.say("%s", none)
		}
		for _, s := range list {
			point := "nobody has point"
			if len(s.Point) > 0 {
				point = "point " + s.Point[0].Name
			}
			fmt.Fprintf(e.out, "%-8s %-6s %-9s %s\n         %s", s.ID, s.Kind, s.Status, s.Title, point)
			if s.Prompt {
				fmt.Fprint(e.out, "; asked: is this a major outage?")
			}
			if s.Trouble > 0 {
				fmt.Fprintf(e.out, "; %d steps need a hand", s.Trouble)
			}
			fmt.Fprintln(e.out)
		}
	})
}

func showVerb(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show [INCIDENT]",
		Short: "One incident as it stands",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			i, err := e.one(cmd, args)
			if err != nil {
				return err
			}
			return e.print(i, func() {
				fmt.Fprintf(e.out, "%s  %s\n  %s, %s", i.ID, i.Title, i.Kind, i.Status)
				if i.ETA != nil {
					fmt.Fprintf(e.out, ", ETA %s", i.ETA.UTC().Format("15:04 UTC"))
				}
				fmt.Fprintln(e.out)
				for _, r := range i.Roles {
					var names []string
					for _, h := range r.Holders {
						names = append(names, h.Name)
					}
					if len(names) > 0 || r.Wanted {
						fmt.Fprintf(e.out, "  %-26s %s\n", r.Name, orNobody(names))
					}
				}
				if len(i.Down) > 0 {
					names := make([]string, len(i.Down))
					for n, p := range i.Down {
						names[n] = report.Provider(p)
					}
					fmt.Fprintf(e.out, "  %-9s %s\n", "Down", strings.Join(names, ", "))
				}
				for _, l := range [][2]string{{"Room", i.Links.Room}, {"War room", i.Links.WarRoom}, {"Document", i.Links.Document}, {"Channel", i.Links.Channel}, {"Public", i.Links.Public}, {"Stream", i.Links.Stream}, {"Issue", i.Links.Issue}} {
					if l[1] != "" {
						fmt.Fprintf(e.out, "  %-9s %s\n", l[0], l[1])
					}
				}
			})
		},
	}
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody yet"
	}
	return strings.Join(names, ", ")
}

// one gives the incident that an argument or the flags name.
func (e *env) one(cmd *cobra.Command, args []string) (*api.Incident, error) {
	cl, err := e.client()
	if err != nil {
		return nil, err
	}
	if len(args) == 1 {
		e.global.incident = args[0]
	}
	id, err := e.which(cmd.Context(), cl)
	if err != nil {
		return nil, err
	}
	i, err := cl.Show(cmd.Context(), id)
	return i, remote(err)
}

func timelineVerb(e *env) *cobra.Command {
	var public, follow bool
	c := &cobra.Command{
		Use:     "timeline",
		Aliases: []string{"log"},
		Short:   "Read the timeline",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cl, err := e.client()
			if err != nil {
				return err
			}
			id, err := e.which(cmd.Context(), cl)
			if err != nil {
				return err
			}
			entry := func(en api.Entry) error {
				_, err := fmt.Fprintf(e.out, "%s\t%s\t%s\t%s\n", en.At.UTC().Format("2006-01-02 15:04"), en.ID, en.Kind, strings.ReplaceAll(en.Text, "\n", " "))
				return err
			}
			if follow && !public {
				if e.global.json {
					enc := json.NewEncoder(e.out)
					entry = func(en api.Entry) error { return enc.Encode(en) }
				}
				return remote(cl.Follow(cmd.Context(), id, 0, entry, func(err error) { e.say("%v; trying again", err) }))
			}
			entries, err := cl.Timeline(cmd.Context(), id, public)
			if err != nil {
				return remote(err)
			}
			return e.print(map[string]any{"entries": entries}, func() {
				for _, en := range entries {
					_ = entry(en) // a closed pipe has nobody to tell
				}
			})
		},
	}
	c.Flags().BoolVar(&public, "public", false, "as the world reads it")
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what is added; with --json a line each")
	c.MarkFlagsMutuallyExclusive("public", "follow")
	return c
}

func definitionVerb(e *env) *cobra.Command {
	var code bool
	c := &cobra.Command{
		Use:   "definition",
		Short: "Does this meet the definition of a major outage?",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			i, err := e.one(cmd, nil)
			if err != nil {
				return err
			}
			if err := e.print(i.Definition, func() { e.meter(i.Definition) }); err != nil {
				return err
			}
			if code && i.Definition.Met {
				return &fault{20, silent}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&code, "exit-code", false, "exit 0 when not met, 20 when met")
	return c
}

// meter prints both clauses of the definition, who said so, and what follows.
func (e *env) meter(d api.Definition) {
	fmt.Fprintln(e.out, "Definition of a major outage:")
	for _, c := range d.Clauses {
		mark, who := "?", "nobody has said yet"
		if c.Truth != nil {
			mark = map[bool]string{true: "✔", false: "✖"}[*c.Truth]
		}
		if c.By != nil && c.At != nil {
			who = c.By.Name + ", " + c.At.UTC().Format("15:04 UTC")
		}
		fmt.Fprintf(e.out, "  %s %s (%s)\n", mark, c.Text, who)
	}
	switch {
	case d.Prompt != nil:
		fmt.Fprintf(e.out, "◆ %s\n", d.Prompt.Text)
		e.say("Next: tocsin declare-major (shows the steps first), or tocsin not-now WHY")
	case d.Met:
		fmt.Fprintln(e.out, "◆ It is met.")
	case d.WillMeetAt != nil:
		fmt.Fprintf(e.out, "It will be asked about at %s if it is not fixed by then.\n", d.WillMeetAt.UTC().Format("15:04 UTC"))
	case d.State == "unknown":
		fmt.Fprintln(e.out, "Not known yet: say tocsin eta DURATION --disrupting or --not-disrupting.")
	default:
		fmt.Fprintln(e.out, "Not met.")
	}
}
