package auth

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"

	"tocsin/internal/store"
)

// rosterFile is the YAML of config's people.
type rosterFile struct {
	People []rosterPerson `yaml:"people"`
}

type rosterPerson struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Aliases  []string `yaml:"aliases"`
	Handles  []string `yaml:"handles"`
	Emails   []string `yaml:"emails"`
	Initials words    `yaml:"initials"`
	Roles    []string `yaml:"roles"`
	Contact  string   `yaml:"contact"`
	Zone     string   `yaml:"zone"`
	Rights   string   `yaml:"rights"`
}

// words is a list that may stand as a single string.
type words []string

// UnmarshalYAML takes a string or a list of strings.
func (w *words) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		*w = words{one}
		return nil
	}
	return decode((*[]string)(w))
}

// LoadFile reads the people of a YAML file into the roster:
//
//	people:
//	  - name: Ana Díaz
//	    aliases: [Anita]
//	    handles: ["@ana"]
//	    emails: [ana@example.com]
//	    initials: AD
//	    roles: [point_person, engineer]
//	    contact: +34 600 000 000
//	    zone: Europe/Madrid
//
// An id is made from the name unless one is given. Somebody new may respond unless rights says otherwise; rights somebody has stay as
// they are where the file does not name any. Nobody is removed: names in old incidents stay known. A file with a mistake changes
// nothing; the error names file and line.
func (d *Directory) LoadFile(ctx context.Context, path string) error {
	people, err := ReadFile(path)
	if err != nil {
		return err
	}
	d.change.Lock()
	changed, err := d.merge(ctx, people)
	d.change.Unlock()
	if err == nil && changed {
		d.announce()
	}
	return err
}

// ReadFile gives the people of a YAML file as they stand there; rights are empty where the file names none.
func ReadFile(path string) ([]store.Person, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the people can't be read: %w", err)
	}
	var file rosterFile
	if err := yaml.UnmarshalWithOptions(src, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, false))
	}
	seen := map[string]int{}
	people := make([]store.Person, 0, len(file.People))
	for n, f := range file.People {
		at := func(format string, args ...any) error {
			return fmt.Errorf("%s:%d: %s", path, line(src, n), fmt.Sprintf(format, args...))
		}
		if f.Name == "" {
			return nil, at("a person needs a name")
		}
		p := store.Person{ID: f.ID, Rights: f.Rights, Name: f.Name, Aliases: f.Aliases, Handles: f.Handles, Emails: f.Emails,
			Initials: f.Initials, Roles: f.Roles, Contact: f.Contact, Zone: f.Zone}
		if f.Rights == RightsOwner {
			return nil, at("the owner is not made by a file; the most it gives is admin")
		}
		if p, err = check(p); err != nil {
			return nil, at("%v", err)
		}
		if first, twice := seen[p.ID]; twice {
			return nil, at("the id %s is taken by the person in line %d; give one of them an id of its own", p.ID, line(src, first))
		}
		seen[p.ID], p.Rights = n, f.Rights
		people = append(people, p)
	}
	return people, nil
}

func (d *Directory) merge(ctx context.Context, people []store.Person) (bool, error) {
	before, err := d.load(ctx)
	if err != nil {
		return false, err
	}
	for n, p := range people {
		had, known := d.Get(p.ID)
		switch {
		case known && (p.Rights == "" || had.Rights == RightsOwner):
			people[n].Rights = had.Rights
		case p.Rights == "":
			people[n].Rights = RightsResponder
		}
	}
	after, err := d.put(ctx, people...)
	return before || after, err
}

// line is where the n-th person begins, counted from 1; 0 when it can't be told.
func line(src []byte, n int) int {
	p, err := yaml.PathString(fmt.Sprintf("$.people[%d]", n))
	if err != nil {
		return 0
	}
	node, err := p.ReadNode(bytes.NewReader(src))
	if err != nil || node.GetToken() == nil {
		return 0
	}
	return node.GetToken().Position.Line
}
