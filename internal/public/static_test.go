package public

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tocsin/internal/report"
)

// relativeLanguage finds a link inside a copy that asks a server for a language; the links to the real service may.
var relativeLanguage = regexp.MustCompile(`(?:href|action)="[^":]*\?lang=`)

// TestStatic writes the site as files, follows every link of every page to a file that is there, and looks for what must not be in it: names,
// scripts, and paths that only a server of ours answers.
func TestStatic(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	pages := []report.Page{l.page()}
	for n := range 45 { // more than one page of history
		pages = append(pages, declare("INC-"+string(rune('1'+n/10))+string(rune('0'+n%10))+"0", "Slow "+string(rune('a'+n%26)), "09:10", false).page())
	}
	c := newClock("14:06")
	s := c.site(base)
	s.Update(pages)
	files, err := s.Static(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, must := range []string{"index.html", "index.de.html", "status/INC-42.de.html", "history-2.de.html", "history.html", "history-2.html", "subscribe.html", "404.html", "status/INC-42.html", "status/INC-42.json", "status/INC-42.md", "history.atom", "feed.json", "api/v2/summary.json", "favicon.svg"} {
		if files[must] == nil {
			t.Errorf("%s is missing", must)
		}
	}
	dir := t.TempDir()
	for name, b := range files {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, no := range names {
			if strings.Contains(string(b), no) {
				t.Errorf("%s names %s", name, no)
			}
		}
	}
	web := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer web.Close()
	for name, b := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		page := string(b)
		if !strings.Contains(page, "Static copy made 23 Nov 2026, 14:06:00 UTC") && !strings.Contains(page, `lang="de"`) || strings.Contains(page, "<script") || relativeLanguage.MatchString(page) { // there is no server to choose a language
			t.Errorf("%s is no copy:\n%.900s", name, page)
		}
		root := dom(t, page)
		for _, a := range append(find(root, "a", ""), append(find(root, "link", ""), find(root, "img", "")...)...) {
			to := attr(a, "href") + attr(a, "src")
			if to == "" || strings.HasPrefix(to, "#") || strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://") {
				continue
			}
			to, _, _ = strings.Cut(to, "#")
			if strings.HasPrefix(to, "/") || files[path.Join(path.Dir(name), to)] == nil {
				t.Errorf("%s leads to %s, which is not there", name, to)
			}
		}
	}
	for p := range s.all.Load().docs {
		if strings.Contains(p, " ") || p == missing {
			continue
		}
		if got := PathOf(FileOf(p, "de")); got != "" && strings.HasSuffix(FileOf(p, "de"), ".html") {
			t.Errorf("the German file of %s is taken for %s", p, got)
		}
		if got := PathOf(fileOf(p)); got != p {
			t.Errorf("%s is kept in %s, which is taken for %s", p, fileOf(p), got)
		}
	}
}
