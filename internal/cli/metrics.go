package cli

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// metrics counts what the log says, for Prometheus. No name and no title is in it.
func metrics(l *ledger.Ledger) http.Handler {
	reg := prometheus.NewRegistry()
	entries := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tocsin_entries_total", Help: "Entries appended to logs, by kind."}, []string{"kind"})
	steps := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tocsin_steps_total", Help: "Outcomes of steps, by provider."}, []string{"connector", "outcome"})
	reg.MustRegister(entries, steps, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	l.Watch(func(c ledger.Change) {
		for _, e := range c.Entries {
			entries.WithLabelValues(e.Event.Kind()).Inc()
			step, outcome := "", ""
			switch ev := e.Event.(type) {
			case *incident.StepDone:
				step, outcome = ev.Step, "done"
			case *incident.StepFailed:
				step, outcome = ev.Step, "failed"
			case *incident.StepUnclear:
				step, outcome = ev.Step, "unclear"
			case *incident.StepUnsure:
				step, outcome = ev.Step, "unsure"
			}
			if run := c.State.Steps[step]; run != nil {
				steps.WithLabelValues(run.Provider, outcome).Inc()
			}
		}
	})
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
}
