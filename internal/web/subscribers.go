package web

import (
	"net/http"
	"strings"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/report"
	"tocsin/internal/store"
)

// subscribersPage is who gets mail about what the public is told, and how their letters fared.
type subscribersPage struct {
	On      bool // anybody may subscribe
	People  []store.Subscriber
	Mailing []mailingView
}

// mailingView is an entry that subscribers were written about.
type mailingView struct {
	Incident, Entry                     string
	Last                                time.Time
	Sent, Due, Unsure, Refused, Dropped int
}

func (subscribersPage) title(l *catalogue.Language) string { return l.T("Subscribers") }

// subscribers lists them.
func (c *console) subscribers(w http.ResponseWriter, r *http.Request) {
	c.showSubscribers(w, r, nil)
}

func (c *console) showSubscribers(w http.ResponseWriter, r *http.Request, wrong error) {
	p := subscribersPage{On: c.Subscribers != nil}
	if p.On {
		var err error
		if p.People, err = c.Subscribers.All(r.Context()); err != nil {
			c.fail(w, r, err)
			return
		}
		counts, err := c.Subscribers.Letters(r.Context())
		if err != nil {
			c.fail(w, r, err)
			return
		}
		p.Mailing = mailings(counts)
	}
	c.beside(w, r, "subscribers", p, wrong)
}

func mailings(counts []store.Count) (all []mailingView) {
	at := map[string]int{}
	for _, n := range counts {
		key := n.Incident + " " + report.EntryID(n.Entry)
		if _, ok := at[key]; !ok {
			at[key] = len(all)
			all = append(all, mailingView{Incident: n.Incident, Entry: report.EntryID(n.Entry)})
		}
		m := &all[at[key]]
		switch n.State {
		case store.LetterSent:
			m.Sent += int(n.Letters)
		case store.LetterUnsure:
			m.Unsure += int(n.Letters)
		case store.LetterRefused:
			m.Refused += int(n.Letters)
		case store.LetterDropped:
			m.Dropped += int(n.Letters)
		default:
			m.Due += int(n.Letters)
		}
		if n.Moved.After(m.Last) {
			m.Last = n.Moved
		}
	}
	return all
}

// dropSubscriber ends all mail to an address, because its owner or somebody for them asked for that.
func (c *console) dropSubscriber(w http.ResponseWriter, r *http.Request) {
	address := strings.TrimSpace(r.PostFormValue("address"))
	n, err := int64(0), error(nil)
	if c.Subscribers != nil {
		n, err = c.Subscribers.Drop(r.Context(), address)
	}
	switch {
	case err != nil:
		c.fail(w, r, err)
		return
	case n == 0:
		c.showSubscribers(w, r, incident.Refuse(incident.NotFound, "address", "nobody subscribed with that address"))
		return
	}
	if err := c.Auth.Note(r.Context(), auth.DeedUnsubscribed, ""); err != nil { // without the address: it is gone
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/subscribers", http.StatusSeeOther)
}
