package cli

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/klauspost/compress/gzhttp"
	"golang.org/x/time/rate"

	"tocsin/internal/api"
	"tocsin/internal/auth"
	"tocsin/internal/connect"
	"tocsin/internal/connect/all"
	"tocsin/internal/drill"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/oncall"
	"tocsin/internal/public"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
	"tocsin/internal/runner"
	"tocsin/internal/shelf"
	"tocsin/internal/store"
	"tocsin/internal/subscriber"
	"tocsin/internal/web"
)

// app is a whole Tocsin: everything wired, serving on one or two listeners.
type app struct {
	o          appOptions
	links      report.Links
	store      *store.Store
	auth       *auth.Auth
	people     *auth.Directory
	ledger     *ledger.Ledger
	runner     *runner.Runner
	site       *public.Site
	mail       *subscriber.Subscribers // nil: nobody can subscribe
	connectors []connect.Connector
	shelf      *shelf.Shelf
	oncall     *oncall.Book
	redactors  redactors
	owner      *organisation
	changed    chan struct{}
	showing    sync.Mutex
	shown      map[string]edition // incident → its page, made anew only when its log grew or names changed
}

type appOptions struct {
	data     string
	database string // URL of a PostgreSQL, instead of data
	config   Config
	console  net.Listener
	public   net.Listener // nil: public pages are on the console's
	baseURL  string       // what people open; empty: the listener's address
	clock    func() time.Time
	drill    bool
	reading  bool // beside a server that may be running: nothing is served and nothing done
	log      *slog.Logger
}

// newApp wires everything and starts nothing. Close it when done.
func newApp(ctx context.Context, o appOptions) (_ *app, err error) {
	a := &app{o: o, changed: make(chan struct{}, 1)}
	defer func() {
		if err != nil && a.store != nil {
			err = errors.Join(err, a.store.Close())
		}
	}()
	a.links.Console = o.baseURL
	if a.links.Console == "" {
		a.links.Console = "http://" + reachable(o.console.Addr())
	}
	a.links.Public = a.links.Console
	if o.public != nil {
		a.links.Public = "http://" + reachable(o.public.Addr())
	}
	if a.store, err = openStore(ctx, o.data, o.database); err != nil {
		return nil, err
	}
	if a.shelf, err = openShelf(a.store, o.config.Runbook); err != nil {
		return nil, err
	}
	if !o.reading {
		err = a.store.Lock()
	}
	if err != nil {
		return nil, failf(exitConflict, "%s: %w; stop it, or choose another folder with --data", o.data, err)
	}
	if err = notMoved(ctx, a.store, o.data); err != nil {
		return nil, err
	}
	a.owner = &organisation{configured: o.config.Organisation, store: a.store}
	a.people = auth.NewDirectory(a.store)
	if err = a.people.Load(ctx); err != nil {
		return nil, err
	}
	a.auth = auth.New(a.store, auth.Options{Directory: a.people, Secure: strings.HasPrefix(a.links.Console, "https://")})
	if o.config.People != "" {
		if err = a.people.LoadFile(ctx, o.config.People); err != nil {
			return nil, failf(exitUsage, "%w", err)
		}
	}
	a.oncall = &oncall.Book{Store: a.store, People: a.people.IDs, Note: a.auth.Note, Now: time.Now, Role: func(word string) (id, title string) {
		r, _ := a.shelf.Current().Role(word)
		return r.ID, r.Name
	}}
	installation, err := a.store.FirstSetting(ctx, "installation", ulid.Make().String())
	if err != nil {
		return nil, err
	}
	if a.connectors, err = a.connect(); err != nil {
		return nil, err
	}
	services := incident.Services{Names: all.Services(o.config.Depends), Able: runner.Able(a.connectors, o.config.Capabilities)}
	a.ledger = ledger.New(a.store, ledger.Options{Clock: o.clock, Runbook: a.shelf.Current, People: a.people.IDs, Alone: a.store.Pool() == nil,
		Services: services, Components: o.config.Public.Components})
	a.redactors.people = a.people
	a.redactors.own = []string{a.links.Console, a.links.Public}
	a.people.OnChange(a.redactors.forget)
	var leases runner.Leases
	if o.database != "" {
		leases = a.store
	}
	jobs, err := a.store.Jobs()
	if err != nil {
		return nil, err
	}
	a.runner, err = runner.New(runner.Options{
		Ledger: a.ledger, DB: jobs, Pool: a.store.Pool(), Leases: leases, Installation: installation, Connectors: a.connectors,
		Capabilities: o.config.Capabilities, Redactor: a.redactors.of, Links: a.links, Organisation: a.owner.Name,
		Address: a.address, Phone: a.phone, Candidates: a.candidates, OnCall: a.onCall, Confidential: o.config.Organisation.Confidential,
		Deadline: o.config.Runner.Deadline, Settle: o.config.Runner.Settle, Batch: o.config.Runner.Batch, Reread: o.config.Runner.Reread, Track: o.config.Runner.Track, StandIns: o.drill, Clock: !o.drill, Log: o.log,
	})
	if err != nil {
		return nil, failf(exitUsage, "%w", err)
	}
	site := public.Options{Organisation: a.owner.Public, BaseURL: func() string { return a.links.Public }, Now: o.clock, Picture: a.picture}
	site.Components, site.Since = func() []string { return o.config.Public.Components }, a.since
	if a.mail, err = a.subscribers(ctx); err != nil {
		return nil, err
	}
	if a.mail != nil {
		site.Subscriptions = a.mail
	}
	a.site = public.New(site)
	return a, nil
}

