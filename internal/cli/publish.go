package cli

import (
	"context"
	"slices"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

// learn has the redactors know what people settled in earlier incidents.
func (a *app) learn(ctx context.Context) error {
	incidents, err := a.ledger.All(ctx)
	for _, i := range slices.Backward(incidents) {
		a.redactors.learn(i)
	}
	return err
}

func (a *app) touch() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// publishEvery bounds how often the public pages are made anew.
const publishEvery = 50 * time.Millisecond

// publishing keeps the public pages in step: whatever changed is shown within a moment, however much changes at once.
func (a *app) publishing(ctx context.Context) {
	beat := time.NewTicker(10 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.changed:
		case <-beat.C:
		}
		if err := a.publish(ctx); err != nil && ctx.Err() == nil {
			a.o.log.Error("the public pages can't be made", "error", err)
		}
		select { // what else changes meanwhile is shown together
		case <-ctx.Done():
		case <-time.After(publishEvery):
		}
	}
}

// edition is the public page of an incident at one length of its log, as one redactor made it.
type edition struct {
	seq  int64
	by   *redact.Redactor
	page report.Page
}

// publish makes the public pages of all incidents that the public may know of.
func (a *app) publish(ctx context.Context) error {
	a.showing.Lock()
	defer a.showing.Unlock()
	incidents, err := a.ledger.All(ctx)
	if err != nil {
		return err
	}
	pages, shown := []report.Page{}, map[string]edition{}
	for _, i := range incidents {
		if !i.Announced() || i.Drill && !a.o.drill { // a rehearsal beside real incidents is nobody else's business
			continue
		}
		s := a.shown[i.ID]
		if r := a.redactors.of(i); s.seq != i.Seq || s.by != r {
			s = edition{i.Seq, r, report.Public(i, r)}
		}
		shown[i.ID] = s
		pages = append(pages, s.page)
	}
	a.shown = shown
	a.site.Update(pages)
	if a.mail != nil && !a.o.reading {
		return a.mail.Tell(ctx, pages)
	}
	return nil
}

// picture is the picture that an entry of an incident added.
func (a *app) picture(ctx context.Context, name string, added int64) ([]byte, error) {
	i, err := a.ledger.View(ctx, name)
	if err != nil {
		return nil, err
	}
	l := i.Line(added)
	if l == nil {
		return nil, store.ErrNotFound
	}
	e, ok := l.Event.(*incident.PictureAdded)
	if !ok {
		return nil, store.ErrNotFound
	}
	p, err := a.store.Picture(ctx, i.ID, e.ID)
	return p.Data, err
}
