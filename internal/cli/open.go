package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
)

// places are where an incident can be opened, in the order the help names them.
var places = []struct {
	name string
	at   func(*api.Incident) string
}{
	{"room", func(i *api.Incident) string { return i.Links.Room }},
	{"war-room", func(i *api.Incident) string { return i.Links.WarRoom }},
	{"doc", func(i *api.Incident) string { return i.Links.Document }},
	{"public", func(i *api.Incident) string { return i.Links.Public }},
	{"channel", func(i *api.Incident) string { return i.Links.Channel }},
	{"stream", func(i *api.Incident) string { return i.Links.Stream }},
	{"issue", func(i *api.Incident) string { return i.Links.Issue }},
	{"postmortem", func(i *api.Incident) string { return i.Links.Room + "/postmortem" }},
	{"print", func(i *api.Incident) string { return i.Links.Room + "/print" }},
}

func openVerb(e *env) *cobra.Command {
	var only bool
	var names []string
	for _, p := range places {
		names = append(names, p.name)
	}
	c := &cobra.Command{
		Use:       "open [" + strings.Join(names, "|") + "]",
		Short:     "Open a page of the incident in the browser, the room unless another is named, and print its address",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			where := places[0]
			if len(args) == 1 {
				n := slices.Index(names, args[0])
				if n < 0 {
					return failf(exitUsage, "there is no place %q; the places are %s", args[0], strings.Join(names, ", "))
				}
				where = places[n]
			}
			i, err := e.one(cmd, nil)
			if err != nil {
				return err
			}
			url := where.at(i)
			if url == "" {
				return failf(exitNotFound, "%s has no %s yet; tocsin steps shows why", i.ID, where.name)
			}
			if !only && !e.global.json {
				openBrowser(cmd.Context(), url)
			}
			return e.print(map[string]string{"url": url}, func() { fmt.Fprintln(e.out, url) })
		},
	}
	c.Flags().BoolVar(&only, "print", false, "only print the address")
	return c
}
