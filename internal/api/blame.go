package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/blame"
	"tocsin/internal/incident"
	"tocsin/internal/redact"
)

// BlameText is a text to be read for hints.
type BlameText struct {
	Text   string `json:"text"`
	Public bool   `json:"public,omitempty" doc:"also what does not belong before the public: names, promises without bounds, jargon, a missing next time"`
	Stage  string `json:"stage,omitempty" enum:"investigating,identified,monitoring,resolved" doc:"of the update that the text is for; with one, a time of the next update is asked for"`
	Next   bool   `json:"next,omitempty" doc:"the time of the next update is given beside the text"`
}

// Hints are what was found.
type Hints struct {
	Findings []blame.Finding `json:"findings" nullable:"false" doc:"start and end are bytes of the text in UTF-8, half-open"`
}

func (s *server) addBlame() {
	type out struct{ Body Hints }
	route(s, mayRead, huma.Operation{OperationID: "blame", Method: http.MethodPost, Path: "/api/v1/blame", Summary: "Hints on a text",
		Description: "Reads a text for words that look for somebody to blame, and says what to write instead. Nothing is kept.",
		Tags:        []string{"incidents"}}, reflect.TypeFor[BlameText](),
		func(_ context.Context, _ auth.Account, q *Raw) (*out, error) {
			var t BlameText
			if err := decode(q.RawBody, &t); err != nil {
				return nil, err
			}
			o := &out{Body: Hints{Findings: []blame.Finding{}}}
			switch {
			case t.Public || t.Stage != "":
				u := blame.Update{Stage: t.Stage, Next: t.Next || t.Stage == "", People: s.everybody()}
				o.Body.Findings = append(append(o.Body.Findings, blame.CheckUpdate(t.Text, u)...), named(s.o.Redactor(&incident.Incident{}).Find(t.Text))...)
			default:
				o.Body.Findings = append(o.Body.Findings, blame.Check(t.Text, s.everybody()...)...)
			}
			return o, nil
		})
}

// everybody lists the names of everybody.
func (s *server) everybody() []string {
	var out []string
	for _, p := range s.o.Directory.List() {
		out = append(out, p.Name)
	}
	return out
}

// named is what redaction takes out of a text, as hints.
func named(f redact.Findings) []blame.Finding {
	var out []blame.Finding
	for _, s := range f.Redact {
		out = append(out, blame.Finding{Rule: "public-name", Start: s.Start, End: s.End, Message: "Names a person; the public reads team-member-N.", Rewrite: "Name the role, or nobody."})
	}
	for _, s := range f.Flag {
		out = append(out, blame.Finding{Rule: "public-name", Start: s.Start, End: s.End, Message: "May name a person nobody has listed; the public reads 'someone' until that is settled.", Rewrite: "Name the role, or settle whether it is a person."})
	}
	for _, s := range f.Hold {
		out = append(out, blame.Finding{Rule: "public-held", Start: s.Start, End: s.End, Message: "A " + s.Why + ": it is withheld until somebody says that it is harmless.", Rewrite: "Leave it out."})
	}
	return out
}
