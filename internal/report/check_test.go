package report_test

import (
	"slices"
	"strings"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// TestCheckSeesChangedDigits changes every digit of every drafted sentence in turn: hardly any such sentence may pass.
func TestCheckSeesChangedDigits(t *testing.T) {
	t.Parallel()
	w := gitlab(t)
	changed, passed := 0, 0
	for _, sec := range draft(t, w.i) {
		for _, c := range sec.Claims {
			for n, ch := range []byte(c.Text) {
				if ch < '0' || ch > '9' {
					continue
				}
				wrong := c
				wrong.Text = c.Text[:n] + string('0'+(ch-'0'+7)%10) + c.Text[n+1:]
				changed++
				if len(report.Check(w.i, []report.Section{{ID: sec.ID, Claims: []report.Claim{wrong}}})) == 0 {
					passed++
					t.Logf("%s: %q passes for %q", sec.ID, wrong.Text, c.Text)
				}
			}
		}
	}
	if changed < 500 || passed*100 > changed {
		t.Errorf("%d of %d changed sentences pass", passed, changed)
	}
}

func TestCheckRejects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-11-23 13:00")
	w.do("p1", &incident.Declare{Title: "Pushes fail", StartedAt: "2026-11-23T12:50Z", Point: true, Disrupting: "down", Runbook: w.rb})
	w.at("2026-11-23 13:12")
	found := w.do("p1", &incident.Say{As: "finding", Text: "db1 holds 42% of the rows"})
	private := w.do("p1", &incident.Say{Text: "7 accounts were seen", Visibility: incident.Private})
	for text, rests := range map[string][]int64{
		"db1 holds 42% of the rows": {found},
		"Found at 13:12 UTC, 22 min after it began at 2026-11-23 12:50 UTC.": {1, found},
		"2 entries": {found},
	} {
		err := report.Check(w.i, []report.Section{{ID: "x", Claims: []report.Claim{{Text: text, Entries: rests}}}})
		if good := text != "2 entries"; good != (len(err) == 0) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, c := range map[string]struct {
		rests []int64
		want  string
	}{
		"db2 holds 42% of the rows": {[]int64{found}, "db2"},
		"about 43% of the rows":     {[]int64{found}, "43"},
		"found at 13:13 UTC":        {[]int64{found}, "13:13 utc"},
		"found 23 min later":        {[]int64{1, found}, "23 min"},
		"nothing at all":            {nil, "rests on no entry"},
		"words":                     {[]int64{99}, "there is no entry e99"},
		"accounts were seen":        {[]int64{private}, "may not be told"},
	} {
		err := report.Check(w.i, []report.Section{{ID: "x", Claims: []report.Claim{{Text: text, Entries: c.rests}}}})
		if len(err) == 0 || !strings.Contains(err[0].Error(), c.want) {
			t.Errorf("%q: %v, want an error with %q", text, err, c.want)
		}
	}
	if err := report.Check(w.i, []report.Section{{ID: "x", Questions: []string{"What was seen at 13:12 UTC?"}}}); len(err) > 0 {
		t.Error(err)
	}
	if err := report.Check(w.i, []report.Section{{ID: "x", Questions: []string{"What was seen at 14:12 UTC?"}}}); len(err) != 1 {
		t.Errorf("a question with a time of no entry: %v", err)
	}
}

// TestBlameFree reads the program's own words, those of questions and sentences about neutral entries: no blame, no hindsight, no
// might-have-been (R29).
func TestBlameFree(t *testing.T) {
	t.Parallel()
	w := gitlab(t)
	var own []string
	for _, sec := range draft(t, w.i) {
		for _, q := range sec.Questions {
			if !slices.Contains(w.rb.Questions, q) {
				own = append(own, q)
			}
		}
		own = append(own, sec.Title)
		if slices.Contains([]string{"metrics", "response", "summary", "detection", "went_well"}, sec.ID) {
			for _, c := range sec.Claims {
				own = append(own, c.Group, c.Label, c.Text)
			}
		}
	}
	for _, bad := range []string{"should have", "could have", "would have", "if only", "forgot", "neglect", "failed to", "human error", "mistake", "fault", "careless",
		"sloppy", "unacceptable", "obviously", "in hindsight", "root cause", "who broke", "culprit", "caused by", "junior", "missed", "ignored", "late "} {
		for _, text := range own {
			if strings.Contains(strings.ToLower(text), bad) {
				t.Errorf("%q says %q", text, bad)
			}
		}
	}
}
