package runbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

func (s *source) checkSteps(r *Runbook) {
	if s.broken("steps") {
		return
	}
	if len(r.Steps) == 0 {
		s.fault("steps", "there are no steps; say who does what, and when")
		return
	}
	roles := map[string]bool{}
	for _, role := range r.Roles {
		roles[role.ID] = true
	}
	for i := range r.Steps {
		s.markVague(fmt.Sprintf("steps[%d]", i), &r.Steps[i])
	}
	first := map[string]int{}
	for i := range r.Steps {
		path := fmt.Sprintf("steps[%d]", i)
		if s.broken(path) {
			continue
		}
		step := &r.Steps[i]
		if s.id(path, step.ID, first) && slices.ContainsFunc(Names, func(n string) bool { return strings.HasPrefix(n, step.ID+".") }) {
			s.fault(path+".id", "%q is taken: {%s.…} means the incident's own; choose another id", step.ID, step.ID)
		}
		s.missing(path, "title", step.Title, "what is to be done, in a few words")
		s.checkWho(path, step, r, roles)
		if !s.missing(path, "when", step.When, "when the step falls due: declared, major, resolved …") {
			s.expression(path+".when", step.When)
		}
		if step.Done != "" {
			s.expression(path+".done", step.Done)
		}
		if step.Each != "" && !slices.Contains(each, step.Each) {
			s.fault(path+".each", "%q is not known; write update (once for every public update), call (once for everyone asked for) or follow_up (once for each)", short(step.Each))
		}
		s.checkNeeds(path, step)
		s.checkKind(path, step)
		s.checkTexts(path, step)
	}
	s.checkCycles(r)
}

// markVague notes of a step that its kind, its needs or its each is wrong, so that nothing is said about what follows from that alone.
func (s *source) markVague(path string, step *Step) {
	_, known := Kinds[step.Kind]
	s.plan.vagueKind[step.ID] = s.plan.vagueKind[step.ID] || s.broken(path+".kind") || step.Kind != "" && !known
	s.plan.vagueNeeds[step.ID] = s.plan.vagueNeeds[step.ID] || s.broken(path+".needs")
	for j, id := range step.Needs {
		if s.broken(fmt.Sprintf("%s.needs[%d]", path, j)) || s.plan.index[id] == nil {
			s.plan.vagueNeeds[step.ID] = true
		}
	}
}

// checkWho looks at whose lists a step is on.
func (s *source) checkWho(path string, step *Step, r *Runbook, roles map[string]bool) {
	if s.broken("roles") {
		return
	}
	ids := slices.Sorted(maps.Keys(roles))
	unknown := func(at, word string) bool {
		if roles[word] {
			return false
		}
		if role, ok := r.Role(word); ok {
			s.fault(at, "there is no role %q; write its id, %s", short(word), role.ID)
		} else {
			s.fault(at, "there is no role %q%s", short(word), s.suggest(word, ids))
		}
		return true
	}
	if !s.missing(path, "role", step.Role, "whose list it is on") {
		unknown(path+".role", step.Role)
	}
	for j, id := range step.Lists {
		at := fmt.Sprintf("%s.lists[%d]", path, j)
		if s.broken(at) || unknown(at, id) {
			continue
		}
		if id == step.Role || slices.Contains(step.Lists[:j], id) {
			s.fault(at, "it is on the list of %s already; leave it out here", id)
		}
	}
}

func (s *source) checkNeeds(path string, step *Step) {
	for j, id := range step.Needs {
		at := fmt.Sprintf("%s.needs[%d]", path, j)
		switch {
		case s.broken(at):
		case id == step.ID:
			s.fault(at, "the step needs itself; leave it out")
		case slices.Contains(step.Needs[:j], id):
			s.fault(at, "%q stands here twice; leave one out", short(id))
		case s.plan.index[id] == nil:
			s.fault(at, "there is no step %q%s", short(id), s.suggest(id, s.plan.ids))
		}
	}
}

