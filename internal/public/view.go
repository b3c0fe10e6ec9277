package public

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// What templates are given holds redact.Text, words, settings, times, numbers and truths: nothing else (a test holds this).

// shell is what every page has around it.
type shell struct {
	Organisation setting
	Base         setting
	AsOf         stamp
	Stale        bool
	Copied       bool // it is a file
	Mail         bool // one can subscribe to mail here
}

// Style and Script are addresses of our own files.
func (shell) Style() string  { return styleURL }
func (shell) Script() string { return scriptURL }

// stamp is a moment; zero: none.
type stamp struct {
	time.Time
	near // how much of the date may be left out
}

// near is how near a moment is to the one a page is of.
type near int

const (
	far near = iota
	thisYear
	today
)

// on makes stamps for a page of a moment.
func (m moment) on(t time.Time) stamp {
	switch {
	case sameDay(t, m.time()):
		return stamp{t, today}
	case t.UTC().Year() == m.time().Year():
		return stamp{t, thisYear}
	}
	return stamp{t, far}
}

func (m moment) onOf(t *time.Time) stamp {
	if t == nil {
		return stamp{}
	}
	return m.on(*t)
}

// Full is the moment in a record, which is English.
func (s stamp) Full() string { return s.UTC().Format(layoutFull) }

// ISO is for programs.
func (s stamp) ISO() string { return s.UTC().Format(time.RFC3339) }

// Date is a calendar day for programs.
func (s stamp) Date() string { return s.UTC().Format(time.DateOnly) }

// span is a length of time.
type span time.Duration

// String is the length in a record.
func (s span) String() string { return report.Span(time.Duration(s)) }

// incidentView is an incident as pages show it.
type incidentView struct {
	shell
	N          int64
	Title      redact.Text
	Sign       sign
	Outage     sign
	Over       bool
	Drill      bool
	Withdrawn  bool
	Stage      word
	Stages     []stageView
	Started    stamp
	Ended      stamp
	Lasted     span // until the end, or until the page was made
	ETA        stamp
	NextUpdate stamp
	Late       bool // the next update was due before the page was made
	Updated    stamp
	Impact     redact.Text
	Reviewed   stamp
	Stream     redact.Text
	Document   redact.Text
	Latest     *entryView // last update
	Entries    []entryView
	Earlier    int  // entries that are only in the full record
	LongAgo    bool // it spans days, so that entries need dates
	Affects    []affectView
	Version    int64
}

// stageView is one step of the way to the end.
type stageView struct {
	Word word
	Done bool
	Now  bool
}

// entryView is a line of the timeline.
type entryView struct {
	Seq       int64
	At        stamp
	Dated     bool
	Kind      sign
	Stage     word // of an update
	Text      redact.Text
	Ours      bool // the text is a sentence of the program
	Mark      redact.Text
	Guess     bool
	RuledOut  bool
	Pictures  []pictureView
	Corrected bool
	Struck    bool
}

// Anchor names the entry within its page, for ever.
func (e entryView) Anchor() string { return "e-" + strconv.FormatInt(e.Seq, 10) }

// Key sorts entries by time, then by number.
func (e entryView) Key() string { return fmt.Sprintf("%d.%06d", e.At.Unix(), e.Seq%1_000_000) }

// Path is the address of the page within the site.
func (v incidentView) Path() string { return "/status/INC-" + strconv.FormatInt(v.N, 10) }

// AskForMail is where one subscribes to mail about it alone.
func (v incidentView) AskForMail() string { return "/subscribe?only=" + strconv.FormatInt(v.N, 10) }

// URL is the address of the page.
func (v incidentView) URL() string { return string(v.Base) + v.Path() }

// mostEntries keeps a page within its size; the full record has them all.
const mostEntries = 100

func (s *Site) shell(base setting, m moment) shell {
	return shell{Organisation: setting(s.o.Organisation()), Base: base, AsOf: m.on(m.time()), Stale: m.stale, Copied: m.copied, Mail: s.o.Subscriptions != nil && !m.copied}
}

func (s *Site) view(i *record, base setting, m moment) incidentView {
	p := i.page
	v := incidentView{shell: s.shell(base, m), N: i.n, Title: p.Title, Sign: i.sign(), Outage: i.outage(), Over: i.over(), Drill: p.Drill,
		Withdrawn: p.Status == "cancelled", Stage: stageWords[i.stage], Started: m.on(p.Started), Ended: m.onOf(p.Ended), ETA: m.onOf(p.ETA),
		NextUpdate: m.onOf(p.NextUpdate), Updated: m.on(p.Updated), Impact: p.Impact, Reviewed: m.onOf(p.Reviewed), Stream: p.Stream,
		Document: p.Document, Version: i.version}
	v.Affects = s.affects(i)
	end := m.time()
	if p.Ended != nil {
		end = *p.Ended
	}
	v.Lasted = span(max(end.Sub(p.Started).Truncate(time.Minute), time.Minute))
	if v.Over {
		v.ETA, v.NextUpdate = stamp{}, stamp{}
	}
	v.Late = !v.NextUpdate.IsZero() && v.NextUpdate.Before(end.Add(-time.Minute))
	now := slices.Index(stages, i.stage)
	for n, name := range stages {
		v.Stages = append(v.Stages, stageView{Word: stageWords[name], Done: n < now || v.Over, Now: n == now})
	}
	v.LongAgo = !sameDay(p.Started, end) || !sameDay(p.Started, m.time())
	for _, e := range slices.Backward(p.Entries) {
		v.LongAgo = v.LongAgo || !sameDay(e.At, p.Started)
	}
	for _, e := range slices.Backward(p.Entries) {
		ev := viewOf(i.n, e, v.LongAgo, m)
		if v.Latest == nil && e.Kind == "update" && !e.Struck {
			v.Latest = &ev
		}
		if len(v.Entries) < mostEntries {
			v.Entries = append(v.Entries, ev)
		} else {
			v.Earlier++
		}
	}
	return v
}

func viewOf(n int64, e report.PublicEntry, dated bool, m moment) entryView {
	v := entryView{Seq: e.Seq, At: m.on(e.At), Dated: dated, Kind: kindOf(e), Text: e.Text, Ours: slices.Contains([]string{"major", "resolved", "reopened"}, e.Kind) || e.Struck, Mark: e.Mark, Guess: e.Kind == "guess",
		Corrected: e.Corrected, Struck: e.Struck, Pictures: pictures(n, e)}
	if e.Kind == "update" {
		v.Stage = stageWords[e.Stage]
	}
	v.RuledOut = v.Guess && strings.HasPrefix(e.Mark.String(), "Ruled out")
	return v
}

func sameDay(a, b time.Time) bool {
	a, b = a.UTC(), b.UTC()
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}
