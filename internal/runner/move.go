package runner

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/report"
)

// move looks at a step as it stands now and carries it one move further.
func (r *Runner) move(ctx context.Context, id, step string) {
	key := id + "/" + step
	r.mu.Lock()
	if r.mine[key] {
		r.mu.Unlock()
		return
	}
	r.mine[key] = true
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.mine, key)
		delete(r.queued, key)
		r.mu.Unlock()
		r.touch(id)
	}()
	ctx, cancel := r.within(ctx)
	defer cancel()
	i, err := r.o.Ledger.View(ctx, id)
	if err != nil {
		r.o.Log.Error("an incident can't be read", "incident", id, "error", err)
		return
	}
	run, ok := i.Find(step)
	if !ok {
		return
	}
	now := r.o.Ledger.Real()
	switch {
	case run.State == incident.Started && !run.Unclear:
		if r.abandoned(ctx, run, now).After(now) {
			return // another server was quicker
		}
		r.report(i, run, r.after(run, run.Provider, connect.Error{Kind: connect.Unknown, Message: "the server stopped before an answer came"}, now))
	case run.Act == "look" && !run.At.After(now):
		r.look(ctx, i, run)
	case run.Act == "start" && !run.At.After(now):
		r.start(ctx, i, run)
	case run.Act == "keep" || r.reads(i, run):
		r.keep(ctx, i, run)
	}
}

// able lists the providers that can carry a step out, in the order of preference.
func (r *Runner) able(i *incident.Incident, run incident.Run) []string {
	kind := connect.Kind(run.Step.Kind)
	names := r.o.Capabilities[kind.Capability()]
	if owner := i.Owner(run.Step.Kind); owner != "" {
		names = []string{owner}
	} else if run.Provider != "" && len(run.Request) > 0 && !i.Down(run.Provider) {
		names = []string{run.Provider} // the frozen request is this provider's
	}
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		c, ok := r.connectors[n]
		return !ok || !can(c, kind)
	})
}

func can(c connect.Connector, k connect.Kind) bool {
	_, ok := c.Operations()[k]
	return ok
}

// start freezes the request, writes the intent, makes the call and writes the outcome.
func (r *Runner) start(ctx context.Context, i *incident.Incident, run incident.Run) {
	name, way := i.Carrier(run, r.able(i, run))
	upto := i.Shows(run)
	switch {
	case r.o.Ledger.Services().LeavesOut(run.Step):
		_, _ = r.do(i, &incident.StartStep{Step: run.ID, Skip: "no service is set up that can do this"})
		return
	case r.rehearsed(i):
		_, _ = r.do(i, &incident.StartStep{Step: run.ID, ByHand: "this is a drill: nothing is sent; say done once you have gone through it"})
		return
	case way == incident.ToHand && name == "":
		_, _ = r.do(i, &incident.StartStep{Step: run.ID, ByHand: "no service is set up that can do this"})
		return
	case way == incident.ToHand:
		_, _ = r.do(i, &incident.StartStep{Step: run.ID, ByHand: report.Provider(name) + " is part of this outage"})
		return
	case way == incident.Waits:
		_, _ = r.do(i, &incident.StartStep{Step: run.ID, Waits: name, Error: report.Provider(name) + " is part of this outage", Upto: upto})
		return
	}
	c := r.connectors[name]
	op := c.Operations()[connect.Kind(run.Step.Kind)]
	lost := i.Lost(run)
	request := run.Request
	if len(request) == 0 || run.Step.Keep || name != run.Provider {
		var err error
		if request, err = r.freeze(i, run, c); err != nil {
			_, _ = r.do(i, unmade(run.ID, upto, err))
			return
		}
	}
	deadline := r.deadline(op)
	res, err := r.do(i, &incident.StartStep{Step: run.ID, Provider: c.Name(), Class: string(op.Class), Mark: r.mark(i, run),
		Request: request, Deadline: deadline, Server: r.boot, Upto: upto})
	if err != nil {
		return
	}
	var found bool
	if run, found = res.Incident.Find(run.ID); !found {
		return
	}
	if lost && (op.Class == connect.LookUp || op.Class == connect.None) {
		fail := connect.Error{Kind: connect.Unknown, Message: "restored from a backup, after which it may have been done"}
		r.report(res.Incident, run, r.after(run, c.Name(), fail, r.o.Ledger.Real()))
		return
	}
	out, fail := r.attempt(ctx, res.Incident, run, op, request)
	if fail == nil {
		r.report(res.Incident, run, &incident.StepDone{Step: run.ID, Ref: out.Ref, URL: out.URL, Outputs: outputs(out)})
		return
	}
	r.report(res.Incident, run, r.after(run, c.Name(), *fail, r.o.Ledger.Real()))
}

