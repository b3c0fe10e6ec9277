package cli

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

// sheet is an incident on paper, or, where i is nil, the runbook that new ones are run by.
func (a *app) sheet(i *incident.Incident, role string, private bool) (report.Sheet, error) {
	book := a.shelf.Current()
	if i != nil {
		book = i.Runbook
	}
	o, err := sheetOf(book, role, a.people.List(), a.ledger.Now())
	if err != nil || i == nil {
		return report.NewSheet(book, i, o), err
	}
	red := a.redactors.of(i)
	o.Private, o.Name = private, a.people.Name
	o.Get = func(run incident.Run) report.Get { return a.runner.Names(i, run) }
	o.Public = func(c report.Card) report.Card { return c.Redacted(red) }
	o.Links = []report.Said{{What: "Room", Text: a.links.Room(i.Name)}, {What: "War room", Text: a.links.WarRoom(i.Name)}, {What: "Public page", Text: a.links.Page(i.Name)}}
	return report.NewSheet(book, i, o), nil
}

// sheetOf says what a sheet is of: a role by its name or all, and whom of the people can be phoned.
func sheetOf(book *runbook.Runbook, role string, people []store.Person, made time.Time) (report.SheetOptions, error) {
	o := report.SheetOptions{Made: made}
	if role != "" {
		r, ok := book.Role(role)
		if !ok {
			var all []string
			for _, r := range book.Roles {
				all = append(all, r.ID)
			}
			return o, &incident.Error{Code: incident.Invalid, Field: "role", Message: "there is no role " + role + "; the roles are " + strings.Join(all, ", ")}
		}
		o.Roles = []string{r.ID}
	}
	for _, p := range people {
		if p.Contact == "" {
			continue
		}
		var can []string
		for _, r := range book.Roles {
			if slices.Contains(p.Roles, r.ID) {
				can = append(can, r.Name)
			}
		}
		o.People = append(o.People, report.SheetPerson{Name: p.Name, Phone: p.Contact, Roles: strings.Join(can, ", ")})
	}
	return o, nil
}

// printed gives the sheets that are asked for: of an incident from the server, else from files.
func (e *env) printed(cmd *cobra.Command, role, config, people string) (api.Printed, error) {
	if e.global.incident != "" {
		cl, err := e.client()
		if err != nil {
			return api.Printed{}, err
		}
		page, err := cl.Print(cmd.Context(), e.global.incident, role)
		return page, remote(err)
	}
	cfg, err := loadConfig(config, e.environ)
	if err != nil {
		return api.Printed{}, failf(exitUsage, "%w", err)
	}
	book, err := loadRunbook(cfg.Runbook)
	if err != nil {
		return api.Printed{}, err
	}
	var known []store.Person
	if people = cmp.Or(people, cfg.People); people != "" {
		if known, err = auth.ReadFile(people); err != nil {
			return api.Printed{}, failf(exitUsage, "%w", err)
		}
	}
	o, err := sheetOf(book, role, known, time.Now())
	if err != nil {
		return api.Printed{}, failf(exitUsage, "%w", err)
	}
	sheet := report.NewSheet(book, nil, o)
	html, err := sheet.HTML()
	return api.Printed{HTML: html, Markdown: sheet.Markdown()}, err
}

// printVerb prints from files, so that it needs no server, unless an incident is named.
func printVerb(e *env) *cobra.Command {
	var role, config, people string
	var markdown bool
	c := &cobra.Command{
		Use:   "print",
		Short: "Print what each role does, with exact texts, telephone numbers and blanks, to hang up or to keep: one HTML page",
		Example: `  tocsin runbook print --people people.yaml > runbook.html
  tocsin runbook print --role point -i INC-1 > point.html`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := e.printed(cmd, role, config, people)
			if err != nil {
				return err
			}
			text := page.HTML
			if markdown {
				text = page.Markdown
			}
			return e.print(page, func() { _, _ = e.out.Write([]byte(text)) }) // a closed pipe has nobody to tell
		},
	}
	c.Flags().StringVar(&role, "role", "", "of one role: point, engineer, comms, marketing (default: all, a page each)")
	c.Flags().StringVar(&config, "config", "", "configuration file, for its runbook and people")
	c.Flags().StringVar(&people, "people", "", "file of the people, for their telephone numbers")
	c.Flags().BoolVar(&markdown, "markdown", false, "print Markdown")
	return c
}
