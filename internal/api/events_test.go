package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/internal/auth"
)

// listener reads a stream of events.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	body  io.Closer
}

func (h *house) listen(as, path string, headers ...string) *listener {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	h.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.tokens[as])
	for n := 0; n+1 < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		h.t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	return &listener{t: h.t, lines: bufio.NewScanner(res.Body), body: res.Body}
}

// next gives the next event; false: the stream ended.
func (l *listener) next() (Entry, bool) {
	l.t.Helper()
	id := ""
	for l.lines.Scan() {
		line := l.lines.Text()
		if v, ok := strings.CutPrefix(line, "id: "); ok {
			id = v
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var e Entry
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			l.t.Fatal(err)
		}
		if fmt.Sprint(e.Seq) != id {
			l.t.Errorf("id %s of entry %d", id, e.Seq)
		}
		return e, true
	}
	return Entry{}, false
}

// want reads entries and checks their seqs.
func (l *listener) want(seqs ...int64) {
	l.t.Helper()
	for _, seq := range seqs {
		if e, ok := l.next(); !ok || e.Seq != seq {
			l.t.Fatalf("entry %d (%v), want %d", e.Seq, ok, seq)
		}
	}
}

func TestEventsResume(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	const path = "/api/v1/incidents/INC-1/events"
	all := h.listen("vera", path)
	all.want(1, 2, 3, 4, 5, 6)
	h.do("bo", `{"kind":"say","text":"live"}`)
	all.want(7)
	h.listen("vera", path, "Last-Event-ID", "5").want(6, 7)
	h.listen("vera", path+"?after=6").want(7)
	h.listen("vera", path+"?after=1", "Last-Event-ID", "6").want(7)
	h.do("bo", `{"kind":"say","text":"more"}`)
	all.want(8)
	close(h.stop)
	if e, ok := all.next(); ok {
		t.Errorf("after the server stopped came %v", e)
	}
}

// However many write while somebody reads, each entry comes once and in order.
func TestEventsLoseNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	l := h.listen("vera", "/api/v1/incidents/1/events")
	var wait sync.WaitGroup
	for w := range 4 {
		wait.Go(func() {
			for n := range 10 {
				h.do("bo", fmt.Sprintf(`{"kind":"say","text":"%d %d"}`, w, n))
			}
		})
	}
	for seq := int64(1); seq <= 46; seq++ {
		l.want(seq)
	}
	wait.Wait()
}

func TestEventsHidePrivateLines(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	bo, ana := h.listen("bo", "/api/v1/incidents/1/events?after=6"), h.listen("ana", "/api/v1/incidents/1/events?after=6")
	h.do("ana", `{"kind":"say","text":"leak","visibility":"private"}`)
	h.do("ana", `{"kind":"say","text":"no leak"}`)
	ana.want(7, 8)
	bo.want(8)
}

// A stream ends when its token is revoked, and sees what another server wrote, at the next heartbeat.
func TestEventsHeartbeat(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	h.server.beat = 5 * time.Millisecond
	l := h.listen("vera", "/api/v1/incidents/1/events?after=6")
	beats := 0
	for l.lines.Scan() {
		if strings.HasPrefix(l.lines.Text(), ": beat") {
			beats++
		}
		if beats == 2 {
			break
		}
	}
	all, err := h.auth.Tokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range all {
		if token.Person == "vera" {
			if err := h.auth.RevokeToken(t.Context(), token.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if e, ok := l.next(); ok {
		t.Errorf("a revoked token still reads: %v", e)
	}
	if l.lines.Err() != nil {
		t.Errorf("the stream did not end properly: %v", l.lines.Err())
	}
}

// Browsers have no tokens: they come with the cookie of their session.
func TestSessionReadsAndWrites(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	link, err := h.auth.LinkFor(t.Context(), "bo", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := h.auth.RedeemLink(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	cookie := auth.Cookie + "=" + session
	h.must("", "GET", "/api/v1/incidents/1", "", "Cookie", cookie)
	const say = `{"kind":"say","text":"from the console"}`
	h.must("", "POST", "/api/v1/incidents/1/commands", say, "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
	h.ask("", "POST", "/api/v1/incidents/1/commands", say, "Cookie", cookie, "Sec-Fetch-Site", "cross-site").problem(t, 403, "cross_origin")
	h.ask("", "POST", "/api/v1/incidents/1/commands", say, "Cookie", cookie, "Origin", "https://evil.example").problem(t, 403, "cross_origin")
	h.must("bo", "POST", "/api/v1/incidents/1/commands", say, "Origin", "https://tools.example", "Sec-Fetch-Site", "cross-site") // a token is no cookie
	h.ask("", "GET", "/api/v1/incidents/1", "", "Cookie", auth.Cookie+"=tcn_old").problem(t, 401, "unauthenticated")
}
