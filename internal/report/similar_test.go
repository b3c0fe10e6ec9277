package report

import (
	"slices"
	"testing"
	"time"

	"tocsin/internal/incident"
)

func TestSimilar(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	made := func(n int, title, service string, drill bool) incident.Summary {
		return incident.Summary{ID: title, Title: title, Service: service, Drill: drill, DeclaredAt: day.AddDate(0, 0, n), Status: incident.Resolved}
	}
	others := []incident.Summary{
		made(1, "Pushes fail", "git", false), made(2, "Replication lag on db1", "db", false), made(3, "Pages load slowly", "web", false),
		made(4, "Push failing for large repositories", "git", false), made(5, "Replica lagging", "db", true), made(9, "Pushing fails again", "git", false),
	}
	var got []string
	for _, s := range Similar(made(8, "Git pushes are failing", "git", false), others, 3) {
		got = append(got, s.Title)
	}
	if want := []string{"Push failing for large repositories", "Pushes fail"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q: the later one has not happened yet, the others have nothing in common", got, want)
	}
	if got := Similar(made(8, "Mail is late", "", false), others, 3); len(got) != 0 {
		t.Errorf("nothing in common: %v", got)
	}
}
