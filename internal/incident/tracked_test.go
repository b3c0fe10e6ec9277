package incident

import (
	"testing"

	"tocsin/internal/runbook"
)

// TestHearTracker holds what the tracker's word does, and that one which may be older than a call about the issue does nothing.
func TestHearTracker(t *testing.T) {
	t.Parallel()
	const step = "follow_up_issue:e2"
	world := func(events ...Event) *Incident {
		i := New("01A", "INC-1")
		for n, ev := range append([]Event{&Declared{Title: "Pushes fail", Runbook: runbook.Default()}, &FollowedUp{ID: 1, Text: "Alert on disk space", Due: "2026-12-05", State: "open"}}, events...) {
			i.Apply(Entry{Seq: int64(n + 1), By: "ana", Event: ev})
		}
		return i
	}
	made := &StepDone{Step: step, URL: "https://tracker.example/1", Outputs: map[string]string{"id": "1"}}
	kept := func(state, due string) *StepKept {
		return &StepKept{Step: step, Outputs: map[string]string{"state": state, "due": due}}
	}
	done := &FollowedUp{ID: 1, Text: "Alert on disk space", Due: "2026-12-05", State: "done"}
	for name, c := range map[string]struct {
		i     *Incident
		said  HearTracker
		state string // what comes of it
		due   string
		tells bool
	}{
		"as it is":                 {world(made, kept("open", "2026-12-05")), HearTracker{Due: "2026-12-05", Dated: true}, "open", "2026-12-05", false},
		"closed there":             {world(made, kept("open", "2026-12-05")), HearTracker{Closed: true, Due: "2026-12-05", Dated: true}, "done", "2026-12-05", true},
		"dated anew there":         {world(made, kept("open", "2026-12-05")), HearTracker{Due: "2026-12-12", Dated: true}, "open", "2026-12-12", true},
		"date taken away there":    {world(made, kept("open", "2026-12-05")), HearTracker{Dated: true}, "open", "", true},
		"knows no dates":           {world(made, &StepKept{Step: step, Outputs: map[string]string{"state": "open"}}), HearTracker{}, "open", "2026-12-05", false},
		"our date is on its way":   {world(made), HearTracker{Dated: true}, "open", "2026-12-05", false},
		"done here, on its way":    {world(made, kept("open", "2026-12-05"), done), HearTracker{Due: "2026-12-05", Dated: true}, "done", "2026-12-05", false},
		"done here and there":      {world(made, kept("open", "2026-12-05"), done), HearTracker{Closed: true, Due: "2026-12-05", Dated: true}, "done", "2026-12-05", false},
		"opened again there":       {world(made, kept("open", "2026-12-05"), done, kept("closed", "2026-12-05")), HearTracker{Due: "2026-12-05", Dated: true}, "open", "2026-12-05", true},
		"read before our call":     {world(made, kept("open", "2026-12-05"), done, kept("closed", "2026-12-05")), HearTracker{Due: "2026-12-05", Dated: true, Read: 4}, "done", "2026-12-05", false},
		"read during an attempt":   {world(made, kept("open", "2026-12-05"), &StepStarted{Step: step, Attempt: 2}), HearTracker{Closed: true, Due: "2026-12-05", Dated: true}, "open", "2026-12-05", false},
		"the first of two tellers": {world(made, kept("open", "2026-12-05"), &FollowUpTracked{ID: 1, Closed: true, Due: "2026-12-05"}), HearTracker{Closed: true, Due: "2026-12-05", Dated: true}, "done", "2026-12-05", false},
	} {
		c.said.Made = 2
		if c.said.Read == 0 {
			c.said.Read = c.i.Seq
		}
		shows := c.i.FollowUps[0].Seq
		evs, err := c.said.Decide(c.i, Ask{By: System})
		if err != nil || (len(evs) > 0) != c.tells {
			t.Errorf("%s: %v, %v", name, evs, err)
			continue
		}
		for _, ev := range evs {
			c.i.Apply(Entry{Seq: c.i.Seq + 1, By: System, Event: ev})
		}
		if f := c.i.FollowUps[0]; f.State != c.state || f.Due != c.due || f.Seq != shows {
			t.Errorf("%s: %+v", name, f)
		}
		if again, err := c.said.Decide(c.i, Ask{By: System}); err != nil || len(again) > 0 {
			t.Errorf("%s: said twice: %v, %v", name, again, err)
		}
	}
	var none *Error
	if _, err := (&HearTracker{Made: 9}).Decide(world(), Ask{}); !asError(err, &none) || none.Code != NotFound {
		t.Errorf("of a follow-up that is not there: %v", err)
	}
}
