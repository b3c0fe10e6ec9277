package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// TestIncidentsList holds what stands on the list, and in which order: what needs somebody most on top, drills apart, found by words that stand in an
// entry or by who was there, and the same for a spreadsheet.
func TestIncidentsList(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	a, stop := start(t, t.TempDir(), services)
	t.Cleanup(stop)
	for id, name := range map[string]string{"ana": "Ana Diaz", "bo": "Bo Klein"} {
		if err := a.people.Put(t.Context(), store.Person{ID: id, Name: name, Rights: auth.RightsResponder}); err != nil {
			t.Fatal(err)
		}
	}
	do := func(who, id string, c incident.Command) {
		t.Helper()
		if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: who, Command: c}); err != nil {
			t.Fatal(err)
		}
	}
	do("ana", "", &incident.Declare{Title: "=Registry gives 502", Point: true}) // INC-1
	do("ana", "1", &incident.Resolve{Text: "It is back."})
	do("ana", "", &incident.Declare{Title: "Slow pipelines", Point: true})               // INC-2
	do("bo", "", &incident.Declare{Title: "Pushes fail", Disrupting: true})              // INC-3: nobody has point
	do("bo", "", &incident.Declare{Title: "Practice", Drill: true, Point: true})         // INC-4
	do("bo", "2", &incident.Say{Text: "A runner holds all of the locks", As: "finding"}) // Bo was there
	token, err := a.auth.CreateToken(t.Context(), "ana", auth.ScopeRead, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`<b>(INC-\d+)</b>`)
	for query, want := range map[string][]string{
		"":                        {"INC-3", "INC-2", "INC-1"},
		"?status=active":          {"INC-3", "INC-2"},
		"?status=recent":          {"INC-1"},
		"?drills=only":            {"INC-4"},
		"?q=ALL+of+the+LOCKS":     {"INC-2"},
		"?q=klein":                {"INC-3", "INC-2"},
		"?q=registry&status=":     {"INC-1"},
		"?q=nothing+of+this+kind": nil,
		"?page=9":                 {"INC-3", "INC-2", "INC-1"},
		"?page=x&kind=major":      nil,
	} {
		page := readAs(t, token, a.links.Console+"/incidents"+query)
		var got []string
		for _, m := range row.FindAllStringSubmatch(page, -1) {
			got = append(got, m[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
		if query == "" && (!strings.Contains(page, "nobody has point") || !strings.Contains(page, "Active 2")) {
			t.Errorf("it does not say what is missing:\n%s", page)
		}
	}
	sheet := readAs(t, token, a.links.Console+"/incidents.csv?q=registry")
	if !strings.HasPrefix(sheet, "name,title,") || strings.Count(sheet, "\n") != 2 || !strings.Contains(sheet, "\nINC-1,'=Registry gives 502,") || !strings.Contains(sheet, ",Ana Diaz,") {
		t.Errorf("for a spreadsheet:\n%s", sheet)
	}
}
