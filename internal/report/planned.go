package report

import (
	"fmt"
	"strings"

	"tocsin/internal/incident"
)

// Get answers what a text refers to by a name.
type Get = func(name string) (string, bool)

// Planner gives what a step's texts may refer to before it is its turn: get's answers, and where another step has yet to make a link, words
// that say so, as a text shown beforehand must not promise another link than the one that goes out (DESIGN §6).
func Planner(i *incident.Incident) func(Get) Get {
	to := map[string]string{}
	for _, r := range i.Runs() {
		if !r.Finished && r.Wanted {
			to[r.Step.ID] = r.Step.Title
		}
	}
	return func(get Get) Get {
		return func(name string) (string, bool) {
			id, _, output := strings.Cut(name, ".")
			if title, awaited := to[id]; output && awaited {
				return fmt.Sprintf("(link from: %s)", title), true
			}
			return get(name)
		}
	}
}
