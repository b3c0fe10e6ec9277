// Package runner carries out what the log makes due.
//
// The log is the truth, River is the carrier: every job is derived from the log and can be derived again, so a lost job is made anew by
// the sweep and a doubled one finds its step taken. Intent is written before a call goes out, the outcome after it. What a failed or
// unclear attempt means is decided in one place (outcome.go) from the guarantee class of the operation (DESIGN §4). Steps run in
// parallel; none waits for a provider it does not need.
package runner

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/oklog/ulid/v2"
	"github.com/riverqueue/river"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// Options set a Runner up. All but Pool, Leases, Settle, Deadline, Batch, Reread, Track, StandIns and Log must be given.
type Options struct {
	Ledger       *ledger.Ledger
	DB           *sql.DB       // the writer of SQLite; River keeps its jobs there
	Pool         *pgxpool.Pool // PostgreSQL, instead of DB
	Leases       Leases        // keeps several servers on one database off each other's toes; nil: there is one server
	Installation string        // makes marks unique among installations
	Connectors   []connect.Connector
	Capabilities map[string][]string // capability → providers in order of preference; the rest is fallback
	Redactor     func(*incident.Incident) *redact.Redactor
	Links        report.Links
	Organisation func() string
	Address      func(person string) (name string, emails, handles []string)
	Phone        func(person, role string) string // how a person, or those who can take a role, are reached by hand
	Candidates   func(role string) []string       // people whom the roster lists for a role, by its id
	OnCall       func(role string) string         // who of them is on call; empty: nobody
	Confidential bool                             // the organisation keeps post-mortems confidential even when they are signed off (rulings 14)

	Deadline time.Duration            // of one attempt, in place of the operation's own; 0: that one, or 10 s
	Settle   map[string]time.Duration // provider → wait before a look-up, in place of the operation's own
	Batch    time.Duration            // how long changes gather before a document is brought in step; 0: at once
	Reread   time.Duration            // how often a document is read for what people changed; 0: only when there is something to write
	Track    time.Duration            // how often trackers are asked what people did with the issues of follow-ups; 0: never
	StandIns bool                     // the services are stand-ins: drills are carried out with them
	Clock    bool                     // let time pass for incidents: prompts, nudges, reminders; a drill moves its own clock
	Log      *slog.Logger
}

// Runner is made by New, started once by Start and ended by Stop.
type Runner struct {
	o          Options
	boot       string // names this process's jobs
	river      carrier
	queue      string // of River's
	connectors map[string]connect.Connector
	ctx        context.Context
	cancel     context.CancelFunc
	die        context.CancelFunc // ends the saying that this server lives
	done       chan struct{}
	unwatch    func()

	mu     sync.Mutex
	mine   map[string]bool      // incident/step: attempts of this process that are under way
	queued map[string]ticket    // incident/step → the job that was made for it
	dirty  map[string]bool      // incidents that changed
	kept   map[string]time.Time // incident/step → since when it is out of step
	reread map[string]time.Time // incident/step → when it was last read for what people changed
	held   map[string]time.Time // incident/step → until when another server may be bringing it in step
	until  time.Time            // other servers take this one to live until then
	term   *term
	wake   chan struct{}
}

// New makes a runner. It starts nothing.
func New(o Options) (*Runner, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{o: o, boot: ulid.Make().String(), connectors: map[string]connect.Connector{}, done: make(chan struct{}),
		mine: map[string]bool{}, queued: map[string]ticket{}, dirty: map[string]bool{}, kept: map[string]time.Time{}, reread: map[string]time.Time{}, held: map[string]time.Time{}, wake: make(chan struct{}, 1), term: newTerm()}
	for _, c := range o.Connectors {
		r.connectors[c.Name()] = c
	}
	for capability, names := range o.Capabilities {
		for _, n := range names {
			if c, ok := r.connectors[n]; ok && !provides(c, capability) {
				return nil, fmt.Errorf("capabilities.%s: %s can't do that", capability, n)
			}
		}
	}
	return r, nil
}

