package report_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

var update = flag.Bool("update", false, "write the goldens anew")

// roster is invented people.
var roster = redact.Roster{
	{ID: "p1", Name: "Marisol Okafor", Aliases: []string{"Mari"}, Handles: []string{"mokafor"}, Emails: []string{"marisol@example.com"}, Initials: redact.Strings{"MOK"}},
	{ID: "p2", Name: "Jónas Bergström", Handles: []string{"jonas_b"}},
	{ID: "p3", Name: "Priya Raghunathan", Handles: []string{"priya-r"}},
	{ID: "p4", Name: "Tomasz Wójcik"},
	{ID: "p5", Name: "Ngozi Adeyemi"},
	{ID: "p6", Name: "Thaddeus Vance 2nd"},
	{ID: "p7", Name: "Oluwaseun Brightwater"},
	{ID: "p8", Name: "Katarzyna Lindqvist"},
	{ID: "p9", Name: "Ferdinand Achterberg"},
}

func nameOf(id string) string {
	for _, p := range roster {
		if p.ID == id {
			return p.Name
		}
	}
	return id
}

func ids() (out []string) {
	for _, p := range roster {
		out = append(out, p.ID)
	}
	return out
}

// world plays commands as the ledger does.
type world struct {
	t   testing.TB
	i   *incident.Incident
	now time.Time
	rb  *runbook.Runbook
}

