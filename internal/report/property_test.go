package report_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// logs draws a log, likely or not. Each text holds zq<N>z, N the entry that it is from or about, so that it can be found again.
func logs(t *rapid.T, rb *runbook.Runbook) *incident.Incident {
	at := time.Date(2026, 3, 29, 22, 0, 0, 0, time.UTC)
	var log []incident.Entry
	fold := func() *incident.Incident { return incident.Fold("01RAPID", "INC-3", log) }
	n := rapid.IntRange(1, 40).Draw(t, "entries")
	for len(log) < n {
		at = at.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "seconds")) * time.Second)
		seq := int64(len(log) + 1)
		ev := event(t, rb, log, seq, at)
		if s, ok := ev.(*incident.Struck); ok {
			if l := fold().Line(s.Entry); l == nil || l.Text == "" {
				continue
			}
			if rapid.Bool().Draw(t, "blanked") { // as the ledger does
				e := &log[s.Entry-1]
				e.Event = reflect.New(reflect.TypeOf(e.Event).Elem()).Interface().(incident.Event)
			}
		}
		e := incident.Entry{Seq: seq, At: at, Recorded: at, By: rapid.SampledFrom([]string{"p1", "p2", "p3", "p6", "stranger", incident.System, "integration:monitoring2"}).Draw(t, "by"), Event: ev}
		if rapid.IntRange(0, 4).Draw(t, "early") == 0 {
			e.At = at.Add(-time.Duration(rapid.IntRange(0, 20000).Draw(t, "before")) * time.Second)
		}
		log = append(log, e)
		if s, ok := ev.(*incident.Said); ok && strings.HasPrefix(s.Text, "TODO:") {
			e.Seq++
			e.Event = &incident.FollowedUp{ID: int64(len(fold().FollowUps) + 1), Text: strings.TrimSpace(s.Text[5:]), State: "open"}
			log = append(log, e)
		}
	}
	return fold()
}

func words(t *rapid.T, about int64) string {
	parts := rapid.SliceOfN(rapid.SampledFrom([]string{"Marisol Okafor", "@mokafor", "Thaddeus Vance 2nd", "Priya Raghunathan's", "priya-r", "db1", "5 min", "12:05 UTC",
		"17:20", "42%", "3", "2026-03-30 00:10 UTC", "| a | b |", "<!-- tocsin:end timeline -->", "## Impact", "```", "1.", "- x", "**", "“", "”", "\n", "<script>", "_", "e7", "TODO",
		"https://example.org/a_b?c=1&d=2", "rose.", "the disk", "is full;", "é̀", "١٢"}), 0, 6).Draw(t, "words")
	return strings.Join(append(parts, fmt.Sprintf("zq%dz", about)), " ")
}

