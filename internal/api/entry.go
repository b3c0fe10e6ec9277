package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// Entry is one line of the timeline as it stands now: corrections are applied.
type Entry struct {
	ID          string      `json:"id" example:"e17"`
	Seq         int64       `json:"seq"`
	At          time.Time   `json:"at" doc:"when it happened"`
	RecordedAt  *time.Time  `json:"recorded_at,omitempty" doc:"when it was written down"`
	By          *Who        `json:"by,omitempty"`
	Kind        string      `json:"kind" doc:"fact, finding, guess, action, decision for what people wrote; otherwise what happened"`
	Text        string      `json:"text"`
	Visibility  string      `json:"visibility" enum:"internal,public,private"`
	Stage       string      `json:"stage,omitempty" doc:"of an update"`
	Outcome     string      `json:"outcome,omitempty" doc:"of a guess: confirmed, ruled_out; absent: open"`
	Why         string      `json:"why,omitempty" doc:"of the outcome"`
	Reply       string      `json:"reply,omitempty" doc:"the entry it answers"`
	Contradicts string      `json:"contradicts,omitempty"`
	Amended     []Amendment `json:"amended,omitempty" doc:"what it said before"`
	Pictures    []Picture   `json:"pictures,omitempty"`
	Struck      bool        `json:"struck,omitempty"`
	About       string      `json:"about,omitempty" doc:"the entry it corrects, strikes, settles or shows"`
	Step        string      `json:"step,omitempty" doc:"the step or item it is about"`
	Mark        string      `json:"mark,omitempty" doc:"public only: how sure it is"`
	Corrected   bool        `json:"corrected,omitempty" doc:"public only"`
}

// Amendment is what an entry said, or when it was said to be, before a correction.
type Amendment struct {
	Was   string    `json:"was,omitempty"`
	WasAt time.Time `json:"was_at"`
	By    Who       `json:"by"`
	At    time.Time `json:"at"`
	Why   string    `json:"why,omitempty"`
}

func entryID(seq int64) string {
	if seq == 0 {
		return ""
	}
	return report.EntryID(seq)
}

func (s *server) entry(i *incident.Incident, l incident.Line) Entry {
	e := Entry{ID: entryID(l.Seq), Seq: l.Seq, At: l.At, RecordedAt: at(l.Recorded), By: s.maybe(l.By), Kind: l.Kind,
		Text: report.Sentence(i, l, s.o.Directory.Name), Visibility: l.Visibility, Outcome: l.Outcome, Why: l.Why,
		Reply: entryID(l.Reply), Contradicts: entryID(l.Contradict), Pictures: picturesOf(l), Struck: l.Struck, About: entryID(incident.AboutEntry(l.Event)), Step: incident.AboutStep(l.Event)}
	if u, ok := l.Event.(*incident.Updated); ok {
		e.Stage = u.Stage
	}
	for _, a := range l.Amended {
		e.Amended = append(e.Amended, Amendment{Was: a.Was, WasAt: a.WasAt, By: s.who(a.By), At: a.At, Why: a.Why})
	}
	return e
}

// entries gives what an account may see of the lines after a seq, in the order they were written down.
func (s *server) entries(i *incident.Incident, acc auth.Account, after int64) []Entry {
	out := []Entry{}
	for _, l := range i.Lines {
		if l.Seq > after && !acc.Hidden(i, l) {
			out = append(out, s.entry(i, l))
		}
	}
	return out
}

// public gives what the world may see, and nothing else.
func (s *server) public(i *incident.Incident) []Entry {
	out := []Entry{}
	for _, e := range report.Public(i, s.o.Redactor(i)).Entries {
		out = append(out, Entry{ID: e.ID, Seq: e.Seq, At: e.At, Kind: e.Kind, Stage: e.Stage, Text: e.Text.String(), Mark: e.Mark.String(),
			Visibility: incident.Public, Corrected: e.Corrected, Struck: e.Struck})
	}
	return out
}

type entriesOut struct {
	Body struct {
		Entries []Entry `json:"entries" nullable:"false"`
	}
}

func (s *server) addTimeline() {
	type in struct {
		One
		Public bool  `query:"public" doc:"1: what the public may read, names taken out"`
		After  int64 `query:"after" minimum:"0" doc:"only entries written down after this one"`
	}
	route(s, mayRead, huma.Operation{OperationID: "timeline", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/timeline",
		Summary: "The timeline", Description: "Ordered by when things happened.", Tags: []string{"incidents"}}, nil,
		func(ctx context.Context, acc auth.Account, q *in) (*entriesOut, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			out := &entriesOut{}
			if q.Public {
				out.Body.Entries = slices.DeleteFunc(s.public(i), func(e Entry) bool { return e.Seq <= q.After })
				return out, nil
			}
			out.Body.Entries = s.entries(i, acc, q.After)
			slices.SortStableFunc(out.Body.Entries, func(a, b Entry) int { return a.At.Compare(b.At) })
			return out, nil
		})
}
