package report

import (
	"fmt"
	"math/rand/v2"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// Sample is incidents that never were, of the twelve weeks up to now, to show what insights look like. The same now gives the same ones.
func Sample(now time.Time) (all []*incident.Incident) {
	dice := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it only has to look like something
	minutes := func(least, most int) time.Duration { return time.Duration(least+dice.IntN(most-least)) * time.Minute }
	for n := range 18 {
		at := now.AddDate(0, 0, -80+n*4).Add(minutes(0, 600))
		i := incident.New(fmt.Sprintf("01SAMPLE%02d", n), fmt.Sprintf("INC-%d", n+1))
		add := func(after time.Duration, ev incident.Event) {
			at = at.Add(after)
			i.Apply(incident.Entry{Seq: i.Seq + 1, At: at, Recorded: at, By: "ana", Event: ev})
		}
		add(0, &incident.Declared{Title: fmt.Sprintf("Sample %d", n+1), Started: at.Add(-minutes(2, 15)), Runbook: runbook.Default()})
		add(minutes(1, 5), &incident.RoleTaken{Role: "point_person", Person: "ana"})
		add(minutes(1, 4), &incident.DisruptionSet{Grade: "down"})
		long := minutes(20, 150)
		eta := at.Add(long * time.Duration(60+dice.IntN(60)) / 100)
		add(time.Minute, &incident.ETASet{ETA: &eta})
		if n%3 == 0 {
			add(time.Minute, &incident.MajorDeclared{})
		}
		for left := long; left > 0; left -= 25 * time.Minute {
			next := at.Add(30 * time.Minute)
			add(min(left, minutes(15, 35)), &incident.Updated{Stage: "investigating", Text: "We look.", Next: &next})
		}
		for k, provider := range []string{"zoom", "google", "slack", "x"} {
			step := []string{"open_war_room", "create_document", "post_general", "post_update"}[k]
			add(0, &incident.StepStarted{Step: step, Attempt: 1, Provider: provider, Began: at})
			if dice.IntN(12) == 0 {
				add(minutes(1, 2), &incident.StepFailed{Step: step, Error: "503"})
				add(minutes(1, 3), &incident.StepStarted{Step: step, Attempt: 2, Provider: provider, Began: at})
			}
			add(0, &incident.StepDone{Step: step})
		}
		add(minutes(5, 20), &incident.ResolvedEvent{})
		state := "open"
		if n%2 == 0 {
			state = "done"
		}
		add(minutes(30, 90), &incident.FollowedUp{ID: 1, Text: "Alert on it", Owner: "engineer", Due: at.AddDate(0, 0, 21).Format(time.DateOnly), Class: "detect", State: state})
		all = append(all, i)
	}
	return all
}
