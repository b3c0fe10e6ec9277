package web

import (
	"net/http"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// paper shows what each role does as one page to print or to keep, of an incident or of the runbook alone; ?role= chooses one.
func (c *console) paper(w http.ResponseWriter, r *http.Request) {
	var i *incident.Incident
	private := false
	if id := r.PathValue("id"); id != "" {
		var err error
		if i, err = c.Ledger.View(r.Context(), id); err != nil {
			c.fail(w, r, err)
			return
		}
		acc, _ := auth.From(r.Context())
		private = acc.CanAdmin() || i.Holds(acc.Person.ID, "point_person") || i.Holds(acc.Person.ID, "communications_manager")
	}
	sheet, err := c.Sheet(i, r.URL.Query().Get("role"), private)
	page := ""
	if err == nil {
		page, err = sheet.HTML()
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", report.SheetPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(page)) // whoever went away has no use for it
}
