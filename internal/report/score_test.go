package report

import (
	"slices"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// TestScore holds lengths against the runbook's targets, counts steps and lists what differed, of a drill in which little was done.
func TestScore(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	at := func(m int) time.Time { return begun.Add(time.Duration(m) * time.Minute) }
	var log []incident.Entry
	add := func(m int, by string, e incident.Event) {
		log = append(log, incident.Entry{Seq: int64(len(log) + 1), At: at(m), Recorded: at(m), By: by, Event: e})
	}
	add(0, "ana", &incident.Declared{Title: "Practice", Started: begun, Drill: true, Runbook: runbook.Default()})
	add(3, "ana", &incident.RoleTaken{Role: "point_person", Person: "ana"})
	add(4, "bo", &incident.RoleTaken{Role: "engineer", Person: "bo"})
	eta := at(186)
	add(6, "bo", &incident.ETASet{ETA: &eta})
	add(40, "ana", &incident.StepSkipped{Step: "synchronise", Why: "a drill has no data"})
	i := incident.Fold("01X", "INC-1", log)
	s := NewScore(i, at(60))
	rows := map[string]ScoreRow{}
	for _, r := range s.Rows {
		rows[r.What] = r
	}
	if r := rows["until somebody had point"]; r.Took == nil || *r.Took != 3*time.Minute || r.Target != 2*time.Minute || r.Met() {
		t.Errorf("point: %+v", r)
	}
	if r := rows["until every wanted role was held"]; r.Took == nil || *r.Took != 4*time.Minute || !r.Met() {
		t.Errorf("roles: %+v", r)
	}
	if r := rows["until the first ETA"]; r.Took == nil || *r.Took != 6*time.Minute || r.Target != 0 || !r.Met() {
		t.Errorf("ETA: %+v", r)
	}
	if r := rows["until the first word to the public"]; r.Took != nil || r.Target != 30*time.Minute || r.Met() {
		t.Errorf("first word: %+v", r)
	}
	if len(s.Left) != 1 || s.Left[0].Why != "a drill has no data" {
		t.Errorf("left out: %v", s.Left)
	}
	if s.Steps.Open == 0 || s.Steps.Done > 0 || len(s.Vacant) > 0 || len(s.Open) == 0 {
		t.Errorf("%+v", s)
	}
	if slices.Sort(s.Open); len(slices.Compact(slices.Clone(s.Open))) != len(s.Open) {
		t.Errorf("an item stands there twice: %q", s.Open)
	}
}
