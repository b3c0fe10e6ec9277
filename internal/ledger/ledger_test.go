package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

func open(t testing.TB, dir string) (*ledger.Ledger, *store.Store) {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return ledger.New(s, ledger.Options{Alone: true, People: func() []string { return []string{"ana", "bo", "cleo"} }}), s
}

func do(t testing.TB, l *ledger.Ledger, id, who, key string, c incident.Command) ledger.Result {
	t.Helper()
	r, err := l.Do(t.Context(), ledger.Request{Incident: id, Actor: who, Key: key, Command: c})
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return r
}

func TestDeclareAndReadBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, s := open(t, dir)
	r := do(t, l, "", "ana", "", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
	if r.Incident.Name != "INC-1" {
		t.Errorf("name %q", r.Incident.Name)
	}
	do(t, l, "1", "bo", "", &incident.Say{Text: "the disk is full"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	l, _ = open(t, dir)
	for _, ref := range []string{"INC-1", "inc-1", "1", r.Incident.ID} {
		i, err := l.View(t.Context(), ref)
		if err != nil || i.Title != "Pushes fail" || i.Name != "INC-1" || !i.Holds("ana", "point_person") || i.Lines[len(i.Lines)-1].Text != "the disk is full" {
			t.Errorf("View(%s) = %+v, %v", ref, i, err)
		}
	}
	if r = do(t, l, "", "bo", "", &incident.Declare{Title: "Another"}); r.Incident.Name != "INC-2" {
		t.Errorf("the second is %s", r.Incident.Name)
	}
	_, err := l.View(t.Context(), "7")
	var e *incident.Error
	if !errors.As(err, &e) || e.Code != incident.NotFound {
		t.Errorf("an unknown incident: %v", err)
	}
}

func TestSameKeyIsOneCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, s := open(t, dir)
	first := do(t, l, "", "ana", "k1", &incident.Declare{Title: "Pushes fail"})
	if again := do(t, l, "", "ana", "k1", &incident.Declare{Title: "Pushes fail"}); !again.Repeat || again.Incident.ID != first.Incident.ID || len(again.Entries) != len(first.Entries) {
		t.Errorf("declared twice: %+v", again)
	}
	said := do(t, l, "1", "ana", "k2", &incident.Say{Text: "x"})
	// A restart in between changes nothing.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	l, _ = open(t, dir)
	if again := do(t, l, "1", "ana", "k2", &incident.Say{Text: "x"}); !again.Repeat || again.Entries[0].Seq != said.Entries[0].Seq {
		t.Errorf("said twice: %+v", again.Entries)
	}
	if other := do(t, l, "1", "bo", "k2", &incident.Say{Text: "x"}); other.Repeat {
		t.Error("keys of different people are different keys")
	}
	_, err := l.Do(t.Context(), ledger.Request{Incident: "1", Actor: "ana", Key: "k2", Command: &incident.Say{Text: "y"}})
	var e *incident.Error
	if !errors.As(err, &e) || e.Code != incident.Conflict {
		t.Errorf("another command under the same key: %v", err)
	}
}

// TestRace holds that commands given at once are all kept, in one gapless order, and that one key under many hands is one command.
func TestRace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, race)
}

