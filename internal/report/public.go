package report

import (
	"slices"
	"strings"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
)

// Page is an incident as the world may see it. Everything that came from people is redact.Text.
type Page struct {
	ID         string        `json:"id"` // INC-7
	Title      redact.Text   `json:"title"`
	Kind       string        `json:"kind"`   // minor, major
	Status     string        `json:"status"` // active, resolved, cancelled
	Stage      string        `json:"stage,omitempty"`
	Drill      bool          `json:"drill,omitempty"`
	Started    time.Time     `json:"started_at"`
	Ended      *time.Time    `json:"ended_at,omitempty"`
	ETA        *time.Time    `json:"eta,omitempty"`
	NextUpdate *time.Time    `json:"next_update_at,omitempty"`
	Updated    time.Time     `json:"updated_at"`
	Impact     redact.Text   `json:"impact,omitzero"`
	Reviewed   *time.Time    `json:"reviewed_at,omitempty"`
	Stream     redact.Text   `json:"stream_url,omitzero"`
	Document   redact.Text   `json:"document_url,omitzero"`
	Entries    []PublicEntry `json:"entries"` // oldest first
	Affected   []Affected    `json:"affected,omitempty"`
	Version    int64         `json:"version"`
}

// PublicEntry is one line of the public timeline.
type PublicEntry struct {
	ID        string          `json:"id"` // e17
	Seq       int64           `json:"seq"`
	At        time.Time       `json:"at"`
	Kind      string          `json:"kind"` // update, impact, fact, finding, guess, action, decision, major, resolved
	Stage     string          `json:"stage,omitempty"`
	Text      redact.Text     `json:"text"`
	Mark      redact.Text     `json:"mark,omitzero"` // "Not confirmed", "Ruled out": how sure it is
	Pictures  []PublicPicture `json:"pictures,omitempty"`
	Corrected bool            `json:"corrected,omitempty"`
	Struck    bool            `json:"struck,omitempty"`
	Quiet     bool            `json:"-"` // an update that is not for subscribers' mail
}

