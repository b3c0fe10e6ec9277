package standin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"google.golang.org/api/docs/v1"
)

// draft is the body of a document. text[i] has index i+1, and the last of it is a newline; each newline ends a paragraph.
type draft struct {
	text   []uint16
	styles []string // beside text; a paragraph's style stands at its newline
	ranges []namedRange
	minted int // named ranges so far
	edits  int
}

type namedRange struct {
	id, name   string
	start, end int64
}

const normalStyle = "NORMAL_TEXT"

func newDraft() draft { return draft{text: []uint16{'\n'}, styles: []string{normalStyle}} }

func (d *draft) clone() draft {
	c := *d
	c.text, c.styles, c.ranges = slices.Clone(d.text), slices.Clone(d.styles), slices.Clone(d.ranges)
	return c
}

// end is the index behind the final newline.
func (d *draft) end() int64 { return int64(len(d.text)) + 1 }

// splits tells whether an index lies between the two halves of a character.
func (d *draft) splits(index int64) bool {
	i := index - 1
	return i > 0 && i < int64(len(d.text)) && d.text[i] >= 0xDC00 && d.text[i] <= 0xDFFF
}

func decodeUnits(text []uint16) string { return string(utf16.Decode(text)) }

// within checks a range.
func (d *draft) within(r *docs.Range) error {
	switch {
	case r == nil:
		return errors.New("The range must be specified.")
	case r.TabId != "" && r.TabId != onlyTab:
		return fmt.Errorf("Tab with ID %s was not found.", r.TabId)
	case r.SegmentId != "":
		return fmt.Errorf("Segment with ID %s was not found.", r.SegmentId)
	case r.StartIndex < 1:
		return fmt.Errorf("Index %d must be greater than or equal to 1.", r.StartIndex)
	case r.EndIndex > d.end():
		return fmt.Errorf("Index %d must be less than or equal to the end index of the referenced segment, %d.", r.EndIndex, d.end())
	case r.StartIndex >= r.EndIndex:
		return errors.New("The range should not be empty.")
	}
	return nil
}

// private are the characters that Docs takes out of inserted text.
func private(r rune) bool {
	return r < 0x09 || r >= 0x0C && r < 0x20 && r != '\r' || r >= 0xE000 && r <= 0xF8FF
}

// units is a text as Docs takes it in.
func units(text string) []uint16 {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return utf16.Encode([]rune(strings.Map(func(r rune) rune {
		if private(r) {
			return -1
		}
		return r
	}, text)))
}

func (d *draft) insertText(r *docs.InsertTextRequest) error {
	if (r.Location == nil) == (r.EndOfSegmentLocation == nil) {
		return errors.New("Exactly one of location and endOfSegmentLocation must be specified.")
	}
	var segment, tab string
	index := d.end() - 1
	if r.Location != nil {
		segment, tab, index = r.Location.SegmentId, r.Location.TabId, r.Location.Index
	} else {
		segment, tab = r.EndOfSegmentLocation.SegmentId, r.EndOfSegmentLocation.TabId
	}
	switch {
	case tab != "" && tab != onlyTab:
		return fmt.Errorf("Tab with ID %s was not found.", tab)
	case segment != "":
		return fmt.Errorf("Segment with ID %s was not found.", segment)
	case r.Text == "":
		return errors.New("Insert text requests must specify text to insert.")
	case index < 1:
		return errors.New("The insertion index must be inside the bounds of an existing paragraph. You can still create new paragraphs by inserting newlines.")
	case index >= d.end():
		return fmt.Errorf("Index %d must be less than the end index of the referenced segment, %d.", index, d.end())
	case d.splits(index):
		return errors.New("The insertion index cannot be within a grapheme cluster.")
	}
	d.insert(index, units(r.Text))
	return nil
}

// insert puts text in. A named range grows if the text comes inside it, and moves if the text comes before it or at its start.
func (d *draft) insert(index int64, text []uint16) {
	at, n := int(index-1), int64(len(text))
	style := d.styles[at+slices.Index(d.text[at:], '\n')]
	d.text = slices.Insert(d.text, at, text...)
	d.styles = slices.Insert(d.styles, at, slices.Repeat([]string{style}, len(text))...)
	for i := range d.ranges {
		r := &d.ranges[i]
		if index <= r.start {
			r.start += n
		}
		if index < r.end {
			r.end += n
		}
	}
}

func (d *draft) deleteContent(r *docs.Range) error {
	if err := d.within(r); err != nil {
		return err
	}
	switch {
	case r.EndIndex == d.end():
		return errors.New("The range should not include the newline character at the end of the segment.")
	case d.splits(r.StartIndex) || d.splits(r.EndIndex):
		return errors.New("The range should not split a surrogate pair.")
	}
	d.cut(r.StartIndex, r.EndIndex)
	return nil
}

// cut takes text out. A named range shrinks by what is cut out of it, and is gone when nothing is left.
func (d *draft) cut(start, end int64) {
	d.text = slices.Delete(d.text, int(start-1), int(end-1))
	d.styles = slices.Delete(d.styles, int(start-1), int(end-1))
	for i := range d.ranges {
		r := &d.ranges[i]
		r.start -= max(0, min(end, r.start)-start)
		r.end -= max(0, min(end, r.end)-start)
	}
	d.ranges = slices.DeleteFunc(d.ranges, func(r namedRange) bool { return r.start >= r.end })
}

