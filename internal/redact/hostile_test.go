package redact

import (
	"strings"
	"testing"
	"time"
)

// TestHostileInput feeds rows that would make a careless scan quadratic: ten
// times the text may take about ten times as long.
func TestHostileInput(t *testing.T) {
	r := New(append(company(100), everyone...), nil)
	for _, row := range []string{"@", "a@", "%25", "\\", "\\u0041", "a.", "A", "A.", "A ", "Ana ", "Ana\n", "will ", "WILL ", "AK,", "AK and ", "<", "<b>", "&amp;", "&", "=C3", "1", "1 ", "-", "_a", "/a", "ana@x.y ",
		"李", "小", "김", "\u0301", "\u200b", "\u1100\u1161", "Sigrid and ", "Sigrid Halvorsen ", "aB9", "x=", "https://gitlab.com/", "ana/", "<@", "(Ana", "**", "van der ", "team-member-"} {
		run := func(n int) time.Duration {
			s := strings.Repeat(row, n/len(row))
			best := time.Hour
			for range 3 {
				t := time.Now()
				r.Find(s)
				best = min(best, time.Since(t))
			}
			return best
		}
		small, large := run(10_000), run(100_000)
		if large > 60*small+20*time.Millisecond {
			t.Errorf("%q: %v for 10 kB, %v for 100 kB", row, small, large)
		}
		if large > 3*time.Second {
			t.Errorf("%q: %v for 100 kB", row, large)
		}
	}
}
