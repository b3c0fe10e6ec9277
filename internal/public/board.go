package public

import "time"

// days is how far the status page looks back.
const days = 14

// boardView is the status page.
type boardView struct {
	shell
	Sign    sign // the worst there is
	Drill   bool // and that is a drill
	Many    int  // that are no drills
	Current []incidentView
	Days    []dayView // today first
	Parts   []partView
}

// dayView is a day and what happened on it.
type dayView struct {
	Day  stamp
	Past []incidentView
}

// URL is the address of the page.
func (v boardView) URL() string { return string(v.Base) + "/status" }

func (s *Site) board(e *edition, m moment) boardView {
	v := boardView{shell: s.shell(e.base, m), Sign: signQuiet, Parts: s.parts(e, m)}
	now := m.time().Truncate(24 * time.Hour)
	for n := range days {
		v.Days = append(v.Days, dayView{Day: m.on(now.AddDate(0, 0, -n))})
	}
	worst := -1
	for _, i := range e.incidents {
		end := m.time()
		if over := i.ended(); over != nil {
			end = *over
		}
		if end.Before(v.Days[days-1].Day.Time) {
			continue
		}
		iv := s.view(i, e.base, m)
		if !i.over() {
			v.Current = append(v.Current, iv)
			if !iv.Drill {
				v.Many++
			}
			if w := weight(i); w > worst {
				worst, v.Sign, v.Drill = w, iv.Sign, iv.Drill
			}
		}
		for n := range v.Days {
			if d := v.Days[n].Day.Time; i.page.Started.Before(d.AddDate(0, 0, 1)) && !end.Before(d) {
				v.Days[n].Past = append(v.Days[n].Past, iv)
			}
		}
	}
	return v
}

// weight orders what is going on: what is real before drills, then the worst.
func weight(i *record) int {
	w := map[sign]int{signMonitoring: 0, signMinor: 1, signMajor: 2}[i.sign()]
	if !i.page.Drill {
		w += 3
	}
	return w
}

// listings makes everything that is about all incidents.
func (s *Site) listings(e *edition) map[string]*document {
	docs := map[string]*document{}
	s.pages(docs, "/status", func(t *tongue, m moment) string { return t.execute("status", s.board(e, m)) })
	s.pages(docs, missing, func(t *tongue, m moment) string { return t.execute("missing", s.shell(e.base, m)) })
	s.history(docs, e)
	s.subscribe(docs, e)
	s.feeds(docs, e)
	s.v2(docs, e)
	return docs
}
