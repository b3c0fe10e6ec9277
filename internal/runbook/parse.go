package runbook

import (
	"reflect"
	"strings"
)

// Parse reads a runbook from YAML. It returns either a runbook that is whole and consistent, or Problems: everything that is wrong, each
// with its place and what to do about it. Time and memory are bounded for any source.
func Parse(src []byte) (*Runbook, error) {
	src = normal(src)
	root, problems := read(src)
	s := &source{lines: strings.Split(string(src), "\n"), places: map[string]*place{}, problems: problems}
	r := new(Runbook)
	switch {
	case root != nil:
		s.decode(root, reflect.ValueOf(r).Elem(), "", "")
		if root.form == mapping {
			s.check(r)
		}
	case len(problems) == 0:
		s.report(1, 1, "", "the file is empty; begin with a copy of the default runbook")
	}
	if len(s.problems) > 0 {
		return nil, s.problems.tidy()
	}
	return r, nil
}