// rehearsed reports whether an incident is a drill among real services: none of them is called for it.
func (r *Runner) rehearsed(i *incident.Incident) bool { return i.Drill && !r.o.StandIns }

// unmade says what becomes of a step whose request can't be made: no further try would know more.
func unmade(step string, upto int64, err error) *incident.StartStep {
	var none noNeed
	var doubts doubtful
	switch {
	case errors.As(err, &none):
		return &incident.StartStep{Step: step, Skip: none.Error()}
	case errors.As(err, &doubts):
		return &incident.StartStep{Step: step, Error: doubts.Error(), Doubt: true, Upto: upto}
	}
	return &incident.StartStep{Step: step, ByHand: err.Error(), Upto: upto}
}

// keep brings a step in step that shows what has changed, or that others may have changed. Such operations set, they don't add, so no intent is needed.
func (r *Runner) keep(ctx context.Context, i *incident.Incident, run incident.Run) {
	name, way := i.Carrier(run, r.able(i, run))
	if r.rehearsed(i) || name == "" || way == incident.Waits && run.Act == "" {
		return
	}
	c := r.connectors[name]
	op := c.Operations()[connect.Kind(run.Step.Kind)]
	if op.Class != connect.Set && op.Class != connect.Key {
		return
	}
	if way == incident.Waits {
		next := r.o.Ledger.Real().Add(incident.WaitFor)
		r.report(i, run, &incident.StepFailed{Step: run.ID, Error: report.Provider(name) + " is part of this outage", Next: &next, Waits: name, Upto: i.Shows(run)})
		return
	}
	var ok bool
	if i, run, ok = r.alone(ctx, i, run, op); !ok {
		return
	}
	defer r.free(i, run)
	upto := i.Shows(run)
	request, err := r.freeze(i, run, c)
	if err != nil {
		r.report(i, run, &incident.StepFailed{Step: run.ID, Error: err.Error(), Upto: upto})
		return
	}
	out, fail := r.attempt(ctx, i, run, op, request)
	if run.Act == "" && (fail == nil && maps.Equal(outputs(out), run.Outputs) || fail != nil && fail.Kind != connect.Refused) {
		return // nobody else changed it, or it is read again soon
	}
	if fail == nil {
		r.report(i, run, &incident.StepKept{Step: run.ID, Upto: upto, URL: out.URL, Outputs: outputs(out)})
		return
	}
	ev := r.after(run, c.Name(), *fail, r.o.Ledger.Real())
	if f, ok := ev.(*incident.StepFailed); ok {
		f.Upto = upto
	}
	r.report(i, run, ev)
}

// look asks the provider whether an earlier attempt happened.
func (r *Runner) look(ctx context.Context, i *incident.Incident, run incident.Run) {
	c, ok := r.connectors[run.Provider]
	if !ok {
		r.report(i, run, &incident.StepUnsure{Step: run.ID, Error: run.Provider + " is no longer set up, so it can't be looked up"})
		return
	}
	op, ok := c.Operations()[connect.Kind(run.Step.Kind)]
	if !ok || op.Find == nil {
		r.report(i, run, &incident.StepUnsure{Step: run.ID, Error: run.Error})
		return
	}
	ctx, cancel := context.WithTimeout(ctx, r.deadline(op))
	defer cancel()
	found, err := op.Find(ctx, r.call(i, run, run.Request))
	now := r.o.Ledger.Real()
	switch {
	case err != nil && now.Sub(run.Deadline) > lookFor:
		r.report(i, run, &incident.StepUnsure{Step: run.ID, Error: "it can't be looked up: " + problem(err).Message})
	case err != nil:
		at := now.Add(backoff(run.Looks + 1))
		r.report(i, run, &incident.StepLooked{Step: run.ID, Error: problem(err).Message, Look: &at})
	case found != nil:
		r.report(i, run, &incident.StepDone{Step: run.ID, Ref: found.Ref, URL: found.URL, Outputs: outputs(*found), Adopted: true})
	case run.Looks == 0:
		at := now.Add(r.settle(run.Provider, op))
		r.report(i, run, &incident.StepLooked{Step: run.ID, Look: &at})
	default:
		r.report(i, run, &incident.StepLooked{Step: run.ID})
	}
}

