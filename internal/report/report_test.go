package report_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

func TestSpanAndClock(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", 45 * time.Second: "45 s", 59*time.Second + 600*time.Millisecond: "1 min", 12 * time.Minute: "12 min", time.Hour: "1 h",
		90 * time.Minute: "1 h 30 min", 24 * time.Hour: "1 d", 51 * time.Hour: "2 d 3 h", -5 * time.Minute: "−5 min",
	} {
		if got := report.Span(d); got != want {
			t.Errorf("Span(%s) = %q, want %q", d, got, want)
		}
	}
	if got := report.Span(math.MinInt64); !strings.HasPrefix(got, "−") {
		t.Errorf("the longest negative span is %q", got)
	}
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{now: "12:00 UTC", now.AddDate(-1, 0, 0): "1 Jan 12:00 UTC", now.In(time.FixedZone("", 7200)): "12:00 UTC"} {
		if got := report.Clock(at, now); got != want {
			t.Errorf("Clock(%s) = %q, want %q", at, got, want)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	l := report.Links{Console: "https://c", Public: "https://p"}
	got := []string{l.Room("INC-7"), l.WarRoom("INC-7"), l.Postmortem("INC-7"), l.Runbook("x"), l.Page("INC-7")}
	want := []string{"https://c/i/7", "https://c/i/7/war-room", "https://c/i/7/postmortem", "https://c/runbooks/x", "https://p/status/INC-7"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	w := major(t)
	eta, next := w.now.Add(90*time.Minute), w.now.Add(30*time.Second)
	for _, c := range []struct {
		ev   incident.Event
		want string
	}{
		{&incident.Said{As: "fact", Text: "as typed"}, "as typed"},
		{&incident.Pseudonyms{People: map[string]int{"q": 1}}, "1 person got a number for what is public"},
		{&incident.Amended{Entry: 3, Why: "typo"}, "Corrected e3: typo"},
		{&incident.Struck{Entry: 999, Why: "a token"}, "Struck e999: a token"},
		{&incident.GuessSettled{Entry: 3, Outcome: "ruled_out", Why: "the log says no"}, "The guess e3 is ruled out: the log says no"},
		{&incident.VisibilitySet{Entry: 999, Visibility: "public"}, "e999 is now public"},
		{&incident.VisibilitySet{Entry: 999, Visibility: "internal", Seen: true}, "e999 is now internal; the public could read it until now: page, feeds and document are made anew without it, but what was copied, mailed or posted elsewhere may still stand there"},
		{&incident.RoleTaken{Role: "engineer", Person: "p1", From: "p2", Note: "tired"}, "Marisol Okafor is engineer now, after Jónas Bergström: tired"},
		{&incident.RoleOffered{Role: "point_person", To: "p3", Note: "soon"}, "Priya Raghunathan is asked to be point person: soon"},
		{&incident.RoleDropped{Role: "cook", Person: "p3"}, "Priya Raghunathan is no longer cook"},
		{&incident.ETASet{ETA: &eta, Why: "copying"}, "ETA 14:40 UTC (in 1 h 30 min): copying"},
		{&incident.ETASet{}, "ETA is not known"},
		{&incident.DisruptionSet{Grade: incident.Partial}, "The service is partly down"},
		{&incident.DisruptionSet{}, "The service is perhaps disrupted; nobody knows yet"},
		{&incident.Prompted{Reason: "ask"}, "The service has been disrupted for 45 min. Will this pass 1 h?"},
		{&incident.Prompted{Reason: "passed"}, "The service has been disrupted for 1 h. Is this a major outage?"},
		{&incident.Prompted{Reason: "added_up"}, "Estimates have slid past 1 h. Is this a major outage?"},
		{&incident.NotNowSaid{Why: "nearly done"}, "Not a major outage now: nearly done"},
		{&incident.MajorDeclared{}, "A major outage is declared"},
		{&incident.MinorDeclared{Why: "one rack only"}, "It is a minor outage again: one rack only"},
		{&incident.ReviewRequested{Note: "please"}, "Marketing is asked to review the document: please"},
		{&incident.Reviewed{Of: "postmortem", Verdict: "changes", Comment: "say more"}, "The post-mortem needs changes: say more"},
		{&incident.FurtherDecided{Choice: "blog", Why: "asked for"}, "Further communication: A blog post: asked for"},
		{&incident.FurtherDecided{Choice: "other"}, "Further communication: other"},
		{&incident.Ticked{Item: "pull_in"}, "Done: Pull other people in when consultation is needed"},
		{&incident.Unticked{Item: "gone"}, "Open again: gone"},
		{&incident.ItemGiven{Item: "pull_in", To: "p2"}, "Jónas Bergström has: Pull other people in when consultation is needed"},
		{&incident.PulledIn{Role: "engineer", Why: "nobody has taken it"}, "Asked for an engineer: nobody has taken it"},
		{&incident.PulledIn{Person: "p2"}, "Asked for Jónas Bergström"},
		{&incident.Nudged{Role: "engineer"}, "Still nobody is engineer"},
		{&incident.Reminded{Due: eta}, "The public expects word by 14:40 UTC"},
		{&incident.Reminded{Due: eta, Late: true}, "The public has waited since 14:40 UTC"},
		{&incident.FlagSettled{Text: "Rose", Person: true}, `"Rose" is a person`},
		{&incident.FlagSettled{Text: "rose"}, `"rose" is no person`},
		{&incident.FollowedUp{Text: "alert on it"}, "Follow-up: alert on it"},
		{&incident.PostmortemEdited{Section: "went_well"}, "The post-mortem was edited: went well"},
		{&incident.PostmortemPublished{}, "The post-mortem is published"},
		{&incident.StepStarted{Step: "post_general", Attempt: 2, Provider: "slack"}, "Post to #general: attempt 2, slack"},
		{&incident.StepStarted{Step: "post_general", Attempt: 1, Provider: "slack"}, "Post to #general: begun, slack"},
		{&incident.StepDone{Step: "call_people:e4", Adopted: true}, "Ask for someone in the channel: an earlier attempt had done it"},
		{&incident.StepDone{Step: "post_general"}, "Post to #general: done"},
		{&incident.StepKept{Step: "post_general"}, "Post to #general: brought up to date"},
		{&incident.StepKept{Step: "post_general", Outputs: map[string]string{"replaced": "1"}}, "Post to #general: brought up to date; 1 name that was typed into the document was replaced first. Please write team-member-N there"},
		{&incident.StepDone{Step: "post_general", Outputs: map[string]string{"replaced": "2"}}, "Post to #general: done; 2 names that were typed into the document were replaced first. Please write team-member-N there"},
		{&incident.StepFailed{Step: "post_general", Error: "503", Next: &next}, "Post to #general: 503; next try in 30 s"},
		{&incident.StepFailed{Step: "post_general", Error: "503"}, "Post to #general: 503"},
		{&incident.StepUnclear{Step: "post_general", Error: "reset"}, "Post to #general: it is not clear whether it happened (reset); looking it up"},
		{&incident.StepLooked{Step: "post_general"}, "Post to #general: looked, it is not there"},
		{&incident.StepLooked{Step: "post_general", Error: "503"}, "Post to #general: the look-up failed (503)"},
		{&incident.StepUnsure{Step: "post_general", Error: "reset"}, "Post to #general: unsure whether it went out (reset); please say"},
		{&incident.StepSkipped{Step: "post_general", Why: "told in person"}, "Left out: Post to #general: told in person"},
		{&incident.StepByHand{Step: "post_general", Why: "no chat is set up"}, "Post to #general: by hand: no chat is set up"},
		{&incident.StepByHand{Step: "post_general", Done: true}, "Post to #general: done by hand"},
		{&incident.StepRetried{Step: "post_general"}, "Post to #general: trying again"},
		{&incident.StepDone{Step: "post_general"}, "Post to #general: done"},
		{&incident.StepRetried{Step: "post_general"}, "Post to #general: what was made is of no use any more; a new one is made"},
		{&incident.ResolvedEvent{Text: "restored"}, "Resolved: restored"},
		{&incident.Reopened{Why: "again"}, "It was not over: again"},
		{&incident.CancelledEvent{Why: "a test"}, "It was no incident: a test"},
		{&incident.UnknownEvent{Name: "hummed"}, "An entry that a later version wrote: hummed"},
	} {
		w.put("p1", c.ev)
		if got := report.Sentence(w.i, *w.i.Line(w.i.Seq), nameOf); got != c.want {
			t.Errorf("%s: %q, want %q", c.ev.Kind(), got, c.want)
		}
	}
	bare := incident.New("x", "INC-2") // a broken log: nothing was declared
	for _, kind := range incident.EventKinds() {
		ev, err := incident.Decode(kind, []byte(`{"role":"engineer","step":"x","item":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		if kind != "declared" {
			bare.Apply(incident.Entry{Seq: bare.Seq + 1, At: w.now, Recorded: w.now, By: "p1", Event: ev})
			report.Sentence(bare, *bare.Line(bare.Seq), nameOf)
		}
	}
}

func TestPublicPage(t *testing.T) {
	t.Parallel()
	w := major(t)
	internal := w.do("p1", &incident.Say{As: "finding", Text: "internal: 40% of rows"})
	shown := w.do("p1", &incident.Say{As: "finding", Text: "42% of rows, says Priya Raghunathan", Visibility: incident.Public})
	guess := w.do("p2", &incident.Say{As: "guess", Text: "43%", Visibility: incident.Public, Contradict: incident.EntryID(shown)})
	w.do("p2", &incident.Say{As: "guess", Text: "44%", Visibility: incident.Public, Contradict: incident.EntryID(internal)})
	plain := w.do("p2", &incident.Say{As: "fact", Text: "45%", Visibility: incident.Public, Contradict: incident.EntryID(shown)})
	secret := w.do("p2", &incident.Say{As: "fact", Text: "hunter2", Visibility: incident.Public})
	w.do("p2", &incident.Strike{Entry: incident.EntryID(secret), Why: "a password"})
	w.do("p2", &incident.SettleGuess{Entry: incident.EntryID(guess), Outcome: "ruled_out", Why: "counted by Marisol Okafor"})
	w.do("p5", &incident.NoteImpact{Text: "Pushes fail"})
	p := report.Public(w.i, w.redactor())
	marks := map[string]string{}
	for _, e := range p.Entries {
		marks[e.Text.String()] = e.Mark.String()
		if e.Seq == secret && e.Text.String() != "(removed)" {
			t.Errorf("struck entry reads %q", e.Text)
		}
	}
	for text, want := range map[string]string{
		"42% of rows, says team-member-3": "",
		"43%":                             "Ruled out: counted by team-member-1. Contradicts an earlier entry, " + report.EntryID(shown),
		"44%":                             "Not confirmed", // what it contradicts is not public
		"45%":                             "Contradicts an earlier entry, " + report.EntryID(shown),
		"A major outage was declared.":    "",
		"Pushes fail":                     "",
	} {
		if got, ok := marks[text]; !ok || got != want {
			t.Errorf("%q is marked %q (%t), want %q", text, got, ok, want)
		}
	}
	if len(p.Entries) != 7 || p.Kind != "major" || p.ETA == nil || p.Impact.String() != "Pushes fail" {
		t.Errorf("%d entries, %+v", len(p.Entries), p)
	}
	w.do("p1", &incident.Amend{Entry: incident.EntryID(plain), Text: "46%"})
	w.do("p1", &incident.Amend{Entry: 1, Text: "Pushes and pulls fail"})
	p = report.Public(w.i, w.redactor())
	if p.Title.String() != "Pushes and pulls fail" {
		t.Errorf("the corrected title is %q", p.Title)
	}
	if n := slices.IndexFunc(p.Entries, func(e report.PublicEntry) bool { return e.Seq == plain }); !p.Entries[n].Corrected || p.Entries[n].Text.String() != "46%" {
		t.Errorf("%+v", p.Entries[n])
	}
	keys := map[string]bool{}
	for _, b := range report.Document(w.i, w.redactor()) {
		if keys[b.Key] || strings.ContainsAny(b.Text.String(), "\n\r") {
			t.Errorf("block %+v", b)
		}
		keys[b.Key] = true
	}
}
