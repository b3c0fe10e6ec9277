package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/incident"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

// conformance is what holds on every database.
var conformance = map[string]func(*testing.T, storetest.Database){
	"append and conflict": appendConflict, "lists": incidentsAreListed, "tokens": tokens, "people": people, "race": race,
	"many incidents at once": declareAtOnce, "strike": strike, "pictures": pictures, "credentials": credentials, "audit": audit, "runbooks": runbooks, "leases": leases, "odd input": oddInput,
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range conformance {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, test)
		})
	}
}

func appendConflict(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	name, err := s.Append(t.Context(), begin("01A"))
	if err != nil || name != "INC-1" {
		t.Fatalf("%q, %v", name, err)
	}
	if _, err := s.Append(t.Context(), store.Append{ID: "01A", Was: 1, Entries: []incident.Entry{said(2)}, Summary: summary("01A", 2)}); err != nil {
		t.Fatal(err)
	}
	// Somebody who decided on the old log, in two ways of noticing it.
	for _, was := range []int64{1, 0} {
		if _, err := s.Append(t.Context(), store.Append{ID: "01A", Was: was, Entries: []incident.Entry{said(was + 1)}, Summary: summary("01A", was+1)}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("decided on %d: %v", was, err)
		}
	}
	log, err := s.Entries(t.Context(), "01A", 0)
	if err != nil || len(log) != 2 || !log[1].At.Equal(said(2).At) || log[1].By != "ana" || log[1].Event.(*incident.Said).Text != "the disk is full \u0000" {
		t.Errorf("%+v, %v", log, err)
	}
	// A command under a key that is taken leaves nothing behind.
	a := store.Append{ID: "01A", Was: 2, Entries: []incident.Entry{said(3)}, Summary: summary("01A", 3), Author: "ana", Key: "k", Hash: "h"}
	if _, err := s.Append(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	a.Was, a.Entries, a.Summary = 3, []incident.Entry{said(4)}, summary("01A", 4)
	if _, err := s.Append(t.Context(), a); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the same key: %v", err)
	}
	if log, _ = s.Entries(t.Context(), "01A", 0); len(log) != 3 {
		t.Errorf("half a command is kept: %d entries", len(log))
	}
	done, err := s.Command(t.Context(), "ana", "k")
	if err != nil || done.First != 3 || done.Last != 3 || done.Hash != "h" {
		t.Errorf("%+v, %v", done, err)
	}
}

