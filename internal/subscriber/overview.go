package subscriber

import (
	"context"

	"tocsin/internal/redact"
	"tocsin/internal/store"
)

// All lists who subscribed or was asked, by address.
func (s *Subscribers) All(ctx context.Context) ([]store.Subscriber, error) {
	return s.o.Store.Subscribers(ctx)
}

// Letters counts the letters of the last entries that were told, the newest first.
func (s *Subscribers) Letters(ctx context.Context) ([]store.Count, error) {
	return s.o.Store.CountLetters(ctx)
}

// Drop ends all mail to an address and tells how many subscriptions that were.
func (s *Subscribers) Drop(ctx context.Context, address string) (int64, error) {
	address, ok := Address(address)
	if !ok {
		return 0, nil
	}
	return s.o.Store.DropAddress(ctx, address)
}

// Preview is the mail that an update would make, and how many addresses it would go to.
func (s *Subscribers) Preview(ctx context.Context, incident string, title redact.Text, stage string, text redact.Text) (subject, body string, addresses int, err error) {
	all, err := s.o.Store.Subscribers(ctx)
	seen := map[string]bool{}
	for _, one := range all {
		if !one.Confirmed.IsZero() && (one.Incident == "" || one.Incident == incident) {
			seen[one.Address] = true
		}
	}
	l := s.o.Draft(incident, title, stage, text)
	return l.Subject, l.Text, len(seen), err
}
