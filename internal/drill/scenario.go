// Package drill replays real outages through the whole runbook.
//
// A scenario (tocsin.drill/v1) is data: what happened when, and in which role it was said or done. Play carries it out on a Host, a
// running Tocsin of which it knows no more than any person: it gives commands as invented people and looks at the state. The scenario's
// clock moves only here. Nothing of a drill reaches a real service, because the Host is wired to the stand-ins.
package drill

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"sort"
	"strings"
	"time"
)

// Scenario is a real outage as data. Fields that Play does not need are not read.
type Scenario struct {
	Schema   string         `json:"schema"`
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Service  string         `json:"service"`
	Cast     []Member       `json:"cast"`
	Impact   map[string]any `json:"impact"`
	Expected Expected       `json:"expected"`
	Events   []Event        `json:"events"`
}

// Member is somebody of the cast.
type Member struct {
	ID   string `json:"id"`
	Role string `json:"role"`
}

// Expected is what the drill must come to.
type Expected struct {
	Major *bool `json:"major"`
}

// Event is one thing that happened. ETA is in minutes; present but null means that it is not known.
type Event struct {
	At         time.Time `json:"at"`
	Actor      string    `json:"actor"`
	Role       string    `json:"role"`
	Kind       string    `json:"kind"`
	Text       string    `json:"text"`
	Audience   string    `json:"audience"`
	Channel    string    `json:"channel"`
	Disruption string    `json:"disruption"`
	Outcome    string    `json:"outcome"`
	Contradict string    `json:"contradicts"`
	Milestone  string    `json:"milestone"`
	Handover   bool      `json:"handover"`
	ETA        Minutes   `json:"eta_minutes"`
}

// Minutes is a number of minutes, or null: said not to be known. An absent field leaves Said false.
type Minutes struct {
	Said, Known bool
	D           time.Duration
}

// longest is the longest time to an ETA, in minutes: a year.
const longest = 366 * 24 * 60

// UnmarshalJSON reads a number or null.
func (m *Minutes) UnmarshalJSON(b []byte) error {
	var n *float64
	if err := json.Unmarshal(b, &n); err != nil || n != nil && (*n < 0 || *n > longest) {
		return fmt.Errorf("eta_minutes is %s; it is a number of minutes from 0 to %d, or null", b, longest)
	}
	m.Said = true
	if n != nil {
		m.Known, m.D = true, time.Duration(*n*float64(time.Minute))
	}
	return nil
}

//go:embed scenarios/*.json
var shipped embed.FS

// List names the shipped scenarios.
func List() []string {
	entries, err := shipped.ReadDir("scenarios")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".json"))
	}
	return out
}

// Load reads a shipped scenario by name, or a file that ends in .json. Errors are one sentence with what to do.
func Load(name string) (Scenario, error) {
	if strings.HasSuffix(name, ".json") {
		src, err := os.ReadFile(name)
		if err != nil {
			return Scenario{}, fmt.Errorf("the scenario can't be read: %w", err)
		}
		return Parse(name, src)
	}
	src, err := shipped.ReadFile(path.Join("scenarios", name+".json"))
	if err != nil {
		return Scenario{}, fmt.Errorf("there is no scenario %q; the shipped ones are %s; a file of your own ends in .json", name, strings.Join(List(), ", "))
	}
	return Parse(name, src)
}

var kinds = []string{"fact", "finding", "guess", "action", "decision", "update"}

// Parse reads and checks a scenario. Events come out in the order they happened. name is for errors.
func Parse(name string, src []byte) (Scenario, error) {
	var s Scenario
	if err := json.Unmarshal(src, &s); err != nil {
		var syn *json.SyntaxError
		if errors.As(err, &syn) {
			line := 1 + strings.Count(string(src[:min(int(syn.Offset), len(src))]), "\n")
			return s, fmt.Errorf("%s, line %d: this is not JSON: %w", name, line, err)
		}
		return s, fmt.Errorf("%s: %w", name, err)
	}
	if s.Schema != "tocsin.drill/v1" {
		return s, fmt.Errorf("%s: the schema is %q; this version plays tocsin.drill/v1", name, s.Schema)
	}
	if len(s.Events) == 0 {
		return s, fmt.Errorf("%s: there are no events to play", name)
	}
	for n, e := range s.Events {
		switch {
		case e.At.IsZero():
			return s, fmt.Errorf("%s: event %d has no time (at)", name, n+1)
		case strings.TrimSpace(e.Text) == "":
			return s, fmt.Errorf("%s: event %d has no text", name, n+1)
		case !slices.Contains(kinds, e.Kind):
			return s, fmt.Errorf("%s: event %d is of kind %q; the kinds are %s", name, n+1, e.Kind, strings.Join(kinds, ", "))
		case !slices.Contains([]string{"", "none", "degraded", "partial", "down"}, e.Disruption):
			return s, fmt.Errorf("%s: event %d has disruption %q; it is none, degraded, partial or down", name, n+1, e.Disruption)
		}
	}
	if s.Title == "" {
		s.Title = strings.TrimSuffix(path.Base(name), ".json")
	}
	sort.SliceStable(s.Events, func(a, b int) bool { return s.Events[a].At.Before(s.Events[b].At) })
	return s, nil
}
