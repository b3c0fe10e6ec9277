package public

import (
	"tocsin/internal/catalogue"
	"tocsin/internal/report"
)

// word is a text of the program. It is made of constants only (a test holds this), so no word of anybody's gets into one.
type word string

// setting is a text of whoever runs Tocsin: the public name and the address.
type setting string

// sign is a state as people see it: never by colour alone, but by shape and word too.
type sign struct {
	Shape, Word, Class word
}

var (
	signMajor      = sign{"◆", "Major outage", "major"}
	signMinor      = sign{"▲", "Minor outage", "minor"}
	signMonitoring = sign{"●", "Monitoring", "monitoring"}
	signResolved   = sign{"✔", "Resolved", "resolved"}
	signWithdrawn  = sign{"–", "Withdrawn", "withdrawn"}
	signWorks      = sign{"✔", "Operational", "resolved"}
	signDegraded   = sign{"▲", "Degraded", "minor"}
	signPartial    = sign{"▲", "Partial outage", "minor"}
	signQuiet      = sign{"✔", "No known problems", "resolved"}
)

// kinds names the kinds of public entry.
var kinds = map[string]sign{
	"update":   {"", "Update", "update"},
	"impact":   {"", "What this means for you", "impact"},
	"fact":     {"", "Fact", "fact"},
	"finding":  {"", "Finding", "finding"},
	"guess":    {"", "Guess", "guess"},
	"action":   {"", "Action", "action"},
	"decision": {"", "Decision", "decision"},
	"major":    {"◆", "Major outage", "major"},
	"resolved": {"✔", "Resolved", "resolved"},
	"reopened": {"▲", "Reopened", "minor"},
}

// kindOf names the kind of an entry; one that this version doesn't know is a note.
func kindOf(e report.PublicEntry) sign {
	if k, ok := kinds[e.Kind]; ok {
		return k
	}
	return sign{"", "Note", "fact"}
}

// What signs and stages say.
var _ = []string{
	catalogue.Mark("Major outage"), catalogue.Mark("Minor outage"), catalogue.Mark("Monitoring"), catalogue.Mark("Resolved"), catalogue.Mark("Withdrawn"), catalogue.Mark("No known problems"),
	catalogue.Mark("Update"), catalogue.Mark("What this means for you"), catalogue.Mark("Fact"), catalogue.Mark("Finding"), catalogue.Mark("Guess"), catalogue.Mark("Action"), catalogue.Mark("Decision"),
	catalogue.Mark("Operational"), catalogue.Mark("Degraded"), catalogue.Mark("Partial outage"),
	catalogue.Mark("Reopened"), catalogue.Mark("Note"), catalogue.Mark("Investigating"), catalogue.Mark("Identified"),
}

const (
	investigating = "investigating"
	identified    = "identified"
	monitoring    = "monitoring"
	resolved      = "resolved"
)

var stages = []string{investigating, identified, monitoring, resolved}

var stageWords = map[string]word{
	investigating: "Investigating",
	identified:    "Identified",
	monitoring:    "Monitoring",
	resolved:      "Resolved",
}

// stageOf is where an incident stands, of the stages that the public knows. An incident that was reopened is under investigation
// again until an update says more.
func stageOf(p report.Page) string {
	if p.Status == "resolved" {
		return resolved
	}
	stage, seq, again := p.Stage, int64(-1), int64(-1)
	for _, e := range p.Entries {
		switch {
		case e.Kind == "update" && e.Seq > seq:
			seq = e.Seq
		case e.Kind == "reopened" && e.Seq > again:
			again = e.Seq
		}
	}
	if _, ok := stageWords[stage]; !ok || stage == resolved && again > seq {
		return investigating
	}
	return stage
}

// over reports whether the public has been told that it is over.
func (i *record) over() bool { return i.page.Status != "active" || i.stage == resolved }

// sign is the state of the incident.
func (i *record) sign() sign {
	switch {
	case i.page.Status == "cancelled":
		return signWithdrawn
	case i.over():
		return signResolved
	case i.stage == monitoring:
		return signMonitoring
	}
	return i.outage()
}

// outage is which kind of outage it is or was.
func (i *record) outage() sign {
	if i.page.Kind == "major" {
		return signMajor
	}
	return signMinor
}
