package report

import (
	"slices"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
)

// Redaction is a stretch of an entry that concerns a person, or may, or tells something confidential: what redaction did about it and why (R13).
type Redaction struct {
	Entry  string `json:"entry" example:"e17"`
	Text   string `json:"text" doc:"the words inside"`
	State  string `json:"state" enum:"replaced,masked" doc:"replaced: a known person. masked: perhaps a person nobody has listed, a secret, an internal host, a network address"`
	Person string `json:"person,omitempty" doc:"id, where it is known"`
	Why    string `json:"why" doc:"the rule"`
	Review bool   `json:"review" doc:"the words may be ordinary ones: say whether they are"`
}

// Redactions lists what is taken out of an incident's public entries, networks' own words among them, in the order of the log.
func Redactions(i *incident.Incident, r *redact.Redactor) []Redaction {
	out := []Redaction{}
	for _, l := range i.Lines {
		if l.Visibility != incident.Public || l.Text == "" || l.Struck {
			continue
		}
		for _, text := range append([]string{l.Text}, i.Elsewhere(l.Seq)...) {
			f := r.Find(text)
			for _, s := range f.Redact {
				out = append(out, Redaction{EntryID(l.Seq), text[s.Start:s.End], "replaced", s.Person, s.Why, s.Review})
			}
			for _, s := range slices.Concat(f.Flag, f.Hold) {
				out = append(out, Redaction{EntryID(l.Seq), text[s.Start:s.End], "masked", "", s.Why, true})
			}
		}
	}
	return out
}
