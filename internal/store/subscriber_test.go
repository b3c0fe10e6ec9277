package store_test

import (
	"errors"
	"testing"
	"time"

	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

// TestSubscribers holds what mail to subscribers rests on: an address is there once, is written to only once its owner said yes, gets one
// letter about an entry however it subscribed and whoever asks, and of several servers one sends it.
func TestSubscribers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		s, ctx, now := d.Open(t), t.Context(), time.Now().UTC().Truncate(time.Millisecond)
		later := now.Add(time.Minute)
		put := func(id, address, incident string) store.Subscriber {
			t.Helper()
			one, err := s.PutSubscriber(ctx, id, address, incident, "en", now)
			if err != nil {
				t.Fatal(err)
			}
			return one
		}
		confirm := func(id string, since time.Time) bool {
			t.Helper()
			ok, err := s.ConfirmSubscriber(ctx, id, since, now)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		put("01A", "a@example.net", "")
		put("01B", "a@example.net", "INC-1")
		put("01C", "c@example.net", "INC-1")
		put("01D", "d@example.net", "INC-2")
		put("01E", "e@example.net", "")
		if again := put("01X", "a@example.net", ""); again.ID != "01A" || !again.Confirmed.IsZero() {
			t.Errorf("asked again: %+v", again)
		}
		if confirm("01E", later) {
			t.Error("a question of long ago is answered")
		}
		for _, id := range []string{"01A", "01B", "01C", "01D"} {
			if !confirm(id, now) || !confirm(id, later) { // the second time it stands already
				t.Errorf("%s does not confirm", id)
			}
		}
		if confirm("01Y", now) {
			t.Error("nobody confirms")
		}
		for n, want := range []int64{2, 0} { // a and c; then it is told
			added, letters, err := s.AddMailing(ctx, "INC-1", 7, false, now)
			if err != nil || letters != want || added != (n == 0) {
				t.Errorf("%d: %v %d %v", n, added, letters, err)
			}
		}
		if added, letters, err := s.AddMailing(ctx, "INC-1", 8, true, now); err != nil || !added || letters != 0 {
			t.Error(added, letters, err)
		}
		if err := s.AddLetter(ctx, store.Letter{ID: "ask-1", Subscriber: store.Subscriber{ID: "01E"}, Kind: store.LetterAsk}, now); err != nil {
			t.Fatal(err)
		}
		due, next, err := s.DueLetters(ctx, later, 10)
		if err != nil || len(due) != 3 || due[0].Kind != store.LetterAsk || !next.Equal(now) {
			t.Fatalf("%+v %v %v", due, next, err)
		}
		if n, err := s.Asked(ctx, "e@example.net", now); err != nil || n != 1 {
			t.Error(n, err)
		}
		taken := 0
		for range 2 {
			if mine, err := s.TakeLetter(ctx, due[1].ID, later); err != nil {
				t.Fatal(err)
			} else if mine {
				taken++
			}
		}
		if taken != 1 {
			t.Errorf("two servers take one letter %d times", taken)
		}
		if lost, err := s.TidyLetters(ctx, later.Add(time.Second), now, now.Add(-time.Hour), later); err != nil || lost != 1 {
			t.Errorf("%d lost %v", lost, err)
		}
		if err := s.MoveLetter(ctx, due[1].ID, store.LetterSent, "", later, later); err != nil { // who was thought lost was slow
			t.Fatal(err)
		}
		if err := s.DropSubscriber(ctx, "01A"); err != nil {
			t.Fatal(err)
		}
		if err := s.DropSubscriber(ctx, "01E"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Subscriber(ctx, "01E"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		if left, _, err := s.DueLetters(ctx, later, 10); err != nil || len(left) != 1 || left[0].Subscriber.Address != "c@example.net" {
			t.Errorf("what is left to send: %+v %v", left, err)
		}
		if n, err := s.DropAddress(ctx, "a@example.net"); err != nil || n != 1 {
			t.Error(n, err)
		}
		if err := s.CutLetters(ctx, later); err != nil {
			t.Fatal(err)
		}
		if left, _, err := s.DueLetters(ctx, later, 10); err != nil || len(left) != 0 {
			t.Errorf("after a restore: %+v %v", left, err)
		}
		got, err := s.CountLetters(ctx)
		if err != nil || len(got) != 2 {
			t.Fatalf("%+v %v", got, err)
		}
		if all, err := s.Subscribers(ctx); err != nil || len(all) != 2 {
			t.Errorf("%+v %v", all, err)
		}
		if _, err := s.TidyLetters(ctx, later, later, later.Add(40*24*time.Hour), later); err != nil { // INC-2 never was, INC-1 is long over
			t.Fatal(err)
		}
		if all, err := s.Subscribers(ctx); err != nil || len(all) != 0 {
			t.Errorf("after the outages: %+v %v", all, err)
		}
	})
}
