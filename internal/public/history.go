package public

import (
	"slices"
	"strconv"
	"time"

	"tocsin/internal/redact"
)

// mostPast keeps a page of the history within its size.
const mostPast = 40

// historyView is a page of all incidents, newest first.
type historyView struct {
	shell
	N, Of  int64 // which page, from 1, of how many
	Months []monthView
}

// monthView is a month and what began in it.
type monthView struct {
	Month stamp
	Past  []pastView
}

// pastView is an incident in a line.
type pastView struct {
	N       int64
	Title   redact.Text
	Sign    sign
	Outage  sign
	Drill   bool
	Started stamp
	Ended   stamp
	Lasted  span
}

// Path is the address of its page within the site.
func (v pastView) Path() string { return "/status/INC-" + strconv.FormatInt(v.N, 10) }

func sameMonth(a, b time.Time) bool {
	a, b = a.UTC(), b.UTC()
	return a.Month() == b.Month() && a.Year() == b.Year()
}

// URL is the address of the page.
func (v historyView) URL() string { return string(v.Base) + historyPath(v.N) }

// Newer and Older are the addresses of the pages beside it; empty: there is none.
func (v historyView) Newer() string {
	if v.N <= 1 {
		return ""
	}
	return historyPath(v.N - 1)
}

// Older is the page after it.
func (v historyView) Older() string {
	if v.N >= v.Of {
		return ""
	}
	return historyPath(v.N + 1)
}

func historyPath(page int64) string {
	if page <= 1 {
		return "/history"
	}
	return "/history/" + strconv.FormatInt(page, 10)
}

// history makes the pages of all incidents.
func (s *Site) history(docs map[string]*document, e *edition) {
	all := slices.Clone(e.incidents)
	slices.SortStableFunc(all, func(a, b *record) int { return b.page.Started.Compare(a.page.Started) })
	pages := slices.Collect(slices.Chunk(all, mostPast))
	if len(pages) == 0 {
		pages = append(pages, nil)
	}
	for n, some := range pages {
		at, of := int64(n+1), int64(len(pages))
		s.pages(docs, historyPath(at), func(t *tongue, m moment) string {
			v := historyView{shell: s.shell(e.base, m), N: at, Of: of}
			for _, i := range some {
				p := pastView{N: i.n, Title: i.page.Title, Sign: i.sign(), Outage: i.outage(), Drill: i.page.Drill, Started: m.on(i.page.Started)}
				if over := i.ended(); over != nil {
					p.Ended, p.Lasted = m.on(*over), span(max(over.Sub(i.page.Started).Truncate(time.Minute), time.Minute))
				}
				if last := len(v.Months) - 1; last < 0 || !sameMonth(v.Months[last].Month.Time, p.Started.Time) {
					v.Months = append(v.Months, monthView{Month: p.Started})
				}
				last := &v.Months[len(v.Months)-1]
				last.Past = append(last.Past, p)
			}
			return t.execute("history", v)
		})
	}
}