// attempt makes the call within its deadline. The error is nil when it surely happened.
func (r *Runner) attempt(ctx context.Context, i *incident.Incident, run incident.Run, op connect.Operation, request json.RawMessage) (connect.Result, *connect.Error) {
	if ctx.Err() != nil || r.cutOff() {
		return connect.Result{}, &connect.Error{Kind: connect.Retry, Message: errCutOff.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, r.deadline(op))
	defer cancel()
	res, err := op.Do(ctx, r.call(i, run, request))
	if err != nil {
		return res, problem(err)
	}
	return res, nil
}

func problem(err error) *connect.Error {
	var e *connect.Error
	if errors.As(err, &e) {
		return e
	}
	return connect.Failure("the service", err)
}

// call is what an operation gets to see.
func (r *Runner) call(i *incident.Incident, run incident.Run, request json.RawMessage) connect.Call {
	red := r.o.Redactor(i)
	since := run.First
	if i.Restored.Seq > 0 {
		since = i.Lines[0].Recorded // an attempt that is lost may have been long before
	}
	return connect.Call{
		Mark: r.mark(i, run), Since: since, Raw: request, Seal: red.Seal,
		Leaks: func(artefact string) []string {
			var out []string
			for _, s := range red.Leaks(artefact) {
				out = append(out, artefact[s.Start:s.End])
			}
			return out
		},
		Replace: func(text string) []connect.Replacement {
			var out []connect.Replacement
			for _, s := range red.Leaks(text) {
				out = append(out, connect.Replacement{Start: s.Start, End: s.End, Text: red.Pseudonym(s.Person)})
			}
			return out
		},
		Ingest: func(ctx context.Context, stream string) (connect.Ingest, error) {
			for _, n := range r.o.Capabilities["stream"] {
				if in, ok := r.connectors[n].(connect.Ingester); ok {
					return in.Ingest(ctx, stream)
				}
			}
			return connect.Ingest{}, &connect.Error{Kind: connect.Refused, Message: "no streaming service is set up"}
		},
	}
}

func outputs(r connect.Result) map[string]string {
	out := map[string]string{}
	for k, v := range r.Outputs {
		out[k] = v
	}
	if r.URL != "" {
		out["url"] = r.URL
	}
	if r.Ref != "" {
		out["id"] = r.Ref
	}
	return out
}

func (r *Runner) deadline(op connect.Operation) time.Duration {
	switch {
	case r.o.Deadline > 0:
		return r.o.Deadline
	case op.Deadline > 0:
		return op.Deadline
	}
	return 10 * time.Second
}

func (r *Runner) settle(provider string, op connect.Operation) time.Duration {
	if d, ok := r.o.Settle[provider]; ok {
		return d
	}
	return op.Settle
}

// do writes as the system. A conflict means that somebody else was first; that is not an error worth telling.
func (r *Runner) do(i *incident.Incident, c incident.Command) (ledger.Result, error) {
	res, err := r.o.Ledger.Do(context.WithoutCancel(r.ctx), ledger.Request{Incident: i.ID, Actor: incident.System, Command: c})
	var e *incident.Error
	if err != nil && !errors.As(err, &e) {
		r.o.Log.Error("the log can't be written", "incident", i.Name, "error", err)
	}
	return res, err
}

// report writes what came of the present attempt of a step.
func (r *Runner) report(i *incident.Incident, run incident.Run, ev incident.Event) {
	_, _ = r.do(i, &incident.ReportStep{Step: run.ID, Attempt: run.Attempt, Event: ev}) // do logs what matters
}
