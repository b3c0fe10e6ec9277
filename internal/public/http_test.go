package public

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/internal/report"
)

func TestEveryRoute(t *testing.T) {
	t.Parallel()
	h := site(t, outage("INC-42").page()).Handler()
	for _, path := range every("INC-42") {
		res := get(t, h, path)
		plain := read(t, res)
		if res.StatusCode != http.StatusOK || plain == "" {
			t.Errorf("%s: %s", path, res.Status)
			continue
		}
		vary := "Accept-Encoding"
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			vary += ", Accept-Language"
		}
		for k, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Vary": vary} {
			if got := res.Header.Get(k); got != want {
				t.Errorf("%s: %s is %q", path, k, got)
			}
		}
		for _, no := range []string{"Set-Cookie", "Server", "X-Powered-By"} {
			if got := res.Header.Get(no); got != "" {
				t.Errorf("%s: %s: %s", path, no, got)
			}
		}
		cache := res.Header.Get("Cache-Control")
		if path == styleURL || path == scriptURL {
			if cache != "public, max-age=31536000, immutable" {
				t.Errorf("%s: Cache-Control %q", path, cache)
			}
		} else if path != "/favicon.svg" && cache != "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400" {
			t.Errorf("%s: Cache-Control %q", path, cache)
		}
		etag := res.Header.Get("ETag")
		if !strings.HasPrefix(etag, `"`) {
			t.Errorf("%s: ETag %q is not strong", path, etag)
		}
		zip := get(t, h, path, "Accept-Encoding", "br, gzip;q=0.8")
		body := read(t, zip)
		z, err := gzip.NewReader(strings.NewReader(body))
		if err != nil || zip.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: not compressed: %v", path, err)
			continue
		}
		if unzipped, err := io.ReadAll(z); err != nil || string(unzipped) != plain {
			t.Errorf("%s: compressed it reads otherwise: %v", path, err)
		}
		if zip.Header.Get("ETag") == etag {
			t.Errorf("%s: two variants have one ETag", path)
		}
		for name, res := range map[string]*http.Response{
			"same":      get(t, h, path, "If-None-Match", etag),
			"weak":      get(t, h, path, "If-None-Match", `"x", W/`+etag),
			"any":       get(t, h, path, "If-None-Match", "*"),
			"same zip":  get(t, h, path, "If-None-Match", zip.Header.Get("ETag"), "Accept-Encoding", "gzip"),
			"head same": ask(t, h, http.MethodHead, path, "If-None-Match", etag),
		} {
			if res.StatusCode != http.StatusNotModified || read(t, res) != "" || res.Header.Get("ETag") == "" || res.Header.Get("Cache-Control") == "" {
				t.Errorf("%s, %s: %s", path, name, res.Status)
			}
		}
		if res := get(t, h, path, "If-None-Match", `"other"`); res.StatusCode != http.StatusOK {
			t.Errorf("%s with another ETag: %s", path, res.Status)
		}
		head := ask(t, h, http.MethodHead, path)
		if head.StatusCode != http.StatusOK || read(t, head) != "" || head.Header.Get("Content-Length") != res.Header.Get("Content-Length") {
			t.Errorf("HEAD %s: %s", path, head.Status)
		}
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, http.MethodTrace} {
			if res := ask(t, h, method, path); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %s", method, path, res.Status)
			}
		}
		if res := get(t, h, path, "Accept-Encoding", "gzip;q=0"); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed against the reader's will", path)
		}
	}
}

func TestUnknownIsNotFoundAndNotEchoed(t *testing.T) {
	t.Parallel()
	h := site(t, outage("INC-42").page()).Handler()
	same := ""
	for _, path := range []string{"/", "/status/INC-7", "/status/7", "/status/7.json", "/status/7.md", "/status/7/events", "/status/007", "/status/042", "/status/-42",
		"/status/+42", "/status/zzcanary", "/status/zzcanary.json", "/status/42.xml", "/status/42.json.md", "/status/42/zzcanary", "/zzcanary", "/api/v2/zzcanary.json",
		"/status/%3Cscript%3Ezzcanary", "/status/assets/zzcanary.css", "/status/assets/", "/status//zzcanary", "/status/../zzcanary", "/status?zzcanary", "/status/INC-", "/i/42"} {
		res := get(t, h, path)
		body := read(t, res)
		if strings.HasSuffix(path, "?zzcanary") {
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", path, res.Status)
			}
		} else if res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, res.Status)
		} else if same == "" {
			same = body
		} else if body != same {
			t.Errorf("%s is told from other unknown addresses", path)
		}
		mustNot(t, path, body, "zzcanary")
		for k, v := range res.Header {
			mustNot(t, path+" header "+k, strings.Join(v, " "), "zzcanary")
		}
	}
	if res := get(t, h, "/status/"); res.Header.Get("Location") != "/status" {
		t.Errorf("/status/ leads to %q", res.Header.Get("Location"))
	}
}

