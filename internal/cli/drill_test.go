package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tocsin/internal/drill"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// play runs a drill as a person would and gives its exit code, its outcome and what it said.
func play(t *testing.T, args ...string) (int, outcome, string) {
	t.Helper()
	var out, said bytes.Buffer
	args = append([]string{"drill", "--speed", "max", "--script", "--no-open", "--json", "--listen", "127.0.0.1:0"}, args...)
	code := Main(args, strings.NewReader(""), &out, &said, nil)
	var o outcome
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &o); err != nil {
			t.Fatalf("%v: %s", err, out.String())
		}
	}
	return code, o, said.String()
}

// TestDrills carries every shipped outage through the whole runbook: all automatic steps done, the issue made, no name public.
func TestDrills(t *testing.T) {
	t.Parallel()
	major := map[string]bool{"gitlab-2017": true, "fastly-2021": true, "aws-s3-2017": true}
	for _, name := range drill.List() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, o, said := play(t, name)
			if code != exitOK {
				t.Fatalf("exit %d: %s", code, said)
			}
			s, err := drill.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			if o.Timeline.Entries != len(s.Events) || o.Issue == "" || (o.Kind == incident.Major) != major[name] || o.Redactions == 0 {
				t.Errorf("%+v", o)
			}
			states := map[string]string{}
			for _, step := range o.Steps {
				states[step.ID] = step.State
				if step.Automatic && step.State == incident.Done && step.Attempts != 1 {
					t.Errorf("%s took %d attempts", step.ID, step.Attempts)
				}
			}
			for _, post := range []string{"post_general", "post_marketing", "post_devrel", "tweet_document", "go_live"} {
				want := incident.Waiting
				if major[name] {
					want = incident.Done
				}
				if states[post] != want {
					t.Errorf("%s is %s, want %s", post, states[post], want)
				}
			}
		})
	}
}

// TestAnyScenario plays scenarios of the same schema that are odd in one way each.
func TestAnyScenario(t *testing.T) {
	t.Parallel()
	event := func(at, actor, role, kind, more string) string {
		return fmt.Sprintf(`{"at":"2020-01-01T%s:00Z","actor":%q,"role":%q,"kind":%q,"text":"something at %s"%s}`, at, actor, role, kind, at, more)
	}
	for name, events := range map[string][]string{
		"out-of-order":   {event("11:00", "b", "engineer", "action", `,"milestone":"resolved"`), event("10:00", "a", "engineer", "fact", `,"disruption":"partial"`)},
		"unknown-actor":  {event("10:00", "nobody-listed", "security", "fact", ""), event("10:05", "robot", "system", "finding", "")},
		"update-first":   {event("09:00", "s", "communications_manager", "update", `,"audience":"public"`), event("10:00", "a", "engineer", "fact", `,"disruption":"down","eta_minutes":120`)},
		"contradiction":  {event("10:00", "a", "engineer", "finding", `,"disruption":"down"`), event("10:10", "b", "engineer", "finding", `,"contradicts":"2020-01-01T10:00:00Z"`)},
		"never-disrupts": {event("10:00", "a", "engineer", "guess", `,"disruption":"none","eta_minutes":300,"outcome":"confirmed"`)},
		"after-the-end":  {event("10:00", "a", "engineer", "fact", `,"disruption":"down","milestone":"resolved"`), event("12:00", "p", "marketing_representative", "update", `,"audience":"public"`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), name+".json")
			src := `{"schema":"tocsin.drill/v1","id":"x","title":"Odd","events":[` + strings.Join(events, ",") + `]}`
			if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
				t.Fatal(err)
			}
			code, o, said := play(t, file)
			if code != exitOK || o.Timeline.Entries != len(events) {
				t.Errorf("exit %d, %d entries: %s", code, o.Timeline.Entries, said)
			}
			if want := name == "update-first"; (o.Kind == incident.Major) != want {
				t.Errorf("it became %s", o.Kind)
			}
		})
	}
}