func newWorld(t testing.TB, at string) *world {
	t.Helper()
	src, err := os.ReadFile("testdata/runbook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rb, err := runbook.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, i: incident.New("01TEST", "INC-1"), rb: rb}
	w.at(at)
	return w
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (w *world) at(s string) *world {
	w.t.Helper()
	w.now = moment(w.t, s)
	return w
}

func (w *world) put(by string, evs ...incident.Event) {
	for _, ev := range evs {
		e := incident.Entry{Seq: w.i.Seq + 1, At: w.now, Recorded: w.now, By: by, Event: ev}
		if timed, ok := ev.(incident.Timed); ok && !timed.When().IsZero() {
			e.At = timed.When()
		}
		w.i.Apply(e)
	}
}

// do gives a command and returns the number of its last entry.
func (w *world) do(by string, c incident.Command) int64 {
	w.t.Helper()
	evs, err := incident.Decide(w.i, c, incident.Ask{By: by, Now: w.now, Real: w.now, People: ids()})
	if err != nil {
		w.t.Fatalf("%s by %s at %s: %v", incident.KindOf(c), by, w.now, err)
	}
	w.put(by, evs...)
	wake, err := incident.Decide(w.i, &incident.Wake{}, incident.Ask{By: incident.System, Now: w.now, Real: w.now})
	if err != nil {
		w.t.Fatal(err)
	}
	seq := w.i.Seq
	w.put(incident.System, wake...)
	return seq
}

// machine carries out what is due; steps in fail need that many attempts.
func (w *world) machine(fail map[string]int) {
	w.t.Helper()
	for range 20 {
		due := w.i.Due(w.now)
		if len(due) == 0 {
			return
		}
		for _, run := range due {
			if run.Act == "keep" {
				w.put(incident.System, &incident.StepKept{Step: run.ID, Upto: w.i.Shows(run)})
				continue
			}
			w.do(incident.System, &incident.StartStep{Step: run.ID, Provider: "stand-in", Request: json.RawMessage(`{}`), Deadline: time.Minute, Upto: w.i.Shows(run)})
			if w.i.Steps[run.ID].Attempt < fail[run.ID] {
				w.put(incident.System, &incident.StepFailed{Step: run.ID, Error: "status 503", Next: &w.now})
				continue
			}
			url := "https://example.net/" + strings.ReplaceAll(run.ID, ":", "/")
			w.put(incident.System, &incident.StepDone{Step: run.ID, Ref: "r", URL: url, Outputs: map[string]string{"url": url, "id": "id-" + run.ID, "channel": "C1", "name": "inc-1"}})
		}
	}
}

func (w *world) redactor() *redact.Redactor { return redact.New(roster, w.i.Pseudonyms) }

func golden(t *testing.T, file, got string) {
	t.Helper()
	file = "testdata/" + file
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// gitlab plays the outage behind the runbook, with invented names in the texts.
func gitlab(t testing.TB) *world {
	t.Helper()
	src, err := os.ReadFile("testdata/gitlab-2017.json")
	if err != nil {
		t.Fatal(err)
	}
	var drill struct {
		Title, Service string
		Events         []struct {
			At                                                                             time.Time
			Actor, Role, Kind, Text, Audience, Disruption, Outcome, Contradicts, Milestone string
			Handover                                                                       bool
			ETA                                                                            *float64 `json:"eta_minutes"`
		}
	}
	if err := json.Unmarshal(src, &drill); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "2017-01-31 21:02")
	person := func(actor string) string {
		var n int
		if _, err := fmt.Sscanf(actor, "team-member-%d", &n); err == nil {
			return fmt.Sprintf("p%d", n)
		}
		return map[string]string{"on-call": "p8", "status-account": "p5", "publisher": "p9"}[actor]
	}
	var pairs []string
	for n := len(roster); n > 0; n-- {
		pairs = append(pairs, fmt.Sprintf("team-member-%d", n), nameOf(fmt.Sprintf("p%d", n)))
	}
	voice := strings.NewReplacer(pairs...)
	w.do("p8", &incident.Declare{Title: drill.Title, Service: drill.Service, StartedAt: "2017-01-31T21:00Z", Drill: true, Point: true, Disrupting: "partial", Runbook: w.rb})
	w.do("p1", &incident.TakeRole{Role: "engineer"})
	fail := map[string]int{"tweet_document": 3}
	w.machine(fail)
	entries := map[string]int64{}
	for n, e := range drill.Events {
		if e.At.After(w.now) {
			w.now = e.At
		}
		by, told := person(e.Actor), e.At.Format(time.RFC3339)
		if by == "" {
			by = "integration:" + e.Actor
		}
		if e.Role == "engineer" && !w.i.Holds(by, "engineer") && strings.HasPrefix(by, "p") {
			w.do(by, &incident.TakeRole{Role: "engineer"})
		}
		set := &incident.SetETA{}
		if e.ETA != nil {
			set.ETA = &incident.Duration{D: time.Duration(*e.ETA) * time.Minute, Known: true}
		}
		if e.Disruption != "" {
			set.Disrupting = e.Disruption
		}
		if w.i.Status == incident.Active && (set.ETA != nil || set.Disrupting != nil) && !e.At.Before(w.now) {
			w.do("p8", set)
		}
		text := voice.Replace(e.Text)
		switch {
		case e.Kind == "update" && e.Audience == "public" && w.i.Status == incident.Active:
			stage := "investigating"
			if e.Milestone == "resolved" {
				stage = "resolved"
			} else if w.i.ETA.Known {
				stage = "identified"
			}
			entries[told] = w.do("p8", &incident.GiveUpdate{Text: text, Stage: stage, Next: &incident.Duration{D: time.Hour, Known: true}, At: told})
		default:
			kind := e.Kind
			if kind == "update" {
				kind = "fact"
			}
			entries[told] = w.do(by, &incident.Say{As: kind, Text: text, At: told, Contradict: incident.EntryID(entries[e.Contradicts])})
		}
		if w.i.Prompt.Open && w.i.Status == incident.Active {
			if w.i.Prompt.Reason == "ask" {
				w.do("p8", &incident.NotNow{Why: "the load is going down"})
			} else {
				w.do("p8", &incident.DeclareMajor{Why: "no backup is found yet"})
				w.do("p5", &incident.TakeRole{Role: "comms"})
				w.do("p9", &incident.TakeRole{Role: "marketing"})
				w.do("p5", &incident.Skip{Item: "create_stream", Why: "nobody has access to the account at night"})
				w.do("p9", &incident.NoteImpact{Text: "Nobody could reach the site. Up to 5,037 projects lost changes made between 17:20 and 23:30 UTC. Repositories and wikis are unharmed."})
				w.do("p5", &incident.RequestReview{})
				w.do("p9", &incident.GiveReview{Verdict: "approved", Comment: "clear enough"})
			}
		}
		if e.Outcome != "" {
			w.now = w.now.Add(time.Minute)
			why := strings.TrimPrefix(strings.TrimPrefix(e.Outcome, "refuted later: "), "refuted: ")
			w.do(by, &incident.SettleGuess{Entry: incident.EntryID(entries[told]), Outcome: "ruled_out", Why: why})
		}
		if e.Handover {
			w.do("p8", &incident.GiveRole{Role: "point", To: "p2", Note: "hands-on recovery goes on; Marisol rests"})
			w.now = w.now.Add(time.Minute)
			w.do("p2", &incident.AcceptRole{Role: "point"})
			w.do("p2", &incident.GiveRole{Role: "point", To: "p8"})
			w.do("p8", &incident.AcceptRole{Role: "point"})
		}
		if n == 20 {
			w.do("p1", &incident.Say{As: "guess", Text: "The load came from a runaway job, @mokafor thinks"})
			w.do("p1", &incident.Say{As: "fact", Text: "PRIVATE: one customer's token was seen", Visibility: incident.Private})
			secret := w.do("p2", &incident.Say{As: "fact", Text: "password is STRUCK-SECRET"})
			w.do("p2", &incident.Strike{Entry: incident.EntryID(secret), Why: "a password"})
			w.do("p3", &incident.Say{Text: "TODO: alert when a backup is older than a day"})
			seq := w.do("p4", &incident.Say{As: "finding", Text: "310 GB were there before"})
			w.do("p4", &incident.Amend{Entry: incident.EntryID(seq), Text: "300 GB were there before", Why: "read off the wrong graph"})
		}
		if e.Milestone == "resolved" {
			w.do("p8", &incident.Resolve{Text: "restored from the staging copy"})
			w.do("p5", &incident.FurtherComms{Choice: "blog", Why: "many wait for it"})
			w.do("p2", &incident.AddFollowUp{ID: 1, Owner: "engineer", Due: "2017-03-01", Class: "detect", URL: "https://gitlab.com/gl/infra/issues/1095"})
			w.do("p2", &incident.AddFollowUp{Text: "Rehearse a restore every month", Owner: "p2"})
		}
		w.machine(fail)
	}
	w.do("p2", &incident.EditPostmortem{Section: "lucky", Text: "A copy was made six hours before, by chance. Marisol Okafor had made it."})
	w.do("p2", &incident.EditPostmortem{Section: "timeline", Text: "Times before 21:00 are taken from graphs."})
	w.do("p2", &incident.PublishPostmortem{})
	w.machine(fail)
	return w
}

func draft(t testing.TB, i *incident.Incident) []report.Section {
	t.Helper()
	sections := report.Draft(i, nameOf)
	if err := errors.Join(report.Check(i, sections)...); err != nil {
		t.Error(err)
	}
	return sections
}