// Able lists for each kind of step the providers that are set up and can do it, in the order of preference of its capability.
func Able(connectors []connect.Connector, capabilities map[string][]string) map[string][]string {
	out := map[string][]string{}
	for kind := range requests {
		for _, name := range capabilities[kind.Capability()] {
			for _, c := range connectors {
				if c.Name() == name && can(c, kind) {
					out[string(kind)] = append(out[string(kind)], name)
				}
			}
		}
	}
	return out
}

func provides(c connect.Connector, capability string) bool {
	for k := range c.Operations() {
		if k.Capability() == capability {
			return true
		}
	}
	return false
}

// Start takes up what a stopped process left, then carries out what falls due until Stop.
func (r *Runner) Start(ctx context.Context) error {
	var err error
	if r.river, err = r.carrier(ctx); err != nil {
		return err
	}
	if r.o.Leases != nil {
		if err := r.live(ctx); err != nil {
			return err
		}
	}
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := r.river.Start(context.WithoutCancel(ctx)); err != nil { // the end of what it is given would end the attempts under way
		return err
	}
	r.unwatch = r.o.Ledger.Watch(func(c ledger.Change) {
		if c.Elsewhere {
			r.hear(c.Incident)
		} else {
			r.touch(c.Incident)
		}
	})
	go r.loop()
	if r.o.Track > 0 {
		r.tracking(r.ctx)
	}
	if r.o.Leases != nil {
		var living context.Context
		living, r.die = context.WithCancel(context.WithoutCancel(ctx))
		go r.living(living)
	}
	return nil
}

// Stop ends the runner: attempts under way have until ctx ends to finish; what is not finished then is looked up at the next start.
func (r *Runner) Stop(ctx context.Context) error {
	if r.river == nil {
		return nil
	}
	r.unwatch()
	r.cancelLoop()
	err := r.river.Stop(ctx)
	if err != nil {
		err = r.river.StopAndCancel(context.WithoutCancel(ctx))
	}
	if r.o.Leases != nil {
		r.die() // not before: until here attempts may have been under way
		err = errors.Join(err, r.o.Leases.Release(context.WithoutCancel(ctx), server(r.boot), r.boot))
	}
	return err
}

func (r *Runner) cancelLoop() {
	r.cancel()
	<-r.done
}

// touch has the loop look at an incident soon.
func (r *Runner) touch(id string) {
	r.mu.Lock()
	r.dirty[id] = true
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// hear has the loop look at an incident at the next sweep: the server that changed it looks at once, and need not be raced.
func (r *Runner) hear(id string) {
	r.mu.Lock()
	r.dirty[id] = true
	r.mu.Unlock()
}

// mark names what a step makes, at every provider, for ever.
func (r *Runner) mark(i *incident.Incident, run incident.Run) string {
	of := r.o.Installation + "\x00" + i.ID + "\x00" + run.ID
	if other := i.Namesake(run); other != "" {
		of += "\x00" + other
	}
	if run.Remade > 0 {
		of += fmt.Sprintf("\x00anew %d", run.Remade)
	}
	h := sha256.Sum256([]byte(of))
	return "tocsin-" + hex.EncodeToString(h[:12])
}

// job is what River carries: which step to look at. Boot, Seq and Try make it one job for one decision of one process.
type job struct {
	Incident string `json:"incident" river:"unique"`
	Step     string `json:"step" river:"unique"`
	Seq      int64  `json:"seq" river:"unique"`
	Boot     string `json:"boot" river:"unique"`
	Try      int    `json:"try" river:"unique"`
}

// Kind names the job.
func (job) Kind() string { return "step" }

type worker struct {
	river.WorkerDefaults[job]
	r *Runner
}

// Work carries one step one move further. It never fails: what went wrong stands in the log.
func (w *worker) Work(ctx context.Context, j *river.Job[job]) error {
	w.r.move(ctx, j.Args.Incident, j.Args.Step)
	return nil
}