func TestETagStaysWhileNothingChanges(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	s := site(t, l.page())
	tags := func() map[string]string {
		all := map[string]string{}
		for _, p := range every("INC-42") {
			all[p] = get(t, s.Handler(), p).Header.Get("ETag")
		}
		return all
	}
	before := tags()
	s.Update([]report.Page{l.page()})
	for p, tag := range tags() {
		if tag != before[p] {
			t.Errorf("%s changed although nothing did", p)
		}
	}
	l.update("14:06", "monitoring", "A fix is in place.", nil)
	s.Update([]report.Page{l.page()})
	after := tags()
	for _, p := range []string{"/status", "/status/INC-42", "/status/INC-42.json", "/status/INC-42.md", "/history.atom", "/history.rss", "/feed.json", "/api/v2/incidents.json", "/api/v2/summary.json"} {
		if after[p] == before[p] {
			t.Errorf("%s did not change", p)
		}
	}
}

func TestPageIsTakenBack(t *testing.T) {
	t.Parallel()
	s := site(t, outage("INC-42").page())
	s.Update(nil)
	for _, p := range []string{"/status/42", "/status/42.json", "/status/42.md", "/status/42/events"} {
		if res := get(t, s.Handler(), p); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", p, res.Status)
		}
	}
	mustNot(t, "/feed.json", read(t, get(t, s.Handler(), "/feed.json")), "Replica")
}

func TestIncidentJSON(t *testing.T) {
	t.Parallel()
	page := outage("INC-42").page()
	var got struct {
		ID, Title, Kind, Status, Stage string
		Entries                        []struct {
			ID, Text, Kind, Mark string
		}
	}
	res := get(t, site(t, page).Handler(), "/status/INC-42.json")
	if err := json.Unmarshal([]byte(read(t, res)), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != "INC-42" || got.Kind != "major" || got.Status != "active" || got.Stage != "identified" || len(got.Entries) != len(page.Entries) {
		t.Errorf("%+v", got)
	}
	if res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Error("other sites' programs can't read it")
	}
}

func TestManyReadersWhileThingsChange(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	c := newClock("14:06")
	s := c.site(base)
	defer s.Close()
	s.Update([]report.Page{l.page()})
	h := s.Handler()
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				for _, p := range []string{"/status", "/status/42", "/status/42.json", "/feed.json"} {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, p, nil))
					if w.Code != http.StatusOK || w.Body.Len() == 0 {
						t.Errorf("%s: %d", p, w.Code)
					}
				}
			}
		})
	}
	for n := range 50 {
		l.say("14:06", "fact", "Something happened.")
		s.Update([]report.Page{l.page()})
		if n%5 == 0 {
			c.add(61 * 1e9)
		}
		s.Touch()
	}
	close(done)
	readers.Wait()
}

func TestGzipNegotiation(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{"": false, "gzip": true, "GZIP": true, "*": true, "br": false, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.0": false,
		"gzip;q=1": true, "gzip;q=x": false, "identity": false, "deflate, gzip;q=0.5": true} {
		if takesGzip([]string{accept}) != want {
			t.Errorf("%q: %v", accept, !want)
		}
	}
}

// BenchmarkHit is one reader of the live page: it touches memory only.
func BenchmarkHit(b *testing.B) {
	h := site(b, outage("INC-42").page()).Handler()
	for name, header := range map[string][2]string{"gzip": {"Accept-Encoding", "gzip"}, "plain": {"Accept", "*/*"}, "304": {"If-None-Match", "*"}} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/status/INC-42", nil)
			r.Header.Set(header[0], header[1])
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(&nowhere{header: http.Header{}}, r)
			}
		})
	}
}

type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) WriteHeader(int)             {}
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkUpdate is a change to one of 200 incidents, and none.
func BenchmarkUpdate(b *testing.B) {
	var pages []report.Page
	for n := range 200 {
		pages = append(pages, outage(fmt.Sprintf("INC-%d", n+1)).page())
	}
	for name, change := range map[string]int{"change": 1, "none": 0} {
		b.Run(name, func(b *testing.B) {
			s := site(b, pages...)
			for b.Loop() {
				pages[0].Updated = pages[0].Updated.Add(time.Duration(change) * time.Second)
				s.Update(pages)
			}
		})
	}
}
