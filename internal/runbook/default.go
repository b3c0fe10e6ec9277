package runbook

import (
	"bytes"
	_ "embed"
	"sync"
)

//go:embed default.yaml
var defaultYAML []byte

// DefaultYAML is the source of the embedded runbook (R30).
func DefaultYAML() []byte { return bytes.Clone(defaultYAML) }

// Default is the embedded runbook, parsed once: all callers get the same one and change nothing in it. It panics if the embedded
// file is broken, which a test rules out.
func Default() *Runbook { return parseDefault() }

var parseDefault = sync.OnceValue(func() *Runbook {
	r, err := Parse(defaultYAML)
	if err != nil {
		panic("the embedded runbook: " + err.Error())
	}
	return r
})