// event draws an event of any kind.
func event(t *rapid.T, rb *runbook.Runbook, log []incident.Entry, seq int64, at time.Time) incident.Event {
	text := func() string { return words(t, seq) }
	person := func() string { return rapid.SampledFrom([]string{"", "p1", "p2", "p6", "nobody"}).Draw(t, "person") }
	role := func() string {
		return rapid.SampledFrom([]string{"engineer", "point_person", "communications_manager", "marketing_representative", "cook"}).Draw(t, "role")
	}
	entry := func() int64 { return rapid.Int64Range(0, seq).Draw(t, "entry") }
	step := func() string {
		s := rapid.SampledFrom(rb.Steps).Draw(t, "step")
		if s.Each != "" {
			return fmt.Sprintf("%s:e%d", s.ID, entry())
		}
		return s.ID
	}
	moment := func() *time.Time {
		if rapid.Bool().Draw(t, "known") {
			return nil
		}
		m := at.Add(time.Duration(rapid.IntRange(-90000, 90000).Draw(t, "off")) * time.Second)
		return &m
	}
	vis := func() string {
		return rapid.SampledFrom([]string{incident.Public, incident.Internal, incident.Private}).Draw(t, "visibility")
	}
	if seq == 1 && rapid.IntRange(0, 9).Draw(t, "declared") > 0 {
		return &incident.Declared{Title: text(), Service: rapid.SampledFrom([]string{"", "api 2"}).Draw(t, "service"), Started: at.Add(-time.Duration(rapid.IntRange(0, 9000).Draw(t, "ago")) * time.Second), Runbook: rb}
	}
	kind := rapid.SampledFrom(append(incident.EventKinds(), "said", "said", "said", "said", "updated", "disruption_set", "future")).Draw(t, "kind")
	switch kind {
	case "declared":
		return &incident.Declared{Title: text(), Started: at}
	case "pseudonyms":
		return &incident.Pseudonyms{People: map[string]int{"p1": 4, "p2": 7, "p3": 1}}
	case "said":
		s := &incident.Said{As: rapid.SampledFrom(append(incident.Spoken, "?")).Draw(t, "as"), Text: text(), Visibility: vis(), Reply: entry(), Contradict: entry()}
		if rapid.IntRange(0, 5).Draw(t, "todo") == 0 {
			s.Text = "TODO: " + s.Text
		}
		return s
	case "amended":
		e := entry()
		return &incident.Amended{Entry: e, Text: words(t, e), Happened: moment(), Why: words(t, e)}
	case "struck":
		e := entry()
		return &incident.Struck{Entry: e, Why: words(t, e)}
	case "guess_settled":
		e := entry()
		return &incident.GuessSettled{Entry: e, Outcome: rapid.SampledFrom([]string{"confirmed", "ruled_out", "", "odd 3"}).Draw(t, "outcome"), Why: words(t, e)}
	case "visibility_set":
		e := entry()
		if e < 1 || e >= seq {
			return &incident.VisibilitySet{Entry: e}
		}
		if _, ok := log[e-1].Event.(*incident.Said); !ok {
			return &incident.VisibilitySet{}
		}
		return &incident.VisibilitySet{Entry: e, Visibility: vis()}
	case "role_taken":
		r := &incident.RoleTaken{Role: role(), Person: person(), From: person(), Why: text(), Note: text()}
		if rapid.Bool().Draw(t, "sheet") {
			r.Sheet = &incident.Sheet{Open: []string{step(), "gone:e4"}, ETA: moment(), Next: moment()}
		}
		return r
	case "role_offered":
		return &incident.RoleOffered{Role: role(), From: person(), To: person(), Note: text()}
	case "role_dropped":
		return &incident.RoleDropped{Role: role(), Person: person(), Why: text()}
	case "eta_set":
		return &incident.ETASet{ETA: moment(), Why: text()}
	case "disruption_set":
		return &incident.DisruptionSet{Grade: rapid.SampledFrom([]string{"", incident.None, incident.Degraded, incident.Partial, incident.Down, "9"}).Draw(t, "grade")}
	case "prompted":
		return &incident.Prompted{Reason: rapid.SampledFrom([]string{"definition", "ask", "passed"}).Draw(t, "reason")}
	case "not_now":
		return &incident.NotNowSaid{Why: text()}
	case "major_declared":
		return &incident.MajorDeclared{Why: text()}
	case "minor_declared":
		return &incident.MinorDeclared{Why: text()}
	case "updated":
		return &incident.Updated{Stage: rapid.SampledFrom(append(incident.Stages, "s7")).Draw(t, "stage"), Text: text(), Next: moment(), To: rapid.SampledFrom([][]string{nil, {"page"}}).Draw(t, "to")}
	case "impact_noted":
		return &incident.ImpactNoted{Text: text()}
	case "review_requested":
		return &incident.ReviewRequested{Note: text()}
	case "reviewed":
		return &incident.Reviewed{Of: "document", Verdict: "changes", Comment: text()}
	case "further_decided":
		return &incident.FurtherDecided{Choice: rapid.SampledFrom([]string{"blog", "none", "4"}).Draw(t, "choice"), Why: text()}
	case "ticked":
		return &incident.Ticked{Item: step()}
	case "unticked":
		return &incident.Unticked{Item: step()}
	case "item_given":
		return &incident.ItemGiven{Item: step(), To: person()}
	case "pulled_in":
		return &incident.PulledIn{Person: person(), Role: rapid.SampledFrom([]string{"", "engineer"}).Draw(t, "called"), Why: text()}
	case "announced":
		return &incident.Announced{Text: text()}
	case "nudged":
		return &incident.Nudged{Role: role(), N: 2}
	case "reminded":
		return &incident.Reminded{Due: at}
	case "flag_settled":
		return &incident.FlagSettled{Text: text(), Person: true}
	case "followed_up":
		return &incident.FollowedUp{ID: rapid.Int64Range(-1, 3).Draw(t, "id"), Text: text(), Owner: rapid.SampledFrom([]string{"", "engineer", "p2", "Marisol Okafor"}).Draw(t, "owner"),
			Due: rapid.SampledFrom([]string{"", "2026-05-01"}).Draw(t, "due"), Class: "detect", State: rapid.SampledFrom([]string{"open", "done", "wont", ""}).Draw(t, "state"), URL: "https://example.org/issues/12", Why: text()}
	case "resolved":
		return &incident.ResolvedEvent{Text: text()}
	case "reopened":
		return &incident.Reopened{Why: text()}
	case "cancelled":
		return &incident.CancelledEvent{Why: text()}
	case "postmortem_edited":
		return &incident.PostmortemEdited{Section: rapid.SampledFrom([]string{"summary", "timeline", "lucky", "other"}).Draw(t, "section"), Text: text()}
	case "postmortem_published":
		return &incident.PostmortemPublished{}
	case "step_started":
		return &incident.StepStarted{Step: step(), Attempt: rapid.IntRange(0, 5).Draw(t, "attempt"), Provider: "x"}
	case "step_done":
		return &incident.StepDone{Step: step(), URL: fmt.Sprintf("https://example.org/%d", seq)}
	case "step_kept":
		return &incident.StepKept{Step: step(), URL: fmt.Sprintf("https://example.org/%d", seq)}
	case "step_failed":
		return &incident.StepFailed{Step: step(), Error: "status 503", Next: moment(), Scope: "write"}
	case "step_unclear":
		return &incident.StepUnclear{Step: step(), Error: "timeout"}
	case "step_looked":
		return &incident.StepLooked{Step: step(), Look: moment()}
	case "step_unsure":
		return &incident.StepUnsure{Step: step(), Error: "timeout"}
	case "step_skipped":
		return &incident.StepSkipped{Step: step(), Why: text()}
	case "step_by_hand":
		return &incident.StepByHand{Step: step(), Done: rapid.Bool().Draw(t, "done"), URL: fmt.Sprintf("https://example.org/%d", seq)}
	case "step_retried":
		return &incident.StepRetried{Step: step()}
	}
	return &incident.UnknownEvent{Name: "future", Body: []byte(`{}`)}
}

