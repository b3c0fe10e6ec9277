package public

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

var day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func at(clock string) time.Time {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		panic(err)
	}
	return day.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute)
}

func ptr[T any](v T) *T { return &v }

// roster is people whose names are also ordinary words, so that a sloppy page would show them.
var roster = redact.Roster{
	{ID: "marisol", Name: "Marisol Okafor", Aliases: []string{"Mari"}, Handles: []string{"mokafor"}, Emails: []string{"marisol.okafor@example.com"}, Initials: redact.Strings{"MO"}},
	{ID: "jonas", Name: "Jónas Bergström", Handles: []string{"jberg"}},
	{ID: "hope", Name: "Hope Sterling", Handles: []string{"hope.sterling"}},
	{ID: "will", Name: "Will Grant", Handles: []string{"wgrant"}},
	{ID: "mark", Name: "Mark Chase"},
	{ID: "ruby", Name: "Ruby Jenkins"},
}

var names = []string{"Marisol", "Okafor", "mokafor", "Jónas", "Jonas", "Bergström", "Bergstrom", "jberg", "Hope Sterling", "Sterling", "Will Grant", "wgrant", "Ruby", "Jenkins"}

// log is an incident of which everything public is said with names in it.
type log struct {
	i   *incident.Incident
	now time.Time
}

func declare(name, title, clock string, drill bool) *log {
	l := &log{i: incident.New("01HZX"+name, name), now: at(clock)}
	l.add("marisol", &incident.Declared{Title: title, Started: l.now, Drill: drill, Runbook: runbook.Default()})
	l.add("system", &incident.Pseudonyms{People: map[string]int{"marisol": 2, "jonas": 1, "hope": 3, "will": 5, "mark": 4, "ruby": 6}})
	return l
}

func (l *log) at(clock string) *log { l.now = at(clock); return l }

func (l *log) add(by string, ev incident.Event) int64 {
	l.i.Apply(incident.Entry{Seq: l.i.Seq + 1, At: l.now, Recorded: l.now, By: by, Event: ev})
	return l.i.Seq
}

func (l *log) say(clock, as, text string) int64 {
	l.at(clock)
	return l.add("jonas", &incident.Said{As: as, Text: text, Visibility: incident.Public})
}

func (l *log) update(clock, stage, text string, next *time.Time) int64 {
	l.at(clock)
	return l.add("hope", &incident.Updated{Stage: stage, Text: text, Next: next})
}

func (l *log) page() report.Page { return report.Public(l.i, redact.New(roster, l.i.Pseudonyms)) }

// outage is a major outage under way at 14:05.
func outage(name string) *log {
	l := declare(name, "Replica lag, writes failing, says Marisol Okafor", "13:02", false)
	l.say("13:05", "fact", "Marisol saw alarms: writes to the primary wait for locks.")
	guess := l.say("13:12", "guess", "Jónas Bergström suspects spam accounts that create snippets in bulk.")
	guess2 := l.say("13:31", "guess", "We suspect that the connection pool is too small (mokafor).")
	l.at("13:36").add("will", &incident.ETASet{ETA: ptr(at("15:45"))})
	l.at("13:37").add("will", &incident.MajorDeclared{Why: "Will Grant says so"})
	l.update("13:40", "investigating", "We are investigating errors when pushing over SSH since 13:02 UTC. Reading is not affected. Hope Sterling is on it.", ptr(at("13:55")))
	l.at("13:44").add("ruby", &incident.ImpactNoted{Text: "You can read, clone and browse as usual. Pushing, commenting and pipelines fail or wait. Nothing you have pushed is lost. You need not do anything; please do not retry in a loop.\n— Ruby Jenkins"})
	l.at("13:45").add("jonas", &incident.GuessSettled{Entry: guess, Outcome: "ruled_out", Why: "blocking them changed nothing, jberg checked"})
	l.say("13:50", "finding", "The lag began with the 12:58 deploy (found by marisol.okafor@example.com).")
	fix := l.say("13:52", "action", "Mari stops replication on db2 and takes a snapshot.")
	l.at("13:53").add("jonas", &incident.Amended{Entry: fix, Text: "Mari stops replication on db3 and takes a snapshot.", Why: "wrong host"})
	_ = guess2
	l.update("13:55", "identified", "We found the cause: a schema change that blocks replication. We are restoring the database from the 13:00 snapshot. Thanks to Mark Chase.", ptr(at("14:30")))
	l.at("14:01").add("ruby", &incident.Reviewed{Of: "document", Verdict: "approved"})
	l.say("14:05", "decision", "We restore from the 13:00 snapshot, decided with Jónas.")
	for step, url := range map[string]string{"create_stream": "https://youtube.example/watch?v=abc", "write_document": "https://docs.example/d/1", "publish_document": "https://docs.example/d/1/pub"} {
		l.add(incident.System, &incident.StepStarted{Step: step, Attempt: 1, Provider: "x"})
		l.add(incident.System, &incident.StepDone{Step: step, URL: url})
	}
	return l
}

// clock is a settable time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) add(d time.Duration)    { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }
func (c *clock) time() (t time.Time)    { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func newClock(clockTime string) *clock  { return &clock{now: at(clockTime)} }
func (c *clock) site(base string) *Site { return c.siteOf("Example Forge", base) }
func (c *clock) siteOf(o, b string) *Site {
	s := New(Options{Organisation: func() string { return o }, BaseURL: func() string { return b }, Now: c.time})
	s.real = c.time
	s.Touch()
	return s
}

const base = "https://status.example.com"

// site is a site at 14:06 that shows pages.
func site(t testing.TB, pages ...report.Page) *Site {
	t.Helper()
	s := newClock("14:06").site(base)
	s.Update(pages)
	t.Cleanup(s.Close)
	return s
}

// get asks a handler; header is pairs of names and values.
func get(t testing.TB, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	return ask(t, h, http.MethodGet, path, header...)
}

func ask(t testing.TB, h http.Handler, method, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for n := 0; n < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func read(t testing.TB, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// every is all paths that can be read, streams and the archive of all aside.
func every(ids ...string) []string {
	var out []string
	for _, p := range Patterns() {
		switch {
		case strings.HasSuffix(p, "/events"), strings.HasSuffix(p, "/{picture}"), strings.HasSuffix(p, "/{page}"), strings.HasSuffix(p, "/{secret}"), p == BundlePath:
		case p == "/status/{id}":
			for _, id := range ids {
				out = append(out, "/status/"+id, "/status/"+id+".json", "/status/"+id+".md")
			}
		default:
			out = append(out, p)
		}
	}
	return out
}
