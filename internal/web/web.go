// Package web is the console: server-rendered pages, a .go and a .html each, that work without JavaScript and live with it.
//
// It has no rules of its own: every form is a command that passes the ledger. Pages are made from the folded state; while one is open a
// stream of events says when a part of it has changed, and that part is fetched again. Internal text is shown to signed-in people only.
package web

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/oncall"
	"tocsin/internal/picture"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/shelf"
	"tocsin/internal/store"
	"tocsin/internal/subscriber"
)

// Options set the console up. All but Subscribers, NameOrganisation and Drill must be given.
type Options struct {
	Ledger       *ledger.Ledger
	Store        Store
	Pictures     picture.Store
	Auth         *auth.Auth
	Directory    *auth.Directory
	Links        report.Links
	Redactor     func(*incident.Incident) *redact.Redactor
	Names        func(*incident.Incident, incident.Run) func(string) (string, bool)          // what texts of a step may refer to
	OnCall       *oncall.Book                                                                // who is on call
	Shelf        *shelf.Shelf                                                                // the runbook of new incidents, and its versions
	Sheet        func(i *incident.Incident, role string, private bool) (report.Sheet, error) // on paper; i nil: the runbook alone
	Join         func(provider, room string) (string, error)                                 // where somebody enters a meeting: a secret, for their browser alone
	Connectors   []connect.Connector                                                         // for how networks fit and count what they are sent
	Capabilities map[string][]string                                                         // capability → services in order of preference
	Scenarios    []report.Scenario                                                           // that people can practise with
	Tester       *connect.Tester                                                             // of their connections
	Organisation func() string
	Subscribers  *subscriber.Subscribers // who gets mail; nil: nobody can subscribe
	// NameOrganisation keeps what the owner calls it and what the public knows it by; nil: the configuration says.
	NameOrganisation func(ctx context.Context, name, public string) error
	Drill            bool
}

// Store lists incidents and keeps what people set for themselves. *store.Store is one.
type Store interface {
	Incidents(ctx context.Context, f store.Filter) ([]incident.Summary, error)
	Setting(ctx context.Context, name string) (string, error)
	ChangeSetting(ctx context.Context, name string, change func(old string) (string, error)) error
}

type console struct {
	Options
	assets map[string]asset
}

type asset struct {
	body []byte
	kind string
}

//go:embed assets/*
var assetFiles embed.FS

// who says who may come in at a route.
type who int

const (
	anyone who = iota // no sign-in
	reader            // whoever may read
	writer            // whoever may give commands
	self              // whoever came in by a browser, about themselves: a token can't make itself more
	admin             // whoever may change people
)

type route struct {
	pattern string
	who     who
	serve   func(*console, http.ResponseWriter, *http.Request)
}

