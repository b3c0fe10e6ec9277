package public

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tocsin/internal/report"
)

// TestHistory holds that every incident stands in the history once, under its month, on pages of a size that a telephone in a tunnel loads.
func TestHistory(t *testing.T) {
	t.Parallel()
	var pages []report.Page
	for n := range 95 {
		p := outage(fmt.Sprintf("INC-%d", n+1)).page()
		p.Started = p.Started.AddDate(0, 0, -n*7)
		over := p.Started.AddDate(0, 0, 1)
		p.Ended, p.Status, p.Stage = &over, "resolved", "resolved"
		pages = append(pages, p)
	}
	h := site(t, pages...).Handler()
	seen, months := map[string]int{}, 0
	path := "/history"
	for n := 1; path != ""; n++ {
		res := get(t, h, path)
		page := read(t, res)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", path, res.Status)
		}
		for i := range 95 {
			seen[fmt.Sprintf("INC-%d", i+1)] += strings.Count(page, fmt.Sprintf(`href="/status/INC-%d"`, i+1))
		}
		months += strings.Count(page, "<h2>")
		if size := len(read(t, get(t, h, path, "Accept-Encoding", "gzip"))); size > 14<<10 {
			t.Errorf("%s has %d bytes", path, size)
		}
		if !strings.Contains(page, fmt.Sprintf("Page %d of 3", n)) {
			t.Errorf("%s does not say which page it is", path)
		}
		path = ""
		if _, next, ok := strings.Cut(page, `<link rel="next" href="`); ok {
			path, _, _ = strings.Cut(next, `"`)
		}
		if n > 3 {
			t.Fatal("it has no end")
		}
	}
	for name, times := range seen {
		if times != 1 {
			t.Errorf("%s stands there %d times", name, times)
		}
	}
	if months < 22 || months > 25 {
		t.Errorf("%d months", months)
	}
	for _, none := range []string{"/history/1", "/history/4", "/history/x"} {
		if res := get(t, h, none); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", none, res.Status)
		}
	}
	if page := read(t, get(t, site(t).Handler(), "/history")); !strings.Contains(page, "No incident has been public yet") {
		t.Error("an empty history says nothing")
	}
}
