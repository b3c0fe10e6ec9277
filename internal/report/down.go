package report

import (
	"strings"

	"tocsin/internal/incident"
)

// Provider is how people call a service that carries steps out.
func Provider(id string) string {
	if name, ok := map[string]string{"builtin": "Tocsin's own page", "gitlab": "GitLab", "smtp": "Mail", "google": "Google Docs", "youtube": "YouTube"}[id]; ok {
		return name
	}
	return strings.ToUpper(id[:min(1, len(id))]) + id[min(1, len(id)):]
}

func providers(ids []string) []string {
	out := make([]string, len(ids))
	for n, id := range ids {
		out[n] = Provider(id)
	}
	return out
}

// list joins words as a sentence does.
func list(words []string) string {
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " and " + words[n]
	}
	return strings.Join(words, "")
}

func are(things []string) string {
	if len(things) == 1 {
		return " is"
	}
	return " are"
}

// down tells what is planned around services that are part of the outage.
func down(i *incident.Incident, e *incident.ServicesDown) string {
	var ways []string // in the order they first come up
	steps := map[string][]string{}
	for _, d := range e.Detours {
		way := "By hand"
		switch {
		case d.To != "":
			way = "Through " + Provider(d.To)
		case d.Waits:
			way = "Until it is up these wait"
		}
		if steps[way] == nil {
			ways = append(ways, way)
		}
		title := d.Step
		if s, ok := stepOf(i, d.Step); ok {
			title = s.Title
		}
		steps[way] = append(steps[way], title)
	}
	s := list(providers(e.Services)) + are(e.Services) + " part of this outage"
	if e.Why != "" {
		s += " (" + e.Why + ")"
	}
	for _, way := range ways {
		s += ". " + way + ": " + strings.Join(steps[way], "; ")
	}
	return s
}
