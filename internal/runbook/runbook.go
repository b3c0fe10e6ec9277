// Package runbook is what should happen: roles, the definition of a major outage, steps, message texts, cadences, as data.
//
// It owns the YAML form of a runbook and its checks. A Runbook that Parse returned is whole and consistent: every reference leads
// somewhere, steps have no cycle, expressions compile. A running incident keeps the runbook it was declared with (R30). The package
// carries nothing out, reads no clock and no file but the embedded default.
package runbook

import "time"

// Runbook is one version of how an incident is run.
type Runbook struct {
	Name        string `yaml:"name" json:"name"`       // [a-z0-9-]
	Version     int    `yaml:"version" json:"version"` // grows with each change
	Title       string `yaml:"title" json:"title"`
	Description string `yaml:"description" json:"description,omitempty"`

	Roles      []Role     `yaml:"roles" json:"roles"`
	Definition Definition `yaml:"definition" json:"definition"`
	Steps      []Step     `yaml:"steps" json:"steps"`

	Nudges    Nudges            `yaml:"nudges" json:"nudges"`
	Cadence   map[string]Span   `yaml:"cadence" json:"cadence"`               // longest silence by "kind.stage" or "kind", e.g. "major.investigating": 15m (R16)
	Templates map[string]string `yaml:"templates" json:"templates"`           // draft of an update by stage: investigating, identified, monitoring, resolved (R16)
	Visible   []string          `yaml:"visible" json:"visible,omitempty"`     // kinds of entry that are public by default: none in the embedded runbook
	InDoubt   string            `yaml:"in_doubt" json:"in_doubt,omitempty"`   // a post with a word that may be a name, or a secret: "mask" (default) sends it masked, "wait" waits until a person has said what it is
	Further   []Choice          `yaml:"further" json:"further"`               // choices of further communication (R28)
	Questions []string          `yaml:"questions" json:"questions,omitempty"` // asked of the post-mortem's author where a machine can't know (R29)
}

// Span is a length of time written as in Go: "15m", "1h30m".
type Span time.Duration

// Role is a part people play (R1–R5).
type Role struct {
	ID           string   `yaml:"id" json:"id"`
	Name         string   `yaml:"name" json:"name"`
	Aliases      []string `yaml:"aliases" json:"aliases,omitempty"`
	Instructions string   `yaml:"instructions" json:"instructions"` // shown to whoever takes it, privately
	Wanted       string   `yaml:"wanted" json:"wanted"`             // expression: when someone must hold it: "declared", "major", "never"
	Many         bool     `yaml:"many" json:"many,omitempty"`       // more than one person may hold it at once
}

// Definition says when an outage is major (R6): an expression over eta, elapsed, disrupting. Its top-level and-clauses are shown apart.
type Definition struct {
	Major  string `yaml:"major" json:"major"`
	Ask    Span   `yaml:"ask" json:"ask"`       // minutes of disruption after which "will this pass?" is asked: 45m
	Passed Span   `yaml:"passed" json:"passed"` // disruption of this length prompts by itself: 1h
}

// Step is one line of the runbook that someone or something does.
type Step struct {
	ID          string   `yaml:"id" json:"id"` // [a-z0-9_]
	Title       string   `yaml:"title" json:"title"`
	Requirement []string `yaml:"requirement" json:"requirement,omitempty"` // lines of the runbook it carries out: R8
	Role        string   `yaml:"role" json:"role"`                         // whose list it is on
	Lists       []string `yaml:"lists" json:"lists,omitempty"`             // further roles whose lists show it; one tick ticks all (R23, R24)
	When        string   `yaml:"when" json:"when"`                         // expression: the step falls due once this first holds
	Done        string   `yaml:"done" json:"done,omitempty"`               // expression: a person's item ticks itself once this holds
	Each        string   `yaml:"each" json:"each,omitempty"`               // "update", "call" or "follow_up": one instance for every public update, every person or role asked for (R18), or every follow-up
	Needs       []string `yaml:"needs" json:"needs,omitempty"`             // steps that must be done, done by hand or skipped before
	Kind        string   `yaml:"kind" json:"kind,omitempty"`               // what the machine does (kinds.go); empty: a person does it
	Manual      bool     `yaml:"manual" json:"manual,omitempty"`           // has a kind, but waits until a person starts it
	Keep        bool     `yaml:"keep" json:"keep,omitempty"`               // kept in step: done again whenever what it shows has changed
	Text        string   `yaml:"text" json:"text,omitempty"`               // message or instruction; {name} and {step.output} are filled in
	// Substitute replaces literal pieces of Text by references: "<here>": publish_document.url. The first reference that is known wins. A piece in
	// brackets becomes a link with these words.
	Substitute  map[string][]string `yaml:"substitute" json:"substitute,omitempty"`
	With        map[string]string   `yaml:"with" json:"with,omitempty"`                 // further parameters of the kind, e.g. channel: general
	OnUncertain string              `yaml:"on_uncertain" json:"on_uncertain,omitempty"` // "lookup" (default: as the provider can) or "ask"
	ByHand      string              `yaml:"by_hand" json:"by_hand,omitempty"`           // how a person does it when the machine can't
	Required    bool                `yaml:"required" json:"required,omitempty"`         // must be done before a major outage counts as finished (R27)
	Optional    bool                `yaml:"optional" json:"optional,omitempty"`         // left out, saying so, where no service is set up that can do it; otherwise a person does it
	Private     bool                `yaml:"private" json:"private,omitempty"`           // seen by point person, communications manager and security only (R32)
}

// Automatic reports whether the machine begins the step by itself.
func (s Step) Automatic() bool { return s.Kind != "" && !s.Manual }

// Outward reports whether the step's text goes out as the world may read it (R13): it goes to the world, or it is word to the world that is
// passed on.
func (s Step) Outward() bool { return Kinds[s.Kind].Public || s.Each == "update" }

// Nudges bounds how often people are reminded (R1): each at these times after the need arose, then the role is paged once.
type Nudges struct {
	Role []Span `yaml:"role" json:"role"` // 2m, 4m, 6m
	Page Span   `yaml:"page" json:"page"` // 8m
	Due  Span   `yaml:"due" json:"due"`   // before a promised update: 5m
}

// Choice is one way to go on telling people afterwards (R28). FollowUp is the follow-up it makes, empty for none.
type Choice struct {
	ID       string `yaml:"id" json:"id"`
	Title    string `yaml:"title" json:"title"`
	FollowUp string `yaml:"follow_up" json:"follow_up,omitempty"`
}
