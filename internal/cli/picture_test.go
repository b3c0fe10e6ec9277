package cli

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/report"
)

// TestPictures carries a picture from a file to the public page: nothing of it is public before somebody says that no name is seen on it,
// and nothing after its entry is struck.
func TestPictures(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir := t.TempDir()
	a, stop := start(t, dir, services)
	t.Cleanup(stop)
	base := "http://" + a.o.console.Addr().String()
	tocsin := desk(t, a, dir)
	run := func(code int, args ...string) string {
		t.Helper()
		said, got := tocsin(args...)
		if got != code {
			t.Fatalf("tocsin %v: exit %d, want %d\n%s", args, got, code, said)
		}
		return said
	}
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "zelda-winterbourne.png")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".txt", []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(exitOK, "declare", "Pushes fail", "--disrupting", "--eta", "2h", "--point")
	run(exitOK, "declare-major", "--yes", "--no-wait")
	run(exitOK, "say", "The graph goes up", "--visibility", "public")
	i, err := a.ledger.View(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	entry := ""
	for _, l := range i.Lines {
		if l.Text == "The graph goes up" {
			entry = report.EntryID(l.Seq)
		}
	}
	if said := run(exitUsage, "picture", entry, path+".txt"); !strings.Contains(said, "no picture") {
		t.Errorf("a text is taken for a picture: %s", said)
	}
	run(exitNotFound, "picture", "e999", path)
	said := run(exitOK, "picture", entry, path)
	run(exitOK, "picture", entry, path, "--json") // the same again
	id := regexp.MustCompile(`picture show ([0-9a-f]{32}) --no-names`).FindStringSubmatch(said)
	if id == nil {
		t.Fatalf("it does not say what comes next: %s", said)
	}
	public := func() (page, picture string) {
		t.Helper()
		if err := a.publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		res, err := http.Get(base + "/status/INC-1")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`src="(/status/INC-1/pictures/e\d+\.png)"`).FindSubmatch(body)
		if found == nil {
			return string(body), ""
		}
		return string(body), string(found[1])
	}
	if page, picture := public(); picture != "" || strings.Contains(page, id[1]) {
		t.Error("a picture is public before anybody looked at it")
	}
	run(exitUsage, "picture", "show", id[1])
	run(exitOK, "picture", "show", id[1], "--no-names")
	page, address := public()
	if address == "" || strings.Contains(page, "zelda") {
		t.Fatalf("the picture is not on the page, or its file's name is: %s", page)
	}
	get := func(path string) (int, []byte) {
		t.Helper()
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, body
	}
	status, data := get(address)
	if m, kind, err := image.Decode(bytes.NewReader(data)); status != http.StatusOK || err != nil || kind != "png" || m.Bounds().Dx() != 40 {
		t.Errorf("%d %s %v", status, kind, err)
	}
	run(exitOK, "picture", "hide", id[1])
	if _, again := public(); again != "" {
		t.Error("a hidden picture is public")
	}
	if status, _ := get(address); status != http.StatusNotFound {
		t.Errorf("a hidden picture is served: %d", status)
	}
	run(exitOK, "picture", "show", id[1], "--no-names")
	run(exitOK, "strike", entry, "--why", "a name is seen on the picture")
	if _, again := public(); again != "" {
		t.Error("the picture of a struck entry is public")
	}
	if _, err := a.store.Picture(t.Context(), i.ID, id[1]); err == nil {
		t.Error("the picture of a struck entry is kept")
	}
	if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: "1", Actor: "ana", Command: &incident.ShowPicture{Picture: id[1], NoNames: true}}); err == nil {
		t.Error("the picture of a struck entry can be shown")
	}
}
