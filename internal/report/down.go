package report

import (
	"fmt"
	"strings"

	"tocsin/internal/catalogue"
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
func list(lang *catalogue.Language, words []string) string {
	if n := len(words) - 1; n > 0 {
		return lang.T("%s and %s", strings.Join(words[:n], ", "), words[n])
	}
	return strings.Join(words, "")
}

// down tells what is planned around services that are part of the outage.
func down(lang *catalogue.Language, i *incident.Incident, e *incident.ServicesDown) string {
	var ways []string // in the order they first come up
	steps := map[string][]string{}
	for _, d := range e.Detours {
		way := lang.T("By hand")
		switch {
		case d.To != "":
			way = lang.T("Through %s", Provider(d.To))
		case d.Waits:
			way = lang.T("Until it is up these wait")
		}
		if steps[way] == nil {
			ways = append(ways, way)
		}
		steps[way] = append(steps[way], stepTitle(i, d.Step))
	}
	s := fmt.Sprintf(lang.Form("%s is part of this outage", "%s are part of this outage", len(e.Services)), list(lang, providers(e.Services)))
	if e.Why != "" {
		s += " (" + e.Why + ")"
	}
	for _, way := range ways {
		s += ". " + way + ": " + strings.Join(steps[way], "; ")
	}
	return s
}
