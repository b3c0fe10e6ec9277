package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/oncall"
	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

// peoplePage lists everyone, and says what the runbook's roles are.
type peoplePage struct {
	People []personView
	Roles  []runbook.Role
	Rights []option
}

func (peoplePage) title(l *catalogue.Language) string { return l.T("People") }

// personPage is one person, and the form that changes them.
type personPage struct {
	personView
	Shifts []shiftView // of the next weeks
	Roles  []runbook.Role
	Rights []option
	Link   string // a sign-in link that was just made: shown once
}

func (p personPage) title(*catalogue.Language) string { return p.Name }

// kept is what stands in the form.
func (p personPage) kept() map[string]string {
	return map[string]string{"name": p.Name, "contact": p.Contact, "zone": p.Zone, "rights": p.Person.Rights, "handles": strings.Join(p.Handles, ", "), "emails": strings.Join(p.Emails, ", "),
		"initials": strings.Join(p.Initials, ", "), "aliases": strings.Join(p.Aliases, ", "), "roles": strings.Join(p.Person.Roles, ", ")}
}

// personView is a person as others read of them. Handles, addresses and telephone are for those who respond.
type personView struct {
	store.Person
	Shown string   // what they are called
	Can   []string // roles, by title
	On    []string // roles they are on call for now
	Clock string   // what their clock shows
	Drill time.Time
	Drilled,
	Me bool
}

type shiftView struct {
	oncall.Shift
	Title string
}

// option is a choice: its value and its word.
type option struct{ Value, Word string }

// rightsOptions are what somebody may be given.
func (c *console) rightsOptions(r *http.Request) []option {
	acc, _ := auth.From(r.Context())
	l := c.lang(r)
	all := []option{{auth.RightsResponder, l.T("respond")}, {auth.RightsViewer, l.T("read")}, {auth.RightsAdmin, l.T("administer")}, {auth.RightsNone, l.T("not sign in")}}
	if acc.IsOwner() {
		all = append(all, option{auth.RightsOwner, l.T("everything, as an owner")})
	}
	return all
}

// lastDrills is when each person last did something in a drill.
func (c *console) lastDrills(r *http.Request) (map[string]time.Time, error) {
	all, err := c.Ledger.All(r.Context())
	last := map[string]time.Time{}
	for _, i := range all {
		if !i.Drill {
			continue
		}
		for _, line := range i.Lines {
			if line.At.After(last[line.By]) {
				last[line.By] = line.At
			}
		}
	}
	return last, err
}

// viewed makes what is shown of people.
func (c *console) viewed(r *http.Request, people ...store.Person) ([]personView, error) {
	rota, err := c.OnCall.Rota(r.Context())
	if err != nil {
		return nil, err
	}
	drills, err := c.lastDrills(r)
	if err != nil {
		return nil, err
	}
	acc, _ := auth.From(r.Context())
	l, now := c.lang(r), c.OnCall.Now()
	duties := c.duties(r, rota, now)
	var all []personView
	for _, p := range people {
		if !acc.CanWrite() {
			p.Contact, p.Handles, p.Emails, p.Initials, p.Aliases = "", nil, nil, nil, nil
		}
		v := personView{Person: p, Shown: c.Directory.Name(p.ID), Drill: drills[p.ID], Me: p.ID == acc.Person.ID}
		v.Drilled = !v.Drill.IsZero()
		for _, role := range p.Roles {
			v.Can = append(v.Can, c.roleTitle(l, role))
		}
		for _, d := range duties {
			if d.Person == p.ID {
				v.On = append(v.On, d.Title)
			}
		}
		if zone, err := time.LoadLocation(p.Zone); err == nil && p.Zone != "" {
			v.Clock = now.In(zone).Format("15:04")
		}
		all = append(all, v)
	}
	return all, nil
}

// people lists everyone and lets administrators add somebody.
func (c *console) people(w http.ResponseWriter, r *http.Request) { c.showPeople(w, r, nil) }

func (c *console) showPeople(w http.ResponseWriter, r *http.Request, wrong error) {
	all, err := c.viewed(r, c.Directory.List()...)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.beside(w, r, "people", peoplePage{People: all, Roles: c.Shelf.Current().Roles, Rights: c.rightsOptions(r)}, wrong)
}

