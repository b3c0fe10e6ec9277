package report

import (
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
)

// Phase is a moment at which an incident entered its next part. Its name is marked for the catalogue.
type Phase struct {
	Name string
	At   time.Time
}

// Phases gives the moments that are known of an incident: it began, was declared, was first told to the public, was mitigated, was
// resolved. Private and struck entries make none.
func Phases(i *incident.Incident) []Phase {
	s := tell(i, nil)
	var out []Phase
	for _, p := range []struct {
		name string
		mark
	}{{catalogue.Mark("Began"), s.start}, {catalogue.Mark("Declared"), s.declared}, {catalogue.Mark("First public update"), s.firstUpdate}, {catalogue.Mark("Mitigated"), s.mitigated}, {catalogue.Mark("Resolved"), s.resolved}} {
		if !p.zero() {
			out = append(out, Phase{p.name, p.at})
		}
	}
	return out
}
