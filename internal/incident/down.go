package incident

import (
	"slices"
	"strings"
	"time"

	"tocsin/internal/runbook"
)

// Services is what a decision may know of the services that carry steps out.
type Services struct {
	Names map[string][]string // provider → the names of services that are its own, in lower case: gitlab → gitlab.com
	Able  map[string][]string // kind of step → providers that are set up and can do it, in order of preference
}

// LeavesOut reports whether a step is left out, as it is optional and nothing that could do it is set up.
func (s Services) LeavesOut(step runbook.Step) bool {
	return step.Optional && len(s.Able[step.Kind]) == 0
}

// provider gives the one a word means.
func (s Services) provider(word string) (string, bool) {
	word = strings.ToLower(strings.TrimSpace(word))
	for p, names := range s.Names {
		if word == p || slices.Contains(names, word) {
			return p, true
		}
	}
	return "", false
}

// named gives the provider a word means, or an error that lists them.
func (s Services) named(field, word string) (string, error) {
	if p, ok := s.provider(word); ok {
		return p, nil
	}
	var all []string
	for p := range s.Names {
		all = append(all, p)
	}
	slices.Sort(all)
	return "", invalid(field, "%q is no service that carries steps out; there are %s", strings.TrimSpace(word), strings.Join(all, ", "))
}

// Down reports whether a provider is part of the outage. With the end of the incident it counts as up, until it is said to be down again.
func (i *Incident) Down(provider string) bool {
	s, ok := i.downs[provider]
	return ok && (i.Status == Active || s.Seq > i.Ended.Seq)
}

