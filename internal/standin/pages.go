package standin

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"time"
)

//go:embed pages.html
var pagesHTML string

var pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"clock": func(t time.Time) string { return t.Format("15:04:05 UTC") },
}).Parse(pagesHTML))

// panel is what people see of one provider.
type panel struct {
	Name    string
	Nothing string // said when there are no items
	Items   []item // newest first
}

// item is something that a provider received.
type item struct {
	At     time.Time
	Title  string
	Text   string
	URL    string // its page; "" if it has none
	Public string // the page that the world sees, if that is another
}

// page is one object as people see it.
type page struct {
	Provider string
	Title    string
	Note     string // how it stands
	Paper    []paragraph
}

type paragraph struct {
	Style string // an element of HTML
	Text  string
}

// people routes the control paths and the pages of objects. None of their calls is recorded.
func (s *Server) people() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.board)
	mux.HandleFunc("GET /_calls", func(out http.ResponseWriter, in *http.Request) { w, _ := s.now(in); writeJSON(out, w.told()) })
	mux.HandleFunc("GET /_objects", func(out http.ResponseWriter, in *http.Request) { w, base := s.now(in); writeJSON(out, w.objects(base)) })
	mux.HandleFunc("GET /_faults", s.listFaults)
	mux.HandleFunc("POST /_faults", s.setFaults)
	mux.HandleFunc("DELETE /_faults", s.clearFaults)
	mux.HandleFunc("POST /_documents/{document}/{act}", s.handle)
	mux.HandleFunc("POST /_reset", func(out http.ResponseWriter, _ *http.Request) { s.Reset(); out.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /slack/archives/{channel}", s.show("slack", slackPages))
	mux.HandleFunc("GET /slack/archives/{channel}/{message}", s.show("slack", slackPages))
	mux.HandleFunc("GET /zoom/j/{meeting}", s.show("zoom", zoomPages))
	mux.HandleFunc("GET /zoom/s/{meeting}", s.show("zoom", zoomPages))
	mux.HandleFunc("GET /google/document/d/{document}/edit", s.show("google", documentPages))
	mux.HandleFunc("GET /google/document/d/e/{public}/pub", s.show("google", documentPages))
	mux.HandleFunc("GET /youtube/watch", s.show("youtube", watchPages))
	mux.HandleFunc("GET /x/{user}/status/{tweet}", s.show("x", tweetPages))
	mux.HandleFunc("GET /bluesky/profile/{account}/post/{post}", s.show("bluesky", skeetPages))
	mux.HandleFunc("GET /mastodon/{user}/{status}", s.show("mastodon", statusPages))
	mux.HandleFunc("GET /gitlab/", s.show("gitlab", issuePages))
	mux.HandleFunc("GET /github/{owner}/{repo}/issues/{number}", s.show("github", hubPages))
	mux.HandleFunc("GET /mattermost/{team}/channels/{name}", s.show("mattermost", mattermostPages))
	mux.HandleFunc("GET /mattermost/{team}/pl/{post}", s.show("mattermost", mattermostPages))
	return mux
}

func writeJSON(out http.ResponseWriter, v any) {
	out.Header().Set("Content-Type", "application/json; charset=utf-8")
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // a caller who left misses it
}

func (s *Server) listFaults(out http.ResponseWriter, in *http.Request) {
	w, _ := s.now(in)
	w.mu.Lock()
	all := make([]fault, len(w.faults))
	for i, f := range w.faults {
		all[i] = *f
	}
	w.mu.Unlock()
	writeJSON(out, all)
}

// setFaults adds faults to those that there are, and tells all.
func (s *Server) setFaults(out http.ResponseWriter, in *http.Request) {
	w, _ := s.now(in)
	r, _ := read(in, "")
	list, err := parseFaults(r.body)
	if err != nil {
		out.Header().Set("Content-Type", "application/problem+json")
		out.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(out).Encode(problem{Title: "Bad list of faults", Type: "about:blank", Detail: err.Error(), Status: http.StatusBadRequest})
		return
	}
	w.mu.Lock()
	w.faults = append(w.faults, list...)
	w.mu.Unlock()
	s.listFaults(out, in)
}

func (s *Server) clearFaults(out http.ResponseWriter, in *http.Request) {
	w, _ := s.now(in)
	w.mu.Lock()
	w.faults = nil
	w.mu.Unlock()
	out.WriteHeader(http.StatusNoContent)
}

// board shows what each provider received.
func (s *Server) board(out http.ResponseWriter, in *http.Request) {
	w, base := s.now(in)
	w.mu.Lock()
	var panels []panel
	for _, p := range w.providers {
		panels = append(panels, p.panel(base))
	}
	calls := len(w.calls)
	w.mu.Unlock()
	render(out, http.StatusOK, "board", map[string]any{"Panels": panels, "Calls": calls})
}

// show answers with the page that find gives, or that there is none.
func (s *Server) show(provider string, find func(*world, *http.Request) *page) http.HandlerFunc {
	return func(out http.ResponseWriter, in *http.Request) {
		w, _ := s.now(in)
		w.mu.Lock()
		p := find(w, in)
		w.mu.Unlock()
		status := http.StatusOK
		if p == nil {
			status, p = http.StatusNotFound, &page{Provider: provider, Title: "Not found", Note: "There is nothing here, or it is not for everyone."}
		}
		render(out, status, "page", p)
	}
}

func render(out http.ResponseWriter, status int, name string, data any) {
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	out.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	out.WriteHeader(status)
	_ = pageTemplates.ExecuteTemplate(out, name, data) // a caller who left misses it
}