// routes is every page and form of the console.
var routes = []route{
	{"GET /setup", anyone, (*console).setupPage},
	{"POST /setup", anyone, (*console).setup},
	{"GET /link", anyone, (*console).linkPage},
	{"POST /link", anyone, (*console).link},
	{"GET /signin", anyone, (*console).signInPage},
	{"POST /signout", anyone, (*console).signOut},
	{"POST /preferences", anyone, (*console).choose},
	{"GET /assets/{name}", anyone, (*console).asset},
	{"GET /worker.js", anyone, (*console).worker},

	{"POST /signin", anyone, (*console).signIn},
	{"POST /signin/passkey/begin", anyone, (*console).beginPasskeySignIn},
	{"POST /signin/passkey", anyone, (*console).passkeySignIn},
	{"GET /account", self, (*console).account},
	{"POST /account/password", self, (*console).setPassword},
	{"POST /account/sessions", self, (*console).endSessions},
	{"POST /account/passkeys/begin", self, (*console).beginPasskey},
	{"POST /account/passkeys", self, (*console).addPasskey},
	{"POST /account/passkeys/remove", self, (*console).dropPasskey},
	{"POST /account/tokens", self, (*console).addToken},
	{"POST /account/tokens/revoke", self, (*console).dropToken},

	{"GET /welcome", reader, (*console).welcome},
	{"GET /{$}", reader, (*console).home},
	{"GET /incidents", reader, (*console).incidents},
	{"GET /incidents.csv", reader, (*console).incidentsCSV},
	{"GET /incidents.json", reader, (*console).incidentsJSON},
	{"POST /incidents/views", self, (*console).keepView},
	{"GET /declare", writer, (*console).declarePage},
	{"POST /declare", writer, (*console).declare},
	{"GET /i/{id}", reader, (*console).room},
	{"GET /i/{id}/e/{entry}", reader, (*console).entry},
	{"POST /i/{id}/e/{entry}/picture", writer, (*console).addPicture},
	{"GET /i/{id}/pictures/{picture}", reader, (*console).picture},
	{"GET /i/{id}/war-room", reader, (*console).warRoom},
	{"GET /i/{id}/public", reader, (*console).preview},
	{"GET /i/{id}/postmortem", reader, (*console).postmortem},
	{"POST /i/{id}/postmortem", writer, (*console).editPostmortem},
	{"GET /i/{id}/postmortem/{section}", reader, (*console).postmortemVersions},
	{"POST /i/{id}/postmortem/follow-ups", writer, (*console).followUp},
	{"GET /i/{id}/hand-over/{role}", reader, (*console).handover},
	{"POST /i/{id}/hand-over/{role}", writer, (*console).handOver},
	{"GET /i/{id}/events", reader, (*console).events},
	{"POST /i/{id}/do", writer, (*console).do},
	{"GET /i/{id}/print", reader, (*console).paper},
	{"POST /i/{id}/check", writer, (*console).check},
	{"POST /hints", writer, (*console).hints},
	{"GET /runbooks/{name}", reader, (*console).runbook},
	{"GET /runbooks/{name}/versions", reader, (*console).runbookVersions},
	{"GET /runbooks/{name}/yaml", reader, (*console).runbookSource},
	{"GET /runbooks/{name}/edit", admin, (*console).editRunbook},
	{"POST /runbooks/{name}/edit", admin, (*console).saveRunbook},
	{"GET /runbooks/{name}/print", reader, (*console).paper},
	{"GET /people", reader, (*console).people},
	{"GET /insights", reader, (*console).insights},
	{"GET /insights.csv", reader, (*console).insightsCSV},
	{"GET /connectors", reader, (*console).connectors},
	{"POST /connectors/{name}/check", admin, (*console).testConnector},
	{"GET /drills", reader, (*console).drills},
	{"POST /drills", writer, (*console).startDrill},
	{"GET /i/{id}/score", reader, (*console).score},
	{"GET /audit", admin, (*console).audit},
	{"GET /subscribers", admin, (*console).subscribers},
	{"POST /subscribers/remove", admin, (*console).dropSubscriber},
	{"POST /people", admin, (*console).addPerson},
	{"GET /people/{id}", reader, (*console).person},
	{"POST /people/{id}", admin, (*console).changePerson},
	{"POST /people/{id}/link", admin, (*console).letIn},
	{"GET /oncall", reader, (*console).onCall},
	{"GET /oncall.ics", reader, (*console).calendar},
	{"POST /oncall/feed", self, (*console).feed},
	{"GET /calendar/{person}/{secret}", anyone, (*console).readFeed},
	{"POST /oncall/overrides", writer, (*console).standIn},
	{"POST /oncall/overrides/remove", writer, (*console).takeBack},
	{"POST /oncall/turns", admin, (*console).rotate},
}

// Patterns is what the console answers, as patterns of http.ServeMux.
func Patterns() []string {
	var all []string
	for _, r := range routes {
		all = append(all, r.pattern)
	}
	return all
}

