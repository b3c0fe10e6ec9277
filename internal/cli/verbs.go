package cli

import "github.com/spf13/cobra"

// groups is every verb of the command line, as the help shows them.
var groups = []struct {
	id, title string
	verbs     []func(*env) *cobra.Command
}{
	{"respond", "Respond:", append([]func(*env) *cobra.Command{declareVerb, statusVerb, listVerb, showVerb, timelineVerb, todoVerb, stepsVerb, etaVerb, definitionVerb, declareMajorVerb, previewVerb, waitVerb, useVerb, openVerb, exportVerb, pictureVerb, oncallVerb}, orders...)},
	{"tell", "Tell the world, and afterwards:", append(tell, postmortemVerb, insightsVerb)},
	{"server", "Run the server:", []func(*env) *cobra.Command{drillVerb, serveVerb, publishVerb, mirrorVerb, standinsVerb, doctorVerb, connectVerb, runbookVerb, tokenVerb, userVerb, breakGlassVerb, auditVerb, subscribersVerb, migrateVerb, backupVerb, restoreVerb, redactVerb, blameVerb, versionVerb}},
}
