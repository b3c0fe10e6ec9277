package drill

import (
	"sync"
	"time"
)

// Clock is the scenario's. It stands still until it is set and never goes back.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is the scenario's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set moves the clock forward to at; an earlier time changes nothing.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.at) {
		c.at = at
	}
}
