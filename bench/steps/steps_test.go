// Package steps measures how long the machine needs to carry a major outage out, against services that take 250 ms for each call.
//
//	go test ./bench/steps -bench . -benchtime 3x
//
// critical is the longest chain of steps that need each other, each with the time its own calls took: what no order of work can beat.
// whole is the time from the declaration to the last outward step. Both are in seconds, over is whole/critical. With one service that
// hangs, beside is how much later the steps are done that need nothing of it: the 99th percentile against that of undisturbed runs.
package steps

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"tocsin/bench/world"
	"tocsin/internal/api"
	"tocsin/internal/runbook"
)

const latency = 250 * time.Millisecond

func BenchmarkDeclareToLastStep(b *testing.B) {
	binary := world.Build(b)
	for _, incidents := range []int{1, 50} {
		b.Run(fmt.Sprintf("incidents=%d", incidents), func(b *testing.B) {
			var critical, whole time.Duration
			for b.Loop() {
				c, w := measure(b, binary, incidents)
				critical, whole = critical+c, whole+w
			}
			n := time.Duration(b.N)
			b.ReportMetric((critical / n).Seconds(), "critical-s")
			b.ReportMetric((whole / n).Seconds(), "whole-s")
			b.ReportMetric(float64(whole)/float64(critical), "over")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// measure declares incidents at once, all major, and gives the shortest of their critical paths and the longest of their whole times.
func measure(b *testing.B, binary string, incidents int) (critical, whole time.Duration) {
	b.Helper()
	w := world.New(b, binary, world.Options{Latency: latency})
	w.Serve()
	book, err := w.Client.Runbook(b.Context())
	for err != nil {
		if b.Context().Err() != nil {
			b.Fatal(err)
		}
		book, err = w.Client.Runbook(b.Context())
	}
	ids := make([]string, incidents)
	var all sync.WaitGroup
	for n := range ids {
		all.Go(func() {
			ids[n] = w.Declare(fmt.Sprint("declare ", n))
			w.Do(ids[n], "declare_major", nil, fmt.Sprint("major ", n))
		})
	}
	all.Wait()
	for _, id := range ids {
		w.Settled(id, func(s api.Step) { b.Errorf("%s asks", s.ID) })
		lines, err := w.Client.Timeline(b.Context(), id, false)
		if err != nil {
			b.Fatal(err)
		}
		c, t := times(book, lines)
		if critical == 0 || c < critical {
			critical = c
		}
		whole = max(whole, t)
	}
	w.Halt()
	return critical, whole
}

// times gives the length of the longest chain of steps and the time until the last one was done.
func times(book *runbook.Runbook, lines []api.Entry) (critical, whole time.Duration) {
	began, took := map[string]time.Time{}, map[string]time.Duration{}
	slices.SortFunc(lines, func(a, b api.Entry) int { return int(a.Seq - b.Seq) })
	declared, last := *lines[0].RecordedAt, time.Time{}
	for _, l := range lines {
		switch l.Kind {
		case "step_started":
			began[l.Step] = *l.RecordedAt
		case "step_done":
			took[l.Step] = l.RecordedAt.Sub(began[l.Step])
			last = *l.RecordedAt
		}
	}
	chain := map[string]time.Duration{}
	var length func(id string) time.Duration
	length = func(id string) time.Duration {
		if d, ok := chain[id]; ok {
			return d
		}
		var before time.Duration
		for _, s := range book.Steps {
			if s.ID == id {
				for _, n := range s.Needs {
					before = max(before, length(n))
				}
			}
		}
		chain[id] = before + took[id]
		return chain[id]
	}
	for _, s := range book.Steps {
		critical = max(critical, length(s.ID))
	}
	return critical, last.Sub(declared)
}

func BenchmarkOneServiceHangs(b *testing.B) {
	binary := world.Build(b)
	for _, service := range []struct{ name, path, capability string }{
		{"slack", "/slack", "chat"}, {"zoom", "/zoom", "room"}, {"google", "/google/d", "document"}, {"x", "/x/2", "social"}, {"youtube", "/google/youtube", "stream"},
	} {
		b.Run(service.name, func(b *testing.B) {
			var calm, hanging []time.Duration
			for b.Loop() {
				calm = append(calm, beside(b, binary, service.capability, "")...)
				hanging = append(hanging, beside(b, binary, service.capability, service.path)...)
			}
			b.ReportMetric(p99(calm).Seconds(), "undisturbed-s")
			b.ReportMetric(float64(p99(hanging))/float64(p99(calm)), "beside")
			b.ReportMetric(float64(len(hanging))/float64(b.N), "steps")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func p99(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[(len(d)*99-1)/100]
}

// beside carries a major outage out while calls below path hang, none if it is empty, and gives how long after the declaration each step
// was done that needs nothing of the capability.
func beside(b *testing.B, binary, capability, path string) []time.Duration {
	b.Helper()
	w := world.New(b, binary, world.Options{Latency: latency})
	defer w.Halt()
	if path != "" {
		if err := w.Faults(map[string]any{"match": "* " + path, "fault": "hang"}); err != nil {
			b.Fatal(err)
		}
	}
	w.Serve()
	id := w.Declare("declare")
	w.Do(id, "declare_major", nil, "major")
	book, err := w.Client.Runbook(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	free := independent(book, capability)
	var took []time.Duration
	w.Until("the steps beside", func(ctx context.Context) (bool, error) {
		steps, err := w.Client.Steps(ctx, id)
		if err != nil {
			return false, err
		}
		for _, s := range steps {
			if free[s.ID] && (s.State == "due" || s.State == "started" || s.State == "failed") {
				return false, fmt.Errorf("%s is %s: %s", s.ID, s.State, s.Error)
			}
		}
		lines, err := w.Client.Timeline(ctx, id, false)
		if err != nil {
			return false, err
		}
		took = nil
		for _, l := range lines {
			if l.Kind == "step_done" && free[l.Step] {
				took = append(took, l.RecordedAt.Sub(*lines[0].RecordedAt))
			}
		}
		return len(took) > 0, nil
	})
	return took
}

// independent tells the automatic steps that need nothing of a capability, neither by themselves nor by what they need.
func independent(book *runbook.Runbook, capability string) map[string]bool {
	needs := map[string]runbook.Step{}
	for _, s := range book.Steps {
		needs[s.ID] = s
	}
	var clear func(id string) bool
	clear = func(id string) bool {
		s := needs[id]
		if runbook.Kinds[s.Kind].Capability == capability {
			return false
		}
		return !slices.ContainsFunc(s.Needs, func(n string) bool { return !clear(n) })
	}
	out := map[string]bool{}
	for id, s := range needs {
		out[id] = s.Kind != "" && clear(id)
	}
	return out
}