// TestBadInput holds that each wrong input gets one clear line and the exit code of docs/cli.md.
func TestBadInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(broken, []byte("{\n\"schema\": }"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "runbook.yaml")
	if err := os.WriteFile(bad, []byte("name: x\nrols: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{exitNotFound, "the shipped ones are", []string{"drill", "no-such"}},
		{exitUsage, "line 2", []string{"drill", broken}},
		{exitUsage, "--speed", []string{"drill", "--speed", "fast"}},
		{exitFailed, "--data", []string{"serve", "--data", filepath.Join(broken, "data"), "--listen", "127.0.0.1:0"}},
		{exitFailed, "--listen", []string{"serve", "--listen", "256.0.0.1:1"}},
		{exitUsage, "did you mean", []string{"declair"}},
		{exitUsage, "unknown flag", []string{"serve", "--nope"}},
		{exitUsage, "length of time", []string{"eta", "soon"}},
		{exitDenied, "TOCSIN_TOKEN", []string{"status"}},
		{exitFailed, "problem", []string{"runbook", "lint", bad}},
		{exitUsage, "--people", []string{"redact"}},
	} {
		t.Run(strings.Join(c.args[:min(2, len(c.args))], " "), func(t *testing.T) {
			t.Parallel()
			var out, said bytes.Buffer
			code := Main(c.args, strings.NewReader(""), &out, &said, nil)
			if code != c.code || !strings.Contains(said.String(), c.says) || strings.Count(strings.TrimSpace(said.String()), "\n") > 0 {
				t.Errorf("%v: exit %d (want %d): %q", c.args, code, c.code, said.String())
			}
		})
	}
}

// TestVerbs holds that every verb has words and that none hides another.
func TestVerbs(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, g := range groups {
		for _, verb := range g.verbs {
			c := verb(&env{})
			if c.Short == "" || slices.Contains(seen, c.Name()) {
				t.Errorf("verb %q", c.Name())
			}
			seen = append(seen, c.Name())
		}
	}
}

// TestRehearsal holds that an incident declared as a drill in a server of real services calls none of them and is told to nobody.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	cfg := services.config()
	dir := t.TempDir()
	a, stop := startWith(t, dir, cfg)
	t.Cleanup(stop)
	do := func(id string, c incident.Command) *incident.Incident {
		t.Helper()
		if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c}); err != nil {
			t.Fatal(err)
		}
		if err := a.runner.Settled(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		i, err := a.ledger.View(t.Context(), "1")
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	do("", &incident.Declare{Title: "Rehearse the restore", Drill: true, Disrupting: true, Point: true})
	do("1", &incident.DeclareMajor{})
	do("1", &incident.PullIn{Who: "communications_manager"})
	do("1", &incident.GiveUpdate{Text: "We rehearse."})
	do("1", &incident.AddFollowUp{Text: "Rehearse more"})
	do("1", &incident.Resolve{Text: "It went well."})
	do("1", &incident.PublishPostmortem{})
	i := do("1", &incident.GiveReview{Of: "postmortem", Verdict: "approved"})
	rehearsed := 0
	for _, run := range i.Runs() {
		if run.Step.Kind == "" || run.State == incident.Waiting {
			continue
		}
		if run.State != incident.HandDone && run.State != incident.Skipped {
			t.Errorf("%s is %s", run.ID, run.State)
		}
		rehearsed++
	}
	if rehearsed < 8 {
		t.Errorf("only %d steps came up", rehearsed)
	}
	body, err := fetch(t.Context(), services.url+"/_calls")
	if err != nil {
		t.Fatal(err)
	}
	var calls []struct{ Method, Path string }
	if err := json.Unmarshal([]byte(body), &calls); err != nil || len(calls) > 0 {
		t.Errorf("%v: services were called for a drill: %v", err, calls)
	}
	if body, err = fetch(t.Context(), services.url+"/_objects"); err != nil || strings.Contains(body, "ehearse") {
		t.Errorf("%v: a drill made something, or somebody was written to: %s", err, body)
	}
	if err := a.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	base := "http://" + a.o.console.Addr().String()
	for _, path := range []string{"/status", "/history.atom", "/history.rss", "/feed.json", "/api/v2/summary.json", "/api/v2/incidents.json", "/status/INC-1", "/status/INC-1.json"} {
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(page), "ehearse") || strings.HasPrefix(path, "/status/") && res.StatusCode != http.StatusNotFound {
			t.Errorf("%s tells of a drill: %d", path, res.StatusCode)
		}
	}
}
