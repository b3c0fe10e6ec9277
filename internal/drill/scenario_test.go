package drill

import (
	"strings"
	"testing"
	"time"
)

// TestETA holds what eta_minutes means: absent says nothing, null says that it is not known, and nonsense is refused.
func TestETA(t *testing.T) {
	t.Parallel()
	parse := func(eta string) (Minutes, error) {
		s, err := Parse("x.json", []byte(`{"schema":"tocsin.drill/v1","events":[{"at":"2026-01-01T10:00:00Z","kind":"fact","text":"x"`+eta+`}]}`))
		if err != nil {
			return Minutes{}, err
		}
		return s.Events[0].ETA, nil
	}
	for eta, want := range map[string]Minutes{
		"":                     {},
		`,"eta_minutes":null`:  {Said: true},
		`,"eta_minutes":90`:    {Said: true, Known: true, D: 90 * time.Minute},
		`,"eta_minutes":0`:     {Said: true, Known: true},
		`,"eta_minutes":1.5`:   {Said: true, Known: true, D: 90 * time.Second},
		`,"eta_minutes":-5`:    {D: -1},
		`,"eta_minutes":1e9`:   {D: -1},
		`,"eta_minutes":"90m"`: {D: -1},
	} {
		got, err := parse(eta)
		if want.D < 0 {
			if err == nil || !strings.Contains(err.Error(), "eta_minutes") {
				t.Errorf("%s: %v", eta, err)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", eta, got, err)
		}
	}
}
