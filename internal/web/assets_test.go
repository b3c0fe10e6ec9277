package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// TestScriptsRun holds that no script is left out of those that pages load.
func TestScriptsRun(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(assetFiles, "assets/*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimPrefix(f, "assets/"); !slices.Contains(scripts, name) && !slices.Contains([]string{"words.js", "worker.js", "htmx.min.js"}, name) {
			t.Errorf("%s runs nowhere: put it into scripts", name)
		}
	}
}

// TestScripts holds that all scripts together fit in 60 KB on their way to a phone.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(assetFiles, "assets/*.js")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	total := 0
	for _, name := range files {
		body, err := fs.ReadFile(assetFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body), "eval(") && !strings.Contains(name, "htmx") {
			t.Errorf("%s evaluates text", name)
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(body); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		total += packed.Len()
	}
	if total > 60<<10 {
		t.Errorf("%d B of scripts", total)
	}
}
