package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
)

// view is a narrowed list of incidents that somebody keeps under a name, for themselves.
type view struct {
	Name  string `json:"name"`
	Query string `json:"query"` // as it stands in the address
}

// Address is where the list is.
func (v view) Address() string {
	q, _ := url.ParseQuery(v.Query) // it was made by address
	return incidentFilterOf(q).address("/incidents", 1)
}

// views kept at most, and letters in the name of one.
const (
	mostViews    = 20
	longestTitle = 40
)

// viewsOf is the setting that holds a person's views.
func viewsOf(person string) string { return "views/" + person }

// views lists what somebody keeps, by name.
func (c *console) views(r *http.Request) ([]view, error) {
	acc, _ := auth.From(r.Context())
	kept, err := c.Store.Setting(r.Context(), viewsOf(acc.Person.ID))
	if err != nil {
		return nil, err
	}
	return readViews(kept)
}

func readViews(kept string) (all []view, err error) {
	if kept != "" {
		err = json.Unmarshal([]byte(kept), &all)
	}
	return all, err
}

// keepView keeps the list that is shown under a name, or lets one go; the same name again means the newer list.
func (c *console) keepView(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	q, err := url.ParseQuery(r.PostFormValue("query"))
	name := strings.Join(strings.Fields(r.PostFormValue("name")), " ")
	drop := r.PostFormValue("drop")
	v := view{Name: name, Query: strings.TrimPrefix(incidentFilterOf(q).address("", 1), "?")}
	switch {
	case drop != "":
	case err != nil:
		err = incident.Refuse(incident.Invalid, "query", "this is no list of incidents")
	case name == "" || utf8.RuneCountInString(name) > longestTitle:
		err = incident.Refuse(incident.Invalid, "name", "a name has 1 to %d letters", longestTitle)
	case v.Query == "":
		err = incident.Refuse(incident.Invalid, "name", "narrow the list first, by words, kind or one of the parts above")
	}
	if err == nil {
		err = c.Store.ChangeSetting(r.Context(), viewsOf(acc.Person.ID), func(kept string) (string, error) {
			all, err := readViews(kept)
			if err != nil {
				return "", err
			}
			all = slices.DeleteFunc(all, func(o view) bool { return o.Name == drop || drop == "" && o.Name == name })
			if drop == "" {
				all = append(all, v)
			}
			if len(all) > mostViews {
				return "", incident.Refuse(incident.Invalid, "name", "there are %d already: let one go first", mostViews)
			}
			slices.SortFunc(all, func(a, b view) int { return strings.Compare(a.Name, b.Name) })
			now, err := json.Marshal(all)
			return string(now), err
		})
	}
	if err != nil {
		c.showIncidents(w, r, q, err)
		return
	}
	http.Redirect(w, r, incidentFilterOf(q).address("/incidents", 1), http.StatusSeeOther)
}
