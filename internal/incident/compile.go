package incident

import (
	"sync"

	"tocsin/internal/runbook"
)

// compiled keeps expressions that were compiled once: a log is folded often, its runbook never changes.
var compiled sync.Map

func compile(src string) (runbook.Expr, error) {
	if e, ok := compiled.Load(src); ok {
		return e.(runbook.Expr), nil
	}
	e, err := runbook.Compile(src)
	if err == nil {
		compiled.Store(src, e)
	}
	return e, err
}
