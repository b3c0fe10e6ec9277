package public

import (
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Patterns is what Handler answers, as patterns of http.ServeMux, for whoever puts it beside other handlers.
func Patterns() []string {
	var all []string
	for _, r := range routes {
		all = append(all, r.pattern)
	}
	return all
}

type route struct {
	pattern string
	serve   func(*Site, http.ResponseWriter, *http.Request)
}

// routes is everything the world can ask for.
var routes = []route{
	{"/status", (*Site).document},
	{"/status/{id}", (*Site).ofIncident}, // INC-1, INC-1.json, INC-1.md; 1 means INC-1
	{"/status/{id}/events", (*Site).events},
	{"/status/{id}/pictures/{picture}", (*Site).picture},
	{styleURL, (*Site).asset},
	{scriptURL, (*Site).asset},
	{"/history", (*Site).document},
	{"/history/{page}", (*Site).document},
	{"/subscribe", (*Site).ask},
	{"/confirm/{secret}", (*Site).confirm},
	{"/manage/{secret}", (*Site).manage},
	{"/history.atom", (*Site).document},
	{"/history.rss", (*Site).document},
	{"/feed.json", (*Site).document},
	{"/api/v2/summary.json", (*Site).document},
	{"/api/v2/status.json", (*Site).document},
	{"/api/v2/components.json", (*Site).document},
	{"/api/v2/incidents.json", (*Site).document},
	{"/api/v2/incidents/unresolved.json", (*Site).document},
	{"/api/v2/scheduled-maintenances.json", (*Site).document},
	{"/api/v2/scheduled-maintenances/upcoming.json", (*Site).document},
	{"/api/v2/scheduled-maintenances/active.json", (*Site).document},
	{BundlePath, (*Site).bundle},
	{"/robots.txt", (*Site).asset},
	{"/favicon.svg", (*Site).asset},
}

// policy lets pages fetch their own style, script, icon and stream, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var headers = map[string][]string{
	"Content-Security-Policy": {policy},
	"X-Content-Type-Options":  {"nosniff"},
	"Referrer-Policy":         {"no-referrer"},
}

// mostAsked bounds what a form may hold.
const mostAsked = 4096

// posted reports whether a path has a form.
func (s *Site) posted(path string) bool {
	return s.o.Subscriptions != nil && (path == "/subscribe" || strings.HasPrefix(path, "/confirm/") || strings.HasPrefix(path, "/manage/"))
}

// Handler serves the site. It needs no sign-in, sets no cookie, and repeats what it was asked to nobody but to whom a form was wrong. Only
// subscriptions to mail are asked of a database, and pictures.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) { r.serve(s, w, req) })
	}
	mux.HandleFunc("/", s.notFound)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for k, v := range headers {
			h[k] = v
		}
		switch {
		case r.Method == http.MethodPost && s.posted(r.URL.Path):
			r.Body = http.MaxBytesReader(w, r.Body, mostAsked)
			mux.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "This can only be read.", http.StatusMethodNotAllowed)
		case r.URL.Path == "/status/":
			h.Set("Location", "/status")
			w.WriteHeader(http.StatusMovedPermanently)
		case path.Clean(r.URL.Path) != r.URL.Path: // the mux would answer with a cleaned copy of it
			s.notFound(w, r)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// of is the document of a path in the language of whoever asks, or in English where there is no other.
func (e *edition) of(r *http.Request, path string) *document {
	if d := e.docs[tongueOf(r).key(path)]; d != nil {
		return d
	}
	return e.docs[path]
}

func (s *Site) document(w http.ResponseWriter, r *http.Request) {
	s.give(w, r, s.all.Load().of(r, r.URL.Path))
}

func (s *Site) asset(w http.ResponseWriter, r *http.Request) { s.give(w, r, s.assets[r.URL.Path]) }

func (s *Site) ofIncident(w http.ResponseWriter, r *http.Request) {
	id, ext := r.PathValue("id"), ""
	for _, e := range []string{".json", ".md"} {
		if name, ok := strings.CutSuffix(id, e); ok {
			id, ext = name, e
		}
	}
	var d *document
	if n, ok := number(id); ok {
		d = s.all.Load().of(r, "/status/INC-"+strconv.FormatInt(n, 10)+ext)
	}
	s.give(w, r, d)
}

func (s *Site) events(w http.ResponseWriter, r *http.Request) {
	if n, ok := number(r.PathValue("id")); ok {
		if i := s.all.Load().byNumber[n]; i != nil {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			t := asked(r) // by name alone: programs listen here, too
			if t == nil {
				t = english
			}
			i.topics[t.Tag].ServeHTTP(w, r)
			return
		}
	}
	s.notFound(w, r)
}

func (s *Site) give(w http.ResponseWriter, r *http.Request, d *document) {
	if d == nil {
		s.notFound(w, r)
		return
	}
	d.serve(w, r, http.StatusOK)
}

// notFound is the same for what never was and for what is not public.
func (s *Site) notFound(w http.ResponseWriter, r *http.Request) {
	s.all.Load().of(r, missing).serve(w, r, http.StatusNotFound)
}

// missing is the key of the page for what is not there; no path is like it.
const missing = "404"
