package oncall_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/incident"
	"tocsin/internal/oncall"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// said are shifts in short: who, from when until when, in UTC.
func said(shifts []oncall.Shift) (all []string) {
	for _, s := range shifts {
		who := s.Person
		if who == "" {
			who = "gap"
		}
		if s.Override != "" {
			who += "*"
		}
		all = append(all, who+" "+s.From.UTC().Format("02T15:04")+"–"+s.Until.UTC().Format("02T15:04"))
	}
	return all
}

// TestShifts holds turns over a change of clocks, gaps, and overrides that lie within each other.
func TestShifts(t *testing.T) {
	t.Parallel()
	weekly := oncall.Rotation{People: []string{"ana", "bo", "cy"}, Start: "2026-10-12 09:00", Days: 7, Zone: "Europe/Berlin"} // clocks change on the 25th
	override := func(id, person, from, until string) store.Override {
		return store.Override{ID: id, Role: "engineer", Person: person, From: at(t, from), Until: at(t, until)}
	}
	for name, tc := range map[string]struct {
		rotation    oncall.Rotation
		overrides   []store.Override
		from, until string
		want        []string
	}{
		"turns, by the wall clock": {weekly, nil, "2026-10-10 00:00", "2026-11-04 00:00", []string{"gap 10T00:00–12T07:00", "ana 12T07:00–19T07:00", "bo 19T07:00–26T08:00", "cy 26T08:00–02T08:00", "ana 02T08:00–04T00:00"}},
		"nobody":                   {oncall.Rotation{}, nil, "2026-10-10 00:00", "2026-10-11 00:00", []string{"gap 10T00:00–11T00:00"}},
		"somebody stands in":       {weekly, []store.Override{override("1", "dee", "2026-10-13 10:00", "2026-10-13 14:00")}, "2026-10-13 00:00", "2026-10-14 00:00", []string{"ana 13T00:00–13T10:00", "dee* 13T10:00–13T14:00", "ana 13T14:00–14T00:00"}},
		"the last said holds": {weekly, []store.Override{override("1", "dee", "2026-10-13 10:00", "2026-10-13 20:00"), override("2", "bo", "2026-10-13 12:00", "2026-10-13 14:00")}, "2026-10-13 11:00", "2026-10-13 21:00",
			[]string{"dee* 13T11:00–13T12:00", "bo* 13T12:00–13T14:00", "dee* 13T14:00–13T20:00", "ana 13T20:00–13T21:00"}},
		"an older one within": {weekly, []store.Override{override("1", "dee", "2026-10-13 12:00", "2026-10-13 14:00"), override("2", "bo", "2026-10-13 10:00", "2026-10-13 20:00")}, "2026-10-13 11:00", "2026-10-13 21:00",
			[]string{"bo* 13T11:00–13T20:00", "ana 13T20:00–13T21:00"}},
		"without turns": {oncall.Rotation{}, []store.Override{override("1", "dee", "2026-10-13 10:00", "2026-10-13 14:00")}, "2026-10-13 09:00", "2026-10-13 15:00", []string{"gap 13T09:00–13T10:00", "dee* 13T10:00–13T14:00", "gap 13T14:00–13T15:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := oncall.Rota{Rotations: map[string]oncall.Rotation{"engineer": tc.rotation}, Overrides: append([]store.Override{{ID: "0", Role: "other", Person: "zed", From: at(t, tc.from), Until: at(t, tc.until)}}, tc.overrides...)}
			if diff := cmp.Diff(tc.want, said(r.Shifts("engineer", at(t, tc.from), at(t, tc.until)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestBook holds what is refused, and that what is kept reads the same from both databases.
func TestBook(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		now, noted := at(t, "2026-11-27 12:00"), []string{}
		b := &oncall.Book{Store: d.Open(t), People: func() []string { return []string{"ana", "bo"} }, Now: func() time.Time { return now },
			Role: func(word string) (id, title string) {
				id = map[string]string{"engineer": "engineer", "comms": "communications_manager"}[word]
				return id, strings.ToUpper(id)
			},
			Note: func(_ context.Context, what, about string) error { noted = append(noted, what+" "+about); return nil }}
		good := oncall.Rotation{People: []string{"ana", "bo"}, Start: "2026-11-23 09:00", Days: 7, Zone: "Europe/Berlin"}
		refused := func(field string, err error) {
			t.Helper()
			var e *incident.Error
			if !errors.As(err, &e) || e.Field != field {
				t.Errorf("got %v, want a word about %s", err, field)
			}
		}
		for field, change := range map[string]func(*oncall.Rotation){
			"people": func(r *oncall.Rotation) { r.People = nil }, "days": func(r *oncall.Rotation) { r.Days = 29 },
			"zone": func(r *oncall.Rotation) { r.Zone = "Berlin" }, "start": func(r *oncall.Rotation) { r.Start = "Monday" },
		} {
			bad := good
			change(&bad)
			_, err := b.Rotate(t.Context(), "engineer", bad)
			refused(field, err)
		}
		bad := good
		bad.People = []string{"ana", "zed"}
		_, err := b.Rotate(t.Context(), "engineer", bad)
		refused("people", err)
		_, err = b.Rotate(t.Context(), "cook", good)
		refused("role", err)
		if _, err := b.Rotate(t.Context(), "engineer", good); err != nil {
			t.Fatal(err)
		}
		stands := oncall.StandIn{Role: "engineer", Person: "bo", Until: "1h", By: "ana", Key: "1"}
		for n, change := range []func(*oncall.StandIn) string{
			func(s *oncall.StandIn) string { s.Until = ""; return "until" },
			func(s *oncall.StandIn) string { s.Until = "soon"; return "until" },
			func(s *oncall.StandIn) string { s.From = "whenever"; return "from" },
			func(s *oncall.StandIn) string { s.From, s.Until = "13:00", "2026-11-27 13:00"; return "until" },
			func(s *oncall.StandIn) string {
				s.From, s.Until = "2026-11-27 09:00", "2026-11-27 11:00"
				return "until"
			},
			func(s *oncall.StandIn) string { s.Until = "2027-02-28 13:00"; return "until" },
			func(s *oncall.StandIn) string { s.Person = "zed"; return "person" },
			func(s *oncall.StandIn) string { s.Role = "cook"; return "role" },
		} {
			bad := stands
			bad.Key = fmt.Sprint("bad", n)
			field := change(&bad)
			_, err := b.StandIn(t.Context(), bad)
			refused(field, err)
		}
		o, err := b.StandIn(t.Context(), stands)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := b.StandIn(t.Context(), stands); err != nil || again.ID != o.ID {
			t.Errorf("the same again: %v, %v", again, err)
		}
		stands.Person = "ana"
		_, err = b.StandIn(t.Context(), stands)
		refused("", err)
		if _, err := b.StandIn(t.Context(), oncall.StandIn{Role: "comms", Person: "ana", From: "now", Until: "13:00", By: "ana"}); err != nil {
			t.Fatal(err)
		}
		r, err := b.Rota(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"bo* 27T12:00–27T13:00", "ana 27T13:00–28T12:00"}, said(r.Shifts("engineer", now, now.Add(24*time.Hour)))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"communications_manager", "engineer"}, r.Roles()); diff != "" {
			t.Error(diff)
		}
		cal, err := b.Calendar(t.Context(), 1, "", func(id string) string { return "Mx " + id })
		if err != nil || strings.Count(cal, "BEGIN:VEVENT") != 3 || !strings.Contains(cal, "SUMMARY:ENGINEER: Mx bo") || !strings.Contains(cal, "DTSTART:20261127T120000Z") {
			t.Error(cal, err)
		}
		if cal, err = b.Calendar(t.Context(), 1, "bo", func(id string) string { return id }); err != nil || strings.Count(cal, "BEGIN:VEVENT") != 1 {
			t.Error(cal, err)
		}
		if err := b.TakeBack(t.Context(), o.ID); err != nil {
			t.Fatal(err)
		}
		refused("id", b.TakeBack(t.Context(), o.ID))
		for range 2 {
			if err := b.Stop(t.Context(), "engineer"); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"rotation_changed engineer", "override_made engineer bo", "override_made communications_manager ana", "override_ended " + o.ID, "rotation_changed engineer"}, noted); diff != "" {
			t.Error(diff)
		}
	})
}

// TestMoment holds how times to come are read.
func TestMoment(t *testing.T) {
	t.Parallel()
	from := at(t, "2026-11-27 12:00")
	for text, want := range map[string]string{"": "2026-11-27 12:00", "now": "2026-11-27 12:00", "8h": "2026-11-27 20:00", "+90m": "2026-11-27 13:30", "2d": "2026-11-29 12:00", "18:00": "2026-11-27 18:00",
		"12:00": "2026-11-27 12:00", "09:00": "2026-11-28 09:00", "9:00z": "2026-11-28 09:00", "2026-11-30 09:00": "2026-11-30 09:00", "2026-11-30T09:00:00+01:00": "2026-11-30 08:00"} {
		if got, err := oncall.Moment(text, from); err != nil || !got.Equal(at(t, want)) {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"tomorrow", "25:00", "-5m5", "8 hours or so"} {
		if got, err := oncall.Moment(text, from); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
