package googledocs

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"google.golang.org/api/docs/v1"
)

// paper is a document as Google's reference describes it, and as unkind as it leaves open: whether a named range grows when text is
// typed at its edge, and whose style a merged paragraph takes, is up to coin.
type paper struct {
	text   []uint16 // text[i] has index i+1; newlines end paragraphs
	styles []string // beside text: of the paragraph, at its newline
	ranges []paperRange
	next   int
	coin   func() bool
}

type paperRange struct {
	id, name   string
	start, end int64
}

func newPaper(coin func() bool) *paper {
	return &paper{text: []uint16{'\n'}, styles: []string{"NORMAL_TEXT"}, coin: coin}
}

// document is what documents.get says.
func (p *paper) document() *docs.Document {
	d := &docs.Document{RevisionId: "r", Body: &docs.Body{Content: []*docs.StructuralElement{{EndIndex: 1, SectionBreak: &docs.SectionBreak{}}}}}
	start := 0
	for i, u := range p.text {
		if u != '\n' {
			continue
		}
		d.Body.Content = append(d.Body.Content, &docs.StructuralElement{StartIndex: int64(start + 1), EndIndex: int64(i + 2), Paragraph: &docs.Paragraph{
			ParagraphStyle: &docs.ParagraphStyle{NamedStyleType: p.styles[i]},
			Elements: []*docs.ParagraphElement{{
				StartIndex: int64(start + 1), EndIndex: int64(i + 2),
				TextRun: &docs.TextRun{Content: string(utf16.Decode(p.text[start : i+1])), TextStyle: &docs.TextStyle{}},
			}},
		}})
		start = i + 1
	}
	d.NamedRanges = map[string]docs.NamedRanges{}
	for _, r := range p.ranges {
		named := d.NamedRanges[r.name]
		named.NamedRanges = append(named.NamedRanges, &docs.NamedRange{NamedRangeId: r.id, Name: r.name, Ranges: []*docs.Range{{StartIndex: r.start, EndIndex: r.end}}})
		d.NamedRanges[r.name] = named
	}
	return d
}

func (p *paper) apply(requests []*docs.Request) error {
	for i, r := range requests {
		if err := p.one(r); err != nil {
			return fmt.Errorf("requests[%d]: %w", i, err)
		}
	}
	return nil
}

func (p *paper) one(r *docs.Request) error {
	switch {
	case r.InsertText != nil:
		return p.insert(r.InsertText.Location.Index, r.InsertText.Text)
	case r.DeleteContentRange != nil:
		return p.delete(r.DeleteContentRange.Range.StartIndex, r.DeleteContentRange.Range.EndIndex)
	case r.DeleteNamedRange != nil:
		n := len(p.ranges)
		p.ranges = slices.DeleteFunc(p.ranges, func(have paperRange) bool { return have.id == r.DeleteNamedRange.NamedRangeId })
		if len(p.ranges) == n {
			return fmt.Errorf("no such named range")
		}
	case r.CreateNamedRange != nil:
		at := r.CreateNamedRange.Range
		if err := p.within(at.StartIndex, at.EndIndex, int64(len(p.text))+1); err != nil {
			return err
		}
		p.next++
		p.ranges = append(p.ranges, paperRange{fmt.Sprint("id", p.next), r.CreateNamedRange.Name, at.StartIndex, at.EndIndex})
	case r.UpdateParagraphStyle != nil:
		at := r.UpdateParagraphStyle.Range
		if err := p.within(at.StartIndex, at.EndIndex, int64(len(p.text))+1); err != nil {
			return err
		}
		for i := at.StartIndex - 1; ; i++ {
			if p.text[i] == '\n' {
				p.styles[i] = r.UpdateParagraphStyle.ParagraphStyle.NamedStyleType
				if i+1 >= at.EndIndex-1 {
					break
				}
			}
		}
	default:
		return fmt.Errorf("not a request of ours")
	}
	return nil
}

func (p *paper) within(start, end, most int64) error {
	if start < 1 || start >= end || end > most {
		return fmt.Errorf("[%d,%d) is not within [1,%d)", start, end, most)
	}
	return nil
}

func (p *paper) halves(index int64) bool {
	i := index - 1
	return i > 0 && i < int64(len(p.text)) && utf16.IsSurrogate(rune(p.text[i])) && p.text[i] >= 0xDC00
}

func (p *paper) insert(index int64, text string) error {
	if index < 1 || index > int64(len(p.text)) || p.halves(index) {
		return fmt.Errorf("text can't be inserted at %d", index)
	}
	units := utf16.Encode([]rune(text))
	at := int(index - 1)
	style := p.styles[at+slices.Index(p.text[at:], '\n')]
	added := make([]string, len(units))
	for i := range added {
		added[i] = style
	}
	p.text = slices.Insert(p.text, at, units...)
	p.styles = slices.Insert(p.styles, at, added...)
	n := int64(len(units))
	for i := range p.ranges {
		r := &p.ranges[i]
		if index < r.start || index == r.start && p.coin() {
			r.start += n
		}
		if index < r.end || index == r.end && p.coin() {
			r.end += n
		}
	}
	return nil
}

func (p *paper) delete(start, end int64) error {
	if err := p.within(start, end, int64(len(p.text))); err != nil {
		return err
	}
	if p.halves(start) || p.halves(end) {
		return fmt.Errorf("half a character can't be deleted")
	}
	if cut := p.text[start-1 : end-1]; slices.Contains(cut, '\n') && p.coin() {
		survivor := int(end-1) + slices.Index(p.text[end-1:], '\n')
		p.styles[survivor] = p.styles[int(start-1)+slices.Index(cut, '\n')]
	}
	p.text = slices.Delete(p.text, int(start-1), int(end-1))
	p.styles = slices.Delete(p.styles, int(start-1), int(end-1))
	for i := range p.ranges {
		r := &p.ranges[i]
		r.start -= max(0, min(end, r.start)-start)
		r.end -= max(0, min(end, r.end)-start)
	}
	p.ranges = slices.DeleteFunc(p.ranges, func(r paperRange) bool { return r.start >= r.end })
	return nil
}

// managed is the text of each named range of ours, in the order of the document.
func (p *paper) managed() (all []block) {
	ranges := slices.Clone(p.ranges)
	slices.SortFunc(ranges, func(a, b paperRange) int { return int(a.start - b.start) })
	for _, r := range ranges {
		key, _ := strings.CutPrefix(r.name, prefix)
		at := int(r.start - 1)
		text := string(utf16.Decode(p.text[at : r.end-1]))
		all = append(all, block{key, p.styles[at+slices.Index(p.text[at:], '\n')], text, r.end - r.start})
	}
	return all
}

// foreign is everything outside our ranges, newlines left out: blocks come and go with theirs.
func (p *paper) foreign() string {
	var out []uint16
	for i, u := range p.text {
		at := int64(i + 1)
		if u != '\n' && !slices.ContainsFunc(p.ranges, func(r paperRange) bool { return r.start <= at && at < r.end }) {
			out = append(out, u)
		}
	}
	return string(utf16.Decode(out))
}