// since is when the first person came: before, nobody wrote down how the service was.
func (a *app) since() (first time.Time) {
	for _, p := range a.people.List() {
		if first.IsZero() || p.Created.Before(first) {
			first = p.Created
		}
	}
	return first
}

// subscribers is who gets mail about what the public is told, where there is a mail server and nobody said that it is not for that.
func (a *app) subscribers(ctx context.Context) (*subscriber.Subscribers, error) {
	if a.o.drill || !a.o.config.Public.Mail {
		return nil, nil
	}
	for _, c := range a.connectors {
		send, ok := c.Operations()[connect.MailSend]
		if !ok {
			continue
		}
		return subscriber.New(ctx, subscriber.Options{
			Store: a.store, Send: send, Allow: auth.NewLimiter(time.Now, rate.Every(2*time.Second), 30).Allow, Log: a.o.log,
			Letter: func(incident string, entry int64, lang, secret string) (public.Letter, bool) {
				return a.site.Letter(incident, entry, lang, secret)
			},
			Draft: func(incident string, title redact.Text, stage string, text redact.Text) public.Letter {
				return a.site.Draft(incident, title, stage, text)
			},
			Asking: func(incident, lang, secret string, known bool) public.Letter {
				return a.site.Asking(incident, lang, secret, known)
			},
		})
	}
	return nil, nil
}

// connect makes the connectors; what they call goes out as long as the runner lets it.
func (a *app) connect() ([]connect.Connector, error) {
	client := all.Client(a.o.config.Connectors, func(dial connect.Dial) connect.Dial {
		return func(ctx context.Context, network, addr string) (net.Conn, error) {
			return a.runner.Fence(dial)(ctx, network, addr)
		}
	})
	made, err := all.New(a.o.config.Connectors, client)
	if err != nil {
		return nil, failf(exitUsage, "%w", err)
	}
	return made, nil
}

// reachable is an address as others can use it: the machine's name where it listens on all of its addresses.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	name, err := os.Hostname()
	if err != nil {
		name = "localhost"
	}
	return net.JoinHostPort(name, strconv.Itoa(tcp.Port))
}

// runbookOf is the source of the runbook that the configuration names, or of the embedded one.
func runbookOf(file string) ([]byte, error) {
	if file == "" {
		return runbook.DefaultYAML(), nil
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, failf(exitUsage, "the runbook can't be read: %w", err)
	}
	return src, nil
}