func incidentsAreListed(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	for _, title := range []string{"Pushes fail", "Slow pages", "pushes again", "100 % des Über_gangs \\"} {
		id := strings.ReplaceAll(title, " ", "")
		if _, err := s.Append(t.Context(), store.Append{ID: id, New: true, Summary: func(name string) incident.Summary {
			return incident.Summary{ID: id, Name: name, Title: title, Kind: "minor", Status: "active"}
		}}); err != nil {
			t.Fatal(err)
		}
	}
	for want, f := range map[string]store.Filter{
		"INC-4 INC-3 INC-2 INC-1": {}, "INC-3 INC-1": {Query: "PUSH"}, "INC-4": {Limit: 1}, "INC-2 INC-1": {Before: 3}, "": {Status: "resolved"},
		"INC-4 INC-3 INC-2 INC-1 ": {Kind: "minor"}, "INC-4 ": {Query: "%"}, " INC-4": {Query: "r_g"}, " INC-4 ": {Query: `\`}, "  INC-4": {Query: "über"}, " ": {Query: "p_s"},
	} {
		list, err := s.Incidents(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, sum := range list {
			names = append(names, sum.Name)
		}
		if got := strings.Join(names, " "); got != strings.TrimSpace(want) {
			t.Errorf("%+v lists %q, want %q", f, got, want)
		}
	}
}

func tokens(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	now := time.Now().UTC().Truncate(time.Millisecond)
	if err := s.AddToken(t.Context(), store.Token{ID: "1", Kind: "setup", Person: "ana", Created: now, Expires: now.Add(time.Minute)}, "hash"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} {
		if got, err := s.TakeToken(t.Context(), "hash", "setup", now); got != want || err != nil {
			t.Errorf("taken %v, %v; want %v", got, err, want)
		}
	}
	if _, err := s.Token(t.Context(), "hash"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a token that was used up: %v", err)
	}
	first, err := s.FirstSetting(t.Context(), "installation", "a")
	second, err2 := s.FirstSetting(t.Context(), "installation", "b")
	if err != nil || err2 != nil || first != "a" || second != "a" {
		t.Errorf("settings %q, %q, %v, %v", first, second, err, err2)
	}
	add := func(old string) (string, error) { return old + "b", nil }
	if err := errors.Join(s.ChangeSetting(t.Context(), "new", add), s.ChangeSetting(t.Context(), "new", add)); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("no")
	if err := s.ChangeSetting(t.Context(), "new", func(string) (string, error) { return "x", refused }); !errors.Is(err, refused) {
		t.Errorf("a change that was refused: %v", err)
	}
	if got, err := s.Setting(t.Context(), "new"); got != "bb" || err != nil {
		t.Errorf("changed twice: %q, %v", got, err)
	}
}

func people(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	now := time.Now().UTC().Truncate(time.Millisecond)
	ana := store.Person{ID: "ana", Rights: "owner", Name: "Ana María", Emails: []string{"ana@example.com"}, Created: now}
	bo := store.Person{ID: "bo", Rights: "viewer", Name: "Bo \u0000 'x\"", Created: now.Add(time.Second)}
	for _, p := range []store.Person{ana, bo} {
		if err := s.PutPerson(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	ana.Rights, ana.Aliases = "admin", []string{"Annie"}
	if err := s.PutPerson(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	got, err := d.Open(t).People(t.Context())
	if diff := cmp.Diff([]store.Person{ana, bo}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// race has many writers decide on the same log at once, over two servers: one wins each round, and what it wrote is whole.
func race(t *testing.T, d storetest.Database) {
	servers := []*store.Store{d.Open(t), d.Open(t)}
	if _, err := servers[0].Append(t.Context(), begin("01A")); err != nil {
		t.Fatal(err)
	}
	for round := range int64(5) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for n := range 8 {
			wg.Go(func() {
				a := store.Append{ID: "01A", Was: 1 + round*2, Entries: []incident.Entry{said(2 + round*2), said(3 + round*2)}, Summary: summary("01A", 3+round*2),
					Author: "ana", Key: fmt.Sprint(round, n)}
				_, err := servers[n%2].Append(t.Context(), a)
				if err != nil && !errors.Is(err, store.ErrConflict) {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				}
			})
		}
		wg.Wait()
		log, err := servers[0].Entries(t.Context(), "01A", 0)
		if err != nil || won != 1 || int64(len(log)) != 3+round*2 {
			t.Fatalf("round %d: %d won, %d entries, %v", round, won, len(log), err)
		}
	}
}

func declareAtOnce(t *testing.T, d storetest.Database) {
	servers := []*store.Store{d.Open(t), d.Open(t)}
	var wg sync.WaitGroup
	names := make([]string, 12)
	for n := range names {
		wg.Go(func() {
			var err error
			for range 50 {
				if names[n], err = servers[n%2].Append(t.Context(), begin(fmt.Sprintf("01%c", 'A'+n))); !errors.Is(err, store.ErrConflict) {
					break
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	slices.Sort(names)
	if names = slices.Compact(names); len(names) != 12 {
		t.Errorf("12 incidents have the names %v", names)
	}
}

func strike(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	if _, err := s.Append(t.Context(), begin("01A")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), store.Append{ID: "01A", Was: 1, Entries: []incident.Entry{said(2)}, Summary: summary("01A", 2), Blank: []incident.Entry{{Seq: 1, Event: &incident.Said{}}}}); err != nil {
		t.Fatal(err)
	}
	log, err := s.Entries(t.Context(), "01A", 0)
	if err != nil || log[0].Event.(*incident.Said).Text != "" || log[1].Event.(*incident.Said).Text == "" {
		t.Errorf("%+v, %v", log, err)
	}
	if tail, err := s.Entries(t.Context(), "01A", 1); err != nil || len(tail) != 1 || tail[0].Seq != 2 {
		t.Errorf("after the first: %+v, %v", tail, err)
	}
}

func pictures(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	if _, err := s.Append(t.Context(), begin("01A")); err != nil {
		t.Fatal(err)
	}
	for entry, id := range []string{"a", "b", "b", "c"} {
		if err := s.PutPicture(t.Context(), store.Picture{Incident: "01A", ID: id, Entry: int64(entry), Type: "png", Data: []byte{0, byte(entry)}}); err != nil {
			t.Fatal(err)
		}
	}
	want := store.Picture{Incident: "01A", ID: "b", Entry: 1, Type: "png", Data: []byte{0, 1}}
	if p, err := s.Picture(t.Context(), "01A", "b"); err != nil || !reflect.DeepEqual(p, want) { // the first one stays
		t.Errorf("%+v, %v", p, err)
	}
	if err := s.DropPicture(t.Context(), "01A", "c"); err != nil {
		t.Fatal(err)
	}
	a := store.Append{ID: "01A", Was: 1, Entries: []incident.Entry{said(2)}, Summary: summary("01A", 2), Blank: []incident.Entry{{Seq: 1, Event: &incident.Said{}}}}
	if _, err := s.Append(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	for id, there := range map[string]bool{"a": true, "b": false, "c": false, "\x00": false} {
		if _, err := s.Picture(t.Context(), "01A", id); there != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, err := s.Picture(t.Context(), "01B", "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of another incident: %v", err)
	}
}

func credentials(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	now := time.Now().UTC().Truncate(time.Millisecond)
	want := store.Credential{ID: "k", Person: "ana", Kind: "passkey", Name: "telephone", Data: "1", Created: now}
	for _, c := range []store.Credential{want, {ID: "w", Person: "bo", Kind: "password", Data: "h", Created: now},
		{ID: "k", Person: "bo", Kind: "passkey", Data: "taken over", Created: now}, {ID: "old", Kind: "challenge", Created: now.Add(-time.Hour)}, {ID: "new", Kind: "challenge", Created: now}} {
		if err := s.PutCredential(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	want.Data, want.Used = "2", now
	if err := s.PutCredential(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Credentials(t.Context(), "passkey"); err != nil || len(all) != 1 || !reflect.DeepEqual(all[0], want) {
		t.Errorf("%+v, %v", all, err)
	}
	if err := s.DropCredentials(t.Context(), "challenge", now.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	for id, there := range map[string]bool{"old": false, "new": true, "k": false, "\x00": false} {
		if _, err := s.Credential(t.Context(), "challenge", id); there != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for n, mine := range []bool{true, false} {
		if took, err := s.DropCredential(t.Context(), "challenge", "new", ""); err != nil || took != mine {
			t.Errorf("taken for the %d. time: %v, %v", n+1, took, err)
		}
	}
	if took, err := s.DropCredential(t.Context(), "passkey", "k", "bo"); err != nil || took {
		t.Errorf("somebody else's: %v, %v", took, err)
	}
}

func leases(t *testing.T, d storetest.Database) {
	a, b := d.Open(t), d.Open(t)
	now := time.Now()
	for n, c := range []struct {
		s      *store.Store
		holder string
		at     time.Duration
		want   bool
	}{
		{a, "a", 0, true}, {b, "b", time.Second, false}, {a, "a", 5 * time.Second, true}, // prolonged until 15 s
		{b, "b", 14 * time.Second, false}, {b, "b", 16 * time.Second, true}, {a, "a", 17 * time.Second, false},
	} {
		if got, err := c.s.Lease(t.Context(), "x", c.holder, now.Add(c.at), now.Add(c.at+10*time.Second)); got != c.want || err != nil {
			t.Errorf("%d: %v, %v; want %v", n, got, err, c.want)
		}
	}
	if err := a.Release(t.Context(), "x", "a"); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Lease(t.Context(), "x", "a", now.Add(18*time.Second), now.Add(19*time.Second)); got || err != nil {
		t.Errorf("a gave back what b held: %v", err)
	}
	if err := b.Release(t.Context(), "x", "b"); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Lease(t.Context(), "x", "a", now.Add(18*time.Second), now.Add(19*time.Second)); !got || err != nil {
		t.Errorf("what b gave back can't be had: %v, %v", got, err)
	}
}

// oddInput holds that what no text column takes is simply not there, on either database.
func oddInput(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	for _, odd := range []string{"\x00", "01A\x00", "\xff\xfe", "'; DROP TABLE entry; --"} {
		if _, _, err := s.Find(t.Context(), odd, 0); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("find %q: %v", odd, err)
		}
		if _, err := s.Command(t.Context(), "ana", odd); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("command %q: %v", odd, err)
		}
		if list, err := s.Incidents(t.Context(), store.Filter{Query: odd, Status: odd, Kind: odd}); len(list) != 0 || err != nil {
			t.Errorf("list %q: %v, %v", odd, list, err)
		}
	}
}

func begin(id string) store.Append {
	return store.Append{ID: id, New: true, Entries: []incident.Entry{said(1)}, Summary: summary(id, 1)}
}

func said(seq int64) incident.Entry {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	return incident.Entry{Seq: seq, At: at, Recorded: at.Add(time.Second), By: "ana", Event: &incident.Said{As: "fact", Text: "the disk is full \u0000", Visibility: "internal"}}
}

func summary(id string, seq int64) func(string) incident.Summary {
	return func(name string) incident.Summary {
		return incident.Summary{ID: id, Name: name, Title: "Pushes fail", Kind: "minor", Status: "active", Seq: seq}
	}
}

func audit(t *testing.T, d storetest.Database) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	s := d.Open(t)
	for n := range 5 {
		if err := s.AddDeed(t.Context(), store.Deed{At: now.Add(time.Duration(n) * time.Second), Person: "ana", What: "signed_in", About: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	var told []string
	before := ""
	for {
		page, err := s.Deeds(t.Context(), before, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			told, before = append(told, d.About+d.Person+d.What+d.At.Sub(now).String()), d.ID
		}
		if len(page) < 2 {
			break
		}
	}
	if want := []string{"4anasigned_in4s", "3anasigned_in3s", "2anasigned_in2s", "1anasigned_in1s", "0anasigned_in0s"}; !slices.Equal(told, want) {
		t.Errorf("%v, want %v", told, want)
	}
}

func runbooks(t *testing.T, d storetest.Database) {
	s := d.Open(t)
	if n, err := s.NewestRunbook(t.Context()); err != nil || n != 0 {
		t.Fatalf("%d, %v", n, err)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	for _, v := range []int{2, 3} {
		if err := s.AddRunbook(t.Context(), store.Runbook{Version: v, Source: fmt.Sprint("version: ", v), Person: "ana", Note: "ü", Saved: now}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddRunbook(t.Context(), store.Runbook{Version: 3, Source: "mine", Saved: now}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a version that there is: %v", err)
	}
	all, err := s.Runbooks(t.Context())
	if want := []store.Runbook{{Version: 3, Person: "ana", Note: "ü", Saved: now}, {Version: 2, Person: "ana", Note: "ü", Saved: now}}; err != nil || !reflect.DeepEqual(all, want) {
		t.Errorf("%+v, %v", all, err)
	}
	if one, err := s.Runbook(t.Context(), 3); err != nil || one.Source != "version: 3" {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := s.Runbook(t.Context(), 4); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a version that nobody saved: %v", err)
	}
	if n, err := s.NewestRunbook(t.Context()); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
}
