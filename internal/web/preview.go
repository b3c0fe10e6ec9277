package web

import (
	"net/http"
	"slices"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
)

type previewPage struct {
	Doubts   []report.Redaction // words that may be people, or may not
	I        *incident.Incident
	N        string
	Rows     []previewRow
	Page     report.Page
	Held     []previewRow // what people wrote for themselves, and might be public
	Redacted int
	Flagged  int
	Reviews  bool // whoever looks is asked for marketing's verdict
	URL      string
}

func (previewPage) title(l *catalogue.Language) string { return l.T("Public preview") }

// previewRow is a public line inside and outside.
type previewRow struct {
	Line   incident.Line
	Inside []piece
	Public redact.Text
	Said   bool    // by a person, who may take it back
	Whys   []piece // the words that don't stand outside as they are typed, and why
}

// piece is a part of a text: as it stands, replaced, or in doubt.
type piece struct {
	Text string
	As   string // "", "redacted", "flagged"
	Why  string
}

// preview shows what the world reads beside what was typed, and why words were replaced (R13).
func (c *console) preview(w http.ResponseWriter, r *http.Request) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	acc, _ := auth.From(r.Context())
	red := c.Redactor(i)
	p := previewPage{Doubts: doubts(report.Redactions(i, red)), I: i, N: i.Name[len("INC-"):], Page: report.Public(i, red), URL: c.Links.Page(i.Name), Reviews: i.Holds(acc.Person.ID, "marketing_representative")}
	for _, l := range i.Lines {
		if l.Text == "" || l.Struck || acc.Hidden(i, l) {
			continue
		}
		if l.Visibility != incident.Public {
			if _, said := l.Event.(*incident.Said); said && l.Visibility == incident.Internal {
				p.Held = append(p.Held, previewRow{Line: l, Public: red.Text(l.Text)})
			}
			continue
		}
		f := red.Find(l.Text)
		p.Redacted += len(f.Redact)
		p.Flagged += len(f.Flag) + len(f.Hold)
		row := previewRow{Line: l, Inside: pieces(c.lang(r), l.Text, f, c.Directory.Name), Public: red.Text(l.Text)}
		_, row.Said = l.Event.(*incident.Said)
		for _, part := range row.Inside {
			if part.As != "" && !slices.Contains(row.Whys, part) {
				row.Whys = append(row.Whys, part)
			}
		}
		p.Rows = append(p.Rows, row)
	}
	slices.Reverse(p.Held)
	slices.SortStableFunc(p.Rows, func(a, b previewRow) int { return b.Line.At.Compare(a.Line.At) })
	c.render(w, r, http.StatusOK, "preview", p)
}

// doubts lists each word that people should decide about once, in the order of the log.
func doubts(all []report.Redaction) []report.Redaction {
	var out []report.Redaction
	for _, r := range all {
		same := func(o report.Redaction) bool { return strings.EqualFold(o.Text, r.Text) }
		if r.Review && !slices.ContainsFunc(out, same) {
			out = append(out, r)
		}
	}
	return out
}

func pieces(lang *catalogue.Language, text string, f redact.Findings, name report.Names) []piece {
	type mark struct {
		redact.Span
		as string
	}
	var all []mark
	for _, s := range f.Redact {
		all = append(all, mark{s, "redacted"})
	}
	for _, s := range slices.Concat(f.Flag, f.Hold) {
		all = append(all, mark{s, "flagged"})
	}
	slices.SortFunc(all, func(a, b mark) int { return a.Start - b.Start })
	var out []piece
	at := 0
	for _, m := range all {
		if m.Start < at {
			continue
		}
		why := lang.Word(m.Why)
		if m.Person != "" {
			why = name(m.Person) + ", " + why
		}
		out = append(out, piece{Text: text[at:m.Start]}, piece{Text: text[m.Start:m.End], As: m.as, Why: why})
		at = m.End
	}
	return append(out, piece{Text: text[at:]})
}