// New makes the console's handler. Requests pass the sign-in of package auth.
func New(o Options) http.Handler {
	c := &console{Options: o, assets: map[string]asset{}}
	c.loadAssets()
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(r.pattern, c.guard(r))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		c.fail(w, r, &incident.Error{Code: incident.NotFound, Message: "there is no such page"})
	})
	return headers(o.Auth.Middleware(mux))
}

// guard lets in whom the route is for; whoever is not signed in is shown how.
func (c *console) guard(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if rt.who == anyone {
			rt.serve(c, w, r)
			return
		}
		acc, ok := auth.From(r.Context())
		switch {
		case !ok:
			w.Header().Set("Cache-Control", "no-store")
			if r.Method == http.MethodGet && r.Header.Get("HX-Request") == "" {
				http.Redirect(w, r, "/signin", http.StatusSeeOther)
				return
			}
			c.render(w, r, http.StatusUnauthorized, "signin", nil)
		case rt.who == reader && !acc.CanRead(), rt.who == self && (!acc.CanRead() || acc.Via != auth.ViaSession), rt.who == writer && !acc.CanWrite(), rt.who == admin && !acc.CanAdmin():
			c.fail(w, r, incident.Refuse(incident.Forbidden, "", "your rights don't reach this far; ask %s to change them", strings.Join(c.admins(), ", ")))
		default:
			rt.serve(c, w, r)
		}
	}
}

// admins names up to three people who can change rights.
func (c *console) admins() []string {
	var names []string
	for _, p := range c.Directory.List() {
		if (p.Rights == auth.RightsAdmin || p.Rights == auth.RightsOwner) && len(names) < 3 {
			names = append(names, c.Directory.Name(p.ID))
		}
	}
	if names == nil {
		names = []string{"whoever runs Tocsin"}
	}
	return names
}

// headers keeps pages to themselves: no foreign script, frame or referrer, nothing internal in a cache.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// loadAssets gives every file a name with its hash, so that browsers may keep it for ever.
func (c *console) loadAssets() {
	files, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		panic(err) // they are embedded
	}
	kinds := map[string]string{"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
	for _, f := range files {
		body, err := fs.ReadFile(assetFiles, "assets/"+f.Name())
		if err != nil {
			panic(err)
		}
		_, ext, _ := strings.Cut(f.Name(), ".")
		c.keep(f.Name(), asset{body: body, kind: kinds[ext[strings.LastIndex(ext, ".")+1:]]})
	}
	c.keep("console.js", asset{body: c.script(), kind: kinds["js"]})
	c.keep("console.css", asset{body: slices.Concat(c.assets["app.css"].body, c.assets["chart.css"].body), kind: kinds["css"]})
}

// keep makes a file known by its name, and by the one that pages ask for.
func (c *console) keep(name string, a asset) {
	sum := sha256.Sum256(a.body)
	c.assets[name] = a
	c.assets[hex.EncodeToString(sum[:6])+"-"+name] = a
}

// scripts are the console's own, each about one thing, in the order in which they run. words.js comes before them all.
var scripts = []string{"kept.js", "app.js", "outbox.js", "times.js", "hints.js", "compose.js", "undo.js", "declare.js", "find.js", "drafts.js", "lines.js", "keys.js", "passkeys.js"}

// script is all of them in one file, which a slow network brings sooner than many. One that fails keeps no other from running.
func (c *console) script() []byte {
	all := slices.Clone(c.assets["words.js"].body)
	for _, name := range scripts {
		all = slices.Concat(all, []byte("\ntry {\n"), c.assets[name].body, []byte("} catch (failed) { console.error(failed); }\n"))
	}
	return all
}

// assetURL is the address of an embedded file.
func (c *console) assetURL(name string) string {
	sum := sha256.Sum256(c.assets[name].body)
	return "/assets/" + hex.EncodeToString(sum[:6]) + "-" + name
}

// worker is the script that keeps pages for when nothing can be reached. Its address says for which pages: for all.
func (c *console) worker(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(c.assets["worker.js"].body) // a browser that is gone is its own affair
}

func (c *console) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := c.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(a.body) // a browser that is gone is its own affair
}
