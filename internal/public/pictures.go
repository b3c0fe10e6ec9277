package public

import (
	"fmt"
	"net/http"
	"strconv"

	"tocsin/internal/report"
)

// pictureView is a picture of an entry, of which somebody said that no name is seen on it.
type pictureView struct {
	N, Seq        int64 // of the incident, and of the entry that added the picture
	JPEG          bool
	Width, Height int
}

// File is its name.
func (p pictureView) File() string {
	if p.JPEG {
		return fmt.Sprintf("e%d.jpg", p.Seq)
	}
	return fmt.Sprintf("e%d.png", p.Seq)
}

// Path is its address within the site.
func (p pictureView) Path() string {
	return "/status/INC-" + strconv.FormatInt(p.N, 10) + "/pictures/" + p.File()
}

// pictures are those of an entry of incident n.
func pictures(n int64, e report.PublicEntry) (all []pictureView) {
	for _, p := range e.Pictures {
		all = append(all, pictureView{n, p.Seq, p.Kind == "jpeg", p.Width, p.Height})
	}
	return all
}

// picture serves a picture that stands on a page, and no other.
func (s *Site) picture(w http.ResponseWriter, r *http.Request) {
	n, ok := number(r.PathValue("id"))
	i := s.all.Load().byNumber[n]
	if !ok || i == nil || s.o.Picture == nil {
		s.notFound(w, r)
		return
	}
	for _, e := range i.page.Entries {
		for _, p := range pictures(n, e) {
			if p.File() != r.PathValue("picture") {
				continue
			}
			data, err := s.o.Picture(r.Context(), i.name(), p.Seq)
			if err != nil {
				http.Error(w, "The picture can't be had at the moment.", http.StatusServiceUnavailable)
				return
			}
			w.Header().Set("Content-Type", "image/png")
			if p.JPEG {
				w.Header().Set("Content-Type", "image/jpeg")
			}
			w.Header().Set("Cache-Control", "max-age=60") // it may be hidden again
			_, _ = w.Write(data)                          // a reader who has gone needs nothing
			return
		}
	}
	s.notFound(w, r)
}
