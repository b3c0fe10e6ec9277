package web

import (
	"net/http"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
)

// feedAddress is where somebody's calendar program reads who is on call; "" where they made no address.
func (c *console) feedAddress(r *http.Request, person string) (string, error) {
	secret, err := c.OnCall.Feed(r.Context(), person)
	if err != nil || secret == "" {
		return "", err
	}
	return c.Links.Console + "/calendar/" + person + "/" + secret + ".ics", nil
}

// feed makes somebody an address for their calendar program, another one, or none.
func (c *console) feed(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	change := c.OnCall.MakeFeed
	if r.PostFormValue("end") != "" {
		change = c.OnCall.EndFeed
	}
	c.turned(w, r, change(r.Context(), acc.Person.ID))
}

// readFeed answers a calendar program: the address is all it proves. It ends with the rights of the person it was made for.
func (c *console) readFeed(w http.ResponseWriter, r *http.Request) {
	person, known := c.Directory.Get(r.PathValue("person"))
	ok, err := c.OnCall.Feeds(r.Context(), person.ID, strings.TrimSuffix(r.PathValue("secret"), ".ics"))
	if err == nil && (!known || !ok || person.Rights == auth.RightsNone || person.Rights == "") {
		err = &incident.Error{Code: incident.NotFound, Message: "there is no such page"}
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.calendar(w, r)
}
