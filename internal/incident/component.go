package incident

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// ComponentStates are how a part of the service may be, the best first, in the words of status pages (Statuspage's API).
var ComponentStates = []string{"operational", "degraded_performance", "partial_outage", "major_outage"}

// ComponentState is how a part of the service is from a moment on. State empty: as bad as the incident is.
type ComponentState struct {
	Name  string // as the operator calls it
	State string
	From  time.Time
}

// component is a part of the service by its name, case aside.
func (a Ask) component(name string) (string, bool) {
	for _, one := range a.Components {
		if strings.EqualFold(one, strings.TrimSpace(name)) {
			return one, true
		}
	}
	return "", false
}

// affected are the parts that are named as the service an incident is declared of: one, or several with commas between.
func (a Ask) affected(service string) (all []string) {
	for word := range strings.SplitSeq(service, ",") {
		if one, ok := a.component(word); ok && !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// states reads what an update says of parts of the service.
func (a Ask) states(said map[string]string) (map[string]string, error) {
	all := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		one, ok := a.component(name)
		switch {
		case len(a.Components) == 0:
			return nil, invalid("components", "no parts of the service are set up; the configuration lists them as public.components")
		case !ok:
			return nil, invalid("components", "there is no part %q of the service; there are %s", name, strings.Join(a.Components, ", "))
		case !slices.Contains(ComponentStates, said[name]):
			return nil, invalid("components", "%q is no state of %s; the states are %s", said[name], one, strings.Join(ComponentStates, ", "))
		}
		all[one] = said[name]
	}
	if len(all) == 0 {
		return nil, nil
	}
	return all, nil
}

// Worst is how bad a part of the service is of which nothing else is said.
func (i *Incident) Worst() string {
	if i.Kind == Major {
		return "major_outage"
	}
	return "partial_outage"
}

// ComponentNow is how it affects a part of the service, as far as has been said.
func (i *Incident) ComponentNow(name string) string {
	for _, c := range slices.Backward(i.Components) {
		switch {
		case c.Name != name:
		case c.State == "":
			return i.Worst()
		default:
			return c.State
		}
	}
	return ComponentStates[0]
}

// note keeps what an entry says of parts of the service. What the first update says has been so since the beginning.
func (i *Incident) note(states map[string]string, at time.Time) {
	if len(i.Updates) <= 1 {
		at = i.Started
	}
	for _, name := range slices.Sorted(maps.Keys(states)) {
		i.Components = append(i.Components, ComponentState{name, states[name], at})
	}
}
