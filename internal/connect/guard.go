package connect

import (
	"context"
	"net"
	"slices"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// Dial opens a connection, as net.Dialer.DialContext does.
type Dial = func(ctx context.Context, network, addr string) (net.Conn, error)

// Guard is a Dial that reaches private, loopback, link-local and otherwise special addresses (IANA's registries) only at the hosts named.
// A name is resolved once, and the very address that is dialled is the one that is judged, so a name that changes its address in between
// gains nothing. Failure tells such a refusal as Refused.
func Guard(hosts []string) Dial {
	free := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	guarded := free
	guarded.Control = ssrf.New(ssrf.WithAnyPort()).Safe
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err == nil && slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, host) }) {
			return free.DialContext(ctx, network, addr)
		}
		return guarded.DialContext(ctx, network, addr)
	}
}