func race(t *testing.T, d storetest.Database) {
	l := ledger.New(d.Open(t), ledger.Options{})
	do(t, l, "", "ana", "", &incident.Declare{Title: "Pushes fail"})
	before, err := l.View(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for n := range 20 {
		for _, key := range []string{"same", fmt.Sprint("own", n)} {
			wg.Go(func() {
				if _, err := l.Do(t.Context(), ledger.Request{Incident: "1", Actor: "ana", Key: key, Command: &incident.Say{Text: key}}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	log, err := l.Log(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]int{}
	for n, e := range log {
		if e.Seq != int64(n+1) {
			t.Fatalf("entry %d has number %d", n+1, e.Seq)
		}
		if s, ok := e.Event.(*incident.Said); ok {
			said[s.Text]++
		}
	}
	if said["same"] != 1 || len(said) != 21 || len(log) != len(before.Lines)+21 {
		t.Errorf("said %v in %d entries", said, len(log))
	}
}

func TestWatchersHearAfterTheCommit(t *testing.T) {
	t.Parallel()
	l, s := open(t, t.TempDir())
	heard := make(chan ledger.Change, 10)
	stop := l.Watch(func(c ledger.Change) { heard <- c })
	r := do(t, l, "", "ana", "", &incident.Declare{Title: "Pushes fail"})
	c := <-heard
	stored, err := s.Entries(context.Background(), r.Incident.ID, 0)
	if err != nil || c.Name != "INC-1" || int64(len(stored)) != c.Seq {
		t.Errorf("told of %d, stored %d, %v", c.Seq, len(stored), err)
	}
	stop()
	do(t, l, "1", "ana", "", &incident.Say{Text: "x"})
	if len(heard) != 0 {
		t.Error("told after stop")
	}
}

func TestStrikeBlanksWhatIsStored(t *testing.T) {
	t.Parallel()
	l, s := open(t, t.TempDir())
	r := do(t, l, "", "ana", "", &incident.Declare{Title: "Pushes fail"})
	said := do(t, l, "1", "ana", "", &incident.Say{Text: "TODO: change the password hunter2"})
	seq := said.Entries[0].Seq
	do(t, l, "1", "ana", "", &incident.Amend{Entry: incident.EntryID(seq), Text: "TODO: change the password hunter3"})
	do(t, l, "1", "ana", "", &incident.Strike{Entry: incident.EntryID(seq), Why: "a password"})
	do(t, l, "1", "ana", "", &incident.Amend{Entry: 1, Text: "hunter4 is wrong"})
	do(t, l, "1", "ana", "", &incident.Strike{Entry: 1, Why: "a password"})
	stored, err := s.Entries(t.Context(), r.Incident.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if e := stored[seq-1].Event.(*incident.Said); e.Text != "" {
		t.Errorf("still stored: %q", e.Text)
	}
	for _, e := range stored {
		body, err := incident.Encode(e.Event)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body), "hunter") || strings.Contains(string(body), "Pushes") {
			t.Errorf("still stored: %s", body)
		}
	}
	list, err := s.Incidents(t.Context(), store.Filter{})
	if err != nil || len(list) != 1 || strings.Contains(list[0].Title, "hunter") {
		t.Errorf("the list still shows %+v, %v", list, err)
	}
	i, err := l.View(t.Context(), "1")
	if err == nil && (i.Title != "Incident" || len(i.Runbook.Steps) == 0 || len(i.FollowUps) != 1 || i.FollowUps[0].Text != "") {
		t.Errorf("title %q, %d steps, follow-ups %+v", i.Title, len(i.Runbook.Steps), i.FollowUps)
	}
	if r := do(t, l, "1", "ana", "", &incident.Amend{Entry: 1, Text: "Pushes are slow"}); r.Incident.Title != "Pushes are slow" {
		t.Errorf("a struck title can't be given anew: %q", r.Incident.Title)
	}
	if err != nil || !i.Line(seq).Struck || i.Line(seq).Text != "" {
		t.Errorf("the line: %+v, %v", i.Line(seq), err)
	}
	if e := i.Line(seq).Event.(*incident.Said); e.Text != "" {
		t.Errorf("still in memory: %q", e.Text)
	}
}

func TestTimePasses(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	l := ledger.New(s, ledger.Options{Clock: func() time.Time { return now }})
	do(t, l, "", "ana", "", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
	now = now.Add(time.Hour)
	r := do(t, l, "1", incident.System, "", &incident.Wake{})
	if !r.Incident.Prompt.Open || r.Incident.Prompt.Reason != "passed" {
		t.Errorf("after an hour of disruption the prompt is %+v", r.Incident.Prompt)
	}
	if r = do(t, l, "1", incident.System, "", &incident.Wake{}); len(r.Entries) != 0 {
		t.Errorf("asked twice: %d entries", len(r.Entries))
	}
}

func BenchmarkSay(b *testing.B) {
	l, _ := open(b, b.TempDir())
	if _, err := l.Do(b.Context(), ledger.Request{Actor: "ana", Command: &incident.Declare{Title: "Pushes fail"}}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := l.Do(b.Context(), ledger.Request{Incident: "1", Actor: "ana", Command: &incident.Say{Text: "x"}}); err != nil {
			b.Fatal(err)
		}
	}
}
