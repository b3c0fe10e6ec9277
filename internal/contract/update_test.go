package contract

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write testdata anew from the published specifications in the folder that "+Folder+" names")

// TestTestdata holds that testdata is what trimming the published specifications gives; with -update it is made so.
func TestTestdata(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(Folder)
	if folder == "" {
		t.Skip(Folder + " names no folder of published specifications")
	}
	for _, p := range Providers() {
		if p.Source == "" || p.File == "" {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			want, err := trimmed(p, folder)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", p.File)
			if *update {
				if err := os.WriteFile(file, want, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
				t.Errorf("%s is not what trimming %s gives (%v): go test ./internal/contract -run TestTestdata -update", file, p.Source, err)
			}
		})
	}
}
