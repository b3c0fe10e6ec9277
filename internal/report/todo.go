package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tocsin/internal/incident"
)

// TodoItem is a line of a role's to-do list as it is read (R2–R5).
type TodoItem struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Text        string   `json:"text,omitempty"` // the step's words, filled in as far as the log knows
	State       string   `json:"state"`          // of the step, see package incident
	Automatic   bool     `json:"automatic"`
	Required    bool     `json:"required,omitempty"`
	Requirement []string `json:"requirement,omitempty"`
	By          string   `json:"by,omitempty"`      // who did it, or who has it
	Blocked     string   `json:"blocked,omitempty"` // "waits for: …"
	Trouble     string   `json:"trouble,omitempty"` // why a person must look at it
	Finished    bool     `json:"finished"`
}

// Todo is the to-do list of a role at a moment of the incident's clock: what people have to do first, in the runbook's order; then what
// the machine could not do; then what it is doing; what is done last.
func Todo(i *incident.Incident, role string, now time.Time, name Names) []TodoItem {
	if name == nil {
		name = func(id string) string { return id }
	}
	var out []TodoItem
	for _, item := range i.List(role, now) {
		t := TodoItem{ID: item.ID, Title: item.Step.Title, Text: readable(i, item.Run), State: item.State, Automatic: item.Step.Automatic(),
			Required: item.Step.Required, Requirement: item.Step.Requirement, Finished: item.Finished}
		switch {
		case item.State == incident.Skipped || item.State == incident.HandDone:
			t.By = name(item.StepRun.Said.By)
		case !item.Ticked.IsZero():
			t.By = name(item.Ticked.By)
		case item.Given != "":
			t.By = name(item.Given)
		}
		switch item.State {
		case incident.Failed, incident.Unsure:
			t.Trouble = item.Error
		case incident.HandDone:
			if item.Claimed {
				t.Trouble = item.Error
			}
		case incident.Skipped:
			t.Trouble = item.Why
		}
		if len(item.Blocked) > 0 && !item.Finished {
			var titles []string
			for _, id := range item.Blocked {
				s, _ := stepOf(i, id)
				titles = append(titles, cmp.Or(s.Title, id))
			}
			t.Blocked = "waits for: " + strings.Join(titles, ", ")
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b TodoItem) int { return a.rank() - b.rank() })
	return out
}

// rank is the place of an item in the list: lower comes first.
func (t TodoItem) rank() int {
	switch {
	case t.Finished:
		return 3
	case t.State == incident.Failed || t.State == incident.Unsure:
		return 1
	case !t.Automatic || t.State == incident.HandDone:
		return 0
	}
	return 2
}

// Progress counts a to-do list. Open are people's items, Trouble what the machine could not do, Running what it has still to do.
type Progress struct {
	Open    int `json:"open"`
	Trouble int `json:"trouble"`
	Running int `json:"running"`
	Done    int `json:"done"`
	Total   int `json:"total"`
}

// ProgressOf counts the items of a list.
func ProgressOf(items []TodoItem) Progress {
	p := Progress{Total: len(items)}
	for _, t := range items {
		*[]*int{&p.Open, &p.Trouble, &p.Running, &p.Done}[t.rank()]++
	}
	return p
}

// readable is the text of a step for reading: what is not known yet is named in words.
func readable(i *incident.Incident, run incident.Run) string {
	text, _ := run.Step.Render(func(ref string) (string, bool) {
		if v, ok := known(i, run, ref); ok {
			return v, true
		}
		if words, ok := unknown[ref]; ok {
			return words, true
		}
		if base, output, ok := strings.Cut(ref, "."); ok {
			if s, ok := stepOf(i, base); ok {
				return "(" + output + " of: " + s.Title + ")", true
			}
		}
		return "", false
	})
	return text
}

// unknown is how a text reads where a reference has no value yet.
var unknown = map[string]string{
	"room": "the incident's room", "room.url": "the war room", "public.url": "the public page", "runbook.url": "the runbook",
	"postmortem.url": "the post-mortem", "organisation": "the organisation", "eta": "not known yet", "next": "(time of the next word)",
	"stage": "(stage)", "text": "(text)", "started": "(start)",
}

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
		v = warRoom(i)
	case "stage", "text", "next":
		for _, u := range i.Updates {
			switch {
			case u.Seq != run.For:
			case ref == "stage":
				v = u.Stage
			case ref == "text":
				v = u.Text
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

// warRoom is the address of the meeting that is current.
func warRoom(i *incident.Incident) (url string) {
	for _, kind := range []string{"room.open", "room.license"} {
		for _, run := range i.Runs() {
			if run.Step.Kind == kind && run.Finished && run.URL != "" {
				url = run.URL
			}
		}
	}
	return url
}
