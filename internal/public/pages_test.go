package public

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// dom reads a page as a browser does.
func dom(t testing.TB, s string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// find lists the elements of a tag, and of a class where one is given.
func find(n *html.Node, tag, class string) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == tag && (class == "" || slices.Contains(strings.Fields(attr(d, "class")), class)) {
			out = append(out, d)
		}
	}
	return out
}

func byID(n *html.Node, id string) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && attr(d, "id") == id {
			return d
		}
	}
	return &html.Node{}
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case !slices.Contains([]string{"a", "b", "s", "span", "time"}, d.Data):
			b.WriteByte(' ') // a block begins
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func has(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%q is missing in %.2000q", p, got)
		}
	}
}

func TestLivePage(t *testing.T) {
	t.Parallel()
	h := site(t, outage("INC-42").page()).Handler()
	for _, path := range []string{"/status/INC-42", "/status/42", "/status/inc-42"} {
		res := get(t, h, path)
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != typeHTML {
			t.Fatalf("%s: %s %s", path, res.Status, res.Header.Get("Content-Type"))
		}
		page := dom(t, read(t, res))
		has(t, text(find(page, "title", "")[0]), "◆ INC-42 Replica lag", "Example Forge")
		has(t, text(byID(page, "head")), "◆ Major outage", "Started 13:02 UTC", "Running for 1 h 4 min", "by 15:45 UTC", "by 14:30 UTC",
			"What this means for you You can read, clone", "Reviewed 14:01 UTC", "Latest update We found the cause")
		has(t, text(page), "As of 14:06 UTC", "People's names are removed: we look at systems, not persons.")
		if got := text(find(page, "li", "now")[0]); got != "● Identified" {
			t.Errorf("it stands at %q", got)
		}
		for _, want := range [][2]string{{"https://youtube.example/watch?v=abc", "▶ Watch our engineers live"}, {"https://docs.example/d/1/pub", "Read the public document"}} {
			if !slices.ContainsFunc(find(page, "a", ""), func(a *html.Node) bool { return attr(a, "href") == want[0] && text(a) == want[1] }) {
				t.Errorf("no link %q to %s", want[1], want[0])
			}
		}
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	bad := l.say("14:05", "fact", "password hunter2")
	l.add("will", &incident.Struck{Entry: bad, Why: "a secret"})
	h := site(t, l.page()).Handler()
	page := dom(t, read(t, get(t, h, "/status/42")))
	var keys, ids []string
	for _, li := range find(byID(page, "timeline"), "li", "") {
		keys, ids = append(keys, attr(li, "data-k")), append(ids, attr(li, "id"))
		times := find(li, "time", "")
		if len(times) != 1 || attr(times[0], "datetime") == "" || !strings.HasSuffix(text(times[0]), " UTC") {
			t.Errorf("%s has no time", attr(li, "id"))
		}
		if a := find(li, "a", "")[0]; attr(a, "href") != "#"+attr(li, "id") {
			t.Errorf("%s can't be linked to", attr(li, "id"))
		}
	}
	if len(ids) != 11 || !slices.IsSortedFunc(keys, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("%d entries, newest first: %v", len(ids), keys)
	}
	for id, want := range map[string]string{
		"e-4":                    "13:12 UTC Guess team-member-1 suspects spam accounts that create snippets in bulk. Ruled out: blocking them changed nothing, team-member-1 checked",
		"e-5":                    "13:31 UTC Guess We suspect that the connection pool is too small (team-member-2). Not confirmed",
		"e-7":                    "13:37 UTC ◆ Major outage A major outage was declared.",
		"e-12":                   "13:52 UTC Action team-member-2 stops replication on db3 and takes a snapshot. Corrected",
		"e-14":                   "13:55 UTC Update Identified We found the cause: a schema change that blocks replication. We are restoring the database from the 13:00 snapshot. Thanks to team-member-4.",
		fmt.Sprintf("e-%d", bad): "14:05 UTC Fact (removed)",
	} {
		if got := text(byID(page, id)); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if len(find(byID(page, "e-4"), "s", "")) != 1 || len(find(byID(page, "e-5"), "s", "")) != 0 {
		t.Error("what is ruled out, and only that, is struck through")
	}
	if !strings.Contains(string(styleSheet), ".guess>div{border-left:4px dashed") {
		t.Error("a guess has no dashed border")
	}
}

func TestEndAndReopening(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	c := newClock("15:00")
	s := c.site(base)
	defer s.Close()
	see := func() (*html.Node, string) {
		s.Update([]report.Page{l.page()})
		return dom(t, read(t, get(t, s.Handler(), "/status/42"))), read(t, get(t, s.Handler(), "/status"))
	}
	l.update("14:30", "resolved", "Pushing works again.", nil)
	page, status := see()
	has(t, text(byID(page, "head")), "✔ Resolved", "Last update Pushing works again.")
	has(t, status, "No known problems")
	l.at("14:32").add("will", &incident.ResolvedEvent{Text: "internal words of Will Grant"})
	page, _ = see()
	has(t, text(byID(page, "head")), "Ended 14:32 UTC", "Lasted 1 h 30 min")
	has(t, text(byID(page, "timeline")), "The outage is over.")
	l.at("14:40").add("will", &incident.Reopened{Why: "no"})
	page, status = see()
	has(t, text(byID(page, "head")), "◆ Major outage", "Running for 1 h 58 min")
	has(t, text(find(page, "li", "now")[0]), "Investigating")
	has(t, status, "Going on now")
	l.at("14:50").add("will", &incident.CancelledEvent{Why: "a joke"})
	page, status = see()
	has(t, text(byID(page, "head")), "– Withdrawn", "no incident")
	has(t, status, "No known problems", "Withdrawn")
}

func TestDrillIsMarkedByWordsAndHatching(t *testing.T) {
	t.Parallel()
	l := declare("INC-7", "Disk is full", "13:40", true)
	l.update("13:45", "monitoring", "We keep watching.", nil)
	h := site(t, l.page()).Handler()
	for _, path := range []string{"/status/7", "/status"} {
		page := dom(t, read(t, get(t, h, path)))
		bands := find(page, "p", "drill")
		if len(bands) == 0 || !strings.Contains(text(bands[0]), "DRILL This is practice") {
			t.Errorf("%s has no band", path)
		}
		has(t, text(find(page, "title", "")[0]), "DRILL")
	}
	for _, path := range []string{"/status/7.md", "/history.atom", "/history.rss", "/feed.json", "/api/v2/incidents.json"} {
		has(t, read(t, get(t, h, path)), "DRILL")
	}
	has(t, read(t, get(t, h, "/api/v2/status.json")), `"indicator":"none"`)
	if !strings.Contains(string(styleSheet), ".drill{border:2px dashed var(--drill);") || !strings.Contains(string(styleSheet), "repeating-linear-gradient") {
		t.Error("the band is not hatched")
	}
}

func TestStatusPage(t *testing.T) {
	t.Parallel()
	long := declare("INC-3", "Slow web pages", "10:00", false)
	long.i.Started = at("22:00").AddDate(0, 0, -3)
	long.update("10:00", "investigating", "Pages are slow.", nil)
	long.at("11:00").add("will", &incident.ResolvedEvent{})
	page := dom(t, read(t, get(t, site(t, outage("INC-4").page(), long.page()).Handler(), "/status")))
	has(t, text(find(page, "h1", "")[0]), "◆ Major outage")
	has(t, text(find(page, "section", "current")[0]), "Replica lag", "Identified", "We found the cause", "Updated 14:05 UTC", "Next update by 14:30 UTC", "Follow it live")
	list := find(page, "ol", "days")[0]
	var quiet []string
	for _, li := range find(list, "li", "quiet") {
		quiet = append(quiet, text(li))
	}
	if len(quiet) != 10 || quiet[0] != "19 Nov No incidents" || quiet[9] != "10 Nov No incidents" {
		t.Errorf("days without incidents: %q", quiet)
	}
	has(t, text(list), "20 Nov Slow web pages ✔ Resolved", "23 Nov Replica lag")
	empty := dom(t, read(t, get(t, site(t).Handler(), "/status")))
	has(t, text(empty), "✔ No known problems", "No incident is going on")
	if n := len(find(empty, "li", "quiet")); n != days {
		t.Errorf("%d days", n)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	c := newClock("14:06")
	s := c.site(base)
	defer s.Close()
	s.Update([]report.Page{outage("INC-42").page()})
	asOf := func(path string) string {
		return text(find(dom(t, read(t, get(t, s.Handler(), path))), "header", "")[0])
	}
	for _, path := range []string{"/status", "/status/42", "/status/nowhere"} {
		has(t, asOf(path), "As of 14:06 UTC")
	}
	c.add(29 * time.Second)
	has(t, asOf("/status"), "As of 14:06 UTC")
	c.add(2 * time.Second)
	has(t, asOf("/status"), "Last copy of 14:06 UTC")
	has(t, asOf("/status/42"), "Last copy of 14:06 UTC")
	c.add(10 * time.Minute)
	has(t, asOf("/status/42"), "Last copy of 14:06 UTC")
	has(t, string(s.beat()), "event: stale\ndata: 14:06 UTC")
	s.Touch()
	has(t, asOf("/status/42"), "As of 14:16 UTC")
	has(t, read(t, get(t, s.Handler(), "/status/42")), "Running for</dt><dd>1 h 14 min")
	if string(s.beat()) != ": beat\n\n" {
		t.Error("a stream is told of silence that is over")
	}
}

func TestPagesAreSmallAndNeedLittle(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	for n := range 300 {
		l.say("14:05", "finding", fmt.Sprintf("Finding %d: node-%d answers %x after %d ms, which is more than in the %d hours before it was restarted.", n, n*7, n*2654435761, n*13%997, n%48))
	}
	s := site(t, l.page())
	for _, path := range []string{"/status", "/status/42", "/nowhere"} {
		page := read(t, get(t, s.Handler(), path))
		size := len(zipped([]byte(page))) + len(zipped(styleSheet))
		t.Logf("%s: %d bytes with style, %d with script", path, size, size+len(zipped(script)))
		if size+len(zipped(script)) > 14<<10 {
			t.Errorf("%s: %d bytes", path, size)
		}
		d := dom(t, page)
		fetched := 1 + len(find(d, "script", "")) + len(find(d, "img", "")) + len(find(d, "iframe", ""))
		for _, link := range find(d, "link", "") {
			if attr(link, "rel") == "stylesheet" {
				fetched++
			}
		}
		if fetched > 3 {
			t.Errorf("%s takes %d requests", path, fetched)
		}
		for n := range d.Descendants() {
			if n.Type == html.ElementNode && (attr(n, "style") != "" || n.Data == "style") {
				t.Errorf("%s has inline style, which the policy forbids: %s", path, n.Data)
			}
			if n.Type == html.ElementNode && n.Data == "script" && (n.FirstChild != nil || attr(n, "src") == "") {
				t.Errorf("%s has an inline script", path)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: %s", path, a.Key)
				}
			}
		}
	}
	if n := len(zipped(script)); n > 4<<10 {
		t.Errorf("the script is %d bytes", n)
	}
	has(t, read(t, get(t, s.Handler(), "/status/42")), "210 earlier entries are in the")
	if got := strings.Count(read(t, get(t, s.Handler(), "/status/42.md")), "**Finding** "); got != 301 {
		t.Errorf("the full record has %d findings", got)
	}
}

func zipped(b []byte) []byte {
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return z.Bytes()
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	d := dom(t, read(t, get(t, site(t, outage("INC-42").page()).Handler(), "/status/42")))
	og := map[string]string{}
	for _, m := range find(d, "meta", "") {
		og[attr(m, "property")] = attr(m, "content")
	}
	for k, want := range map[string]string{"og:title": "Major outage: Replica lag, writes failing, says team-member-2", "og:type": "article",
		"og:url": base + "/status/INC-42", "og:site_name": "Example Forge status"} {
		if og[k] != want {
			t.Errorf("%s is %q, want %q", k, og[k], want)
		}
	}
	has(t, og["og:description"], "We found the cause")
	links := map[string]string{}
	for _, l := range find(d, "link", "") {
		links[attr(l, "rel")+" "+attr(l, "type")] = attr(l, "href")
	}
	for k, want := range map[string]string{"alternate application/atom+xml": "/history.atom", "alternate application/rss+xml": "/history.rss",
		"alternate application/feed+json": "/feed.json", "alternate application/json": "/status/INC-42.json", "alternate text/markdown": "/status/INC-42.md",
		"canonical ": base + "/status/INC-42"} {
		if links[k] != want {
			t.Errorf("%s leads to %q, want %q", k, links[k], want)
		}
	}
}

func TestMinorAppearsWithItsUpdate(t *testing.T) {
	t.Parallel()
	l := declare("INC-9", "Slow search", "13:00", false)
	if l.i.Announced() {
		t.Fatal("announced before its first update")
	}
	l.update("13:10", "identified", "Search is slow; the index is being rebuilt.", nil)
	if !l.i.Announced() {
		t.Fatal("not announced with its first update")
	}
	page := dom(t, read(t, get(t, site(t, l.page()).Handler(), "/status/9")))
	has(t, text(page), "▲ Minor outage", "Update Identified Search is slow", "not known yet")
}

// mustNot fails where a page holds what it must not.
func mustNot(t *testing.T, where, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(strings.ToLower(got), strings.ToLower(p)) {
			t.Errorf("%s holds %q", where, p)
		}
	}
}

func TestUnknownEnumerationsPrintNothingOfTheirs(t *testing.T) {
	t.Parallel()
	p := outage("INC-42").page()
	p.Stage, p.Status = "Marisol's stage", "active"
	p.Entries = append(p.Entries, report.PublicEntry{ID: "Marisol", Seq: 99, At: at("14:00"), Kind: "Marisol", Stage: "Marisol", Text: redact.Literal("x")})
	h := site(t, p, report.Page{ID: "Marisol-1", Title: redact.Literal("no number")}).Handler()
	for _, path := range []string{"/status", "/status/42", "/status/42.md", "/history.atom", "/history.rss", "/feed.json", "/api/v2/summary.json", "/api/v2/incidents.json"} {
		res := get(t, h, path)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, res.Status)
		}
		mustNot(t, path, read(t, res), "marisol", "no number")
	}
}
