package runner

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// sweepEvery is how often every open incident is looked at even if nothing told of it: the net under lost jobs.
const sweepEvery = 2 * time.Second

// loop turns changes and the passing of time into jobs.
func (r *Runner) loop() {
	defer close(r.done)
	open := map[string]bool{} // incidents that may have something due
	next := map[string]time.Time{}
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	r.everything(open)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-r.wake:
			r.take(open, next)
		case <-sweep.C:
			r.take(open, next)
			for id := range open {
				next[id] = time.Time{}
			}
		case <-timer.C:
		}
		soonest := time.Now().Add(time.Hour)
		for id := range open {
			if at := next[id]; !at.IsZero() && at.After(time.Now()) {
				soonest = earlier(soonest, at)
				continue
			}
			at, alive := r.plan(id)
			if !alive {
				delete(open, id)
				delete(next, id)
				continue
			}
			next[id] = at
			soonest = earlier(soonest, at)
		}
		timer.Reset(max(time.Until(soonest), 0))
	}
}

// take has the loop look at the incidents that changed.
func (r *Runner) take(open map[string]bool, next map[string]time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.dirty {
		open[id], next[id] = true, time.Time{}
	}
	clear(r.dirty)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// everything marks all incidents that are not settled.
func (r *Runner) everything(open map[string]bool) {
	all, err := r.o.Ledger.All(r.ctx)
	if err != nil {
		r.o.Log.Error("the incidents can't be read", "error", err)
		return
	}
	for _, i := range all {
		if i.Summary().Open {
			open[i.ID] = true
		}
	}
}

// plan makes jobs for all that is due in an incident and says when to look again. alive is false once nothing can fall due any more.
func (r *Runner) plan(id string) (next time.Time, alive bool) {
	now := r.o.Ledger.Real()
	next = now.Add(time.Hour)
	i, err := r.o.Ledger.View(r.ctx, id)
	if err != nil {
		r.o.Log.Error("an incident can't be read", "incident", id, "error", err)
		return now.Add(sweepEvery), true
	}
	alive = i.Status == incident.Active
	for _, run := range i.Runs() {
		switch {
		case run.State == incident.Started && !run.Unclear:
			alive = true
			if at := r.orphaned(i, run, now); !at.IsZero() {
				if at.After(now) {
					next = earlier(next, at)
				} else {
					r.enqueue(i, run)
				}
			}
		case r.reads(i, run):
			if at := r.toRead(i, run, now); at.After(now) {
				next = earlier(next, at)
			} else {
				r.enqueue(i, run)
			}
		case run.Act == "":
		case run.At.After(now):
			alive = true
			next = earlier(next, run.At)
		default:
			alive = true
			if at := r.gathered(i, run, now); at.After(now) {
				next = earlier(next, at)
			} else {
				r.enqueue(i, run)
			}
		}
	}
	if r.o.Clock && i.Status == incident.Active {
		clock := r.o.Ledger.Now()
		if evs, err := incident.Decide(i, &incident.Wake{}, incident.Ask{By: incident.System, Now: clock, Real: now}); err == nil && len(evs) > 0 {
			if _, err := r.o.Ledger.Do(r.ctx, ledger.Request{Incident: id, Actor: incident.System, Command: &incident.Wake{}}); err != nil && r.ctx.Err() == nil {
				r.o.Log.Error("time can't pass", "incident", i.Name, "error", err)
			}
		}
		if at := i.NextWake(clock); !at.IsZero() {
			next = earlier(next, now.Add(at.Sub(clock)))
		}
	}
	return next, alive
}

// orphaned is when an attempt nobody reports on may be taken up: zero while it is this process's own.
func (r *Runner) orphaned(i *incident.Incident, run incident.Run, now time.Time) time.Time {
	r.mu.Lock()
	mine := r.mine[i.ID+"/"+run.ID]
	r.mu.Unlock()
	if mine {
		return time.Time{}
	}
	return r.abandoned(r.ctx, run, now)
}

// gathered is when a step that is kept in step has waited long enough for further changes. What failed for good and is tried again
// because there is more to show waits likewise. A document is published when it was written: its changes have gathered already.
func (r *Runner) gathered(i *incident.Incident, run incident.Run, now time.Time) time.Time {
	if run.Act != "keep" && (run.State != incident.Failed || !run.Step.Keep || !run.Next.IsZero()) {
		return now
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := i.ID + "/" + run.ID
	if until, ok := r.held[key]; ok && until.After(now) {
		return until
	}
	delete(r.held, key)
	if r.o.Batch == 0 || run.Step.Kind == string(connect.DocumentPublish) {
		return now
	}
	since, ok := r.kept[key]
	if !ok {
		since = now
		r.kept[key] = since
	}
	if at := since.Add(r.o.Batch); at.After(now) {
		return at
	}
	delete(r.kept, key)
	return now
}

// reads reports whether a step shows a thing that people change, too, and there is nothing else to do about it: a document of an incident
// that is not over.
func (r *Runner) reads(i *incident.Incident, run incident.Run) bool {
	return r.o.Reread > 0 && i.Status == incident.Active && run.Act == "" && run.State == incident.Done && run.Step.Kind == string(connect.DocumentWrite)
}

// toRead is when such a step is looked at again.
func (r *Runner) toRead(i *incident.Incident, run incident.Run, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := i.ID + "/" + run.ID
	at := r.reread[key].Add(r.o.Reread)
	if r.reread[key].IsZero() {
		at = now.Add(r.o.Reread)
		r.reread[key] = now
	}
	if !at.After(now) {
		r.reread[key] = now
	}
	return at
}

// ticket is a job that was queued for a step as it stood at an entry.
type ticket struct {
	seq int64
	at  time.Time
	try int
}

// lostAfter is when a job that did not come is taken for lost, as it is when the database goes while it is handed out. One that comes
// after all finds nothing to do.
const lostAfter = 10 * time.Second

// enqueue makes one job for one decision: a step whose state did not change since is not queued again unless its job is lost.
func (r *Runner) enqueue(i *incident.Incident, run incident.Run) {
	key := i.ID + "/" + run.ID
	seq := run.Said.Seq
	if run.Act == "keep" {
		seq = i.Shows(run)
	}
	r.mu.Lock()
	t := ticket{seq: seq, at: time.Now()}
	if r.reads(i, run) {
		t.try = int(t.at.UnixMilli()) // nothing is decided in between: each reading is a job of its own
	}
	if had, ok := r.queued[key]; ok && had.seq == seq {
		if t.at.Sub(had.at) < lostAfter {
			r.mu.Unlock()
			return
		}
		t.try = had.try + 1
	}
	if r.mine[key] {
		r.mu.Unlock()
		return
	}
	r.queued[key] = t
	r.mu.Unlock()
	opts := &river.InsertOpts{Queue: r.queue, UniqueOpts: river.UniqueOpts{ByArgs: true}}
	if _, err := r.river.Insert(r.ctx, job{Incident: i.ID, Step: run.ID, Seq: seq, Boot: r.boot, Try: t.try}, opts); err != nil {
		r.forget(key)
		if r.ctx.Err() == nil {
			r.o.Log.Error("a job can't be queued", "incident", i.Name, "step", run.ID, "error", err)
		}
	}
}

// forget lets a step be queued again.
func (r *Runner) forget(key string) {
	r.mu.Lock()
	delete(r.queued, key)
	r.mu.Unlock()
}

// Settled waits until nothing automatic is due or under way in an incident; planned retries that lie ahead don't count.
func (r *Runner) Settled(ctx context.Context, id string) error {
	changed := make(chan struct{}, 1)
	stop := r.o.Ledger.Watch(func(c ledger.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer stop()
	for {
		i, err := r.o.Ledger.View(ctx, id)
		if err != nil {
			return err
		}
		if !i.Busy(r.o.Ledger.Real()) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-time.After(sweepEvery):
		}
	}
}
