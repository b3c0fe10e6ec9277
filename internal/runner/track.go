package runner

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

const (
	// trackFor is how long after its last change a follow-up that is no longer open is still looked at: somebody may open it again.
	trackFor = 30 * 24 * time.Hour
	// trackMost is how many issues a tracker is asked for in one call.
	trackMost = 100
	// trackSkew is how far a tracker's clock may be from ours.
	trackSkew = 10 * time.Minute
)

// tracking reads from time to time how the issues of follow-ups stand in their trackers, until ctx ends. One tracker's trouble keeps no
// other waiting.
func (r *Runner) tracking(ctx context.Context) {
	for name, c := range r.connectors {
		if w, ok := c.(connect.Watcher); ok {
			go r.track(ctx, name, w)
		}
	}
}

// track does so with one tracker. After a failure it waits longer and longer, or as long as the tracker says.
func (r *Runner) track(ctx context.Context, name string, w connect.Watcher) {
	var since time.Time
	wait := r.o.Track
	for {
		timer := time.NewTimer(wait + time.Duration(rand.Int64N(int64(wait)/10+1))) //nolint:gosec // jitter
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		began := r.o.Ledger.Real()
		asked, err := r.hearTracker(ctx, name, w, since)
		var e *connect.Error
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			if wait = r.o.Track; asked {
				since = began.Add(-trackSkew)
			}
			continue
		case errors.As(err, &e) && e.RetryAfter > 0:
			wait = max(e.RetryAfter, r.o.Track)
		default:
			wait = min(2*wait, max(time.Hour, r.o.Track))
		}
		r.o.Log.Warn("the follow-ups can't be read from the tracker", "provider", name, "error", err, "again", wait)
	}
}

// issueOf is the issue of a follow-up in a tracker.
type issueOf struct {
	incident, id string
	made, seq    int64 // Seq of the incident when the tracker is read
}

// hearTracker asks for all issues that may matter, and tells the log what people changed. Of several servers one
// asks, which asked reports.
func (r *Runner) hearTracker(ctx context.Context, name string, w connect.Watcher, since time.Time) (asked bool, err error) {
	if r.o.Leases != nil {
		now := r.o.Ledger.Real()
		mine, err := r.o.Leases.Lease(ctx, "track/"+name, r.boot, now, now.Add(2*r.o.Track+grace))
		if err != nil || !mine {
			return false, err
		}
	}
	issues, oldest, err := r.issues(ctx, name)
	if err != nil {
		return false, err
	}
	if since.IsZero() {
		since = oldest.Add(-trackSkew)
	}
	for some := range slices.Chunk(issues, trackMost) {
		var ids []string
		for _, one := range some {
			ids = append(ids, one.id)
		}
		call, cancel := context.WithTimeout(ctx, 20*time.Second)
		states, err := w.Issues(call, ids, since)
		cancel()
		if err != nil {
			return false, err
		}
		for _, one := range some {
			st, ok := states[one.id]
			if !ok {
				continue
			}
			c := &incident.HearTracker{Made: one.made, Closed: st.Closed, Due: st.Due, Dated: st.Dated, Read: one.seq}
			if err := r.tell(ctx, one.incident, c); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// tell gives the command only where it changes something.
func (r *Runner) tell(ctx context.Context, id string, c *incident.HearTracker) error {
	i, err := r.o.Ledger.View(ctx, id)
	if err != nil {
		return err
	}
	if evs, err := c.Decide(i, incident.Ask{}); err != nil || len(evs) == 0 {
		return err
	}
	_, err = r.o.Ledger.Do(ctx, ledger.Request{Incident: id, Actor: incident.System, Command: c})
	return err
}

// issues lists the follow-ups that have an issue in a tracker, and when the first of these issues was made.
func (r *Runner) issues(ctx context.Context, name string) (out []issueOf, oldest time.Time, err error) {
	all, err := r.o.Ledger.All(ctx)
	if err != nil {
		return nil, oldest, err
	}
	now := r.o.Ledger.Real()
	for _, i := range all {
		if len(i.FollowUps) == 0 || r.rehearsed(i) {
			continue
		}
		for _, run := range i.Runs() {
			f, ok := i.FollowUp(run.For)
			if !ok || run.Step.Kind != string(connect.TrackerIssue) || run.State != incident.Done || run.Provider != name || run.Outputs["id"] == "" {
				continue
			}
			if l := i.Line(max(f.Seq, f.Heard)); f.State != "open" && l != nil && now.Sub(l.Recorded) > trackFor {
				continue
			}
			if oldest.IsZero() || run.First.Before(oldest) {
				oldest = run.First
			}
			out = append(out, issueOf{i.ID, run.Outputs["id"], f.Made, i.Seq})
		}
	}
	return out, oldest, nil
}
