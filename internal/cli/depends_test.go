package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDepends holds that the configuration says under which names of ours a provider may be declared down.
func TestDepends(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tocsin.yaml")
	for content, want := range map[string]string{
		"depends: {telegraph: [telegrams]}":                     "depends.telegraph: there is no such provider; there are ",
		"depends: {gitlab: [Code forge, gitlab.example.com]}\n": "",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(file, nil); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", content, err, want)
		}
	}
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	cfg := drillConfig(services.url)
	cfg.Depends = map[string][]string{"gitlab": {"Code forge"}}
	dir := t.TempDir()
	a, stop := startWith(t, dir, cfg)
	t.Cleanup(stop)
	h := &hands{t: t, run: desk(t, a, dir)}
	for service, down := range map[string]bool{"code FORGE": true, "pages, code forge": true, "gitlab": true, "gitlab.com": false, "the code forge of others": false, "zoom.us": true} {
		said := h.do("declare", "It fails", "--service", service, "--json")
		if got := !strings.Contains(said, `"down": [],`); got != down {
			t.Errorf("--service %q: down %v, want %v\n%s", service, got, down, said)
		}
	}
}
