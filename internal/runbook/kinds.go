package runbook

// Kind says what a kind of step makes and needs. The names are those of package connect, which this package does not import; a test
// in runner holds both tables together.
type Kind struct {
	Capability string   // which connectors can do it
	Outputs    []string // what later steps may refer to as {step.output}
	Needs      []string // kinds of which some step must exist before it: its request is built from their outputs
	Text       bool     // Text must be given
	With       []string // parameters that With must hold
	Public     bool     // what it sends is public: it goes through redact
	Keep       bool     // may be kept in step: what it shows can change
}

// Kinds lists what a machine can do for a step.
var Kinds = map[string]Kind{
	"room.open":       {Capability: "room", Outputs: []string{"url", "id", "licensed"}},
	"room.license":    {Capability: "room", Outputs: []string{"url", "id", "licensed"}, Needs: []string{"room.open"}},
	"room.livestream": {Capability: "room", Needs: []string{"room.open", "stream.create"}, Public: true},
	"room.golive":     {Capability: "room", Needs: []string{"room.open", "room.livestream"}},
	"room.end":        {Capability: "room", Needs: []string{"room.open"}},

	"document.create":  {Capability: "document", Outputs: []string{"url", "id"}, Public: true},
	"document.write":   {Capability: "document", Outputs: []string{"revision"}, Needs: []string{"document.create"}, Public: true, Keep: true},
	"document.share":   {Capability: "document", Needs: []string{"document.create"}},
	"document.publish": {Capability: "document", Outputs: []string{"url", "revision"}, Needs: []string{"document.create"}, Public: true, Keep: true},

	"chat.channel": {Capability: "chat", Outputs: []string{"id", "url", "name"}},
	"chat.post":    {Capability: "chat", Outputs: []string{"id", "url", "channel"}, Text: true, With: []string{"channel"}},
	"chat.pin":     {Capability: "chat", With: []string{"message"}},
	"chat.invite":  {Capability: "chat", With: []string{"channel"}, Keep: true},

	"social.post": {Capability: "social", Outputs: []string{"url", "id"}, Text: true, Public: true},

	"stream.create": {Capability: "stream", Outputs: []string{"url", "id", "stream"}, Text: true, Public: true},
	"stream.live":   {Capability: "stream", Needs: []string{"stream.create"}},
	"stream.end":    {Capability: "stream", Needs: []string{"stream.create"}},

	"mail.send": {Capability: "mail", Outputs: []string{"id"}, Text: true, With: []string{"subject"}},

	"hook.send": {Capability: "hook", Outputs: []string{"id"}, With: []string{"event"}, Public: true},

	"tracker.issue":   {Capability: "tracker", Outputs: []string{"url", "id"}, Public: true},
	"tracker.open":    {Capability: "tracker", Needs: []string{"tracker.issue"}},
	"tracker.update":  {Capability: "tracker", Outputs: []string{"state"}, Needs: []string{"tracker.issue"}, Public: true, Keep: true},
	"tracker.comment": {Capability: "tracker", Needs: []string{"tracker.issue"}, Text: true, Public: true},
}

// Events lists what hook.send may tell of, as with: {event: …}.
var Events = []string{"incident.declared", "incident.major", "incident.resolved"}

// Names that texts may use besides {step.output}: facts of the incident that are always known.
var Names = []string{"title", "id", "room", "public.url", "room.url", "runbook.url", "postmortem.url", "started", "stage", "text", "next", "eta", "organisation"}

// DraftNames are further names for the drafts of updates: what is affected, when it ended or ends by saying so, how long it took.
var DraftNames = []string{"service", "ended", "duration"}
