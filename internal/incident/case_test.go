package incident_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

var update = flag.Bool("update", false, "write the goldens anew")

// world plays scripts as the ledger would: decide, apply, let time pass.
type world struct {
	t   *testing.T
	i   *incident.Incident
	log []incident.Entry
	out strings.Builder
	now time.Time
}

var day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// people are in this order, not a random one, so that goldens hold.
var people = []string{"ana", "bo", "cleo", "mia"}

// services are what the steps of the scripts may be carried out with.
var services = incident.Services{
	Names: map[string][]string{"gitlab": {"gitlab.com"}, "slack": {"slack.com"}, "zoom": {"zoom.us"}, "jitsi": nil},
	Able: map[string][]string{"room.open": {"zoom", "jitsi"}, "room.license": {"zoom"}, "chat.channel": {"slack"}, "chat.post": {"slack"},
		"chat.invite": {"slack"}, "tracker.issue": {"gitlab"}, "tracker.open": {"gitlab"}, "social.post": {"x"}},
}

func (w *world) add(by string, evs []incident.Event) {
	for _, ev := range evs {
		e := incident.Entry{Seq: w.i.Seq + 1, At: w.now, Recorded: w.now, By: by, Event: ev}
		if t, ok := ev.(incident.Timed); ok && !t.When().IsZero() {
			e.At = t.When()
		}
		w.i.Apply(e)
		w.log = append(w.log, e)
		body, err := incident.Encode(ev)
		if err != nil {
			w.t.Fatal(err)
		}
		if d, ok := ev.(*incident.Declared); ok {
			body, _ = json.Marshal(map[string]string{"title": d.Title})
		}
		fmt.Fprintf(&w.out, "  %d %s %s %s %s\n", e.Seq, e.At.Format("15:04"), by, ev.Kind(), body)
	}
}

// line plays one line of a script: TIME WHO COMMAND JSON, or TIME show WHAT.
func (w *world) line(line string) {
	fmt.Fprintf(&w.out, "%s\n", line)
	clock, rest, _ := strings.Cut(line, " ")
	who, rest, _ := strings.Cut(rest, " ")
	kind, body, _ := strings.Cut(rest, " ")
	at, err := time.Parse("15:04", clock)
	if err != nil {
		w.t.Fatalf("%s: %v", line, err)
	}
	w.now = day.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	if who == "show" {
		w.show(kind)
		return
	}
	ask := incident.Ask{By: who, Now: w.now, Real: w.now, People: people, Services: services, Components: []string{"Git over SSH", "Web", "Pipelines"}}
	var c incident.Command
	switch kind {
	case "declare":
		d := &incident.Declare{Runbook: runbook.Default()}
		err = json.Unmarshal([]byte(body), d)
		c = d
	case "step_start", "wake", "restore":
		c = incident.Commands[kind].New()
		err = json.Unmarshal([]byte(body+"{}"[:2*btoi(body == "")]), c)
		ask.By = incident.System
	case "report":
		event, rest, _ := strings.Cut(body, " ")
		var ev incident.Event
		if ev, err = incident.Decode(event, []byte(rest)); err == nil {
			var about struct{ Step string }
			err = json.Unmarshal([]byte(rest), &about)
			c = &incident.ReportStep{Step: about.Step, Attempt: w.i.Steps[about.Step].Attempt, Event: ev}
		}
		ask.By = incident.System
	default:
		c, err = incident.NewCommand(kind, []byte(body))
	}
	var evs []incident.Event
	if err == nil {
		evs, err = incident.Decide(w.i, c, ask)
	}
	var e *incident.Error
	if errors.As(err, &e) {
		fmt.Fprintf(&w.out, "  %s: %s\n", e.Code, e.Message)
		return
	}
	if err != nil {
		w.t.Fatalf("%s: %v", line, err)
	}
	w.add(ask.By, evs)
	ask.By = incident.System
	due, err := incident.Decide(w.i, &incident.Wake{}, ask)
	if err != nil {
		w.t.Fatal(err)
	}
	w.add(incident.System, due)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (w *world) show(what string) {
	switch what {
	case "meter":
		m := w.i.Meter(w.now)
		fmt.Fprintf(&w.out, "  %s %s", m.State, m.Reason)
		if !m.At.IsZero() {
			fmt.Fprintf(&w.out, " at %s", m.At.Format("15:04"))
		}
		for _, c := range m.Clauses {
			fmt.Fprintf(&w.out, "; %s: %d by %q", c.Text, c.Truth, c.Said.By)
		}
		w.out.WriteString("\n")
	case "due":
		for _, r := range w.i.Due(w.now) {
			fmt.Fprintf(&w.out, "  %s %s\n", r.Act, r.ID)
		}
	case "parts":
		for _, name := range []string{"Git over SSH", "Web", "Pipelines"} {
			fmt.Fprintf(&w.out, "  %s: %s\n", name, w.i.ComponentNow(name))
		}
	case "next":
		fmt.Fprintf(&w.out, "  wake %s, update due %s\n", w.i.NextWake(w.now).Format("15:04"), w.i.UpdateDue().Format("15:04"))
	default:
		for _, item := range w.i.List(what, w.now) {
			fmt.Fprintf(&w.out, "  %s %s\n", item.ID, item.State)
		}
	}
}

func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := &world{t: t, i: incident.New("01TEST", "INC-1")}
			for line := range strings.Lines(string(a.Files[0].Data)) {
				if line = strings.TrimSpace(line); line != "" {
					w.line(line)
				}
			}
			if *update {
				a.Files = append(a.Files[:1], txtar.File{Name: "log", Data: []byte(w.out.String())})
				if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
					t.Fatal(err)
				}
				old := "testdata/old/v1-" + strings.TrimSuffix(filepath.Base(file), ".txtar") + ".jsonl"
				if _, err := os.Stat(old); err != nil {
					writeOld(t, old, w.log)
				}
				return
			}
			if len(a.Files) < 2 || string(a.Files[1].Data) != w.out.String() {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", a.Comment, w.out.String(), a.Files[len(a.Files)-1].Data)
			}
			// The log alone leads to the same state.
			again := incident.New("01TEST", "INC-1")
			for _, e := range w.log {
				body, err := incident.Encode(e.Event)
				if err != nil {
					t.Fatal(err)
				}
				if e.Event, err = incident.Decode(e.Event.Kind(), body); err != nil {
					t.Fatal(err)
				}
				again.Apply(e)
			}
			if got, want := fmt.Sprint(again.Summary(), states(again)), fmt.Sprint(w.i.Summary(), states(w.i)); got != want {
				t.Errorf("folded from the stored log:\n%s\nas it was:\n%s", got, want)
			}
		})
	}
}

func states(i *incident.Incident) (out []string) {
	for _, r := range i.Runs() {
		out = append(out, r.ID+" "+r.State)
	}
	return out
}
