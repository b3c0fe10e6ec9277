package googledocs

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/api/docs/v1"

	"tocsin/internal/connect"
)

// replacer lists the names in a text and what may stand there instead.
type replacer func(text string) []connect.Replacement

// strip is the text of one segment of a tab as a reader sees it: the body, a header, a footer, a footnote. at[i] is the place of byte i in
// the segment's code units; bytes of a chip share its place. A place is nowhere if what stands there can't be replaced: suggestions belong
// to those who made them, pictures and tables of contents are no text.
type strip struct {
	tab, segment string
	text         strings.Builder
	at           []span
	hidden       []hidden
}

var nowhere = span{-1, -1}

// hidden is a text that readers can reach but do not see: where a link leads to, whom a chip stands for.
type hidden struct {
	span
	text string
	link bool
}

// cleansed works out the batch that replaces the names in a document, and how many it replaces. Within a segment it goes from the end to
// the beginning, so that no edit moves another's place.
func cleansed(d *docs.Document, names replacer) (all []*docs.Request, replaced int) {
	for _, s := range strips(d) {
		for _, h := range s.hidden {
			if h.link && len(names(h.text)) > 0 {
				all = append(all, &docs.Request{UpdateTextStyle: &docs.UpdateTextStyleRequest{Range: s.place(h.span), TextStyle: &docs.TextStyle{}, Fields: "link"}})
				replaced++
			}
		}
		for _, e := range s.edits(names) {
			all = append(all, &docs.Request{DeleteContentRange: &docs.DeleteContentRangeRequest{Range: s.place(span{e.at, e.at + e.cut})}})
			if e.text != "" {
				replaced++
				at := &docs.Location{Index: e.at, SegmentId: s.segment, TabId: s.tab}
				if e.at == 0 {
					at.ForceSendFields = []string{"Index"}
				}
				all = append(all, &docs.Request{InsertText: &docs.InsertTextRequest{Location: at, Text: e.text}})
			}
		}
	}
	return all, replaced
}

func (s *strip) place(at span) *docs.Range {
	r := &docs.Range{StartIndex: at.start, EndIndex: at.end, SegmentId: s.segment, TabId: s.tab}
	if at.start == 0 {
		r.ForceSendFields = []string{"StartIndex"}
	}
	return r
}

// edits replaces what names finds, the last one first. A name over several paragraphs is taken out of each; the paragraphs stay.
func (s *strip) edits(names replacer) (all []edit) {
	text := s.text.String()
	for _, r := range names(text) {
		if slices.Contains(s.at[r.Start:r.End], nowhere) {
			continue
		}
		with := r.Text
		for from := r.Start; from < r.End; {
			to := r.End
			if n := strings.IndexByte(text[from:r.End], '\n'); n >= 0 {
				to = from + n
			}
			if to > from {
				at := s.at[from].start
				all = append(all, edit{at: at, cut: s.at[to-1].end - at, text: with})
				with = ""
			}
			from = to + 1
		}
	}
	for _, h := range s.hidden {
		if found := names(h.text); !h.link && len(found) > 0 {
			all = append(all, edit{at: h.start, cut: h.end - h.start, text: found[0].Text})
		}
	}
	slices.SortStableFunc(all, func(a, b edit) int { return cmp.Compare(b.at, a.at) })
	kept := all[:0]
	for _, e := range all { // a chip whose name and address both tell, or one with two names, is one thing to replace
		if n := len(kept); n == 0 || e.at+e.cut <= kept[n-1].at {
			kept = append(kept, e)
		}
	}
	return kept
}

// strips reads all segments of all tabs.
func strips(d *docs.Document) (all []*strip) {
	segment := func(tab, id string, content []*docs.StructuralElement) {
		s := &strip{tab: tab, segment: id}
		s.read(content)
		all = append(all, s)
	}
	tab := func(id string, t *docs.DocumentTab) {
		if t.Body != nil {
			segment(id, "", t.Body.Content)
		}
		for key, h := range t.Headers {
			segment(id, key, h.Content)
		}
		for key, f := range t.Footers {
			segment(id, key, f.Content)
		}
		for key, f := range t.Footnotes {
			segment(id, key, f.Content)
		}
	}
	var tabs func([]*docs.Tab)
	tabs = func(list []*docs.Tab) {
		for _, t := range list {
			if t.DocumentTab != nil && t.TabProperties != nil {
				tab(t.TabProperties.TabId, t.DocumentTab)
			}
			tabs(t.ChildTabs)
		}
	}
	tabs(d.Tabs)
	return all
}

func (s *strip) read(content []*docs.StructuralElement) {
	for _, e := range content {
		switch {
		case e.Paragraph != nil:
			for _, p := range e.Paragraph.Elements {
				s.element(p)
			}
		case e.Table != nil:
			for _, row := range e.Table.TableRows {
				for _, cell := range row.TableCells {
					s.read(cell.Content)
				}
			}
		}
	}
}

func (s *strip) element(e *docs.ParagraphElement) {
	here := span{e.StartIndex, e.EndIndex}
	switch {
	case e.TextRun != nil:
		s.run(here.start, e.TextRun)
	case e.Person != nil && e.Person.PersonProperties != nil && !suggested(e.Person.SuggestedInsertionIds, e.Person.SuggestedDeletionIds):
		who := e.Person.PersonProperties
		s.put(cmp.Or(who.Name, who.Email), here)
		s.hidden = append(s.hidden, hidden{span: here, text: who.Email})
	case e.RichLink != nil && e.RichLink.RichLinkProperties != nil && !suggested(e.RichLink.SuggestedInsertionIds, e.RichLink.SuggestedDeletionIds):
		to := e.RichLink.RichLinkProperties
		s.put(to.Title, here)
		s.hidden = append(s.hidden, hidden{span: here, text: plainAddress(to.Uri)})
	default:
		s.put("\uFFFC", nowhere)
	}
}

func suggested(inserted, deleted []string) bool { return len(inserted)+len(deleted) > 0 }

func (s *strip) run(at int64, r *docs.TextRun) {
	fixed := suggested(r.SuggestedInsertionIds, r.SuggestedDeletionIds)
	start := at
	for _, c := range r.Content {
		place := span{at, at + units(string(c))}
		at = place.end
		if fixed {
			place = nowhere
		}
		s.put(string(c), place)
	}
	if r.TextStyle != nil && r.TextStyle.Link != nil && r.TextStyle.Link.Url != "" && !fixed && at > start {
		s.hidden = append(s.hidden, hidden{span{start, at}, plainAddress(r.TextStyle.Link.Url), true})
	}
}

func (s *strip) put(text string, at span) {
	s.text.WriteString(text)
	for range len(text) {
		s.at = append(s.at, at)
	}
}

// plainAddress is an address as a reader could make it out. Google wraps links in one of its own.
func plainAddress(address string) string {
	if u, err := url.Parse(address); err == nil && u.Query().Get("q") != "" {
		address = u.Query().Get("q")
	}
	if whole, err := url.PathUnescape(address); err == nil {
		address = whole
	}
	return address
}
