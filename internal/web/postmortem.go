package web

import (
	"net/http"

	"tocsin/internal/incident"
)

func (c *console) postmortem(w http.ResponseWriter, r *http.Request) {
	c.fail(w, r, &incident.Error{Code: incident.NotFound, Message: "x"})
}
func (c *console) editPostmortem(w http.ResponseWriter, r *http.Request) {}
