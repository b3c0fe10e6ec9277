package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/picture"
)

// addPicture takes the picture of a form in. The file's name is not looked at.
func (c *console) addPicture(w http.ResponseWriter, r *http.Request) {
	acc, _ := auth.From(r.Context())
	seq, err := incident.ParseEntry(r.PathValue("entry"))
	var file []byte
	if err == nil {
		file, err = upload(w, r)
	}
	if err == nil {
		_, err = picture.Add(r.Context(), c.Ledger, c.Pictures, ledger.Request{Incident: r.PathValue("id"), Actor: acc.Person.ID}, incident.EntryID(seq), file)
	}
	if err != nil {
		c.showEntry(w, r, err)
		return
	}
	http.Redirect(w, r, "/i/"+url.PathEscape(r.PathValue("id"))+"/e/"+url.PathEscape(r.PathValue("entry")), http.StatusSeeOther)
}

// upload reads the field "picture" of a form.
func upload(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, picture.MaxBytes+1<<20)
	parts, err := r.MultipartReader()
	for err == nil {
		part, next := parts.NextPart()
		if next != nil {
			err = next
			break
		}
		if part.FormName() == "picture" {
			file, err := io.ReadAll(io.LimitReader(part, picture.MaxBytes+1))
			if err == nil && len(file) > 0 {
				return file, nil
			}
			break
		}
	}
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return nil, incident.Refuse(incident.Invalid, "picture", "the picture has more than %d MB; make it smaller", picture.MaxBytes>>20)
	}
	return nil, incident.Refuse(incident.Invalid, "picture", "choose a picture first")
}

// picture shows a picture to whom its entry is shown.
func (c *console) picture(w http.ResponseWriter, r *http.Request) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	acc, _ := auth.From(r.Context())
	p, l := i.Picture(r.PathValue("picture"))
	if p == nil || acc.Hidden(i, *l) {
		c.fail(w, r, incident.Refuse(incident.NotFound, "", "there is no picture %s in %s", r.PathValue("picture"), i.Name))
		return
	}
	kept, err := c.Pictures.Picture(r.Context(), i.ID, p.ID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/"+kept.Type)
	_, _ = w.Write(kept.Data) // a reader who has gone needs nothing
}
