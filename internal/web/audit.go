package web

import (
	"net/http"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
)

// auditPage lists who did what to people and to ways in.
type auditPage struct {
	Deeds []deedView
	Older string // of the page with those before them; empty: there are none
}

type deedView struct {
	At    time.Time
	Who   string // empty: whoever sat at the machine
	What  string
	About string
}

func (auditPage) title(l *catalogue.Language) string { return l.T("Audit log") }

// deedsShown is how many deeds stand on a page.
const deedsShown = 100

// deedWords says deeds as people read them.
var deedWords = map[string]string{
	auth.DeedSignedIn: catalogue.Mark("signed in"), auth.DeedRefused: catalogue.Mark("a wrong password was tried"), auth.DeedSignedOut: catalogue.Mark("signed out everywhere else"),
	auth.DeedPassword: catalogue.Mark("set a password"), auth.DeedPasskeyAdded: catalogue.Mark("added a passkey"), auth.DeedPasskeyRemoved: catalogue.Mark("removed a passkey"),
	auth.DeedTokenMade: catalogue.Mark("made a token"), auth.DeedTokenRevoked: catalogue.Mark("revoked a token"), auth.DeedLinkMade: catalogue.Mark("made a sign-in link"),
	auth.DeedBreakGlass: catalogue.Mark("broke the glass: made a sign-in link in an emergency"), auth.DeedPersonAdded: catalogue.Mark("added a person"),
	auth.DeedPersonChanged: catalogue.Mark("changed a person"), auth.DeedRightsChanged: catalogue.Mark("changed rights"), auth.DeedRunbook: catalogue.Mark("saved a version of the runbook"), auth.DeedSetting: catalogue.Mark("changed a setting"),
	auth.DeedRotation: catalogue.Mark("changed who takes turns on call"), auth.DeedOverride: catalogue.Mark("had somebody stand in on call"), auth.DeedTakeBack: catalogue.Mark("took back that somebody stands in"),
	auth.DeedUnsubscribed: catalogue.Mark("ended somebody's mail about outages"),
}

// glassTold is how long those who administer are told that the glass was broken.
const glassTold = 3 * 24 * time.Hour

// brokenGlass lists who was let in at the machine lately.
func (c *console) brokenGlass(r *http.Request) ([]deedView, error) {
	deeds, err := c.Auth.Deeds(r.Context(), "", 200)
	var out []deedView
	for _, d := range deeds {
		if d.What == auth.DeedBreakGlass && time.Since(d.At) < glassTold {
			out = append(out, deedView{At: d.At, Who: c.Directory.Name(d.About)})
		}
	}
	return out, err
}

// audit shows the newest deeds, or those before one.
func (c *console) audit(w http.ResponseWriter, r *http.Request) {
	deeds, err := c.Auth.Deeds(r.Context(), r.URL.Query().Get("before"), deedsShown+1)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p, l := auditPage{}, c.lang(r)
	if len(deeds) > deedsShown {
		deeds = deeds[:deedsShown]
		p.Older = "/audit?before=" + deeds[deedsShown-1].ID
	}
	for _, d := range deeds {
		v := deedView{At: d.At, What: l.Word(deedWords[d.What]), About: d.About}
		if d.Person != "" {
			v.Who = c.Directory.Name(d.Person)
		}
		p.Deeds = append(p.Deeds, v)
	}
	c.render(w, r, http.StatusOK, "audit", p)
}
