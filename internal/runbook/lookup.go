package runbook

import (
	"slices"
	"strings"
)

// Role finds a role by id, name or alias; case does not matter, '-' and ' ' are like '_'.
func (r *Runbook) Role(word string) (Role, bool) {
	want := plain(word)
	for _, role := range r.Roles {
		if want == plain(role.ID) || want == plain(role.Name) || slices.ContainsFunc(role.Aliases, func(a string) bool { return plain(a) == want }) {
			return role, want != ""
		}
	}
	return Role{}, false
}

func plain(s string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(s)))
}

// Step finds a step by id.
func (r *Runbook) Step(id string) (Step, bool) {
	for _, s := range r.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// Order lists the steps so that each comes after those it needs, else in the order of the file. Steps on a cycle come last.
func (r *Runbook) Order() []Step {
	out := make([]Step, 0, len(r.Steps))
	placed := map[string]bool{}
	for len(out) < len(r.Steps) {
		before := len(out)
		for _, s := range r.Steps {
			if !placed[s.ID] && !slices.ContainsFunc(s.Needs, func(n string) bool { return !placed[n] }) {
				out, placed[s.ID] = append(out, s), true
			}
		}
		if len(out) == before {
			for _, s := range r.Steps {
				if !placed[s.ID] {
					out = append(out, s)
				}
			}
			return out
		}
	}
	return out
}
