package crash

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tocsin/bench/world"
	"tocsin/internal/store/storetest"
)

// stunned is longer than a server may be silent before another takes its work up.
const stunned = 15 * time.Second

// TestTwoServers is TestCrash with two servers on one PostgreSQL, either of which is killed and started again, or stands still for longer
// than its lease and then goes on.
func TestTwoServers(t *testing.T) {
	t.Parallel()
	binary := world.Build(t)
	want, calls, length := reference(t, binary)
	stride, stuns := 5, 12
	if !*full {
		stride, stuns = 40, 1
	}
	for n := 1; n <= calls; n += stride {
		for k, fault := range []string{"kill_before", "kill_after", "kill_after_reply", "late_commit"} {
			t.Run(fmt.Sprintf("call-%03d-%s", n, fault), func(t *testing.T) {
				t.Parallel()
				p := newPair(t, binary, (n/stride+k)%2)
				p.victim.OnStart = func(start, pid int) {
					if start > 1 {
						return
					}
					if err := p.victim.Faults(map[string]any{"match": "* /", "nth": n, "fault": fault, "ms": 150, "pid": pid},
						map[string]any{"match": "GET /", "fault": "list_lag", "ms": 150}); err != nil {
						t.Error(err)
					}
				}
				p.tell(nil, want)
			})
		}
	}
	seed := rand.New(rand.NewPCG(3, 4)) // the same points in every run
	for n := range stuns {
		after := 1 + time.Duration(seed.Int64N(int64(length)*6/10))
		t.Run(fmt.Sprintf("stun-%02d", n), func(t *testing.T) {
			t.Parallel()
			p := newPair(t, binary, n%2)
			p.tell(func() { time.AfterFunc(after, func() { p.victim.Stun(stunned) }) }, want)
		})
	}
}

// pair is two servers on one database: one that something befalls, and one that is given the commands.
type pair struct{ victim, other *story }

func newPair(t *testing.T, binary string, which int) pair {
	t.Helper()
	first := &story{world.New(t, binary, world.Options{Database: storetest.Postgres(t)}), t}
	second := &story{first.Beside(), t}
	return pair{[]*story{first, second}[which], []*story{second, first}[which]}
}

// tell carries the story out and holds it against the undisturbed one.
func (p pair) tell(declared func(), want map[string]int) {
	p.other.t.Helper()
	p.victim.Serve()
	p.other.Serve()
	p.other.tell(declared)
	p.other.check(want)
}
