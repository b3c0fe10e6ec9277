package report

import (
	"strings"

	"tocsin/internal/incident"
)

// known gives what the log itself knows of the names that texts refer to (runbook.Names): everything but Tocsin's own addresses.
func known(i *incident.Incident, run incident.Run, ref string) (string, bool) {
	v := ""
	switch ref {
	case "title":
		v = Title(i)
	case "id":
		v = i.Name
	case "started":
		v = Clock(i.Started, i.Started)
	case "eta":
		if i.ETA.Known {
			v = Clock(i.ETA.At, i.ETA.Said.At)
		}
	case "room.url":
		v, _ = i.WarRoom()
	case "stage", "text", "next":
		for _, u := range i.Updates {
			switch {
			case u.Seq != run.For:
			case ref == "stage":
				v = u.Stage
			case ref == "text":
				v = u.Words(run.Provider)
			case !u.Next.IsZero():
				v = Clock(u.Next, u.At)
			}
		}
	default:
		base, output, _ := strings.Cut(ref, ".")
		if s := i.Steps[base]; s != nil && s.Finished() {
			v = s.Outputs[output]
		}
	}
	return v, v != ""
}
