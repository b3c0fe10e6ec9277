// Package crash kills the real server at every place where a crash could lose or double something, starts it again, and holds that the
// runbook is carried out whole: every step done, exactly one outcome a step in the log, nothing twice at any service (R1-R32, DESIGN §4).
//
//	go test ./bench/crash                              a short set, part of ./test
//	go test ./bench/crash -full -parallel 4 -timeout 1h -v   every place; prints the figures
package crash

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/bench/world"
	"tocsin/internal/api"
)

var full = flag.Bool("full", false, "kill at every place, not only at a few")

// point is one place to kill the server at.
type point struct {
	name  string
	calls []map[string]any // faults of the stand-ins, before the process is known
	after time.Duration    // kill that long after the declaration; 0: don't
	fsync int              // kill at the n-th fsync of any thread of the first process; 0: don't
	again time.Duration    // kill once more, that long after the restart; 0: don't
	ask   bool             // with a runbook that has people asked about what is unclear
}

// figures are gathered over all points.
type figures struct {
	mu                     sync.Mutex
	points, kills, adopted int
	asked                  int
	resumed                []time.Duration // restart → first outward call
}

func TestCrash(t *testing.T) {
	t.Parallel()
	binary := world.Build(t)
	want, calls, length := reference(t, binary)
	var sum figures
	t.Run("points", func(t *testing.T) {
		for _, p := range points(calls, length) {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				run(t, binary, p, want, &sum)
			})
		}
	})
	slices.Sort(sum.resumed)
	t.Logf("%d points, %d kills, %d steps adopted, %d asked of a person", sum.points, sum.kills, sum.adopted, sum.asked)
	if n := len(sum.resumed); n > 0 {
		t.Logf("restart → first outward call (settle %v of it where one is looked up): median %v, longest %v", world.Settle, sum.resumed[n/2], sum.resumed[n-1])
	}
	if sum.kills < sum.points {
		t.Logf("%d points had no kill: the place was not reached", sum.points-sum.kills)
	}
	if sum.kills*4 < sum.points*3 { // how often documents are brought in step varies, and with it how many calls there are
		t.Errorf("only %d of %d kills hit", sum.kills, sum.points)
	}
}

// story is a major outage from its declaration to its post-mortem, in a world of its own.
type story struct {
	*world.World
	t *testing.T
}

func newStory(t *testing.T, binary, extra string) *story {
	t.Helper()
	return &story{world.New(t, binary, world.Options{Config: extra}), t}
}

// reference carries the story out undisturbed: what is made, by how many calls, in which time.
func reference(t *testing.T, binary string) (want map[string]int, calls int, length time.Duration) {
	t.Helper()
	w := newStory(t, binary, "")
	w.Serve()
	began := time.Now()
	w.tell(nil)
	length = time.Since(began)
	w.check(nil)
	want = count(w.Made())
	calls = len(w.Calls())
	for _, kind := range []string{"slack.message", "zoom.meeting", "google.document", "x.tweet", "youtube.broadcast", "gitlab.issue", "webhook.event"} {
		if want[kind] == 0 {
			t.Fatalf("the undisturbed story makes no %s: %v", kind, want)
		}
	}
	t.Logf("undisturbed: %d calls in %v, %v", calls, length, want)
	return want, calls, length
}

func count(made map[string][]string) map[string]int {
	out := map[string]int{}
	for kind, objects := range made {
		out[kind] = len(objects)
	}
	return out
}

// points lists the places: each outward call × {before, after its effect, after the reply, its effect comes late}, with lists that lag;
// fsyncs; moments anywhere; and a second kill during recovery.
func points(calls int, length time.Duration) []point {
	var out []point
	stride, fsyncs, moments := 1, 40, 200
	if !*full {
		stride, fsyncs, moments, calls = 9, 0, 6, calls*8/10
	}
	seed := rand.New(rand.NewPCG(1, 2)) // the same points in every run
	kinds := []string{"kill_before", "kill_after", "kill_after_reply", "late_commit"}
	for k, fault := range kinds {
		for n := 1 + k*stride/len(kinds); n <= calls; n += stride {
			p := point{name: fmt.Sprintf("call-%03d-%s", n, fault)}
			p.calls = append(p.calls, map[string]any{"match": "* /", "nth": n, "fault": fault, "ms": 150},
				map[string]any{"match": "GET /", "fault": "list_lag", "ms": 150})
			if n%3 == 0 {
				p.again = 1 + time.Duration(seed.Int64N(int64(300*time.Millisecond)))
			}
			out = append(out, p)
		}
	}
	for n := 1; n <= fsyncs; n++ {
		out = append(out, point{name: fmt.Sprintf("fsync-%03d", n), fsync: n})
	}
	for n := range moments {
		p := point{name: fmt.Sprintf("moment-%03d", n), after: 1 + time.Duration(seed.Int64N(int64(length)*6/10))} // it ends with a rest
		if n%2 == 0 {
			p.again = 1 + time.Duration(seed.Int64N(int64(500*time.Millisecond)))
		}
		out = append(out, p)
	}
	for _, fault := range kinds[:2] { // after a reply it may be known what came of it
		out = append(out, point{name: "ask-" + fault, ask: true, calls: []map[string]any{{"match": "POST /slack/api/chat.postMessage", "nth": 1, "fault": fault}}})
	}
	return out
}

