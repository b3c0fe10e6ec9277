package runbook

import (
	"slices"
	"strings"
)

// Role finds a role by id, name or alias; case does not matter, '-' and ' ' are like '_'.
func (r *Runbook) Role(word string) (Role, bool) {
	want := plain(word)
	if want == "" {
		return Role{}, false
	}
	for _, role := range r.Roles {
		if want == plain(role.ID) || want == plain(role.Name) || slices.ContainsFunc(role.Aliases, func(a string) bool { return plain(a) == want }) {
			return role, true
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

// Order lists the steps so that each comes after those it needs, else in the order of the file.
func (r *Runbook) Order() []Step {
	index := make(map[string]int, len(r.Steps))
	for i, s := range r.Steps {
		index[s.ID] = i
	}
	out := make([]Step, 0, len(r.Steps))
	placed := make([]bool, len(r.Steps))
	var place func(i int)
	place = func(i int) {
		if placed[i] {
			return
		}
		placed[i] = true // before its needs: a runbook that Parse did not see may have a cycle
		needs := make([]int, 0, len(r.Steps[i].Needs))
		for _, id := range r.Steps[i].Needs {
			if n, ok := index[id]; ok {
				needs = append(needs, n)
			}
		}
		slices.Sort(needs)
		for _, n := range needs {
			place(n)
		}
		out = append(out, r.Steps[i])
	}
	for i := range r.Steps {
		place(i)
	}
	return out
}