// PublicPicture is a picture of which somebody said that no name is seen on it.
type PublicPicture struct {
	Seq    int64  `json:"seq"`  // of the entry that added it: its address is pictures/e17.png, or .jpg
	Kind   string `json:"kind"` // png, jpeg
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Public makes the page of an incident. It may be shown once i.Announced().
func Public(i *incident.Incident, r *redact.Redactor) Page {
	p := Page{ID: i.Name, Title: r.Text(Title(i)), Kind: i.Kind, Status: i.Status, Stage: i.Stage, Drill: i.Drill, Started: i.Started,
		Impact: r.Text(i.Impact.Text), Entries: []PublicEntry{}, Version: i.Version("public"), Updated: i.Declared.At}
	if !i.Ended.IsZero() {
		p.Ended = &i.Ended.At
	} else if i.ETA.Known {
		p.ETA = &i.ETA.At
	}
	if n := len(i.Updates); n > 0 && i.Status == incident.Active && !i.Updates[n-1].Next.IsZero() {
		p.NextUpdate = &i.Updates[n-1].Next
	}
	if i.Review.State == "approved" {
		p.Reviewed = &i.Review.Said.At
	}
	for _, run := range i.Runs() {
		switch {
		case run.URL == "" || !run.Finished:
		case run.Step.Kind == "stream.create":
			p.Stream = r.URL(run.URL)
		case run.Step.Kind == "document.publish":
			p.Document = r.URL(run.URL)
		}
	}
	p.Affected = affected(i)
	for _, l := range i.Lines {
		if e, ok := publicEntry(i, l, r); ok {
			p.Entries = append(p.Entries, e)
			if e.At.After(p.Updated) {
				p.Updated = e.At
			}
		}
	}
	slices.SortStableFunc(p.Entries, func(a, b PublicEntry) int { return a.At.Compare(b.At) })
	return p
}

func publicEntry(i *incident.Incident, l incident.Line, r *redact.Redactor) (PublicEntry, bool) {
	e := PublicEntry{ID: EntryID(l.Seq), Seq: l.Seq, At: l.At, Kind: l.Kind, Corrected: len(l.Amended) > 0, Struck: l.Struck}
	switch ev := l.Event.(type) {
	case *incident.MajorDeclared:
		e.Kind, e.Text = "major", redact.Literal("A major outage was declared.")
		return e, true
	case *incident.ResolvedEvent:
		e.Kind, e.Text = "resolved", redact.Literal("The outage is over.")
		return e, true
	case *incident.Reopened:
		e.Kind, e.Text = "reopened", redact.Literal("It was not over: work goes on.")
		return e, true
	case *incident.Updated:
		e.Stage = ev.Stage
		e.Quiet = len(ev.To) > 0 && !slices.Contains(ev.To, "mail")
	}
	if l.Visibility != incident.Public {
		return e, false
	}
	if l.Struck {
		e.Text = redact.Literal("(removed)")
		return e, true
	}
	e.Text = r.Text(l.Text)
	for _, p := range l.Pictures {
		if !p.Shown.IsZero() {
			e.Pictures = append(e.Pictures, PublicPicture{p.Added, p.Type, p.Width, p.Height})
		}
	}
	switch {
	case l.Kind == "guess" && l.Outcome == "confirmed":
		e.Mark = redact.Literal("Confirmed")
	case l.Kind == "guess" && l.Outcome == "ruled_out":
		e.Mark = redact.Literal("Ruled out")
	case l.Kind == "guess":
		e.Mark = redact.Literal("Not confirmed")
	}
	if !e.Mark.IsZero() && l.Why != "" {
		e.Mark = r.Format("%s: %s", e.Mark, r.Text(l.Why))
	}
	if o := i.Line(l.Contradict); o != nil && o.Visibility == incident.Public && !o.Struck {
		against := r.Format("Contradicts an earlier entry, %s", r.Text(EntryID(o.Seq)))
		if e.Mark.IsZero() {
			e.Mark = against
		} else {
			e.Mark = r.Format("%s. %s", e.Mark, against)
		}
	}
	return e, true
}

// Block is one paragraph of the public document. Its key never changes, so that a provider changes only what differs.
type Block struct {
	Key   string      // [a-z0-9-]
	Style string      // title, heading, text
	Text  redact.Text // one paragraph
}

// Document is the public document of an incident, top to bottom: what it means for customers, where to watch, the timeline (R9, R27).
func Document(i *incident.Incident, r *redact.Redactor) []Block {
	p := Public(i, r)
	add := []Block{{Key: "title", Style: "title", Text: p.Title}}
	put := func(key, style string, t redact.Text) {
		add = append(add, Block{Key: key, Style: style, Text: oneLine(t, r)})
	}
	put("note", "text", redact.Literal("People's names are removed: we look at systems, not persons. All times are UTC."))
	if !p.Impact.IsZero() {
		put("impact-h", "heading", redact.Literal("What this means for you"))
		put("impact", "text", p.Impact)
	}
	if !p.Stream.IsZero() {
		put("stream", "text", r.Format("Watch us work: %s", p.Stream))
	}
	put("timeline", "heading", redact.Literal("Timeline (UTC)"))
	for _, e := range p.Entries {
		t := r.Format("%s  %s  %s", r.Text(e.At.UTC().Format("2006-01-02 15:04")), r.Text(e.Kind), e.Text)
		if !e.Mark.IsZero() {
			t = r.Format("%s  [%s]", t, e.Mark)
		}
		if e.Corrected {
			t = r.Format("%s  [corrected]", t)
		}
		put(e.ID, "text", t)
	}
	return add
}

// oneLine folds a text into one paragraph.
func oneLine(t redact.Text, r *redact.Redactor) redact.Text {
	s := t.String()
	if !strings.ContainsAny(s, "\n\r\v\f") {
		return t
	}
	return r.Text(strings.Join(strings.Fields(s), " "))
}

// Plain is a document as plain text, to be pasted: a blank line before each heading.
func Plain(blocks []Block) string {
	var b strings.Builder
	for _, block := range blocks {
		if block.Style == "heading" {
			b.WriteByte('\n')
		}
		b.WriteString(block.Text.String() + "\n")
	}
	return b.String()
}
