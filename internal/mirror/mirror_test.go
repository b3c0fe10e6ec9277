package mirror

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/internal/public"
)

// world is a source that can be cut off, and a mirror of it with a clock.
type world struct {
	*Mirror
	site   *public.Site
	broken atomic.Int32 // 0: it answers; 1: it does not; 2: half of an answer comes; 3: something else answers
	now    atomic.Int64 // seconds
	sent   atomic.Int64 // archives
}

func newWorld(t *testing.T, dir string) *world {
	t.Helper()
	w := &world{}
	begun := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	now := func() time.Time { return begun.Add(time.Duration(w.now.Load()) * time.Second) }
	w.site = public.New(public.Options{Organisation: func() string { return "Example" }, Now: now})
	source := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch w.broken.Load() {
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			rw.Header().Set("Content-Length", "100000")
			_, _ = rw.Write([]byte("\x1f\x8b"))
			panic(http.ErrAbortHandler)
		case 3:
			_, _ = rw.Write([]byte("<html>sign in to the hotel's network</html>"))
		default:
			rec := httptest.NewRecorder()
			w.site.Handler().ServeHTTP(rec, r)
			if rec.Code == http.StatusOK {
				w.sent.Add(1)
			}
			for k, v := range rec.Header() {
				rw.Header()[k] = v
			}
			rw.WriteHeader(rec.Code)
			_, _ = rw.Write(rec.Body.Bytes())
		}
	}))
	t.Cleanup(source.Close)
	t.Cleanup(w.site.Close)
	var err error
	if w.Mirror, err = New(Options{From: source.URL, Dir: dir, Now: now}); err != nil {
		t.Fatal(err)
	}
	return w
}

// get asks the mirror for a page, as a browser that prefers these languages.
func (w *world) get(t *testing.T, path string, languages ...string) (*http.Response, string) {
	t.Helper()
	rec, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header["Accept-Language"] = languages
	w.ServeHTTP(rec, r)
	b, err := io.ReadAll(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Result(), string(b)
}

// TestMirror follows a source through its bad days: what was fetched goes on being served whatever comes instead of a copy, says since when the source
// has been silent, survives a restart, and heals by itself.
func TestMirror(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "copy")
	w := newWorld(t, dir)
	if res, body := w.get(t, "/status"); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("before the first copy: %s %s", res.Status, body)
	}
	for range 3 {
		if err := w.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if w.sent.Load() != 1 {
		t.Errorf("the same copy was sent %d times", w.sent.Load())
	}
	for path, want := range map[string]string{"/status": "No known problems", "/history": "History", "/subscribe": "Subscribe", "/feed.json": "jsonfeed.org", "/api/v2/status.json": "indicator", "/index.html": "Static copy made 27 Nov 2026, 03:00:00 UTC"} {
		if res, body := w.get(t, path); res.StatusCode != http.StatusOK || !strings.Contains(body, want) || strings.Contains(body, "has not answered") {
			t.Errorf("%s: %s %.300s", path, res.Status, body)
		}
	}
	if res, _ := w.get(t, "/no/such/page"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a page that is not there: %s", res.Status)
	}
	for n := int32(1); n <= 3; n++ {
		w.broken.Store(n)
		w.now.Add(60)
		if err := w.Look(t.Context()); err == nil {
			t.Errorf("trouble %d is none", n)
		}
	}
	lost := "The source has not answered since 27 Nov 2026, 03:01 UTC."
	if res, body := w.get(t, "/status"); res.StatusCode != http.StatusOK || !strings.Contains(body, lost) || !strings.Contains(body, "No known problems") || res.Header.Get("Age") != "180" || res.Header.Get("Warning") == "" {
		t.Errorf("while the source is silent: %s %v %.900s", res.Status, res.Header, body)
	}
	for path, languages := range map[string][]string{"/status?lang=de": nil, "/status": {"de-AT,de;q=0.9,en;q=0.5"}, "/index.de.html": {"en"}} {
		if res, body := w.get(t, path, languages...); res.StatusCode != http.StatusOK || !strings.Contains(body, "Die Quelle hat seit dem 27. Nov 2026") || !strings.Contains(body, `<html lang="de"`) || strings.Contains(body, lost) {
			t.Errorf("%s in German: %s %.900s", path, res.Status, body)
		}
	}
	if _, body := w.get(t, "/status?lang=en", "de"); !strings.Contains(body, lost) {
		t.Error("the language that is asked for does not win over the browser's")
	}
	again := newWorld(t, dir) // another process over the same folder, which never met the source
	again.broken.Store(1)
	if err := again.Look(t.Context()); err == nil {
		t.Error("it met the source")
	}
	if res, body := again.get(t, "/status"); res.StatusCode != http.StatusOK || !strings.Contains(body, "has not answered since") || !strings.Contains(body, "No known problems") {
		t.Errorf("after a restart: %s %.300s", res.Status, body)
	}
	w.broken.Store(0)
	if err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, body := w.get(t, "/status"); strings.Contains(body, "has not answered") {
		t.Error("the source is back, and the page does not say so")
	}
}

// TestWrite holds that a folder of other files is left alone, that what an earlier copy had goes and other files beside it stay, and that nothing is
// written that is the same.
func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir, map[string][]byte{"index.html": []byte("a")}); !errors.Is(err, ErrOthers) {
		t.Errorf("a folder of other files: %v", err)
	}
	dir = filepath.Join(dir, "copy")
	if n, err := Write(dir, map[string][]byte{"index.html": []byte("a"), "status/INC-1.html": []byte("b"), "gone.html": []byte("c")}); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "CNAME"), []byte("status.example.com"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := Write(dir, map[string][]byte{"index.html": []byte("a"), "status/INC-1.html": []byte("B")}); n != 1 || err != nil {
		t.Errorf("%d files were written, %v", n, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "gone.html")); !os.IsNotExist(err) {
		t.Error("what the copy no longer has is still there")
	}
	if _, err := os.Stat(filepath.Join(dir, "CNAME")); err != nil {
		t.Error("a file that is not of the copy was taken away")
	}
	left, err := filepath.Glob(filepath.Join(dir, ".tocsin-[0-9]*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	files, err := Read(dir)
	if err != nil || len(files) != 2 || string(files["status/INC-1.html"]) != "B" {
		t.Errorf("%d files, %v", len(files), err)
	}
}

// TestUnpack holds that an archive can't write outside of its folder.
func TestUnpack(t *testing.T) {
	t.Parallel()
	pack := func(names ...string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		a := tar.NewWriter(z)
		for _, name := range names {
			if err := errors.Join(a.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: 1}), func() error { _, err := a.Write([]byte("x")); return err }()); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(a.Close(), z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if files, err := Unpack(pack("index.html", "status/INC-1.html")); err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
	for _, bad := range [][]byte{pack("index.html", "../evil"), pack("index.html", "/etc/passwd"), pack("index.html", "status/../../evil"), pack("index.html", ".tocsin-copy"), pack("other.html"), []byte("no archive"), pack("index.html")[:20]} {
		if files, err := Unpack(bad); err == nil {
			t.Errorf("taken: %v", files)
		}
	}
}
