package runbook

import (
	"fmt"
	"reflect"
	"strings"
)

// Parse reads a runbook from YAML. It returns either a runbook that is whole and consistent, or Problems: everything that is wrong, each
// with its place and what to do about it. Time and memory are bounded for any source.
func Parse(src []byte) (*Runbook, error) {
	if len(src) > maxSource {
		return nil, Problems{{Line: 1, Column: 1, Message: fmt.Sprintf("the file is %d bytes long; a runbook has at most %d", len(src), maxSource)}}
	}
	src = normal(src)
	root, problems := read(src)
	s := &source{lines: strings.Split(string(src), "\n"), places: map[string]*place{}, problems: problems}
	r := new(Runbook)
	switch {
	case root != nil:
		s.decode(root, reflect.ValueOf(r).Elem(), "", "")
		if root.form == asMapping {
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
