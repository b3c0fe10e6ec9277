package cli

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// readAs reads a page as the owner of a token.
func readAs(t *testing.T, token, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, res.Status, err)
	}
	return string(body)
}

// TestPrivateInTheRoom holds that what is private, what speaks of it and private items stand in the room of those alone who may see them (R32).
func TestPrivateInTheRoom(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	a, stop := start(t, t.TempDir(), services)
	t.Cleanup(stop)
	for _, id := range []string{"ana", "bo"} {
		if err := a.people.Put(t.Context(), store.Person{ID: id, Name: id, Rights: auth.RightsResponder}); err != nil {
			t.Fatal(err)
		}
	}
	do := func(id string, c incident.Command) *incident.Incident {
		t.Helper()
		r, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c})
		if err != nil {
			t.Fatal(err)
		}
		return r.Incident
	}
	do("", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
	i := do("1", &incident.Say{Text: "Mailboxes were readable", As: "guess", Visibility: incident.Private})
	about := incident.EntryID(i.Seq)
	do("1", &incident.Amend{Entry: about, Text: "Mailboxes were writable"})
	do("1", &incident.SettleGuess{Entry: about, Outcome: "confirmed", Why: "the mail log says so"})
	do("1", &incident.Tick{Item: "data_loss"})
	do("1", &incident.Untick{Item: "data_loss"})
	for person, sees := range map[string]bool{"ana": true, "bo": false} {
		token, err := a.auth.CreateToken(t.Context(), person, auth.ScopeWrite, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		body := readAs(t, token, a.links.Console+"/i/1")
		if list := readAs(t, token, a.links.Console+"/incidents?q=mailboxes"); strings.Contains(list, "INC-1") != sees {
			t.Errorf("%s finds it by its words: %v, want %v", person, !sees, sees)
		}
		item, _ := i.Runbook.Step("data_loss")
		for _, word := range []string{"Mailboxes were", "the mail log says so", item.Title, "data_loss"} {
			if strings.Contains(body, word) != sees {
				t.Errorf("%s sees %q: %v, want %v", person, word, !sees, sees)
			}
		}
	}
}
