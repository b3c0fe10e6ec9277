package runner

import (
	"context"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
)

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
		if still, ok := fresh.Find(run.ID); ok && still.Act == "keep" {
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