// loadRunbook reads it.
func loadRunbook(file string) (*runbook.Runbook, error) {
	src, err := runbookOf(file)
	if err != nil {
		return nil, err
	}
	r, err := runbook.Parse(src)
	if err != nil {
		return nil, failf(exitUsage, "%s:%w", file, err)
	}
	return r, nil
}

// openShelf begins with it; the shelf goes on with what people saved, unless a file is named.
func openShelf(s *store.Store, file string) (*shelf.Shelf, error) {
	src, err := runbookOf(file)
	if err != nil {
		return nil, err
	}
	sh, err := shelf.New(s, src, file)
	if err != nil {
		return nil, failf(exitUsage, "%s:%w", file, err)
	}
	return sh, nil
}

func (a *app) address(person string) (name string, emails, handles []string) {
	p, ok := a.people.Find(person)
	if !ok {
		return person, nil, nil
	}
	return cmp.Or(p.Name, person), p.Emails, p.Handles
}

// phone is how a person, or everyone who can take a role, is reached by hand: who is on call first.
func (a *app) phone(person, role string) string {
	var out []string
	on := a.onCall(role)
	for _, p := range a.people.List() {
		switch {
		case p.Contact == "":
		case p.ID == on:
			out = append([]string{p.Name + " (on call) " + p.Contact}, out...)
		case p.ID == person || slices.Contains(p.Roles, role):
			out = append(out, p.Name+" "+p.Contact)
		}
	}
	return strings.Join(out, ", ")
}

