package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/connect"
	"tocsin/internal/connect/all"
	"tocsin/internal/connect/slack"
)

func connectVerb(e *env) *cobra.Command {
	c := &cobra.Command{Use: "connect", Short: "What is set up, test one of it, and what a service asks for"}
	c.AddCommand(connectListVerb(e), connectTestVerb(e))
	s := &cobra.Command{Use: "slack", Short: "Connect Slack"}
	s.AddCommand(&cobra.Command{
		Use:   "manifest",
		Short: "Print the app manifest to paste into Slack",
		Long:  "Print the manifest of the Slack app: paste it at https://api.slack.com/apps under “From a manifest”, install the app, and put its bot token into\nconnectors.slack.token.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := e.out.Write(slack.Manifest())
			return err
		},
	})
	c.AddCommand(s)
	return c
}

func connectListVerb(e *env) *cobra.Command {
	var config string
	c := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "Services: which are set up, and who does what first",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := loadConfig(config, e.environ)
			if err != nil {
				return failf(exitUsage, "%w", err)
			}
			ready, err := all.New(cfg.Connectors, all.Client(cfg.Connectors, nil))
			if err != nil {
				return failf(exitUsage, "%w", err)
			}
			type line struct {
				Name         string   `json:"name"`
				SetUp        bool     `json:"set_up"`
				Capabilities []string `json:"capabilities"`
			}
			var lines []line
			for _, name := range all.Names() {
				l := line{Name: name, SetUp: slices.ContainsFunc(ready, func(k connect.Connector) bool { return k.Name() == name }), Capabilities: []string{}}
				for capability, order := range cfg.Capabilities {
					if at := slices.Index(order, name); at >= 0 {
						l.Capabilities = append(l.Capabilities, fmt.Sprintf("%s (%d)", capability, at+1))
					}
				}
				slices.Sort(l.Capabilities)
				lines = append(lines, l)
			}
			return e.print(map[string]any{"connectors": lines}, func() {
				for _, l := range lines {
					state := "–"
					if l.SetUp {
						state = "✔"
					}
					fmt.Fprintf(e.out, "%s %-11s %s\n", state, l.Name, strings.Join(l.Capabilities, ", "))
				}
				e.say("✔ is set up. The number is the place in capabilities. Test one: tocsin connect test NAME")
			})
		},
	}
	c.Flags().StringVar(&config, "config", "", "configuration file")
	return c
}

func connectTestVerb(e *env) *cobra.Command {
	var config string
	c := &cobra.Command{
		Use:   "test NAME",
		Short: "Test the connection to a service by calls that change nothing",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(all.Names(), args[0]) {
				return failf(exitUsage, "there is no service %q; there are %s", args[0], strings.Join(all.Names(), ", "))
			}
			_, sections, connectors, clock := e.examined(config)
			for _, f := range sections[0].Findings {
				if !f.OK {
					return e.told(sections)
				}
			}
			at := slices.IndexFunc(connectors, func(k connect.Connector) bool { return k.Name() == args[0] })
			if at < 0 {
				return failf(exitFailed, "%s is not set up: fill in connectors.%s (docs/configuration.md)", args[0], args[0])
			}
			return e.told(append(checks(cmd.Context(), connectors[at:at+1]), section{"clock", clock.findings()}))
		},
	}
	c.Flags().StringVar(&config, "config", "", "configuration file")
	return c
}
