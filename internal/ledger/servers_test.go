package ledger_test

import (
	"context"
	"errors"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

// hearing is a ledger of a server of its own over a database that several share, and the changes its watchers are told of.
func hearing(t *testing.T, d storetest.Database) (*ledger.Ledger, <-chan ledger.Change) {
	t.Helper()
	s := d.Open(t)
	l := ledger.New(s, ledger.Options{})
	told, ready := make(chan ledger.Change, 100), make(chan bool, 1)
	l.Watch(func(c ledger.Change) { told <- c })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan bool)
	go func() {
		defer close(done)
		s.Listen(ctx, func(n store.Notice) {
			var err error
			if n.Incident == "" {
				err = l.HeardAll(ctx)
				ready <- true
			} else {
				err = l.Heard(ctx, n.Incident, n.Seq)
			}
			if err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}, func(err error) { t.Error(err) })
	}()
	t.Cleanup(func() { cancel(); <-done })
	<-ready
	return l, told
}

// next waits for a change up to a seq that another server, or this one, made.
func next(t *testing.T, told <-chan ledger.Change, seq int64, elsewhere bool) ledger.Change {
	t.Helper()
	for {
		select {
		case c := <-told:
			if c.Seq >= seq && c.Elsewhere == elsewhere {
				return c
			}
		case <-t.Context().Done():
			t.Fatal("no change is told")
		}
	}
}

func TestServersHearOfEachOther(t *testing.T) {
	t.Parallel()
	d := storetest.Database{Kind: "postgres", URL: storetest.Postgres(t)}
	a, toldA := hearing(t, d)
	b, toldB := hearing(t, d)
	r := do(t, a, "", "ana", "", &incident.Declare{Title: "Pushes fail"})
	if c := next(t, toldB, r.Incident.Seq, true); c.Incident != r.Incident.ID || c.Name != "INC-1" || c.State.Title != "Pushes fail" {
		t.Errorf("the other server hears %+v", c)
	}
	if c := next(t, toldA, r.Incident.Seq, false); len(c.Entries) != len(r.Entries) {
		t.Errorf("the own server hears of %d entries, of %d", len(c.Entries), len(r.Entries))
	}
	// What b has read in the meantime by itself is told nevertheless.
	r = do(t, a, "1", "ana", "", &incident.Say{Text: "the disk is full"})
	if _, err := b.View(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	next(t, toldB, r.Incident.Seq, true)
	r = do(t, b, "1", "bo", "", &incident.Say{Text: "it is not"})
	next(t, toldA, r.Incident.Seq, true)
	// One key is one command at all servers.
	do(t, a, "1", "ana", "k", &incident.Say{Text: "x"})
	if again := do(t, b, "1", "ana", "k", &incident.Say{Text: "x"}); !again.Repeat {
		t.Error("said twice, at two servers")
	}
	// What is struck at one server leaves the memory of the other.
	said := do(t, b, "1", "bo", "", &incident.Say{Text: "the password is hunter2"})
	if i, err := a.View(t.Context(), "1"); err != nil || i.Line(said.Entries[0].Seq).Text != "the password is hunter2" {
		t.Fatal(err)
	}
	do(t, b, "1", "bo", "", &incident.Strike{Entry: incident.EntryID(said.Entries[0].Seq), Why: "a password"})
	log, err := a.Log(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	if e := log[said.Entries[0].Seq-1].Event.(*incident.Said); e.Text != "" {
		t.Errorf("still in the memory of the other server: %q", e.Text)
	}
}

func TestKeyThatIsNoText(t *testing.T) {
	t.Parallel()
	l, _ := open(t, t.TempDir())
	for _, key := range []string{"a\x00b", "\xff"} {
		_, err := l.Do(t.Context(), ledger.Request{Actor: "ana", Key: key, Command: &incident.Declare{Title: "Pushes fail"}})
		var e *incident.Error
		if !errors.As(err, &e) || e.Code != incident.Invalid {
			t.Errorf("%q: %v", key, err)
		}
	}
}