// run carries the story out with one point's kills and holds it against the undisturbed one.
func run(t *testing.T, binary string, p point, want map[string]int, sum *figures) {
	extra := ""
	if p.ask {
		extra = "runbook: runbook.yaml\n"
	}
	w := newStory(t, binary, extra)
	if p.ask {
		src, err := exec.Command(binary, "runbook", "show").Output()
		if err != nil {
			t.Fatal(err)
		}
		w.Write("runbook.yaml", strings.ReplaceAll(string(src), "kind: chat.post\n", "kind: chat.post\n    on_uncertain: ask\n"))
	}
	if p.fsync > 0 {
		w.Trace = fmt.Sprintf("inject=fsync,fdatasync:signal=SIGKILL:when=%d", p.fsync)
	}
	w.OnStart = func(n, pid int) {
		switch {
		case n == 1 && p.calls != nil:
			list := slices.Clone(p.calls)
			for k, f := range list {
				if strings.HasPrefix(f["fault"].(string), "kill_") || f["fault"] == "late_commit" {
					list[k] = maps.Clone(f)
					list[k]["pid"] = pid
				}
			}
			if err := w.Faults(list...); err != nil {
				t.Error(err)
			}
		case n == 2 && p.again > 0:
			time.AfterFunc(p.again, w.Kill)
		}
	}
	w.Serve()
	asked := w.tell(func() {
		if p.after > 0 {
			time.AfterFunc(p.after, w.Kill)
		}
	})
	adopted := w.check(want)
	kills := w.Deaths()
	if p.ask && asked == 0 && kills > 0 {
		t.Error("nobody was asked")
	}
	sum.mu.Lock()
	defer sum.mu.Unlock()
	sum.points++
	sum.kills += min(kills, 1)
	sum.adopted += adopted
	sum.asked += asked
	if d, ok := w.Resumed(); ok {
		sum.resumed = append(sum.resumed, d)
	}
}

// tell declares, declares major, tells the public, resolves and signs off, as a client that sends a command again, under the same key,
// until it has an answer. It gives how often a person was asked.
func (w *story) tell(declared func()) (asked int) {
	w.t.Helper()
	unsure := func(s api.Step) {
		asked++
		w.answer("INC-1", s)
	}
	id := w.Declare("declare")
	if declared != nil {
		declared()
	}
	w.Do(id, "declare_major", nil, "the declare_major")
	w.end(id, unsure)
	return asked
}

// end carries a major outage on to its post-mortem.
func (w *story) end(id string, unsure func(api.Step)) {
	w.t.Helper()
	w.Do(id, "update", map[string]any{"stage": "identified", "text": "We know the cause.", "next": "30m"}, "the update")
	w.Settled(id, unsure)
	w.Do(id, "resolve", map[string]any{"text": "It works again."}, "the resolve")
	w.Do(id, "postmortem_publish", nil, "the postmortem_publish")
	w.Settled(id, unsure)
}

// answer says whether a message went out.
func (w *story) answer(id string, s api.Step) {
	w.t.Helper()
	out := "did_not"
	for _, m := range w.Made()["slack.message"] {
		var msg struct {
			Channel string `json:"channel_name"`
		}
		if err := json.Unmarshal([]byte(m), &msg); err == nil && msg.Channel == strings.TrimPrefix(s.To, "#") {
			out = "went_out"
		}
	}
	w.Do(id, "step_unsure", map[string]any{"step": s.ID, "answer": out}, fmt.Sprintf("unsure-%s-%d", s.ID, s.Attempts))
}

// kept are the steps that go on showing what changes.
func (w *story) kept() map[string]bool {
	w.t.Helper()
	out := map[string]bool{}
	w.Until("the runbook", func(ctx context.Context) (bool, error) {
		book, err := w.Client.Runbook(ctx)
		if err != nil {
			return false, err
		}
		for _, s := range book.Steps {
			out[s.ID] = s.Keep
		}
		return true, nil
	})
	return out
}

// check holds what came of it against the undisturbed story: want nil makes no comparison. It gives how many steps were adopted.
func (w *story) check(want map[string]int) (adopted int) {
	w.t.Helper()
	var list []api.Summary
	var steps []api.Step
	var lines []api.Entry
	w.Until("the outcome", func(ctx context.Context) (bool, error) { // the last kill may come now
		var failed [3]error
		list, _, failed[0] = w.Client.List(ctx, api.ListOptions{})
		steps, failed[1] = w.Client.Steps(ctx, "INC-1")
		lines, failed[2] = w.Client.Timeline(ctx, "INC-1", false)
		err := errors.Join(failed[:]...)
		return err == nil, err
	})
	if len(list) != 1 {
		w.t.Errorf("%d incidents", len(list))
	}
	for _, s := range steps {
		if s.Adopted {
			adopted++
		}
		if s.Automatic && s.State != "done" && s.State != "waiting" && s.State != "by_hand" {
			w.t.Errorf("%s is %s: %s", s.ID, s.State, s.Error)
		}
	}
	outcomes, kept := map[string]int{}, w.kept()
	slices.SortFunc(lines, func(a, b api.Entry) int { return int(a.Seq - b.Seq) })
	for _, l := range lines {
		switch {
		case l.Kind == "step_done":
			outcomes[l.Step]++
		case l.Kind == "step_failed" && kept[l.Step]: // it fell out of step and is brought back
			outcomes[l.Step] = 0
		}
	}
	for step, n := range outcomes {
		if n != 1 {
			w.t.Errorf("%s has %d outcomes", step, n)
		}
	}
	if want == nil {
		return adopted
	}
	made := w.Made()
	got := count(made)
	for _, s := range steps {
		if s.ID == "pin_announcement" && s.State == "by_hand" { // a person said that the announcement went out, and no machine knows which message that is
			want = maps.Clone(want)
			want["slack.pin"] = 0
		}
	}
	for kind, n := range want {
		if got[kind] != n {
			w.t.Errorf("%d × %s, want %d:\n%s", got[kind], kind, n, strings.Join(made[kind], "\n"))
		}
	}
	return adopted
}
