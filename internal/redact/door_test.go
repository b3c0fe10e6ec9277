package redact

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestLongText: a long text is redacted as its lines are, and once is enough.
func TestLongText(t *testing.T) {
	t.Parallel()
	people := company(200)
	r := New(people, nil)
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 12 {
		lines := strings.SplitAfter(prose(40<<10, people, 5+rnd.IntN(60)), "\n")
		rnd.Shuffle(len(lines), func(a, b int) { lines[a], lines[b] = lines[b], lines[a] })
		s := strings.Join(lines, "")
		if len(s) <= longText {
			t.Fatal("too short to test with")
		}
		once := r.Text(s)
		if left := r.Find(once.String()).Redact; len(left) > 0 {
			t.Fatalf("left: %q", once.String()[left[0].Start:left[0].End])
		}
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(r.Text(l).String())
		}
		if got := once.String(); got != b.String() {
			t.Fatal("a long text is redacted otherwise than its lines")
		}
	}
}
