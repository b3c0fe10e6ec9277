package incident_test

import (
	"encoding/json"
	"os"
	"testing"

	"tocsin/internal/incident"
)

// writeOld writes a log to testdata/old as a database holds it; used once per format, by `go test -run TestCases -update`.
func writeOld(t *testing.T, file string, log []incident.Entry) {
	t.Helper()
	var out []byte
	for _, e := range log {
		body, err := incident.Encode(e.Event)
		if err != nil {
			t.Fatal(err)
		}
		line, err := json.Marshal(stored{Seq: e.Seq, At: e.At, Recorded: e.Recorded, By: e.By, Kind: e.Event.Kind(), Body: body})
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, line...), '\n')
	}
	if err := os.WriteFile(file, out, 0o600); err != nil {
		t.Fatal(err)
	}
}
