package runner

import (
	"math/rand/v2"
	"slices"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
)

// maxAttempts bounds how often the machine tries by itself: with back-off about ten minutes. After that a person decides.
const maxAttempts = 12

// patient bounds the tries of what can wait while its service is down, the post-mortem's issue (R15): about two days.
const patient = 300

// maxUnclear bounds how often a call is sent whose answer never comes and which is never found either: a service that refuses what it
// thinks it has, as X does with a text posted earlier, would be asked for ever. Then a person says whether it went out.
const maxUnclear = 4

// lookFor bounds how long an unclear attempt is looked up while the look-ups themselves fail.
const lookFor = 30 * time.Minute

// after decides what a failed or unclear attempt means: the one place for all providers (DESIGN §4).
func (r *Runner) after(run incident.Run, provider string, e connect.Error, now time.Time) incident.Event {
	class := connect.Class(run.Class)
	unclear := e.Kind == connect.Unknown
	if unclear && (class == connect.None || run.Step.OnUncertain == "ask" || class == connect.LookUp && run.Attempt >= maxUnclear) {
		return &incident.StepUnsure{Step: run.ID, Error: e.Message}
	}
	if unclear && class == connect.LookUp {
		look := now
		if c, ok := r.connectors[provider]; ok {
			look = now.Add(r.settle(provider, c.Operations()[connect.Kind(run.Step.Kind)]))
		}
		return &incident.StepUnclear{Step: run.ID, Error: e.Message, Look: look}
	}
	f := &incident.StepFailed{Step: run.ID, Error: e.Message, Scope: e.Scope, AskWhom: e.AskWhom}
	switch {
	case e.Kind == connect.Refused:
		if r.another(run, provider) {
			f.Leave, f.Next = provider, &now
		}
	case run.Waits == provider && run.Attempt < patient: // it is part of the outage
		next := now.Add(incident.WaitFor)
		f.Next, f.Waits = &next, provider
	case run.Attempt < maxAttempts:
		wait := backoff(run.Attempt)
		if e.RetryAfter > 0 {
			wait = e.RetryAfter + time.Duration(rand.Int64N(int64(e.RetryAfter)/20+1)) //nolint:gosec // jitter
		}
		next := now.Add(wait)
		f.Next = &next
	case run.Attempt < patient && connect.Kind(run.Step.Kind).Capability() == "tracker":
		next := now.Add(10 * time.Minute)
		f.Next = &next
	default:
		f.Error += "; tried often enough, please retry or do it by hand"
	}
	return f
}

// another reports whether a further provider could do the step instead.
func (r *Runner) another(run incident.Run, but string) bool {
	kind := connect.Kind(run.Step.Kind)
	for _, n := range r.o.Capabilities[kind.Capability()] {
		c, ok := r.connectors[n]
		if !ok || n == but || slices.Contains(run.Tried, n) {
			continue
		}
		if can(c, kind) && incident.Opens(string(kind)) {
			return true
		}
	}
	return false
}

// backoff is the wait after the n-th failed attempt: 1, 2, 4 … s, at most a minute, with a fifth of jitter.
func backoff(n int) time.Duration {
	d := time.Second << min(max(n-1, 0), 6)
	d = min(d, time.Minute)
	return d + time.Duration(rand.Int64N(int64(d)/5)) //nolint:gosec // jitter
}
