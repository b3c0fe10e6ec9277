package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/picture"
)

// Picture is a picture of an entry. Shown: somebody said that no name is seen on it, so that the public may see it.
type Picture struct {
	ID     string `json:"id"`
	Type   string `json:"type" enum:"png,jpeg"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Shown  bool   `json:"shown"`
}

func picturesOf(l incident.Line) (out []Picture) {
	for _, p := range l.Pictures {
		out = append(out, Picture{p.ID, p.Type, p.Width, p.Height, !p.Shown.IsZero()})
	}
	return out
}

type entryOut struct {
	Replayed string `header:"Idempotency-Replayed" doc:"true when this is the first answer to the same request"`
	Body     Entry
}

// addPicture takes a picture in. Its file's name and metadata are not kept.
func (s *server) addPicture() {
	type in struct {
		One
		Keyed
		Entry string `path:"entry" maxLength:"20" example:"e17"`
		Raw
	}
	op := huma.Operation{OperationID: "add-picture", Method: http.MethodPost, Path: "/api/v1/incidents/{id}/entries/{entry}/pictures", DefaultStatus: http.StatusCreated,
		Summary: "Add a picture to an entry", Tags: []string{"incidents"}, MaxBodyBytes: picture.MaxBytes + 1, BodyReadTimeout: 2 * time.Minute,
		Description: "The body is the picture: PNG, JPEG, GIF or WebP, at most 8 MB and 40 million pixels. It is drawn anew: metadata and file name are not kept. The public sees it once show_picture says that no name is seen on it."}
	route(s, mayWrite, op, nil, func(ctx context.Context, acc auth.Account, q *in) (*entryOut, error) {
		entry, err := incident.ParseEntry(q.Entry)
		if err != nil {
			return nil, err
		}
		res, err := picture.Add(ctx, s.o.Ledger, s.o.Pictures, ledger.Request{Incident: q.ID, Actor: acc.Person.ID, Key: q.Key}, incident.EntryID(entry), q.RawBody)
		if err != nil {
			return nil, err
		}
		return &entryOut{Replayed: replayed(res.Repeat), Body: s.entry(res.Incident, *res.Incident.Line(entry))}, nil
	})
	s.api.OpenAPI().Paths[op.Path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"image/*": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
}

type pictureOut struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (s *server) addPictureOf() {
	type in struct {
		One
		Picture string `path:"picture" maxLength:"32"`
	}
	route(s, mayRead, huma.Operation{OperationID: "picture", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/pictures/{picture}", Summary: "A picture of an entry",
		Tags: []string{"incidents"}}, nil, func(ctx context.Context, acc auth.Account, q *in) (*pictureOut, error) {
		i, err := s.view(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		p, l := i.Picture(q.Picture)
		if p == nil || acc.Hidden(i, *l) {
			return nil, incident.Refuse(incident.NotFound, "", "there is no picture %s in %s", q.Picture, i.Name)
		}
		kept, err := s.o.Pictures.Picture(ctx, i.ID, p.ID)
		return &pictureOut{"image/" + kept.Type, kept.Data}, err
	})
}
