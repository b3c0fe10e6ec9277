package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBlameFilter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		in, out string
		code    int
		args    []string
	}{
		{"All well.\nSie sagte „ü“: he forgot to push.\n", "2:19: “forgot to”: Measures a person", exitOK, []string{"blame"}},
		{"He forgot to push.", "[counterfactual-needed]", exitConflict, []string{"blame", "--strict"}},
		{"Writes fail.", "[public-next]", exitOK, []string{"blame", "--stage", "investigating"}},
		{"Writes fail!", "[public-tone]", exitOK, []string{"blame", "--public"}},
		{`{"id":"x","text":"db1 failed to start"}`, "{\"id\":\"x\",\"findings\":[]}\n", exitOK, []string{"blame", "--batch"}},
		{"", filepath.Join(dir, "Tocsin", "fault.yml"), exitOK, []string{"blame", "--vale", dir}},
	} {
		var out, said bytes.Buffer
		if code := Main(c.args, strings.NewReader(c.in), &out, &said, nil); code != c.code || !strings.Contains(out.String(), c.out) {
			t.Errorf("%v: exit %d: %q, %q", c.args, code, out.String(), said.String())
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "Tocsin", "junior.yml")); err != nil {
		t.Error(err)
	}
}
