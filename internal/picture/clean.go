// Package picture takes pictures in that people add to entries.
//
// A picture is decoded and encoded anew, so that nothing of the file survives but what is seen: no EXIF, XMP or text, no place, no name of
// a person or a file (language.md §2). It is kept in the store beside the log, and goes when its entry is struck. Whether it may be public
// is for people to say (incident.ShowPicture).
package picture

import (
	"bytes"
	"image"
	_ "image/gif" // takes its first picture
	"image/jpeg"
	"image/png"
	"slices"
	"sync"

	"github.com/disintegration/imaging"
	_ "golang.org/x/image/webp" // reads it

	"tocsin/internal/incident"
)

// MaxBytes bounds a file, maxPixels what it unfolds to: 160 MB in memory.
const (
	MaxBytes  = 8 << 20
	maxPixels = 40_000_000
)

// drawing has pictures unfold one at a time.
var drawing sync.Mutex

// Clean is what is seen of a picture: JPEG where it was one, PNG otherwise, turned as a camera says it should be. Errors are
// *incident.Error.
func Clean(file []byte) (data []byte, kind string, width, height int, err error) {
	if len(file) > MaxBytes {
		return nil, "", 0, 0, incident.Refuse(incident.Invalid, "picture", "the picture has more than %d MB; make it smaller", MaxBytes>>20)
	}
	head, kind, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || !slices.Contains([]string{"png", "jpeg", "gif", "webp"}, kind) {
		return nil, "", 0, 0, incident.Refuse(incident.Invalid, "picture", "this is no picture; PNG, JPEG, GIF and WebP are taken")
	}
	if head.Width <= 0 || head.Height <= 0 || head.Width > maxPixels/head.Height {
		return nil, "", 0, 0, incident.Refuse(incident.Invalid, "picture", "the picture has more than %d million pixels; make it smaller", maxPixels/1_000_000)
	}
	drawing.Lock()
	defer drawing.Unlock()
	seen, err := imaging.Decode(bytes.NewReader(file), imaging.AutoOrientation(true))
	if err != nil {
		return nil, "", 0, 0, incident.Refuse(incident.Invalid, "picture", "the picture is damaged: it can't be read to its end")
	}
	var out bytes.Buffer
	if kind == "jpeg" {
		err = jpeg.Encode(&out, seen, &jpeg.Options{Quality: 88})
	} else {
		kind, err = "png", (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, seen)
	}
	if err != nil {
		return nil, "", 0, 0, err
	}
	if out.Len() > 4*MaxBytes {
		return nil, "", 0, 0, incident.Refuse(incident.Invalid, "picture", "the picture is too large once it is unpacked; make it smaller")
	}
	return out.Bytes(), kind, seen.Bounds().Dx(), seen.Bounds().Dy(), nil
}
