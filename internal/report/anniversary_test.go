package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

func TestAnniversaries(t *testing.T) {
	t.Parallel()
	began := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	all := []incident.Summary{
		{Name: "INC-1", Kind: incident.Major, StartedAt: began("2024-12-31 23:59")},
		{Name: "INC-2", Kind: incident.Major, StartedAt: began("2025-12-28 00:00")},
		{Name: "INC-3", Kind: incident.Major, StartedAt: began("2026-12-28 10:00")}, // today
		{Name: "INC-4", Kind: incident.Minor, StartedAt: began("2025-12-28 00:00")},
		{Name: "INC-5", Kind: incident.Major, StartedAt: began("2025-12-28 00:00"), Drill: true},
		{Name: "INC-6", Kind: incident.Major, StartedAt: began("2025-12-28 00:00"), Status: incident.Cancelled},
		{Name: "INC-7", Kind: incident.Major, StartedAt: began("2025-12-27 23:00")}, // yesterday
		{Name: "INC-8", Kind: incident.Major, StartedAt: began("2026-01-03 23:00")}, // next year
		{Name: "INC-9", Kind: incident.Major, StartedAt: began("2026-01-04 00:00")}, // in more than a week
	}
	want := []report.Anniversary{
		{Name: "INC-2", Years: 1, On: began("2026-12-28 00:00")}, {Name: "INC-1", Years: 2, On: began("2026-12-31 00:00")},
		{Name: "INC-8", Years: 1, On: began("2027-01-03 00:00")},
	}
	if diff := cmp.Diff(want, report.Anniversaries(all, began("2026-12-28 15:00"))); diff != "" {
		t.Error(diff)
	}
	leap := []incident.Summary{{Name: "INC-1", Kind: incident.Major, StartedAt: began("2024-02-29 12:00")}}
	if got := report.Anniversaries(leap, began("2026-03-01 01:00")); len(got) != 1 || got[0].Years != 2 {
		t.Errorf("the 29th of February comes back on the 1st of March: %+v", got)
	}
}
