package runner

import (
	"context"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
)

const (
	// beat is how often a server says that it lives, and alive how long that holds.
	beat  = 2 * time.Second
	alive = 6 * time.Second
	// grace is how long after an attempt's deadline the server that began it still may report.
	grace = 2 * time.Second
)

// Leases let one of several servers do a thing, and let servers know of each other. *store.Store has them.
type Leases interface {
	Lease(ctx context.Context, name, holder string, now, until time.Time) (bool, error)
	LeasedUntil(ctx context.Context, name string) (time.Time, error)
	Release(ctx context.Context, name, holder string) error
}

func server(boot string) string { return "server/" + boot }

// live says that this server lives. If it has not for too long, what it was at until now is at an end: others may have taken it over.
func (r *Runner) live(ctx context.Context) error {
	began := wall()
	r.mu.Lock()
	if !r.until.IsZero() && began.After(r.until) {
		r.term.end()
		r.term = newTerm()
	}
	r.mu.Unlock()
	now := r.o.Ledger.Real()
	ok, err := r.o.Leases.Lease(ctx, server(r.boot), r.boot, now, now.Add(alive))
	if err == nil && ok {
		r.mu.Lock()
		r.until = began.Add(alive)
		r.mu.Unlock()
	}
	return err
}

// living goes on saying so until ctx ends.
func (r *Runner) living(ctx context.Context) {
	every := time.NewTicker(beat)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		if err := r.live(ctx); err != nil && ctx.Err() == nil {
			r.o.Log.Error("other servers can't be told that this one lives", "error", err)
		}
	}
}

// abandoned is when whoever began an attempt, while this process is not at it, is surely not at it any more. Where there is one server
// that is now. Of several, one that lives reports soon after the deadline, and one that is gone stops saying that it lives.
func (r *Runner) abandoned(ctx context.Context, run incident.Run, now time.Time) time.Time {
	if r.o.Leases == nil || run.Server == r.boot { // our own are at most one at a time
		return now
	}
	at := run.Deadline.Add(grace)
	if run.Server == "" {
		return at
	}
	until, err := r.o.Leases.LeasedUntil(ctx, server(run.Server))
	if err != nil {
		return at
	}
	if until.Before(now) {
		return now
	}
	return earlier(at, until)
}

// again is how long to leave a step alone that another server is bringing in step.
const again = time.Second

// alone has this server be the only one that brings a step in step, so that an older version never overwrites a newer one, and gives the
// step as it stands then. False: another server is at it, or has done it. A server that stops in the middle loses its right by itself.
func (r *Runner) alone(ctx context.Context, i *incident.Incident, run incident.Run, op connect.Operation) (*incident.Incident, incident.Run, bool) {
	if r.o.Leases == nil {
		return i, run, true
	}
	now := r.o.Ledger.Real()
	ok, err := r.o.Leases.Lease(ctx, i.ID+"/"+run.ID, r.boot, now, now.Add(r.deadline(op)+grace))
	if err != nil {
		r.o.Log.Error("no lease can be had", "incident", i.Name, "step", run.ID, "error", err)
	}
	if err != nil || !ok {
		r.mu.Lock()
		r.held[i.ID+"/"+run.ID] = now.Add(again)
		r.mu.Unlock()
		return i, run, false
	}
	fresh, err := r.o.Ledger.View(ctx, i.ID) // what the last holder wrote is in it
	if err == nil {
		if still, ok := fresh.Find(run.ID); ok && still.Act == run.Act && still.State == run.State {
			return fresh, still, true
		}
	}
	r.free(i, run)
	return i, run, false
}

// free lets other servers bring the step in step.
func (r *Runner) free(i *incident.Incident, run incident.Run) {
	if r.o.Leases == nil {
		return
	}
	if err := r.o.Leases.Release(context.WithoutCancel(r.ctx), i.ID+"/"+run.ID, r.boot); err != nil {
		r.o.Log.Error("a lease can't be given back", "incident", i.Name, "step", run.ID, "error", err)
	}
}
