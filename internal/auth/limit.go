package auth

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter bounds how often an address, or for a name, somebody may try to sign in, or for another thing that strangers do: a burst, then so
// many tries a second. It remembers at most maxAddresses.
type Limiter struct {
	now   func() time.Time
	often rate.Limit
	burst int
	mu    sync.Mutex
	tries map[any]*rate.Limiter
}

const (
	maxAddresses = 4096
	burst        = 60
)

// NewLimiter makes one that has seen nobody.
func NewLimiter(now func() time.Time, often rate.Limit, burst int) *Limiter {
	return &Limiter{now: now, often: often, burst: burst, tries: map[any]*rate.Limiter{}}
}

// Allow counts a try to sign in from the request's address and reports whether it may go on. Handlers of links and tokens ask it before
// they look.
func (a *Auth) Allow(r *http.Request) bool { return a.tries.Allow(r.RemoteAddr) }

// Allow counts a try from an address, as http.Request has it, and reports whether it may go on.
func (l *Limiter) Allow(remote string) bool {
	var from netip.Prefix
	if ap, err := netip.ParseAddrPort(remote); err == nil {
		bits := 32
		if ip := ap.Addr().Unmap(); ip.Is6() {
			bits = 64 // whoever has one address of IPv6 has as many as they like
		}
		from, _ = ap.Addr().Unmap().WithZone("").Prefix(bits)
	}
	return l.allowKey(from)
}

func (l *Limiter) allowKey(from any) bool {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.tries[from]
	if !ok {
		if len(l.tries) >= maxAddresses {
			l.forget(now)
		}
		t = rate.NewLimiter(l.often, l.burst)
		l.tries[from] = t
	}
	return t.AllowN(now, 1)
}

// forget makes room for a quarter: addresses that have not tried for a while go, then any. It is a quarter so that a flood of addresses
// does not have it look through all of them each time.
func (l *Limiter) forget(now time.Time) {
	for from, t := range l.tries {
		if t.TokensAt(now) >= float64(l.burst) {
			delete(l.tries, from)
		}
	}
	for from := range l.tries {
		if len(l.tries) <= maxAddresses*3/4 {
			return
		}
		delete(l.tries, from)
	}
}
