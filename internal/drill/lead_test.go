package drill

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// TestCues holds that of every shipped scenario something comes in each mode, in order, each thing under a key of its own; that surprises hold
// back what people found out; and when a cue comes at a speed, paused, and stopped.
func TestCues(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	for _, name := range List() {
		s, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		cues := func(mode string) []Cue {
			i := &incident.Incident{Runbook: runbook.Default(), Practice: &incident.Practice{Scenario: name, Mode: mode, Speed: 60, State: incident.Running, Since: begun}}
			return Cues(i)
		}
		all, some, none := cues(incident.Replay), cues(incident.Surprise), cues(incident.Lists)
		if len(all) != len(s.Events) || len(none) > 0 || len(some) >= len(all) || len(some) == 0 {
			t.Errorf("%s: %d of %d events, %d surprises, %d without a scenario", name, len(all), len(s.Events), len(some), len(none))
		}
		if !slices.IsSortedFunc(all, func(a, b Cue) int { return int(a.At - b.At) }) || all[len(all)-1].At != s.Lasts() {
			t.Errorf("%s: the cues are out of order, or don't end with the scenario", name)
		}
		keys := map[string]bool{}
		for _, c := range all {
			if keys[c.Key] {
				t.Errorf("%s: %s comes twice", name, c.Key)
			}
			keys[c.Key] = true
		}
		for _, c := range some {
			for _, cmd := range c.Commands {
				if set, ok := cmd.(*incident.SetETA); ok && set.ETA != nil {
					t.Errorf("%s: a surprise says how long it will take", name)
				}
			}
		}
	}
	p := incident.Practice{Speed: 60, State: incident.Running, Since: begun, Played: time.Minute}
	hour := Cue{At: time.Hour + time.Minute}
	if got := hour.Due(p, begun); !got.Equal(begun.Add(time.Minute)) {
		t.Errorf("an hour on at 60 times the speed comes at %s", got)
	}
	p.State = incident.Paused
	if got := hour.Due(p, begun.Add(time.Hour)); got.Before(begun.AddDate(1, 0, 0)) {
		t.Errorf("it comes at %s although the drill pauses", got)
	}
	if got := (Cue{Moment: begun}).Due(p, begun); !got.Equal(begun) {
		t.Error("what somebody brings in waits for the scenario")
	}
	i := &incident.Incident{Runbook: runbook.Default(), Practice: &incident.Practice{Scenario: "../../secrets.json", Mode: incident.Replay}}
	if got := Cues(i); len(got) > 0 || !strings.Contains(i.Practice.Scenario, "..") {
		t.Errorf("a file was read: %v", got)
	}
}