// onCall is who is on call for a role now; empty: nobody, or it can't be read.
func (a *app) onCall(role string) string {
	if role == "" || a.o.drill {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	rota, err := a.oncall.Rota(ctx)
	if err != nil {
		a.o.log.Warn("who is on call can't be read", "error", err)
		return ""
	}
	return rota.On(role, time.Now()).Person
}

// join is the address by which somebody who is signed in enters a meeting.
func (a *app) join(provider, room string) (string, error) {
	for _, c := range a.connectors {
		if j, ok := c.(connect.Joiner); ok && c.Name() == provider {
			return j.Join(room)
		}
	}
	return room, nil
}

// candidates are the people whom the roster lists for a role.
func (a *app) candidates(role string) []string {
	var out []string
	for _, p := range a.people.List() {
		if slices.ContainsFunc(p.Roles, func(word string) bool {
			r, ok := a.shelf.Current().Role(word)
			return ok && r.ID == role
		}) {
			out = append(out, p.ID)
		}
	}
	return out
}

// run serves until ctx ends, then drains: requests under way are answered, attempts under way get their deadline.
func (a *app) run(ctx context.Context) error {
	console, public := a.handlers(ctx)
	if err := a.runner.Start(ctx); err != nil {
		if ctx.Err() != nil { // told to stop before it had begun
			err = nil
		}
		return errors.Join(err, a.store.Close())
	}
	stop := a.ledger.Watch(func(c ledger.Change) {
		a.redactors.learn(c.State)
		a.touch()
	})
	defer stop()
	a.people.OnChange(a.touch)
	if err := a.learn(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	if err := a.publish(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	go a.publishing(ctx)
	mailed := make(chan struct{})
	go func() {
		defer close(mailed)
		if a.mail != nil {
			a.mail.Run(ctx)
		}
	}()
	if !a.o.drill {
		go drill.Lead(ctx, practice{a}, a.o.log)
	}
	go a.store.Listen(ctx, func(n store.Notice) { a.heard(ctx, n) }, func(err error) { a.o.log.Error("what other servers write is not heard", "error", err) })
	servers := []*http.Server{{Handler: console, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}}
	listeners := []net.Listener{a.o.console}
	if a.o.public != nil {
		servers = append(servers, &http.Server{Handler: public, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }})
		listeners = append(listeners, a.o.public)
	}
	servers[len(servers)-1].RegisterOnShutdown(a.site.Close)
	failed := make(chan error, len(servers))
	for n, s := range servers {
		go func() { failed <- s.Serve(listeners[n]) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	for _, s := range servers {
		err = errors.Join(err, ignoreClosed(s.Shutdown(drain)))
	}
	if stopErr := a.runner.Stop(drain); stopErr != nil && !errors.Is(stopErr, context.DeadlineExceeded) {
		err = errors.Join(err, stopErr)
	}
	select {
	case <-mailed:
	case <-drain.Done():
	}
	return errors.Join(ignoreClosed(err), a.store.Close())
}

// heard takes up what another server wrote.
func (a *app) heard(ctx context.Context, n store.Notice) {
	var err error
	switch {
	case n.Incident != "":
		err = a.ledger.Heard(ctx, n.Incident, n.Seq)
	case n.People:
		err = a.people.Load(ctx)
	default:
		err = errors.Join(a.people.Load(ctx), a.ledger.HeardAll(ctx))
	}
	if err != nil && ctx.Err() == nil {
		a.o.log.Error("what another server wrote can't be read", "error", err)
	}
}

// postmortem drafts the post-mortem for the API.
func (a *app) postmortem(i *incident.Incident) (string, any) {
	sections := report.Draft(i, a.people.Name)
	return report.Markdown(i, sections), sections
}

// naming lets the owner say whose incidents these are, unless the configuration does.
func (a *app) naming() func(ctx context.Context, name, public string) error {
	if a.o.config.Organisation.Name != "" {
		return nil
	}
	return func(ctx context.Context, name, public string) error {
		err := a.owner.Set(ctx, name, public)
		a.touch()
		return err
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// handlers gives the console's handler and the public one; the console's serves public pages too unless they have a listener of their own.
func (a *app) handlers(ctx context.Context) (console, outside http.Handler) {
	site := a.site.Handler()
	tester := connect.NewTester(a.connectors)
	faces := api.New(api.Options{Ledger: a.ledger, Store: a.store, Auth: a.auth, Directory: a.people, Version: version(),
		BaseURL: func() string { return a.links.Console }, PublicURL: func() string { return a.links.Public }, Names: a.runner.Names,
		Redactor: a.redactors.of, Ready: a.store.Ping, Shelf: a.shelf, OnCall: a.oncall,
		Postmortem: a.postmortem, Sheet: a.sheet, Pictures: a.store, Drill: a.o.drill, Metrics: metrics(a.ledger), Connectors: a.connectors, Capabilities: a.o.config.Capabilities, Tester: tester, Scenarios: scenarios(), Stop: ctx.Done(), Log: a.o.log})
	pages := web.New(web.Options{Ledger: a.ledger, Store: a.store, Pictures: a.store, Auth: a.auth, Directory: a.people, Links: a.links, Redactor: a.redactors.of,
		Names: a.runner.Names, Sheet: a.sheet, Join: a.join, Connectors: a.connectors, Capabilities: a.o.config.Capabilities, Tester: tester, Scenarios: scenarios(), Shelf: a.shelf, OnCall: a.oncall, Organisation: a.owner.Name, Subscribers: a.mail, NameOrganisation: a.naming(), Drill: a.o.drill})
	mux := http.NewServeMux()
	for _, p := range []string{"/api/v1/", "/openapi.json", "/healthz", "/livez", "/readyz", "/metrics"} {
		mux.Handle(p, compressed(faces))
	}
	if a.o.public == nil {
		for _, p := range append(public.Patterns(), "/status/") {
			mux.Handle(p, site)
		}
	}
	mux.Handle("/", compressed(pages))
	return mux, site
}

// compressed gives a handler whose pages, scripts and JSON go out compressed; streams of events do not, nor what is short. Random padding keeps
// the length from telling what stands beside words that somebody else chose (BREACH).
func compressed(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.ContentTypes([]string{"text/html", "text/css", "text/javascript", "application/json", "application/problem+json", "image/svg+xml", "text/plain", "text/csv"}),
		gzhttp.RandomJitter(32, 0, false))
	if err != nil {
		panic(err) // the options are fixed
	}
	return wrap(h)
}
