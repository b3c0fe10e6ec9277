package googledocs

import (
	"reflect"
	"slices"
	"strings"
	"unicode/utf16"

	"google.golang.org/api/docs/v1"

	"tocsin/internal/connect"
)

// prefix begins the name of each managed block's named range.
const prefix = "tocsin:"

// styles maps a block's style to Google's name for it.
var styles = map[string]string{"title": "TITLE", "heading": "HEADING_1", "text": "NORMAL_TEXT"}

// block is one paragraph as it should read.
type block struct {
	key, style, text string // style is Google's; text is as Google keeps it
	units            int64  // length of text
}

// wanted reads the blocks of a request. Those without text are left out: an empty range can't be named.
func wanted(blocks []connect.DocumentBlock) ([]block, error) {
	var want []block
	keys := map[string]bool{}
	for _, b := range blocks {
		style := styles[b.Style]
		switch {
		case b.Key == "" || keys[b.Key]:
			return nil, refused("google: the document's blocks need keys, each its own; %q is not", b.Key)
		case style == "":
			return nil, refused("google: a block of the document has the unknown style %q", b.Style)
		}
		keys[b.Key] = true
		if text := paragraphText(b.Text.String()); text != "" {
			want = append(want, block{b.Key, style, text, units(text)})
		}
	}
	return want, nil
}

// paragraphText is s as Google would keep it: control characters and private-use characters are dropped there, so they are dropped here,
// lest the text differ for ever. Line breaks stay within the paragraph.
func paragraphText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r':
			return '\v'
		case r == '\t' || r == '\v':
			return r
		case r < 0x20 || r >= 0xE000 && r <= 0xF8FF:
			return -1
		}
		return r
	}, s)
	return strings.Trim(s, "\v")
}

// units counts as Google does: in UTF-16 code units.
func units(s string) int64 {
	n := int64(0)
	for _, r := range s {
		n += int64(utf16.RuneLen(r))
	}
	return n
}

// span is [start, end) in the document's code units.
type span struct{ start, end int64 }

// paragraph is a top-level paragraph; its last unit is the newline. Followed says that another paragraph comes right after it: only then
// may its newline be deleted.
type paragraph struct {
	span
	style    string
	followed bool
	dressed  bool // has list bullets or text styles that text typed into it would take on
}

// managed is what the document has of a block. It is sound if it is one stretch of text within one paragraph, and the first managed block
// there; otherwise people have cut it up, and it is taken out and written anew.
type managed struct {
	key   string
	ids   []string // of its named ranges
	spans []span
	sound bool
	in    *paragraph // if sound
	text  string     // if sound
}

// start is where a sound block starts.
func (m *managed) start() int64 { return m.spans[0].start }

// end is where a sound block ends.
func (m *managed) end() int64 { return m.spans[0].end }

// longest is far above what Google lets a document hold, which is a million characters.
const longest = 1 << 24

// layout is a document as far as it concerns us, in the order of the document.
type layout struct {
	paragraphs []*paragraph
	blocks     []*managed
}

func read(d *docs.Document) layout {
	var l layout
	var text []uint16
	if d.Body != nil {
		for i, e := range d.Body.Content {
			if e.Paragraph == nil {
				continue
			}
			p := &paragraph{span: span{e.StartIndex, e.EndIndex}, dressed: e.Paragraph.Bullet != nil}
			p.followed = i+1 < len(d.Body.Content) && d.Body.Content[i+1].Paragraph != nil
			if e.Paragraph.ParagraphStyle != nil {
				p.style = e.Paragraph.ParagraphStyle.NamedStyleType
			}
			for _, run := range e.Paragraph.Elements {
				if run.StartIndex < 0 || run.StartIndex > run.EndIndex || run.EndIndex > longest {
					continue
				}
				for int64(len(text)) < run.EndIndex {
					text = append(text, 0xFFFC) // whatever is not text: pictures, chips, tables
				}
				if run.TextRun == nil {
					continue
				}
				copy(text[run.StartIndex:run.EndIndex], utf16.Encode([]rune(run.TextRun.Content)))
				p.dressed = p.dressed || run.TextRun.TextStyle != nil && !reflect.ValueOf(*run.TextRun.TextStyle).IsZero()
			}
			l.paragraphs = append(l.paragraphs, p)
		}
	}
	for name, ranges := range d.NamedRanges {
		key, ours := strings.CutPrefix(name, prefix)
		if !ours {
			continue
		}
		m := &managed{key: key}
		for _, r := range ranges.NamedRanges {
			m.ids = append(m.ids, r.NamedRangeId)
			for _, at := range r.Ranges {
				if at.SegmentId == "" && 0 <= at.StartIndex && at.StartIndex < at.EndIndex {
					m.spans = append(m.spans, span{at.StartIndex, at.EndIndex})
				}
			}
		}
		slices.SortFunc(m.spans, func(a, b span) int { return int(a.start - b.start) })
		l.blocks = append(l.blocks, m)
	}
	l.judge(text)
	return l
}

// judge sorts the blocks and finds the sound ones.
func (l *layout) judge(text []uint16) {
	first := func(m *managed) int64 {
		if len(m.spans) == 0 {
			return 1 << 62
		}
		return m.spans[0].start
	}
	slices.SortFunc(l.blocks, func(a, b *managed) int {
		if d := first(a) - first(b); d != 0 {
			return int(d)
		}
		return strings.Compare(a.key, b.key)
	})
	type owned struct {
		span
		by *managed
	}
	var all []owned
	taken := map[*paragraph]bool{}
	for _, m := range l.blocks {
		for _, s := range m.spans {
			all = append(all, owned{s, m})
		}
		if len(m.ids) != 1 || len(m.spans) != 1 {
			continue
		}
		s := m.spans[0]
		if p := l.paragraphAt(s.start); p != nil && s.end < p.end && s.end <= int64(len(text)) && !taken[p] {
			taken[p] = true
			m.sound, m.in, m.text = true, p, string(utf16.Decode(text[s.start:s.end]))
		}
	}
	slices.SortFunc(all, func(a, b owned) int { return int(a.start - b.start) })
	for i := 1; i < len(all); i++ {
		widest := &all[i-1]
		if all[i].start < widest.end && all[i].by != widest.by {
			all[i].by.sound, widest.by.sound = false, false
		}
		if all[i].end < widest.end { // keep the farthest reaching one as the neighbour to compare with
			all[i].end, all[i].by = widest.end, widest.by
		}
	}
}

func (l *layout) paragraphAt(index int64) *paragraph {
	i, found := slices.BinarySearchFunc(l.paragraphs, index, func(p *paragraph, at int64) int {
		switch {
		case p.end <= at:
			return -1
		case p.start > at:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return l.paragraphs[i]
}