// Downs lists the providers that are part of the outage, sorted.
func (i *Incident) Downs() []string {
	var out []string
	for p := range i.downs {
		if i.Down(p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// Way is how a step goes that a provider may be down for.
type Way int

// Ways of a step.
const (
	Goes   Way = iota // the provider carries it out
	Waits             // for the provider, which is down
	ToHand            // a person does it; a provider is named if it would have been carried out were that one up
)

// WaitFor is how long a step waits for a service that is down before it is tried all the same: nobody may think of saying that it is up.
const WaitFor = 10 * time.Minute

// Carrier says who carries a step out, of the providers that can, in order of preference: the first that has not refused and is not down.
// Where all are down, what can wait does; anything else is done by hand at once, as an incident does not wait. This is the one place
// where that is decided.
func (i *Incident) Carrier(r Run, able []string) (provider string, way Way) {
	return i.carrier(r, able, i.Down)
}

func (i *Incident) carrier(r Run, able []string, down func(string) bool) (string, Way) {
	first := ""
	for _, p := range able {
		switch {
		case slices.Contains(r.Tried, p):
		case !down(p):
			return p, Goes
		case first == "":
			first = p
		}
	}
	switch {
	case first == "":
		return "", ToHand
	case r.Insisted || r.Waits == first:
		return first, Goes
	case r.Step.Keep && i.Owner(r.Step.Kind) == first, // what it keeps in step is there, and it catches up
		strings.HasPrefix(r.Step.Kind, "tracker."): // nobody needs it before the outage is over
		return first, Waits
	}
	return first, ToHand
}

// detours is what becomes of steps that would be carried out by one of the providers, were it not down.
func (i *Incident) detours(s Services, providers []string) []Detour {
	down := func(p string) bool { return i.Down(p) || slices.Contains(providers, p) }
	var out []Detour
	for _, step := range i.Runbook.Steps {
		r, ok := i.Find(step.ID)
		if !ok {
			r = Run{ID: step.ID, Step: step, StepRun: &StepRun{}}
		}
		if step.Kind == "" || r.Finished && !step.Keep || r.State == HandDone || r.State == Started {
			continue
		}
		able := s.Able[step.Kind]
		if owner := i.Owner(step.Kind); owner != "" {
			able = []string{owner}
		}
		if usual, way := i.carrier(r, able, i.Down); way != Goes || !slices.Contains(providers, usual) {
			continue
		}
		to, way := i.carrier(r, able, down)
		d := Detour{Step: step.ID, Waits: way == Waits}
		if way == Goes {
			d.To = to
		}
		out = append(out, d)
	}
	return out
}

// Detour is what becomes of one step: another provider does it, or it waits; neither: it is done by hand.
type Detour struct {
	Step  string `json:"step"`
	To    string `json:"to,omitempty"`
	Waits bool   `json:"waits,omitempty"`
}

// ServiceDown says that a service steps are carried out with is part of the outage.
type ServiceDown struct {
	Service string `json:"service"`
	Why     string `json:"why,omitempty"`
}

// Decide plans around it.
func (c *ServiceDown) Decide(i *Incident, a Ask) ([]Event, error) {
	p, err := a.Services.named("service", c.Service)
	if err != nil || i.Down(p) {
		return nil, err
	}
	return []Event{&ServicesDown{Services: []string{p}, Why: strings.TrimSpace(c.Why), Detours: i.detours(a.Services, []string{p})}}, nil
}

// down is what a declaration says of services that are down: those it names, and the declared service where steps depend on it.
func (c *Declare) down(i *Incident, d *Declared, a Ask) ([]Event, error) {
	var named, all []string
	for _, word := range c.Down {
		p, err := a.Services.named("down", word)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(named, p) {
			named = append(named, p)
		}
	}
	all = slices.Clone(named)
	for word := range strings.SplitSeq(c.Service, ",") {
		if p, ok := a.Services.provider(word); ok && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	if len(all) == 0 || d.Runbook == nil {
		return nil, nil
	}
	begun := New(i.ID, i.Name)
	begun.Apply(Entry{Seq: 1, At: a.Now, Event: d})
	ev := &ServicesDown{Services: all, Detours: begun.detours(a.Services, all)}
	if len(named) == 0 && len(ev.Detours) == 0 {
		return nil, nil
	}
	return []Event{ev}, nil
}

// ServicesDown is that providers are part of the outage, and what follows for steps as things stood.
type ServicesDown struct {
	Services []string `json:"services"`
	Why      string   `json:"why,omitempty"`
	Detours  []Detour `json:"detours,omitempty"`
}

// Kind names the entry.
func (*ServicesDown) Kind() string { return "services_down" }

// Apply takes what surely did not happen away from them; an attempt under way is looked up as ever.
func (c *ServicesDown) Apply(i *Incident, e Entry) {
	for _, p := range c.Services {
		i.downs[p] = Stamp{By: e.By, At: e.At, Seq: e.Seq}
	}
	for _, s := range i.Steps {
		if slices.Contains(c.Services, s.Provider) && (s.State == Failed && !s.Next.IsZero() || s.State == Due) {
			s.due()
		}
	}
}

// ServiceUp says that a service is up again.
type ServiceUp struct {
	Service string `json:"service"`
}

// Decide names the service as the log does.
func (c *ServiceUp) Decide(i *Incident, a Ask) ([]Event, error) {
	p, err := a.Services.named("service", c.Service)
	if err != nil || !i.Down(p) {
		return nil, err
	}
	return []Event{&ServicesUp{Services: []string{p}}}, nil
}

// ServicesUp is that providers are up again.
type ServicesUp struct {
	Services []string `json:"services"`
}

// Kind names the entry.
func (*ServicesUp) Kind() string { return "services_up" }

// Apply lets go what waited for them.
func (c *ServicesUp) Apply(i *Incident, _ Entry) {
	for _, p := range c.Services {
		delete(i.downs, p)
	}
	i.release()
}

// release makes what waits for a service that is up due at once.
func (i *Incident) release() {
	for _, s := range i.Steps {
		if s.State == Due && s.Waits != "" && !i.Down(s.Waits) {
			s.due()
		}
	}
}

// due makes a step due at once, its request made anew.
func (s *StepRun) due() {
	s.State, s.Request, s.Next, s.Error, s.Waits, s.First = Due, nil, time.Time{}, "", "", time.Time{}
}
