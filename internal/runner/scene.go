package runner

import (
	"slices"
	"strings"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// Names gives what texts of a step may refer to (runbook.Names and {step.output}).
func (r *Runner) Names(i *incident.Incident, run incident.Run) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v := ""
		switch name {
		case "title":
			v = i.Title
		case "id":
			v = i.Name
		case "room":
			v = r.o.Links.Room(i.Name)
		case "room.url":
			v = r.o.Links.WarRoom(i.Name)
		case "public.url":
			v = r.o.Links.Page(i.Name)
		case "runbook.url":
			v = r.o.Links.Runbook(i.Runbook.Name)
		case "postmortem.url":
			v = r.o.Links.Postmortem(i.Name)
		case "started":
			v = report.Clock(i.Started, i.Started)
		case "organisation":
			v = r.o.Organisation()
		case "eta":
			v = "not known yet"
			if i.ETA.Known {
				v = report.Clock(i.ETA.At, i.ETA.Said.At)
			}
		case "stage", "text", "next":
			v = r.instance(i, run, name)
		case "document.text":
			v = report.Plain(report.Document(i, r.o.Redactor(i)))
		case "postmortem.text":
			v = report.PublicMarkdown(i, r.o.Redactor(i)).String()
		case "people.text":
			v = r.people(i)
		case "phone":
			v = r.phone(i, run)
		default:
			step, output, _ := strings.Cut(name, ".")
			if s, ok := i.Steps[step]; ok && s.Finished() {
				v = s.Outputs[output]
			}
		}
		return v, v != ""
	}
}

// people lists who belongs in the incident's channel, each by a name and how chat finds them.
func (r *Runner) people(i *incident.Incident) string {
	var out []string
	for _, p := range invited(i) {
		name, emails, handles := r.o.Address(p)
		line := strings.Join(append([]string{name}, append(slices.Clone(handles), emails...)...), " ")
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// phone says how whoever a step calls is reached.
func (r *Runner) phone(i *incident.Incident, run incident.Run) string {
	for _, c := range i.Calls {
		if c.Seq == run.For && r.o.Phone != nil {
			return r.o.Phone(c.Person, c.Role)
		}
	}
	return ""
}

// instance gives what a step of one update or one call is about.
func (r *Runner) instance(i *incident.Incident, run incident.Run, name string) string {
	for _, u := range i.Updates {
		if u.Seq != run.For {
			continue
		}
		switch {
		case name == "stage":
			return u.Stage
		case name == "text":
			return u.Words(run.Provider)
		case !u.Next.IsZero():
			return report.Clock(u.Next, u.At)
		}
		return ""
	}
	for _, c := range i.Calls {
		if c.Seq != run.For || name != "text" {
			continue
		}
		who := "@here, somebody is needed"
		if role, ok := i.Runbook.Role(c.Role); ok {
			who = "@here, we need somebody as " + strings.ToLower(role.Name)
		} else if c.Person != "" {
			called, _, _ := r.o.Address(c.Person)
			who = called + ", you are needed"
		}
		if c.Why != "" {
			who += ": " + c.Why
		}
		return who + ". War room: " + r.o.Links.WarRoom(i.Name) + " Everything else: " + r.o.Links.Room(i.Name)
	}
	return ""
}