func (c *console) addPerson(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	kept, _, err := c.Directory.Write(r.Context(), acc, personFrom(r), true)
	if err != nil {
		c.showPeople(w, r, refused(err))
		return
	}
	http.Redirect(w, r, "/people/"+kept.ID, http.StatusSeeOther)
}

// refused is an error about what is said of a person as one of a form.
func refused(err error) error {
	if errors.Is(err, auth.ErrPerson) {
		_, why, _ := strings.Cut(err.Error(), ": ")
		return &incident.Error{Code: incident.Invalid, Message: why}
	}
	return err
}

// person shows one, and lets administrators change what is known of them.
func (c *console) person(w http.ResponseWriter, r *http.Request) {
	c.showPerson(w, r, personPage{}, nil)
}

func (c *console) showPerson(w http.ResponseWriter, r *http.Request, p personPage, wrong error) {
	who, ok := c.Directory.Get(r.PathValue("id"))
	if !ok {
		c.fail(w, r, incident.Refuse(incident.NotFound, "", "there is nobody %q; add them to the people first", r.PathValue("id")))
		return
	}
	views, err := c.viewed(r, who)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	rota, err := c.OnCall.Rota(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.personView, p.Roles, p.Rights = views[0], c.Shelf.Current().Roles, c.rightsOptions(r)
	const days = 28
	now := c.OnCall.Now().UTC()
	for _, role := range rota.Roles() {
		for _, s := range rota.Shifts(role, now, now.AddDate(0, 0, days)) {
			if s.Person == who.ID {
				p.Shifts = append(p.Shifts, shiftView{s, c.roleTitle(c.lang(r), role)})
			}
		}
	}
	slices.SortStableFunc(p.Shifts, func(a, b shiftView) int { return a.From.Compare(b.From) })
	if acc, _ := auth.From(r.Context()); who.Rights == auth.RightsOwner && !acc.IsOwner() {
		p.Rights = nil // only the owner changes an owner
	}
	c.beside(w, r, "person", p, wrong)
}

func (c *console) changePerson(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	p := personFrom(r)
	p.ID = r.PathValue("id")
	if _, ok := c.Directory.Get(p.ID); ok {
		if _, _, err := c.Directory.Write(r.Context(), acc, p, false); err != nil {
			c.showPerson(w, r, personPage{}, refused(err))
			return
		}
	}
	http.Redirect(w, r, "/people/"+p.ID, http.StatusSeeOther)
}

// linkTTL is how long a sign-in link that an administrator makes works.
const linkTTL = 30 * time.Minute

// letIn makes a link that signs somebody in, once. Only an owner makes one for an owner: whoever holds it is that person.
func (c *console) letIn(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	who, ok := c.Directory.Get(r.PathValue("id"))
	switch {
	case !ok:
		c.showPerson(w, r, personPage{}, nil)
		return
	case who.Rights == auth.RightsOwner && !acc.IsOwner():
		c.fail(w, r, incident.Refuse(incident.Forbidden, "", "only the owner makes a link for an owner"))
		return
	case who.Rights == auth.RightsNone:
		c.showPerson(w, r, personPage{}, incident.Refuse(incident.Conflict, "rights", "they may not sign in; change that first"))
		return
	}
	secret, err := c.Auth.LinkFor(r.Context(), who.ID, linkTTL)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showPerson(w, r, personPage{Link: c.Links.Console + "/link?token=" + secret}, nil)
}

// personFrom reads the form that adds or changes somebody.
func personFrom(r *http.Request) store.Person {
	list := func(name string) (out []string) {
		for v := range strings.SplitSeq(r.PostFormValue(name), ",") {
			if v = strings.TrimSpace(v); v != "" {
				out = append(out, v)
			}
		}
		return out
	}
	return store.Person{Name: strings.TrimSpace(r.PostFormValue("name")), Handles: list("handles"), Emails: list("emails"), Initials: list("initials"), Aliases: list("aliases"),
		Contact: strings.TrimSpace(r.PostFormValue("contact")), Zone: strings.TrimSpace(r.PostFormValue("zone")), Rights: r.PostFormValue("rights"), Roles: r.PostForm["roles"]}
}

// typed is what a form held, so that it can be shown again.
func typed(r *http.Request) map[string]string {
	out := map[string]string{}
	for k := range r.PostForm {
		out[k] = strings.Join(r.PostForm[k], ", ")
	}
	return out
}
