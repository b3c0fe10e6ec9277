package cli

import "github.com/spf13/cobra"

// groups is every verb of the command line, as the help shows them.
var groups = []struct {
	id, title string
	verbs     []func(*env) *cobra.Command
}{
	{"server", "Run the server:", []func(*env) *cobra.Command{drillVerb, serveVerb, standinsVerb, versionVerb}},
}
