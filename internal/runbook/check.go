package runbook

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// MaxSteps is how many steps a runbook has at most.
const MaxSteps = 500

// stages of an update, in the order an outage passes through them.
var stages = []string{"investigating", "identified", "monitoring", "resolved"}

// each and onUncertain are what the fields of that name may say.
var (
	each        = []string{"update", "call", "follow_up"}
	onUncertain = []string{"lookup", "ask"}
)

// inDoubt are the values of Runbook.InDoubt.
var inDoubt = []string{"mask", "wait"}

// spoken are the kinds of entry that people write; Visible picks from them.
var spoken = []string{"fact", "finding", "guess", "action", "decision"}

var (
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,59}$`)
	idForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)
)

// check judges what was decoded: that every reference leads somewhere, and nothing is missing that a running incident would need.
func (s *source) check(r *Runbook) {
	if !s.missing("", "name", r.Name, "a short name like production-incidents") && !nameForm.MatchString(r.Name) {
		s.fault("name", "%q is no name; use small letters, digits and -, like production-incidents", short(r.Name))
	}
	if !s.given("version") {
		s.fault("", "version is missing; begin with version: 1 and add one with each change")
	} else if !s.broken("version") && r.Version < 1 {
		s.fault("version", "must be 1 or more; add one with each change")
	}
	s.missing("", "title", r.Title, "what people call this runbook")
	s.plan = newPlan(r)
	s.checkRoles(r)
	s.checkDefinition(r)
	s.checkSteps(r)
	s.checkTelling(r)
}

func (s *source) checkRoles(r *Runbook) {
	if s.broken("roles") {
		return
	}
	if len(r.Roles) == 0 {
		s.fault("roles", "there are no roles; an incident wants at least somebody who solves it and a point person")
		return
	}
	taken := map[string]string{} // word → role
	take := func(path, word, id string) {
		if was, ok := taken[plain(word)]; ok && was != id {
			s.fault(path, "%q already means role %q; choose another word", short(word), short(was))
			return
		}
		taken[plain(word)] = id
	}
	first := map[string]int{}
	wanted := false
	for i, role := range r.Roles {
		path := fmt.Sprintf("roles[%d]", i)
		if s.broken(path) {
			continue
		}
		if s.id(path, role.ID, first) {
			take(path+".id", role.ID, role.ID)
		}
		if !s.missing(path, "name", role.Name, "what people call the role") {
			take(path+".name", role.Name, role.ID)
		}
		for j, alias := range role.Aliases {
			at := fmt.Sprintf("%s.aliases[%d]", path, j)
			if s.broken(at) {
				continue
			}
			if plain(alias) == "" {
				s.fault(at, "an alias is a word; leave the empty one out")
				continue
			}
			take(at, alias, role.ID)
		}
		if s.missing(path, "wanted", role.Wanted, "when somebody must hold the role: declared, major or never") {
			continue
		}
		if e, ok := s.expression(path+".wanted", role.Wanted); ok && e.Eval(declaring) == True {
			wanted = true
		}
	}
	if !wanted && !s.faulty("roles") {
		s.fault("roles", "nobody is wanted when an incident is declared; give at least one role wanted: declared")
	}
}

// declaring are the facts of the moment at which an incident has just been declared.
var declaring = Facts{Bools: func() map[string]Truth {
	facts := map[string]Truth{}
	for _, name := range BoolNames {
		facts[name] = False
	}
	facts["declared"], facts["minor"], facts["disrupting"] = True, Unknown, Unknown
	return facts
}()}

func (s *source) checkDefinition(r *Runbook) {
	const how = "say what a major outage is, like definition: {major: eta > 1h and disrupting}"
	if s.broken("definition") {
		return
	}
	if !s.given("definition") {
		s.fault("", "definition is missing; %s", how)
		return
	}
	if s.missing("definition", "major", r.Definition.Major, "what a major outage is: eta > 1h and disrupting") {
		return
	}
	s.expression("definition.major", r.Definition.Major)
	ask, passed := r.Definition.Ask, r.Definition.Passed
	if ask > 0 && passed > 0 && ask >= passed {
		s.fault("definition.ask", "%s is not before passed (%s); the question comes first", ask, passed)
	}
}

// checkTelling looks at what people are told: drafts, their cadence, what is public, how it goes on afterwards.
func (s *source) checkTelling(r *Runbook) {
	for _, key := range slices.Sorted(maps.Keys(r.Cadence)) {
		kind, stage, staged := strings.Cut(key, ".")
		switch {
		case kind != "major" && kind != "minor":
			s.fault("cadence."+key, "unknown; write major or minor, or one of them with a stage, like major.investigating")
		case staged && stage == "resolved":
			s.fault("cadence."+key, "nothing is due once it is resolved; leave it out")
		case staged && !slices.Contains(stages, stage):
			s.fault("cadence."+key, "there is no stage %q%s", short(stage), s.suggest(stage, stages[:3]))
		}
	}
	for _, stage := range slices.Sorted(maps.Keys(r.Templates)) {
		if !slices.Contains(stages, stage) {
			s.fault("templates."+stage, "there is no such stage%s", s.suggest(stage, stages))
		}
		s.references("templates."+stage, r.Templates[stage], nil)
	}
	if r.InDoubt != "" && !slices.Contains(inDoubt, r.InDoubt) {
		s.fault("in_doubt", "%q is not known; write mask (it goes out masked) or wait (until a person has said what it is)", short(r.InDoubt))
	}
	for i, kind := range r.Visible {
		if path := fmt.Sprintf("visible[%d]", i); !s.broken(path) && !slices.Contains(spoken, kind) {
			s.fault(path, "%q is no kind of entry that people write%s", short(kind), s.suggest(kind, spoken))
		}
	}
	first := map[string]int{}
	for i, c := range r.Further {
		if path := fmt.Sprintf("further[%d]", i); !s.broken(path) {
			s.id(path, c.ID, first)
			s.missing(path, "title", c.Title, "what the choice is called")
		}
	}
	for i, q := range r.Questions {
		if path := fmt.Sprintf("questions[%d]", i); !s.broken(path) && strings.TrimSpace(q) == "" {
			s.fault(path, "the question is empty; leave it out")
		}
	}
}

// place is where a path stands, or what it is in if it isn't in the source.
func (s *source) place(path string) *place {
	for {
		if p, ok := s.places[path]; ok {
			return p
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

func (s *source) given(path string) bool { _, ok := s.places[path]; return ok }

func (s *source) broken(path string) bool { p, ok := s.places[path]; return ok && p.broken }

// faulty reports whether anything below a path is broken, so that a conclusion from the whole would be idle.
func (s *source) faulty(path string) bool {
	for at, p := range s.places {
		if p.broken && strings.HasPrefix(at, path) {
			return true
		}
	}
	return false
}

// fault reports a problem of the value at a path.
func (s *source) fault(path, format string, args ...any) {
	p := s.place(path)
	s.report(p.line, p.column, p.label, format, args...)
}

// missing reports a text that must be given and isn't, and whether there is nothing to judge.
func (s *source) missing(path, key, value, what string) bool {
	at := join(path, key)
	switch {
	case s.broken(at):
		return true
	case !s.given(at):
		s.fault(path, "%s is missing; say %s", key, what)
		return true
	case strings.TrimSpace(value) == "":
		s.fault(at, "is empty; say %s", what)
		return true
	}
	return false
}

// id judges the id of an item and whether it is the first of that name; first keeps their lines.
func (s *source) id(path, id string, first map[string]int) bool {
	if s.missing(path, "id", id, "a short name of small letters, digits and _") {
		return false
	}
	at := path + ".id"
	if !idForm.MatchString(id) {
		s.fault(at, "%q is no id; use a small letter first, then small letters, digits and _, at most 60", short(id))
		return false
	}
	if line, twice := first[id]; twice {
		s.fault(at, "%q is used already, in line %d; choose another id", id, line)
		return false
	}
	first[id] = s.place(at).line
	return true
}

// expression compiles the condition at a path.
func (s *source) expression(path, src string) (Expr, bool) {
	e, err := Compile(src)
	if err == nil {
		return e, true
	}
	p := s.place(path)
	p.broken = true
	line, column := p.line, p.column
	message := err.Error()
	var bad *exprError
	if errors.As(err, &bad) {
		if at, ok := s.within(p, bad.column); ok {
			column, message = at, bad.message
		}
	}
	s.report(line, column, p.label, "%s", message)
	return Expr{}, false
}

// within finds the column of the nth character of a text that is written in one line, without escapes.
func (s *source) within(p *place, nth int) (column int, ok bool) {
	column = p.column
	if p.node.style != 0 {
		column++
	}
	if p.line > len(s.lines) {
		return 0, false
	}
	line := []rune(s.lines[p.line-1])
	return column + nth - 1, column-1 <= len(line) && strings.HasPrefix(string(line[column-1:]), p.node.value)
}

// suggest names the word that was probably meant, or all there are, unless so much is wrong that it would not be read.
func (s *source) suggest(word string, known []string) string {
	if len(s.problems) > maxProblems {
		return ""
	}
	return suggest(word, known)
}
