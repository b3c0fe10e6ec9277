package web

import (
	"net/http"
	"slices"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
)

// entryPage is one entry of a timeline and what may be done about it.
type entryPage struct {
	roomPage
	Line lineView
}

func (p entryPage) title(l *catalogue.Language) string {
	return l.T("Entry e%d of %s", p.Line.Seq, p.I.Name)
}

// entry shows one entry with its forms: as a page, or to be put into the timeline. Long timelines would be heavy with the forms of every entry.
func (c *console) entry(w http.ResponseWriter, r *http.Request) { c.showEntry(w, r, nil) }

// showEntry does so, with what was wrong with a form of it.
func (c *console) showEntry(w http.ResponseWriter, r *http.Request, wrong error) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	acc, _ := auth.From(r.Context())
	n := strings.TrimPrefix(i.Name, "INC-")
	p := entryPage{roomPage: roomPage{I: i, N: n, Base: "/i/" + n, Now: c.Ledger.Now(), Point: i.Holds(acc.Person.ID, "point_person")}}
	c.fillLines(&p.roomPage, c.lang(r), acc)
	seq, err := incident.ParseEntry(r.PathValue("entry"))
	at := slices.IndexFunc(p.Lines, func(l lineView) bool { return l.Seq == seq && l.Spoken && !l.Struck })
	if err != nil || at < 0 {
		c.fail(w, r, &incident.Error{Code: incident.NotFound, Message: "there is no such entry, or nothing to be done about it"})
		return
	}
	p.Line = p.Lines[at]
	if r.Header.Get("HX-Request") != "" {
		c.write(w, http.StatusOK, "entry", "tools", c.frame(r, p.title(c.lang(r)), p))
		return
	}
	c.beside(w, r, "entry", p, wrong)
}
