package connect

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// testLasts bounds a test of a connection.
const testLasts = 30 * time.Second

// Why a connection is not tested.
var (
	ErrNotSetUp = errors.New("no such service is set up")
	ErrTooOften = errors.New("connections were tested a moment ago; try again in a few seconds")
)

// Tester tests connections when people ask for it: twenty in a row, then one every five seconds, whoever asks.
type Tester struct {
	connectors []Connector
	often      *rate.Limiter
}

// NewTester makes one over the connectors that are set up.
func NewTester(connectors []Connector) *Tester {
	return &Tester{connectors, rate.NewLimiter(rate.Every(5*time.Second), 20)}
}

// Test makes real calls to a service that change nothing, for at most half a minute.
func (t *Tester) Test(ctx context.Context, name string) ([]Finding, error) {
	at := slices.IndexFunc(t.connectors, func(c Connector) bool { return c.Name() == name })
	switch {
	case at < 0:
		return nil, ErrNotSetUp
	case !t.often.Allow():
		return nil, ErrTooOften
	}
	ctx, cancel := context.WithTimeout(ctx, testLasts)
	defer cancel()
	return t.connectors[at].Check(ctx), nil
}