// checkKind looks at what the machine needs to do a step.
func (s *source) checkKind(path string, step *Step) {
	if step.Kind == "" {
		if s.broken(path + ".kind") {
			return
		}
		for _, key := range []string{"manual", "keep", "with", "on_uncertain", "substitute", "by_hand", "optional"} {
			if at := path + "." + key; s.given(at) && !s.broken(at) && !slices.Contains([]string{"", "false"}, s.places[at].node.value) {
				s.fault(at, "is for steps that the machine does; give the step a kind, or leave this out")
			}
		}
		return
	}
	kind, ok := Kinds[step.Kind]
	if !ok {
		s.fault(path+".kind", "%q is not known%s", short(step.Kind), s.suggest(step.Kind, slices.Sorted(maps.Keys(Kinds))))
		return
	}
	if step.Done != "" {
		s.fault(path+".done", "is for what a person does; a step of kind %s is done when the machine has done it", step.Kind)
	}
	if step.OnUncertain != "" && !slices.Contains(onUncertain, step.OnUncertain) {
		s.fault(path+".on_uncertain", "%q is not known; write lookup (see whether it is there) or ask (the point person)", short(step.OnUncertain))
	}
	if kind.Text && !s.given(path+".text") {
		s.fault(path, "text is missing; %s needs one", step.Kind)
	} else if kind.Text && !s.broken(path+".text") && strings.TrimSpace(step.Text) == "" {
		s.fault(path+".text", "is empty; %s needs a text", step.Kind)
	}
	if step.Keep && !kind.Keep {
		s.fault(path+".keep", "%s can't be kept in step; document.write, document.publish, tracker.update and chat.invite can", step.Kind)
	}
	if step.Kind == "mail.send" && step.Each != "call" && strings.TrimSpace(step.With["to"]) == "" && !s.broken(path+".with") {
		s.fault(path+".with", "nobody is written to; give each: call (whoever is asked for) or with: {to: \"ada@example.com\"}")
	}
	if at := path + ".with.event"; step.Kind == "hook.send" && s.given(at) && !s.broken(at) && !slices.Contains(Events, step.With["event"]) {
		s.fault(at, "%q is not known%s", short(step.With["event"]), s.suggest(step.With["event"], Events))
	}
	if step.Private && kind.Public {
		s.fault(path+".private", "%s is seen by everyone; a private step can't do it", step.Kind)
	}
	if !s.broken(path + ".with") {
		for _, key := range kind.With {
			if at := path + ".with." + key; !s.given(at) {
				s.fault(path+".with", "%s is missing; %s needs with: {%s: …}", key, step.Kind, key)
			} else if !s.broken(at) && strings.TrimSpace(step.With[key]) == "" {
				s.fault(at, "is empty; %s needs it", step.Kind)
			}
		}
	}
	for _, need := range kind.Needs {
		makers := s.plan.makers[need]
		switch {
		case len(makers) == 0:
			s.fault(path+".kind", "%s builds on what %s makes, and no step has that kind; add one, and put it into needs", step.Kind, need)
		case !slices.ContainsFunc(makers, func(id string) bool { return s.plan.before(step, id) }):
			s.fault(path+".kind", "%s builds on what %s makes; put %s into needs", step.Kind, need, strings.Join(makers[:min(len(makers), 3)], " or "))
		}
	}
}

// checkTexts looks at the references in what a step says.
func (s *source) checkTexts(path string, step *Step) {
	s.references(path+".text", step.Text, func(id string) bool { return step.Kind == "" || s.plan.before(step, id) })
	for _, key := range slices.Sorted(maps.Keys(step.With)) {
		s.references(path+".with."+key, step.With[key], func(id string) bool { return s.plan.before(step, id) })
	}
	for _, piece := range slices.Sorted(maps.Keys(step.Substitute)) {
		at := path + ".substitute." + piece
		if !s.broken(path+".text") && !strings.Contains(step.Text, piece) || piece == "" {
			s.fault(at, "the text does not contain this; write it exactly as it stands there")
		}
		if len(step.Substitute[piece]) == 0 {
			s.fault(at, "says nothing to put in its place; give a list like [public.url]")
		}
		for j, name := range step.Substitute[piece] {
			item := fmt.Sprintf("%s[%d]", at, j)
			if s.broken(item) {
				continue
			}
			if bare := strings.Trim(name, "{}"); bare != name {
				s.fault(item, "write the name without braces: %s", short(bare))
			} else if problem := s.reference(name, nil); problem != "" {
				s.fault(item, "%s", problem)
			}
		}
	}
}

// references judges the placeholders of a text; before says whether a step is sure to be done first, nil for any.
func (s *source) references(path, text string, before func(id string) bool) {
	for _, name := range Placeholders(text) {
		if before == nil && slices.Contains(DraftNames, name) {
			continue
		}
		problem := s.reference(name, before)
		if problem == "" {
			continue
		}
		p := s.place(path)
		line, column := s.find(p, "{"+name+"}")
		s.report(line, column, p.label, "%s", problem)
	}
}

