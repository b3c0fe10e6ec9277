// Package report turns the state of an incident into what people read: sentences for the timeline, to-do lists, the public page, the
// document and the post-mortem.
//
// It owns no data and writes nothing. What is public is made of redact.Text, so that nothing reaches the public without passing the
// redactor (R13); what is internal takes a Names, which turns person ids into names.
package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"tocsin/internal/catalogue"
)

// Names gives the name of a person id for people who may see it. An unknown id is its own name.
type Names func(id string) string

// Clock writes a moment as people read it in the room: "14:05 UTC", with the date when it is not now's.
func Clock(t, now time.Time) string { return ClockIn(catalogue.English, t, now) }

// ClockIn is Clock in a language.
func ClockIn(l *catalogue.Language, t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return l.Date(t, "15:04 UTC")
	}
	return l.Date(t, "2 Jan 15:04 UTC")
}

// Span writes a length of time in at most two units: "45 s", "12 min", "1 h 30 min", "2 d 3 h".
func Span(d time.Duration) string { return SpanIn(catalogue.English, d) }

// SpanIn is Span in a language.
func SpanIn(l *catalogue.Language, d time.Duration) string {
	if d < 0 {
		return "−" + SpanIn(l, d.Abs())
	}
	switch d = d.Round(time.Second); {
	case d < time.Minute:
		return l.T("%d s", int(d.Seconds()))
	case d < time.Hour:
		return l.T("%d min", int(d.Minutes()))
	case d < 24*time.Hour:
		h, m := int(d.Hours()), int(d.Minutes())%60
		if m == 0 {
			return l.T("%d h", h)
		}
		return l.T("%d h %d min", h, m)
	}
	days, h := int(d.Hours())/24, int(d.Hours())%24
	if h == 0 {
		return l.T("%d d", days)
	}
	return l.T("%d d %d h", days, h)
}

// EntryID writes the number of an entry as people name it.
func EntryID(seq int64) string { return fmt.Sprintf("e%d", seq) }

func title(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}
