package cli

import (
	"context"
	"time"

	"tocsin/internal/drill"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

// practice is the running server as package drill sees it: a house whose people practise on the real clock. No service is called for a drill
// (runner.rehearsed) and no public page knows of one.
type practice struct{ a *app }

// Drills gives the active incidents that are drills.
func (p practice) Drills(ctx context.Context) ([]*incident.Incident, error) {
	list, err := p.a.store.Incidents(ctx, store.Filter{Status: incident.Active, Limit: 500})
	if err != nil {
		return nil, err
	}
	var out []*incident.Incident
	for _, s := range list {
		if !s.Drill {
			continue
		}
		i, err := p.a.ledger.View(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

// Give gives a command once per key.
func (p practice) Give(ctx context.Context, id, actor, key string, c incident.Command) error {
	_, err := p.a.ledger.Do(ctx, ledger.Request{Incident: id, Actor: actor, Key: id + ":" + key, Command: c})
	return err
}

// Now is the ledger's clock.
func (p practice) Now() time.Time { return p.a.ledger.Now() }

// scenarios are the shipped outages that people can practise with.
func scenarios() []report.Scenario {
	var out []report.Scenario
	for _, name := range drill.List() {
		s, err := drill.Load(name)
		if err != nil {
			continue // a test holds that all that are shipped can be read
		}
		out = append(out, report.Scenario{Name: name, Title: s.Title, Service: s.Service, Events: len(s.Events), Lasts: s.Lasts()})
	}
	return out
}