// secret reports whether the words of an entry may not be told.
func secret(i *incident.Incident, l incident.Line) bool {
	_, spoken := l.Event.(*incident.Said)
	return l.Struck || spoken && l.Visibility != incident.Internal && l.Visibility != incident.Public
}

func loadRunbook(t testing.TB) *runbook.Runbook {
	t.Helper()
	src, err := os.ReadFile("testdata/runbook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rb, err := runbook.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	return rb
}

// TestAnyLog holds for all logs: the draft has its 14 sections in order, its claims pass the check, what people wrote survives a round
// trip, and neither document tells what is private or struck, nor the public one a name.
func TestAnyLog(t *testing.T) {
	t.Parallel()
	rb := loadRunbook(t)
	rapid.Check(t, func(t *rapid.T) {
		i := logs(t, rb)
		sections := report.Draft(i, nameOf)
		var order []string
		for _, s := range sections {
			order = append(order, s.ID)
		}
		if got, want := strings.Join(order, " "), "summary impact timeline detection response contributing_factors went_well lucky hard actions metrics communications open_questions faq"; got != want {
			t.Fatalf("sections %s", got)
		}
		if err := errors.Join(report.Check(i, sections)...); err != nil {
			t.Fatal(err)
		}
		internal := report.Markdown(i, sections)
		back, err := report.ParseEdit(internal)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, s := range sections {
			want[s.ID] = report.Neutral(s.Written)
		}
		if !maps.Equal(back, want) {
			t.Fatalf("read back %q, written %q", back, want)
		}
		red := redact.New(roster, i.Pseudonyms)
		public := report.PublicMarkdown(i, red)
		for _, leak := range red.Leaks(public.String()) {
			if !leak.Review {
				t.Fatalf("%q leaks", public.String()[leak.Start:leak.End])
			}
		}
		for _, l := range i.Lines {
			if mark := fmt.Sprintf("zq%dz", l.Seq); secret(i, l) && (strings.Contains(internal, mark) || strings.Contains(public.String(), mark)) {
				t.Fatalf("entry %d may not be told: %s", l.Seq, internal)
			}
			report.Sentence(i, l, nameOf)
		}
		surroundings(t, i, red)
	})
}

// surroundings asks whatever else the package answers.
func surroundings(t *rapid.T, i *incident.Incident, red *redact.Redactor) {
	now := time.Date(2026, 3, 30, 6, 0, 0, 0, time.UTC)
	report.Measure(i)
	page := report.Public(i, red)
	for _, b := range report.Document(i, red) {
		for _, name := range []string{"Okafor", "Raghunathan", "Thaddeus"} {
			if strings.Contains(b.Text.String(), name) {
				t.Fatalf("%s stands in the document: %s", name, b.Text)
			}
		}
	}
	for _, e := range page.Entries {
		if l := i.Line(e.Seq); secret(i, *l) && strings.Contains(e.Text.String(), "zq") {
			t.Fatalf("entry %d is public: %s", e.Seq, e.Text)
		}
	}
	for _, run := range i.Runs() {
		report.ByHand(i, run, nil).Redacted(red)
	}
	for _, stage := range append(incident.Stages, "", "odd") {
		if d := report.DraftUpdate(i, stage, now, "https://status.example/1"); strings.Contains(d, "{") {
			t.Fatalf("the draft %q has a hole", d)
		}
	}
}
