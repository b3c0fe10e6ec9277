package public

import (
	"bytes"
	"encoding/json"
	"reflect"

	"tocsin/internal/report"
)

// change is what a stream tells: the top of the page, and the entries that are new or read otherwise now. It comes with the HTML that
// the page itself would hold, so that a browser need not know how to write it.
type change struct {
	Incident string        `json:"incident"`
	Version  int64         `json:"version"`
	Kind     string        `json:"kind"`
	Status   string        `json:"status"`
	Stage    string        `json:"stage"`
	Entries  []streamEntry `json:"entries"` // oldest first
	Gone     []string      `json:"gone,omitempty"`
	Whole    bool          `json:"whole,omitempty"` // these are all entries there are
	Title    string        `json:"title"`
	Head     string        `json:"head"`
}

type streamEntry struct {
	report.PublicEntry
	HTML string `json:"html"`
}

// whole tells everything, to whoever has been away too long.
func (s *Site) whole(t *tongue, i *record) []byte {
	c := s.change(t, i)
	c.Whole = true
	dated := s.view(i, "", s.moment()).LongAgo
	entries := i.page.Entries
	if n := len(entries); n > mostEntries {
		entries = entries[n-mostEntries:]
	}
	for _, e := range entries {
		c.Entries = append(c.Entries, entryOf(t, i.n, e, dated))
	}
	return c.bytes()
}

// news tells what changed since was.
func (s *Site) news(t *tongue, i *record, was report.Page) []byte {
	c := s.change(t, i)
	dated := s.view(i, "", s.moment()).LongAgo
	before := map[int64]report.PublicEntry{}
	for _, e := range was.Entries {
		before[e.Seq] = e
	}
	for _, e := range i.page.Entries {
		if !reflect.DeepEqual(before[e.Seq], e) {
			c.Entries = append(c.Entries, entryOf(t, i.n, e, dated))
		}
		delete(before, e.Seq)
	}
	for _, e := range was.Entries {
		if _, gone := before[e.Seq]; gone {
			c.Gone = append(c.Gone, viewOf(i.n, e, false, moment{}).Anchor())
		}
	}
	return c.bytes()
}

func (s *Site) change(t *tongue, i *record) change {
	v := s.view(i, "", s.moment())
	return change{Incident: i.name(), Version: i.page.Version, Kind: i.page.Kind, Status: i.page.Status,
		Stage: i.stage, Entries: []streamEntry{}, Title: t.execute("titletext", v), Head: t.execute("head", v)}
}

// bytes is the JSON, with HTML readable and small: an event stream is no page.
func (c change) bytes() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		panic(err) // a test writes every shape
	}
	return bytes.TrimSpace(b.Bytes())
}

func entryOf(t *tongue, n int64, e report.PublicEntry, dated bool) streamEntry {
	return streamEntry{PublicEntry: e, HTML: t.execute("entry", viewOf(n, e, dated, moment{}))}
}
