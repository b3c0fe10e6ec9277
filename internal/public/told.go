package public

import (
	"slices"
	"time"

	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// told lists what feeds and the status API carry, newest first: word to the public, not every line of the timeline.
func (i *record) told() []report.PublicEntry {
	var out []report.PublicEntry
	for _, e := range slices.Backward(i.page.Entries) {
		switch e.Kind {
		case "update", "impact", "major", "resolved", "reopened":
			out = append(out, e)
		}
	}
	return out
}

// title is the title for where no band can say that it is a drill.
func (i *record) title() redact.Text {
	if i.page.Drill {
		return redact.Join([]redact.Text{redact.Literal("DRILL:"), i.page.Title}, " ")
	}
	return i.page.Title
}

// ended is when the public was told that it is over, or nil.
func (i *record) ended() *time.Time {
	switch {
	case i.page.Ended != nil:
		return i.page.Ended
	case i.over():
		return &i.page.Updated
	}
	return nil
}

// updated is when anything changed last.
func (s *Site) updated(e *edition) time.Time {
	last := s.began
	for n, i := range e.incidents {
		if n == 0 || i.page.Updated.After(last) {
			last = i.page.Updated
		}
	}
	return last
}

// newest bounds a list.
func newest(all []*record, most int) []*record { return all[:min(len(all), most)] }
