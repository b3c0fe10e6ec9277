package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"tocsin/internal/store"
)

// TestOnCall is R18 with people who take turns: who is on call is written to alone; when nobody comes, everyone who can take the role is.
func TestOnCall(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir := t.TempDir()
	a, stop := startWith(t, dir, services.config())
	t.Cleanup(stop)
	for _, p := range []store.Person{{ID: "ada", Name: "Ada Moore", Emails: []string{"ada@example.com"}, Roles: []string{"engineer"}, Contact: "+44 20 1"}, {ID: "bo", Name: "Bo Karlsson", Emails: []string{"bo@example.com"}, Roles: []string{"engineer"}},
		{ID: "cy", Name: "Cy Twombly", Emails: []string{"cy@example.com"}}} {
		if err := a.people.Put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	run := desk(t, a, dir)
	says := func(code int, words string, args ...string) string {
		t.Helper()
		said, got := run(args...)
		if got != code || !strings.Contains(said, words) {
			t.Fatalf("%s: exit %d, want %d and %q\n%s", strings.Join(args, " "), got, code, words, said)
		}
		return said
	}
	says(exitOK, "Nobody takes turns yet", "oncall")
	says(exitUsage, "first turn begins", "oncall", "rotate", "engineer", "ada", "bo")
	says(exitUsage, `nobody "zed"`, "oncall", "rotate", "engineer", "zed", "--start", "2026-11-02 09:00")
	says(exitOK, "2 take turns of 28 days for engineer", "oncall", "rotate", "engineer", "Bo Karlsson", "ada", "--days", "28", "--start", "2026-11-02 09:00", "--zone", "Europe/Berlin")
	says(exitUsage, "until when", "oncall", "override", "engineer", "cy")
	said := says(exitOK, "Cy Twombly is on call for engineer", "oncall", "override", "engineer", "cy", "--until", "8h")
	says(exitOK, "Cy Twombly", "oncall")
	says(exitOK, "INC-1", "declare", "Pushes fail", "--point", "--page", "engineer")
	if err := a.runner.Settled(t.Context(), "INC-1"); err != nil {
		t.Fatal(err)
	}
	written := func() (to []string) {
		t.Helper()
		body, err := fetch(t.Context(), services.url+"/_objects")
		if err != nil {
			t.Fatal(err)
		}
		var all struct {
			Mail []struct{ To []string } `json:"smtp.mail"`
		}
		if err := json.Unmarshal([]byte(body), &all); err != nil {
			t.Fatal(err)
		}
		for _, m := range all.Mail {
			to = append(to, m.To...)
		}
		slices.Sort(to)
		return to
	}
	if got := written(); !slices.Equal(got, []string{"cy@example.com"}) {
		t.Errorf("asked when it was declared: %v, want Cy alone, who stands in", got)
	}
	says(exitOK, "", "page", "engineer", "--why", "nobody came")
	if err := a.runner.Settled(t.Context(), "INC-1"); err != nil {
		t.Fatal(err)
	}
	if got := written(); !slices.Equal(got, []string{"ada@example.com", "bo@example.com", "cy@example.com"}) {
		t.Errorf("after nobody came: %v, want everyone who can take the role", got)
	}
	_, id, _ := strings.Cut(said, "oncall cancel ")
	says(exitOK, "is taken back", "oncall", "cancel", strings.TrimSpace(id))
	says(exitNotFound, "no such override", "oncall", "cancel", strings.TrimSpace(id))
	if said := says(exitOK, "engineer", "oncall"); strings.Contains(said, "Cy Twombly") {
		t.Error(said)
	}
	says(exitOK, "nobody takes turns", "oncall", "stop", "engineer")
	says(exitUsage, `nobody and no role called "zed"`, "declare", "Pulls fail", "--page", "zed")
}
