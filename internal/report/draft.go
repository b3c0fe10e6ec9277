package report

import (
	"slices"
	"strings"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// DraftUpdate is the draft of a public update in a stage, from the runbook's templates (R16): a beginning for whoever writes it, never
// sent by itself. A sentence that refers to something unknown is left out. An empty stage is the present one. The draft is as internal as
// the title it may hold: it meets redact like any text.
func DraftUpdate(i *incident.Incident, stage string, now time.Time, publicURL string) string {
	if stage == "" {
		stage = i.Stage
	}
	if !slices.Contains(incident.Stages, stage) {
		stage = incident.Stages[0]
	}
	if i.Runbook == nil {
		return ""
	}
	get := func(name string) (string, bool) {
		v := ""
		switch name {
		case "started":
			v = Clock(i.Started, now)
		case "next":
			if next := nextUpdate(i, stage, now); !next.IsZero() {
				v = Clock(next, now)
			}
		case "eta":
			v = "not known yet"
			if i.ETA.Known && i.ETA.At.After(now) {
				v = Clock(i.ETA.At, now)
			}
		case "stage":
			v = stage
		case "service":
			v = "our service"
			if l := i.Line(i.Declared.Seq); i.Service != "" && l != nil && !l.Struck && l.Visibility != incident.Private {
				v = oneline(i.Service)
			}
		case "ended":
			v = Clock(over(i, now), now)
		case "duration":
			v = Span(over(i, now).Sub(i.Started))
		case "public.url":
			v = publicURL
		default:
			v, _ = known(i, incident.Run{}, name)
		}
		return v, v != ""
	}
	var out []string
	for _, sentence := range sentences(i.Runbook.Templates[stage]) {
		if filled, missing := runbook.Fill(sentence, get); len(missing) == 0 {
			out = append(out, filled)
		}
	}
	return strings.Join(out, " ")
}

// over is when it ended: for a draft that says so before anybody did, now.
func over(i *incident.Incident, now time.Time) time.Time {
	if i.Ended.IsZero() {
		return now
	}
	return i.Ended.At
}

// nextUpdate is when the next word would be due after one given now.
func nextUpdate(i *incident.Incident, stage string, now time.Time) time.Time {
	if stage == "resolved" {
		return time.Time{}
	}
	every, ok := i.Runbook.Cadence[i.Kind+"."+stage]
	if !ok {
		every, ok = i.Runbook.Cadence[i.Kind]
	}
	if !ok {
		return time.Time{}
	}
	return now.Add(every.Duration())
}

// sentences cuts a template after each full stop, question or exclamation mark that a space follows.
func sentences(text string) []string {
	var out []string
	text = strings.TrimSpace(text)
	for start, n := 0, 0; n < len(text); n++ {
		end := n+1 == len(text)
		if !end && (text[n] == '.' || text[n] == '?' || text[n] == '!') && (text[n+1] == ' ' || text[n+1] == '\n') {
			end = true
		}
		if end {
			out = append(out, strings.TrimSpace(text[start:n+1]))
			start = n + 1
		}
	}
	return out
}
