package slack

import (
	"bytes"
	_ "embed"
	"strings"
)

//go:embed manifest.yaml
var manifest []byte

// Manifest is the app manifest to paste into Slack (https://docs.slack.dev/reference/app-manifest), YAML, with the scopes that the
// operations need.
func Manifest() []byte {
	return bytes.Replace(manifest, []byte("SCOPES"), []byte(strings.Join(needed, ", ")), 1)
}
