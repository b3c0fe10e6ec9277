package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"tocsin/internal/incident"
)

// canary is a name that stands in every place of a file where programs write some.
const canary = "Zelda Winterbourne"

// drawn is a picture, 30 by 20, red at the left.
func drawn() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 30, 20))
	for x := range 30 {
		for y := range 20 {
			c := color.RGBA{B: 255, A: 255}
			if x < 10 {
				c = color.RGBA{R: 255, A: 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

// photograph is a JPEG as a telephone writes it, held upright: EXIF with who, where and how it was held, XMP, a comment, and more behind its end.
func photograph(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(), nil); err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	tiff = le.AppendUint16(tiff, 3)
	field := func(tag, kind uint16, count, value uint32) {
		tiff = le.AppendUint16(le.AppendUint16(tiff, tag), kind)
		tiff = le.AppendUint32(le.AppendUint32(tiff, count), value)
	}
	field(0x0112, 3, 1, 6)                              // orientation: turn it to the right
	field(0x013B, 2, uint32(len(canary)+1), 8+2+36+4)   // artist
	field(0x8825, 4, 1, 8+2+36+4+uint32(len(canary)+1)) // GPS
	tiff = append(le.AppendUint32(tiff, 0), canary+"\x00"...)
	tiff = le.AppendUint16(tiff, 1)
	field(0x0012, 2, uint32(len(canary)), 0) // GPS map datum
	segment := func(marker byte, body string) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2)), body...)
	}
	var out []byte
	out = append(out, b.Bytes()[:2]...)
	out = append(out, segment(0xE1, "Exif\x00\x00"+string(tiff))...)
	out = append(out, segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta><dc:creator>"+canary+"</dc:creator></x:xmpmeta>")...)
	out = append(out, segment(0xFE, canary)...)
	out = append(out, b.Bytes()[2:]...)
	return append(out, canary...)
}

// screenshot is a PNG with all that its format has room for.
func screenshot(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, drawn()); err != nil {
		t.Fatal(err)
	}
	chunk := func(kind, body string) []byte {
		out := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), kind+body...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(kind+body)))
	}
	const head = 8 + 25 // signature and IHDR
	out := append([]byte{}, b.Bytes()[:head]...)
	out = append(out, chunk("tEXt", "Author\x00"+canary)...)
	out = append(out, chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+canary)...)
	out = append(out, chunk("eXIf", "II*\x00"+canary)...)
	out = append(out, b.Bytes()[head:]...)
	return append(out, canary...)
}

func TestNothingButWhatIsSeen(t *testing.T) {
	t.Parallel()
	var moving bytes.Buffer
	if err := gif.Encode(&moving, drawn(), nil); err != nil {
		t.Fatal(err)
	}
	moving.WriteString(canary)
	for name, c := range map[string]struct {
		file          []byte
		kind          string
		width, height int
		redX, redY    int // where it is red
	}{
		"JPEG": {photograph(t), "jpeg", 20, 30, 10, 4}, // turned: what was left is on top
		"PNG":  {screenshot(t), "png", 30, 20, 4, 10},
		"GIF":  {moving.Bytes(), "png", 30, 20, 4, 10},
	} {
		if !bytes.Contains(c.file, []byte(canary)) {
			t.Fatalf("%s holds no name to begin with", name)
		}
		data, kind, width, height, err := Clean(c.file)
		if err != nil || kind != c.kind || width != c.width || height != c.height {
			t.Errorf("%s: %s, %d by %d, %v", name, kind, width, height, err)
			continue
		}
		for _, word := range []string{canary, "Exif", "xmp", "tEXt", "iTXt", "eXIf", "Author"} {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s: %q is left in the file", name, word)
			}
		}
		seen, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, b, _ := seen.At(c.redX, c.redY).RGBA(); r < 0xC000 || b > 0x4000 {
			t.Errorf("%s: it is not as it was seen", name)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	bomb := screenshot(t)
	binary.BigEndian.PutUint32(bomb[16:], 60_000)
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for want, file := range map[string][]byte{
		"more than 8 MB":            make([]byte, MaxBytes+1),
		"no picture":                []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"more than 40 million":      bomb,
		"can't be read to its end":  photograph(t)[:800],
		"no picture; PNG, JPEG, GI": []byte("BM" + strings.Repeat("\x00", 200)),
	} {
		_, _, _, _, err := Clean(file)
		var e *incident.Error
		if !errors.As(err, &e) || !strings.Contains(e.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}