// reference says what is wrong with a name in a text.
func (s *source) reference(name string, before func(id string) bool) string {
	if slices.Contains(Names, name) {
		return ""
	}
	id, output, dotted := strings.Cut(name, ".")
	if !dotted {
		return fmt.Sprintf("there is no {%s}%s; or write {step.output}", short(name), s.suggest(name, Names))
	}
	step := s.plan.index[id]
	if step == nil {
		return fmt.Sprintf("{%s}: there is no step %q%s", short(name), short(id), s.suggest(id, s.plan.ids))
	}
	kind := Kinds[step.Kind]
	switch {
	case s.plan.vagueKind[id]:
		return ""
	case step.Kind == "" || len(kind.Outputs) == 0:
		return fmt.Sprintf("{%s}: step %q makes nothing that a text could name", short(name), short(id))
	case !slices.Contains(kind.Outputs, output):
		return fmt.Sprintf("{%s}: step %q makes %s, not %q", short(name), short(id), strings.Join(kind.Outputs, ", "), short(output))
	case slices.Contains(each, step.Each):
		return fmt.Sprintf("{%s}: step %q is done once for each %s, so there is no one %s", short(name), short(id), short(step.Each), output)
	case before != nil && !before(id):
		return fmt.Sprintf("{%s} may not be known yet; put %s into needs", short(name), id)
	}
	return ""
}

// find is where a piece of a text stands in the source: at or after the beginning of the text.
func (s *source) find(p *place, piece string) (line, column int) {
	if len(s.problems) > maxProblems {
		return p.line, p.column
	}
	from := p.column - 1
	for n := p.line - 1; n < min(len(s.lines), p.line+200); n++ {
		src := s.lines[n]
		for range from {
			_, size := utf8.DecodeRuneInString(src)
			src = src[size:]
		}
		if at := strings.Index(src, piece); at >= 0 {
			return n + 1, from + utf8.RuneCountInString(src[:at]) + 1
		}
		from = 0
	}
	return p.line, p.column
}

// plan is what the steps of a runbook make and in which order.
type plan struct {
	index  map[string]*Step
	ids    []string
	makers map[string][]string        // kind → ids of the steps of that kind
	reach  map[string]map[string]bool // step → all it needs, near and far

	vagueKind, vagueNeeds map[string]bool // steps of which these are wrong in themselves
}

func newPlan(r *Runbook) *plan {
	p := &plan{index: map[string]*Step{}, makers: map[string][]string{}, reach: map[string]map[string]bool{},
		vagueKind: map[string]bool{}, vagueNeeds: map[string]bool{}}
	for i := range r.Steps {
		step := &r.Steps[i]
		if step.ID == "" || p.index[step.ID] != nil {
			continue
		}
		p.index[step.ID] = step
		p.ids = append(p.ids, step.ID)
		p.makers[step.Kind] = append(p.makers[step.Kind], step.ID)
	}
	return p
}

// before reports whether a step needs another, near or far. Where needs are wrong in themselves it is taken for granted.
func (p *plan) before(step *Step, id string) bool {
	seen, ok := p.reach[step.ID]
	if !ok {
		seen = map[string]bool{}
		p.reach[step.ID] = seen
		for open := slices.Clone(step.Needs); len(open) > 0; {
			last := open[len(open)-1]
			open = open[:len(open)-1]
			if next := p.index[last]; next != nil && !seen[last] {
				seen[last] = true
				open = append(open, next.Needs...)
			}
		}
	}
	return seen[id] || p.vagueNeeds[step.ID]
}

// checkCycles reports each ring of needs once, where it closes.
func (s *source) checkCycles(r *Runbook) {
	state := map[string]int{} // 1: on the way, 2: done
	var way []string
	var visit func(id string)
	visit = func(id string) {
		state[id] = 1
		way = append(way, id)
		for j, need := range s.plan.index[id].Needs {
			switch {
			case s.plan.index[need] == nil || need == id:
			case state[need] == 0:
				visit(need)
			case state[need] == 1 && len(s.problems) <= maxProblems:
				ring := append(slices.Clone(way[slices.Index(way, need):]), need)
				if more := len(ring) - 12; more > 0 {
					ring = slices.Replace(ring, 6, 6+more, fmt.Sprintf("%d more, the last of which", more))
				}
				at := slices.IndexFunc(r.Steps, func(s Step) bool { return s.ID == id })
				s.fault(fmt.Sprintf("steps[%d].needs[%d]", at, j), "these steps wait for each other: %s; take one of the needs out", strings.Join(ring, " needs "))
			}
		}
		way = way[:len(way)-1]
		state[id] = 2
	}
	for _, id := range s.plan.ids {
		if state[id] == 0 {
			visit(id)
		}
	}
}
