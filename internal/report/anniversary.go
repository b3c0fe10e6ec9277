package report

import (
	"time"

	"tocsin/internal/incident"
)

// Anniversary is a major outage that began on this day of an earlier year.
type Anniversary struct {
	Name  string    `json:"id"`
	Title string    `json:"title"`
	Years int       `json:"years"`
	On    time.Time `json:"on"` // the anniversary, UTC
}

// Anniversaries lists the major outages whose day comes back within a week from now, the soonest first: a good day to ask whether what was
// learnt holds. Drills have none.
func Anniversaries(all []incident.Summary, now time.Time) []Anniversary {
	today := now.UTC().Truncate(24 * time.Hour)
	var out []Anniversary
	for day := today; day.Before(today.AddDate(0, 0, 7)); day = day.AddDate(0, 0, 1) {
		for _, s := range all {
			began := s.StartedAt.UTC()
			if s.Kind != incident.Major || s.Drill || s.Status == incident.Cancelled {
				continue
			}
			if years := day.Year() - began.Year(); years > 0 && began.Truncate(24*time.Hour).AddDate(years, 0, 0).Equal(day) {
				out = append(out, Anniversary{Name: s.Name, Title: s.Title, Years: years, On: day})
			}
		}
	}
	return out
}