func (d *draft) replaceAll(r *docs.ReplaceAllTextRequest) (changed int64, err error) {
	if r.ContainsText == nil || r.ContainsText.Text == "" {
		return 0, errors.New("The search text must not be empty.")
	}
	if r.ContainsText.SearchByRegex {
		return 0, errors.New("The stand-in does not search by regular expression.")
	}
	want, to := units(r.ContainsText.Text), units(r.ReplaceText)
	for at := 0; at+len(want) <= len(d.text); at++ {
		here := d.text[at : at+len(want)]
		if !slices.Equal(here, want) && (r.ContainsText.MatchCase || !strings.EqualFold(decodeUnits(here), decodeUnits(want))) {
			continue
		}
		if at+len(want) == len(d.text) {
			break // the final newline stays
		}
		d.swap(int64(at+1), int64(at+len(want)+1), to)
		at += len(to) - 1
		changed++
	}
	return changed, nil
}

// swap puts text in place of a range; named ranges around it keep it.
func (d *draft) swap(start, end int64, text []uint16) {
	n := int64(len(text))
	kept := slices.Clone(d.ranges)
	d.cut(start, end)
	d.insert(start, text)
	d.ranges = d.ranges[:0]
	for _, r := range kept {
		switch {
		case r.end <= start:
		case r.start >= end:
			r.start, r.end = r.start+n-(end-start), r.end+n-(end-start)
		case r.start <= start && r.end >= end:
			r.end += n - (end - start)
		case r.start > start && r.end < end:
			continue
		case r.start <= start:
			r.end = start
		default:
			r.start, r.end = start+n, r.end+n-(end-start)
		}
		if r.start < r.end {
			d.ranges = append(d.ranges, r)
		}
	}
}

func (d *draft) createRange(r *docs.CreateNamedRangeRequest) (id string, err error) {
	if n := len(utf16.Encode([]rune(r.Name))); n < 1 || n > 256 {
		return "", errors.New("The name must be at least 1 and at most 256 UTF-16 code units long.")
	}
	if err := d.within(r.Range); err != nil {
		return "", err
	}
	d.minted++
	id = "kix." + strings.ToLower(opaque("named range", d.minted)[:12])
	d.ranges = append(d.ranges, namedRange{id, r.Name, r.Range.StartIndex, r.Range.EndIndex})
	return id, nil
}

// named gives a test for the ranges that an id or a name means; an id must be known, a name need not.
func (d *draft) named(id, name string) (func(namedRange) bool, error) {
	if (id == "") == (name == "") {
		return nil, errors.New("Exactly one of the range's id and name must be specified.")
	}
	is := func(r namedRange) bool { return r.id == id || id == "" && r.name == name }
	if id != "" && !slices.ContainsFunc(d.ranges, is) {
		return nil, fmt.Errorf("No named range with ID %s was found.", id)
	}
	return is, nil
}

func (d *draft) deleteRange(r *docs.DeleteNamedRangeRequest) error {
	is, err := d.named(r.NamedRangeId, r.Name)
	if err == nil {
		d.ranges = slices.DeleteFunc(d.ranges, is)
	}
	return err
}

func (d *draft) replaceRange(r *docs.ReplaceNamedRangeContentRequest) error {
	is, err := d.named(r.NamedRangeId, r.NamedRangeName)
	if err != nil {
		return err
	}
	text := units(r.Text)
	for _, was := range slices.Clone(d.ranges) {
		i := slices.IndexFunc(d.ranges, func(n namedRange) bool { return n.id == was.id })
		if i < 0 || !is(was) {
			continue
		}
		now := d.ranges[i]
		end := min(now.end, d.end()-1) // the final newline stays
		if now.start > end {
			return errors.New("The range should not include the newline character at the end of the segment.")
		}
		d.swap(now.start, end, text)
	}
	return nil
}

// styled checks a change of looks, which the stand-in does not keep.
func (d *draft) styled(r *docs.Range, fields string) error {
	if fields == "" {
		return errors.New("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
	}
	return d.within(r)
}

var namedStyles = []string{normalStyle, "TITLE", "SUBTITLE", "HEADING_1", "HEADING_2", "HEADING_3", "HEADING_4", "HEADING_5", "HEADING_6"}

// styleParagraphs gives every paragraph that the range touches its named style; other looks are not kept.
func (d *draft) styleParagraphs(r *docs.UpdateParagraphStyleRequest) error {
	if err := d.styled(r.Range, r.Fields); err != nil {
		return err
	}
	if r.ParagraphStyle == nil {
		return errors.New("The paragraph style must be specified.")
	}
	style := r.ParagraphStyle.NamedStyleType
	if fields := strings.Split(r.Fields, ","); !slices.Contains(fields, "namedStyleType") && !slices.Contains(fields, "*") {
		return nil
	}
	if style == "" {
		style = normalStyle
	}
	if !slices.Contains(namedStyles, style) {
		return fmt.Errorf("Invalid value at 'named_style_type': %q", style)
	}
	last := int(r.Range.EndIndex - 2)
	for i := int(r.Range.StartIndex - 1); i < len(d.text); i++ {
		if d.text[i] == '\n' {
			d.styles[i] = style
			if i >= last {
				break
			}
		}
	}
	return nil
}
