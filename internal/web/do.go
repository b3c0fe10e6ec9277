package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// command reads a form as a command: the field "kind" names it, the others are its JSON fields.
func command(form url.Values) (incident.Command, error) {
	kind := form.Get("kind")
	k, ok := incident.Commands[kind]
	if !ok {
		return incident.NewCommand(kind, nil)
	}
	body := map[string]any{}
	t := reflect.TypeOf(k.New()).Elem()
	for n := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(n).Tag.Get("json"), ",")
		if t.Field(n).Type.Kind() == reflect.Map { // its fields are name.key
			values := map[string]string{}
			for field := range form {
				if key, ok := strings.CutPrefix(field, name+"."); ok && form.Get(field) != "" {
					values[key] = form.Get(field)
				}
			}
			if len(values) > 0 {
				body[name] = values
			}
			continue
		}
		v := strings.TrimSpace(form.Get(name))
		if v == "" || name == "" || name == "-" {
			continue
		}
		switch t.Field(n).Type.Kind() {
		case reflect.Bool:
			body[name] = v == "true" || v == "on" || v == "yes"
		case reflect.Slice:
			body[name] = form[name]
		case reflect.Int64:
			body[name] = v
			if id, err := strconv.ParseInt(v, 10, 64); err == nil {
				body[name] = id
			}
		case reflect.Float64:
			body[name] = v
			if number, err := strconv.ParseFloat(v, 64); err == nil {
				body[name] = number
			}
		default:
			body[name] = v
		}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return incident.NewCommand(kind, raw)
}

// carryOut gives the command of a form to the ledger.
func (c *console) carryOut(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return &incident.Error{Code: incident.Invalid, Message: "the form can't be read"}
	}
	cmd, err := command(r.PostForm)
	if err != nil {
		return err
	}
	acc, _ := auth.From(r.Context())
	_, err = c.Ledger.Do(r.Context(), ledger.Request{Incident: r.PathValue("id"), Actor: acc.Person.ID, Key: r.PostFormValue("key"), Command: cmd})
	return err
}

// do carries a form out. With htmx the answer is nothing, or the error for the form's own place; without it the room again.
func (c *console) do(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	err := c.carryOut(r)
	htmx := r.Header.Get("HX-Request") != ""
	switch {
	case err == nil && htmx:
		w.WriteHeader(http.StatusNoContent)
	case err == nil:
		back := "/i/" + url.PathEscape(r.PathValue("id"))
		if to := r.PostFormValue("back"); strings.HasPrefix(to, "/i/") {
			back = to
		}
		http.Redirect(w, r, back, http.StatusSeeOther)
	case htmx:
		f := c.frame(r, "", nil)
		f.Error, f.Field = sentence(f.Lang, err)
		c.write(w, status(err), "problem", "said", f)
	default:
		text, field := sentence(c.lang(r), err)
		p, rerr := c.roomOf(r)
		if rerr != nil {
			c.fail(w, r, rerr)
			return
		}
		f := c.frame(r, p.title(c.lang(r)), p)
		f.Error, f.Field, f.Kept = text, field, typed(r)
		c.write(w, status(err), "room", "layout.html", f)
	}
}
