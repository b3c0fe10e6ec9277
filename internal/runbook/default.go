package runbook

import (
	_ "embed"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed default.yaml
var defaultYAML []byte

// DefaultYAML is the source of the embedded runbook (R30).
func DefaultYAML() []byte { return defaultYAML }

// Default is the embedded runbook. It panics if the embedded file is broken, which a test rules out.
var Default = sync.OnceValue(func() *Runbook {
	var r Runbook
	if err := yaml.UnmarshalWithOptions(defaultYAML, &r, yaml.Strict()); err != nil {
		panic("the embedded runbook: " + err.Error())
	}
	return &r
})
