package incident

import "regexp"

// Picture is what somebody added to an entry; the store keeps what is seen.
type Picture struct {
	ID            string // 32 hex digits
	Added         int64  // Seq of the entry that added it
	Type          string // png, jpeg
	Width, Height int    // pixels
	Shown         Stamp  // who said that no name is seen on it; zero: nobody, so the public does not see it
}

// mostPictures bounds the pictures of an entry.
const mostPictures = 10

var pictureID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Picture finds a picture and the line it is of.
func (i *Incident) Picture(id string) (*Picture, *Line) {
	for n := range i.Lines {
		for m := range i.Lines[n].Pictures {
			if p := &i.Lines[n].Pictures[m]; p.ID == id {
				return p, &i.Lines[n]
			}
		}
	}
	return nil, nil
}

// AddPicture says that a picture of an entry is kept. It is given by package picture alone, which has the picture.
type AddPicture struct {
	Entry  EntryID `json:"entry"`
	ID     string  `json:"id"`
	Type   string  `json:"type"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
}

// Decide takes pictures of what people wrote.
func (c *AddPicture) Decide(i *Incident, _ Ask) ([]Event, error) {
	l := i.Line(int64(c.Entry))
	switch {
	case l == nil:
		return nil, missing("there is no entry e%d in %s", c.Entry, i.Name)
	case l.Struck:
		return nil, conflict("e%d is struck", c.Entry)
	case Remains(l.Event) == nil:
		return nil, conflict("e%d is a record; pictures belong to what people wrote", c.Entry)
	case !pictureID.MatchString(c.ID):
		return nil, invalid("id", "%q is no picture", c.ID)
	}
	for _, p := range l.Pictures {
		if p.ID == c.ID {
			return nil, nil
		}
	}
	if len(l.Pictures) >= mostPictures {
		return nil, conflict("e%d has %d pictures already; write a new entry for more", c.Entry, mostPictures)
	}
	return []Event{&PictureAdded{Entry: int64(c.Entry), ID: c.ID, Type: c.Type, Width: c.Width, Height: c.Height}}, nil
}

// PictureAdded is that an entry has a picture.
type PictureAdded struct {
	Entry  int64  `json:"entry"`
	ID     string `json:"id"`
	Type   string `json:"type"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Kind names the entry.
func (*PictureAdded) Kind() string { return "picture_added" }

// Apply adds it.
func (c *PictureAdded) Apply(i *Incident, e Entry) {
	if l := i.Line(c.Entry); l != nil && !l.Struck {
		l.Pictures = append(l.Pictures, Picture{ID: c.ID, Added: e.Seq, Type: c.Type, Width: c.Width, Height: c.Height})
	}
}

// ShowPicture says that no name is seen on a picture, so that the public may see it beside its entry; or takes that back.
type ShowPicture struct {
	Picture string `json:"picture"`
	NoNames bool   `json:"no_names,omitempty"` // somebody looked: no name, face, address or secret is seen on it
	Hide    bool   `json:"hide,omitempty"`
}

// Decide wants it said.
func (c *ShowPicture) Decide(i *Incident, _ Ask) ([]Event, error) {
	p, _ := i.Picture(c.Picture)
	switch {
	case p == nil:
		return nil, missing("there is no picture %s in %s", c.Picture, i.Name)
	case !c.Hide && !c.NoNames:
		return nil, invalid("no_names", "look at it first, then say that no name, face, address or secret is seen on it")
	case p.Shown.IsZero() == c.Hide:
		return nil, nil
	}
	return []Event{&PictureShown{ID: c.Picture, Hidden: c.Hide}}, nil
}

// PictureShown is the answer.
type PictureShown struct {
	ID     string `json:"id"`
	Hidden bool   `json:"hidden,omitempty"`
}

// Kind names the entry.
func (*PictureShown) Kind() string { return "picture_shown" }

// Apply notes who said so.
func (c *PictureShown) Apply(i *Incident, e Entry) {
	p, l := i.Picture(c.ID)
	if p == nil {
		return
	}
	p.Shown = Stamp{By: e.By, At: e.At, Seq: e.Seq}
	if c.Hidden {
		p.Shown = Stamp{}
	}
	if l.Visibility == Public {
		i.show()
	}
}
