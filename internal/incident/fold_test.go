package incident_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// stored is an entry as a database holds it.
type stored struct {
	Seq      int64           `json:"seq"`
	At       time.Time       `json:"at"`
	Recorded time.Time       `json:"recorded"`
	By       string          `json:"by"`
	Kind     string          `json:"kind"`
	Body     json.RawMessage `json:"body"`
}

func fold(t *testing.T, src []byte) *incident.Incident {
	t.Helper()
	i := incident.New("01OLD", "INC-1")
	lines := bufio.NewScanner(bytes.NewReader(src))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s stored
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		ev, err := incident.Decode(s.Kind, s.Body)
		if err != nil {
			t.Fatalf("entry %d: %v", s.Seq, err)
		}
		i.Apply(incident.Entry{Seq: s.Seq, At: s.At, Recorded: s.Recorded, By: s.By, Event: ev})
	}
	return i
}

// TestOldLogs folds every log that was ever written to testdata/old. The files are never changed.
func TestOldLogs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/old/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no old logs: %v", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		i := fold(t, src)
		got := fmt.Sprintf("%s %s %s, %d lines, %d updates, impact %q, roles %d, steps %d, eta %v, unread %d",
			i.Title, i.Kind, i.Status, len(i.Lines), len(i.Updates), i.Impact.Text, len(i.Roles), len(i.Steps), i.ETA.Known, unread(i))
		want, err := os.ReadFile(strings.TrimSuffix(file, ".jsonl") + ".want")
		if err != nil {
			t.Fatal(err)
		}
		if got != strings.TrimSpace(string(want)) {
			t.Errorf("%s\n got %s\nwant %s", file, got, want)
		}
	}
}

func unread(i *incident.Incident) (n int) {
	for _, l := range i.Lines {
		if _, ok := l.Event.(*incident.UnknownEvent); ok {
			n++
		}
	}
	return n
}

// FuzzFold holds that no log, however broken, makes the fold panic or the questions about it.
func FuzzFold(f *testing.F) {
	for _, kind := range incident.EventKinds() {
		f.Add(kind, []byte(`{}`), kind, []byte(`{"step":"open_war_room","entry":1,"role":"point_person","person":"ana"}`))
	}
	f.Add("declared", []byte(`{"title":"x","runbook":{"steps":[{"id":"a","needs":["a"],"when":"(("}]}}`), "updated", []byte(`{"to":["x"]}`))
	f.Add("prompted", []byte(`{"reason":"ask"}`), "followed_up", []byte(`{"id":-4}`))
	f.Fuzz(func(t *testing.T, kind1 string, body1 []byte, kind2 string, body2 []byte) {
		i := incident.New("01FUZZ", "INC-1")
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		add := func(ev incident.Event) {
			at = at.Add(time.Minute)
			i.Apply(incident.Entry{Seq: i.Seq + 1, At: at, Recorded: at, By: "ana", Event: ev})
		}
		for n, e := range []struct {
			kind string
			body []byte
		}{{kind1, body1}, {"declared", nil}, {kind1, body1}, {kind2, body2}, {kind2, body2}} {
			if n == 1 {
				add(&incident.Declared{Title: "x", Runbook: runbook.Default()})
				continue
			}
			ev, _ := incident.Decode(e.kind, e.body) // what can't be read is folded as unknown
			add(ev)
		}
		i.Meter(at)
		i.Summary()
		i.Due(at)
		i.NextWake(at)
		i.HandOver("point_person", at)
		if _, err := incident.Decide(i, &incident.Wake{}, incident.Ask{By: incident.System, Now: at.Add(time.Hour), Real: at}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestPermissions is the table command × role (rulings 9): who may give which command, the others are refused.
func TestPermissions(t *testing.T) {
	t.Parallel()
	holders := map[string]string{"engineer": "bo", "point_person": "ana", "communications_manager": "cleo", "marketing_representative": "mia"}
	log := []incident.Event{&incident.Declared{Title: "x", Runbook: runbook.Default()},
		&incident.Pseudonyms{People: map[string]int{"ana": 1, "bo": 2, "cleo": 3, "mia": 4, "zoe": 5}},
		&incident.Said{As: "fact", Text: "by zoe", Visibility: incident.Internal}}
	for role, p := range holders {
		log = append(log, &incident.RoleTaken{Role: role, Person: p})
	}
	i := incident.New("01P", "INC-1")
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, ev := range log {
		i.Apply(incident.Entry{Seq: i.Seq + 1, At: now, Recorded: now, By: "zoe", Event: ev})
	}
	for name, kind := range incident.Commands {
		for role, p := range map[string]string{"engineer": "bo", "point_person": "ana", "communications_manager": "cleo", "marketing_representative": "mia", "": "eve"} {
			c := kind.New()
			switch c := c.(type) {
			case *incident.Amend:
				c.Entry = 3
			case *incident.Strike:
				c.Entry = 3
			case *incident.SetVisibility:
				c.Entry = 3
			}
			_, err := incident.Decide(i, c, incident.Ask{By: p, Now: now, Real: now})
			var e *incident.Error
			refused := asIncident(err, &e) && e.Code == incident.Forbidden
			may := slices.Contains(kind.May, incident.Anyone) || slices.Contains(kind.May, incident.Receiver) || slices.Contains(kind.May, role) && role != ""
			if refused == may && name != "accept_role" {
				t.Errorf("%s by %q: refused %v, the table says %v (%v)", name, role, refused, !may, err)
			}
		}
	}
}

func asIncident(err error, into **incident.Error) bool {
	return errors.As(err, into)
}

func TestText(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{"90m": "1h30m0s", "1h30m": "1h30m0s", "2 hours": "2h0m0s", "45 min": "45m0s", "1d": "24h0m0s", "30": "30m0s",
		"unknown": "", "soon": "error", "-5m": "error", "1000d": "error"} {
		d, err := incident.ParseDuration(in)
		got := ""
		if err != nil {
			got = "error"
		} else if d.Known {
			got = d.D.String()
		}
		if got != want {
			t.Errorf("ParseDuration(%q) = %s, %v; want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]string{"12:05": "2026-11-23T12:05", "12:05Z": "2026-11-23T12:05", "23:50": "2026-11-22T23:50", "-5m": "2026-11-23T12:55",
		"5 min ago": "2026-11-23T12:55", "2026-11-23T14:05Z": "2026-11-23T14:05", "2026-11-23T14:05:30+01:00": "2026-11-23T13:05", "yesterday": "error"} {
		at, err := incident.ParseTime(in, now)
		got := at.Format("2006-01-02T15:04")
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("ParseTime(%q) = %s, %v; want %s", in, got, err, want)
		}
	}
}
