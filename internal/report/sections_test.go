package report_test

import (
	"slices"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// TestSections holds the list of what may be written to what is drafted.
func TestSections(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, s := range report.Draft(gitlab(t).i, nameOf) {
		ids = append(ids, s.ID)
	}
	if !slices.Equal(ids, incident.Sections) {
		t.Errorf("drafted: %v\nmay be written: %v", ids, incident.Sections)
	}
}
