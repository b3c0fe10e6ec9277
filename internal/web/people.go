package web

import (
	"net/http"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

type peoplePage struct {
	People  []store.Person
	Runbook *runbook.Runbook
}

func (peoplePage) title(l *catalogue.Language) string { return l.T("People") }

// personFrom reads the form that adds somebody.
func personFrom(r *http.Request) (store.Person, error) {
	list := func(name string) (out []string) {
		for v := range strings.SplitSeq(r.PostFormValue(name), ",") {
			if v = strings.TrimSpace(v); v != "" {
				out = append(out, v)
			}
		}
		return out
	}
	p := store.Person{Name: strings.TrimSpace(r.PostFormValue("name")), Handles: list("handles"), Emails: list("emails"), Initials: list("initials"),
		Aliases: list("aliases"), Contact: strings.TrimSpace(r.PostFormValue("contact")), Rights: r.PostFormValue("rights")}
	if p.Name == "" {
		return p, &incident.Error{Code: incident.Invalid, Field: "name", Message: "say who it is"}
	}
	p.ID = auth.Slug(p.Name)
	return p, nil
}

// typed is what a form held, so that it can be shown again.
func typed(r *http.Request) map[string]string {
	out := map[string]string{}
	for k := range r.PostForm {
		out[k] = r.PostForm.Get(k)
	}
	return out
}
