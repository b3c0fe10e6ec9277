// Package standin holds stand-ins for Slack, Zoom, Google (sign-in, Docs, Drive), YouTube, X, Mastodon, Bluesky, GitLab, GitHub, Mattermost
// and a receiver of webhooks, servers under one address that speak the providers' own protocols, and for a mail server on a port of its
// own. They hold state, and check what they get as the providers do. Drills and tests run against them.
//
// It owns everything the stand-ins were told, in memory: a world of providers, the calls they got and the faults to come. Invariants:
// a call takes effect wholly or not at all, under the world's one lock, which is never held while waiting; every call to a provider is
// recorded, and calls to the control paths (those that begin with "/_") and to people's pages are not; what an object is called and which
// fields it has is the provider's choice, not ours. Any well-formed credentials are accepted. Nothing leaves the process.
package standin

import (
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Options are the choices a server is made with; the zero value is good.
type Options struct {
	// Latency delays every call to a provider before it is looked at.
	Latency time.Duration
	// BaseURL is where people reach the server, as "http://host:port"; links are minted from it. Empty: the Host of the request at hand.
	BaseURL string
	// Log is told of each call at level debug and of each fault at level info. Nil: nobody is.
	Log *slog.Logger
}

// Server is the stand-ins as an http.Handler. It is safe for concurrent use.
type Server struct {
	latency time.Duration
	log     *slog.Logger
	pages   *http.ServeMux

	mu    sync.Mutex
	base  string
	world *world
	mails []*smtp.Server
}

// New gives stand-ins that were told nothing yet.
func New(o Options) *Server {
	s := &Server{latency: o.Latency, log: o.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.SetBaseURL(o.BaseURL)
	s.world = newWorld(s)
	s.pages = s.people()
	return s
}

// SetBaseURL changes Options.BaseURL. Links minted earlier stay as they are.
func (s *Server) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = strings.TrimRight(base, "/")
}

// Reset forgets objects, calls and faults. Calls under way end in the forgotten world; hanging ones are let go.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.world.gone)
	s.world = newWorld(s)
}

// Close ends ServeMail and lets hanging calls go, so that the HTTP server in front can shut down. The stand-ins begin anew if they are
// used again.
func (s *Server) Close() error {
	s.Reset()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mails {
		_ = m.Close() // it is closed already, or gone
	}
	s.mails = nil
	return nil
}

// present gives the present world.
func (s *Server) present() *world {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world
}

// now gives the present world, and the base for links made for in.
func (s *Server) now(in *http.Request) (*world, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base != "" {
		return s.world, s.base
	}
	return s.world, "http://" + in.Host
}

// ServeHTTP answers as the provider whose prefix the path has, else as the control paths and people's pages do.
func (s *Server) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	w, _ := s.now(in)
	tidy := tidied(in)
	for _, p := range w.providers {
		for _, prefix := range p.prefixes {
			if tidy.URL.Path == prefix || strings.HasPrefix(tidy.URL.Path, prefix+"/") {
				w.api.ServeHTTP(out, tidy)
				return
			}
		}
	}
	s.pages.ServeHTTP(out, tidy)
}

// tidied gives the request without doubled slashes and without one at the end, percent-encoding kept.
func tidied(in *http.Request) *http.Request {
	sent := in.URL.EscapedPath()
	clean := path.Clean("/" + sent)
	if clean == sent {
		return in
	}
	plain, err := url.PathUnescape(clean)
	if err != nil {
		return in
	}
	out := in.Clone(in.Context())
	out.URL.Path, out.URL.RawPath = plain, clean
	return out
}

// world is everything that a reset forgets.
type world struct {
	server *Server
	api    *http.ServeMux
	gone   chan struct{} // closed when the world is forgotten

	mu         sync.Mutex // guards what follows
	providers  []*provider
	slack      *slack
	x          *x
	mastodon   *mastodon
	bluesky    *bluesky
	zoom       *zoom
	youtube    *youtube
	google     *google
	gitlab     *gitlab
	github     *github
	mattermost *mattermost
	mail       *mail
	webhook    *webhook
	calls      []*call
	faults     []*fault
}

// provider is one stand-in. Its functions run under the world's lock.
type provider struct {
	name     string   // as /_calls tells it
	prefixes []string // paths that are its own
	routes   []route
	admit    func(*request) *reply              // nil if the credentials are well-formed, else the refusal
	unknown  operation                          // answers a path or method that the provider does not have
	expired  operation                          // answers as if the token had run out
	unscoped operation                          // answers as if the token lacked a scope
	refused  func(r *request, status int) reply // answers with a status that says no
	objects  func(base string) []collection
	panel    func(base string) panel
}

// route is one line of a provider's table.
type route struct {
	pattern string // as http.ServeMux takes it
	do      operation
}

// operation carries a call out: all checks first, then the effect.
type operation func(*request) reply

// newWorld makes the providers. Zoom feeds YouTube its pictures.
func newWorld(s *Server) *world {
	w := &world{server: s, api: http.NewServeMux(), gone: make(chan struct{})}
	w.slack, w.x, w.youtube, w.google, w.gitlab, w.github, w.mattermost = newSlack(), newX(), newYouTube(), newGoogle(), newGitLab(), &github{}, &mattermost{}
	w.zoom, w.mail = newZoom(w.youtube), &mail{}
	w.webhook, w.mastodon, w.bluesky = newWebhook(), newMastodon(), newBluesky()
	w.providers = []*provider{
		w.slack.provider(), w.x.provider(), w.mastodon.provider(), w.bluesky.provider(), w.zoom.provider(), w.youtube.provider(), w.google.provider(), w.gitlab.provider(), w.github.provider(), w.mattermost.provider(), w.mail.provider(), w.webhook.provider(),
	}
	for _, p := range w.providers {
		for _, r := range p.routes {
			w.api.HandleFunc(r.pattern, w.handler(p, r.do))
		}
		for _, prefix := range p.prefixes {
			w.api.HandleFunc(prefix+"/", w.handler(p, p.unknown))
		}
	}
	return w
}
