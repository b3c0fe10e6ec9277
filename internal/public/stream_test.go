package public

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"tocsin/internal/report"
)

// event is one event of a stream.
type event struct {
	name, id string
	change   struct {
		Incident, Kind, Status, Stage, Title, Head string
		Version                                    int64
		Whole                                      bool
		Gone                                       []string
		Entries                                    []struct{ ID, Text, Kind, HTML string }
	}
}

// follow reads a stream over real HTTP.
func follow(t *testing.T, url, last string) func() event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("Content-Security-Policy") != policy {
		t.Fatalf("%s: %s %v", url, res.Status, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	return func() (e event) {
		t.Helper()
		data := ""
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case field == "event":
				e.name = value
			case field == "id":
				e.id = value
			case field == "data":
				data += value
			case field == "" && data != "":
				if err := json.Unmarshal([]byte(data), &e.change); err != nil {
					t.Fatalf("%v in %s", err, data)
				}
				return e
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return e
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	s := site(t, l.page())
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	t.Cleanup(s.Close)
	url := srv.URL + "/status/42/events"

	whole := follow(t, url, "")()
	if whole.name != "reset" || !whole.change.Whole || len(whole.change.Entries) != len(l.page().Entries) || whole.change.Incident != "INC-42" {
		t.Fatalf("a new reader gets %+v", whole)
	}
	page := dom(t, read(t, get(t, s.Handler(), "/status/42")))
	at := attr(byID(page, "timeline"), "data-version")
	if at != whole.id || attr(byID(page, "timeline"), "data-events") != "/status/INC-42/events" {
		t.Errorf("the page stands at %s, the stream at %s", at, whole.id)
	}

	// A browser comes with the version of its page and gets what came after, once.
	next := follow(t, url+"?after="+at, "")
	l.say("14:06", "fact", "Restore is at 40 %, says Marisol.")
	s.Update([]report.Page{l.page()})
	first := next()
	if first.name != "" || len(first.change.Entries) != 1 || first.change.Entries[0].Text != "Restore is at 40 %, says team-member-2." || first.change.Stage != "identified" {
		t.Fatalf("%+v", first)
	}
	has(t, first.change.Entries[0].HTML, `<li id="e-`, "Restore is at 40 %")
	if got, want := first.change.Entries[0].HTML, read(t, get(t, s.Handler(), "/status/42")); !strings.Contains(want, strings.TrimSpace(got)) {
		t.Errorf("the stream's HTML is not the page's: %s", got)
	}
	l.update("14:06", "monitoring", "A fix is in place.", nil)
	s.Update([]report.Page{l.page()})
	second := next()
	has(t, second.change.Head, "●</span> Monitoring", "A fix is in place.")
	has(t, second.change.Title, "● INC-42")

	// Whoever was away resumes; whoever comes from nowhere gets everything.
	if again := follow(t, url, first.id)(); again.id != second.id || len(again.change.Entries) != 1 {
		t.Errorf("resuming after %s gives %+v", first.id, again)
	}
	if lost := follow(t, url, "999999999")(); lost.name != "reset" || lost.id != second.id {
		t.Errorf("from nowhere: %+v", lost)
	}

	// A change that is no entry, a name that became known, tells what reads otherwise now.
	changed := l.page()
	changed.Entries[0].Text = changed.Entries[1].Text
	changed.Entries = changed.Entries[:len(changed.Entries)-1]
	s.Update([]report.Page{changed})
	third := next()
	if a, b := number64(t, third.id), number64(t, second.id); a <= b || len(third.change.Entries) != 1 || third.change.Entries[0].ID != "e3" || len(third.change.Gone) != 1 {
		t.Errorf("%+v", third)
	}
	// After a restart the old number is no number of the new stream.
	restarted := site(t, l.page())
	again := httptest.NewServer(restarted.Handler())
	t.Cleanup(again.Close)
	t.Cleanup(restarted.Close)
	if e := follow(t, again.URL+"/status/42/events", third.id)(); e.name != "reset" {
		t.Errorf("after a restart: %+v", e)
	}
	// Nothing new, nothing sent.
	before := s.all.Load().byNumber[42].version
	s.Update([]report.Page{changed})
	if now := s.all.Load().byNumber[42].version; now != before {
		t.Error("an update without a change is a change")
	}
}

func TestStreamOfAPageThatIsTakenBackEnds(t *testing.T) {
	t.Parallel()
	s := site(t, outage("INC-42").page())
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	res, err := http.Get(srv.URL + "/status/42/events?after=1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	s.Update(nil)
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		lines.Bytes()
	}
}

func number64(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
