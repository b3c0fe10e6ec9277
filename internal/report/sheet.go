package report

import (
	"slices"
	"strings"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// Sheet is a runbook on paper: what each role does, with exact texts and room for times and links, to be used without any server.
type Sheet struct {
	Title, Description string
	Version            int
	Incident           string // what it is of: "INC-1 Pushes fail"; empty: of no incident
	State              string // of the incident: "major, active"
	Links              []Said // where the incident is
	Made               time.Time
	Definition         string // of a major outage, in words
	Roles              []SheetRole
	People             []SheetPerson
}

// SheetRole is what one role does.
type SheetRole struct {
	ID, Name, Instructions string
	Holders                string
	Parts                  []SheetPart
	Drafts                 []Said // of updates, for those who tell the public; What is the stage and how often
}

// SheetPart is the steps of one time: of any outage, of a major one, of afterwards.
type SheetPart struct {
	Title string
	Steps []SheetStep
}

// SheetStep is a step as a person does it.
type SheetStep struct {
	Card
	Machine bool     // Tocsin does it by itself while it can
	After   []string // titles of the steps that come before
	State   string   // done, by_hand, skipped …; empty: to do
	Done    bool
	At      string // when it was done
	URL     string // what was made
}

// SheetPerson is somebody who can be phoned.
type SheetPerson struct{ Name, Phone, Roles string }

// Said is a text under a word.
type Said struct{ What, Text string }

// SheetOptions say what a sheet is of.
type SheetOptions struct {
	Roles   []string                   // ids; none: all
	Made    time.Time                  // when it is printed
	Get     func(run incident.Run) Get // what texts refer to; nil: everything is left open
	Name    Names                      // of people; nil: ids
	Private bool                       // whoever reads it may see how private steps stand (R32)
	Public  func(c Card) Card          // takes people's names out of what goes to the world; nil: as it is
	Links   []Said                     // where the incident is
	People  []SheetPerson              // who can be phoned
}

// open is what stands in a text for what is not known yet.
var open = map[string]string{
	"title": "what is wrong", "id": "INC-number", "room": "link of the incident's page", "room.url": "link of the war room",
	"public.url": "link of the public page", "runbook.url": "link of the runbook", "postmortem.url": "link of the post-mortem",
	"started": "when it began", "stage": "stage", "next": "time of the next update", "eta": "when it will be fixed",
	"organisation": "organisation", "service": "what is affected", "ended": "when it was over", "duration": "how long it took",
}

// NewSheet is the sheet of a runbook, or of an incident that is run by it: i may be nil.
func NewSheet(book *runbook.Runbook, i *incident.Incident, o SheetOptions) Sheet {
	s := Sheet{Title: book.Title, Description: book.Description, Version: book.Version, Made: o.Made, Definition: definition(book), Links: o.Links, People: o.People}
	if i == nil {
		i = incident.New("", "INC-number")
		i.Runbook = book
	} else {
		s.Incident, s.State = i.Name+" "+Title(i), i.Kind+", "+i.Status
	}
	if o.Name == nil {
		o.Name = func(id string) string { return id }
	}
	for _, role := range book.Roles {
		if len(o.Roles) > 0 && !slices.Contains(o.Roles, role.ID) {
			continue
		}
		s.Roles = append(s.Roles, sheetRole(book, i, role, o))
	}
	return s
}

func sheetRole(book *runbook.Runbook, i *incident.Incident, role runbook.Role, o SheetOptions) SheetRole {
	out := SheetRole{ID: role.ID, Name: role.Name, Instructions: role.Instructions, Parts: []SheetPart{{Title: "Any outage"}, {Title: "Major outage"}, {Title: "When it is over"}}}
	var names []string
	for _, id := range i.Roles[role.ID] {
		names = append(names, o.Name(id))
	}
	out.Holders = strings.Join(names, ", ")
	tells := false
	for _, step := range book.Steps {
		if step.Role != role.ID && !slices.Contains(step.Lists, role.ID) {
			continue
		}
		tells = tells || step.Each == "update"
		part := &out.Parts[phase(step.When)]
		for _, run := range runsOf(i, step) {
			if step.Optional && (run.State == incident.Waiting || run.State == incident.Skipped) {
				continue // only a machine needs to do it
			}
			part.Steps = append(part.Steps, sheetStep(i, run, o))
		}
	}
	kept := out.Parts[:0]
	for _, p := range out.Parts {
		if len(p.Steps) > 0 {
			kept = append(kept, p)
		}
	}
	out.Parts = kept
	if tells {
		out.Drafts = drafts(book, i)
	}
	return out
}

// runsOf gives the instances of a step, and where there may be more of them, one that is yet to come.
func runsOf(i *incident.Incident, step runbook.Step) (runs []incident.Run) {
	for _, r := range i.Runs() {
		if r.Step.ID == step.ID {
			runs = append(runs, r)
		}
	}
	if step.Each != "" {
		runs = append(runs, incident.Run{ID: step.ID, Step: step, State: incident.Waiting, StepRun: &incident.StepRun{}})
	}
	return runs
}

// definition puts the definition of a major outage into words.
func definition(book *runbook.Runbook) string {
	e, err := runbook.Compile(book.Definition.Major)
	if err != nil {
		return book.Definition.Major
	}
	var clauses []string
	for _, c := range e.Clauses() {
		clauses = append(clauses, runbook.Explain(c))
	}
	return strings.Join(clauses, ", and ")
}

// phase is the part of a sheet that a condition belongs to.
func phase(when string) int {
	switch {
	case strings.Contains(when, "resolved"), strings.Contains(when, "postmortem"), strings.Contains(when, "signed_off"):
		return 2
	case strings.Contains(when, "major"):
		return 1
	}
	return 0
}

func sheetStep(i *incident.Incident, run incident.Run, o SheetOptions) SheetStep {
	get := func(string) (string, bool) { return "", false }
	if o.Get != nil {
		get = o.Get(run)
	}
	answer := func(name string) (string, bool) {
		if v, ok := get(name); ok {
			return v, true
		}
		if v, ok := known(i, run, name); ok && o.Get != nil {
			return v, true
		}
		if words, ok := open[name]; ok {
			return "‹" + words + "›", true
		}
		if name == "text" && run.Step.Each == "call" {
			return "@here, we need ‹whom›: ‹why›. War room: ‹link of the war room›", true
		}
		if name == "text" {
			return "‹the update; drafts stand below›", true
		}
		id, output, linked := strings.Cut(name, ".")
		if s, ok := stepOf(i, id); ok && linked && output != "name" {
			return "‹link from: " + s.Title + "›", true
		}
		return "", false
	}
	s := SheetStep{Card: ByHand(i, run, answer), Machine: run.Step.Automatic()}
	s.Step, s.Missing = run.ID, nil
	if !s.Machine && run.Step.Kind == "" {
		s.How, s.Text = s.Text, ""
	}
	if o.Public != nil && s.Public {
		s.Card = o.Public(s.Card)
	}
	for _, need := range run.Step.Needs {
		if n, ok := stepOf(i, need); ok {
			s.After = append(s.After, n.Title)
		}
	}
	if run.Step.Private && !o.Private || run.State == incident.Waiting || run.State == incident.Due {
		return s
	}
	s.State, s.Done, s.URL = strings.ReplaceAll(run.State, "_", " "), run.Finished, run.URL
	said := run.Said
	if it := i.Items[run.ID]; it != nil && !it.Ticked.IsZero() {
		said = it.Ticked
	}
	if run.Finished && !said.IsZero() {
		s.At = Clock(said.At, o.Made)
	}
	return s
}

// drafts are the texts of updates with what is not known left open, each under its stage and how often it is due.
func drafts(book *runbook.Runbook, i *incident.Incident) (out []Said) {
	for _, stage := range incident.Stages {
		text, ok := book.Templates[stage]
		if !ok {
			continue
		}
		filled, _ := runbook.Fill(text, func(name string) (string, bool) {
			if name == "service" && i.Service != "" {
				return i.Service, true
			}
			words, ok := open[name]
			return "‹" + words + "›", ok
		})
		what := stage
		if every := book.Cadence["major."+stage]; every > 0 {
			what += ", in a major outage every " + Span(every.Duration())
		}
		out = append(out, Said{What: what, Text: filled})
	}
	return out
}
