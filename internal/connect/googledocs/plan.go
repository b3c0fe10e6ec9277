package googledocs

import (
	"cmp"
	"slices"
	"strings"

	"google.golang.org/api/docs/v1"
)

// edit takes out [at, at+cut) and puts text in its place. Of edits at the same index the leading one ends up in front.
type edit struct {
	at, cut int64
	text    string
	leading bool
}

// placed is a block and where it will stand when all edits are done.
type placed struct {
	block
	start            int64
	name, dress, new bool // give it a named range; give it its style; it is new in the document
	bare             bool // take off what it took on from its neighbour
}

// plan works out the smallest batch that makes the document's managed part read as wanted. The named ranges that change go first, then
// the text from the end to the beginning, so that no edit moves another's place; styles and new named ranges come last, at the places
// that stand then. So nothing rests on how Google moves the edges of a range when text is typed at them.
func plan(l layout, want []block) []*docs.Request {
	kept := keep(l, want)
	var edits []edit
	var after []placed
	drop := map[*managed]bool{} // blocks whose named ranges go
	var gone []span
	merged := map[int64]bool{} // where a deleted paragraph ended: the next one takes part in the merge

	for _, m := range l.blocks {
		if kept[m.key] != m {
			drop[m] = true
			gone = append(gone, m.spans...)
		}
	}
	for _, s := range l.erase(union(gone)) {
		edits = append(edits, edit{at: s.start, cut: s.end - s.start})
		merged[s.end] = true
	}

	var last *managed // the kept block that new ones come after
	var fresh []block
	flush := func(before *managed) {
		if len(fresh) == 0 {
			return
		}
		texts := make([]string, len(fresh))
		for i, b := range fresh {
			texts[i] = b.text
		}
		e := edit{text: strings.Join(texts, "\n")}
		var p *paragraph
		if last != nil {
			p = last.in
			e.at, e.text = p.end-1, "\n"+e.text
			if e.at == last.end() {
				drop[last] = true
			}
		} else {
			p = l.top(before)
			e.at, e.text, e.leading = p.start, e.text+"\n", true
			if before != nil && e.at == before.start() {
				drop[before] = true
			}
		}
		edits = append(edits, e)
		for _, b := range fresh {
			after = append(after, placed{block: b, name: true, dress: true, new: true, bare: p.dressed})
		}
		fresh = nil
	}
	for _, b := range want {
		m := kept[b.key]
		if m == nil {
			fresh = append(fresh, b)
			continue
		}
		flush(m)
		if m.text != b.text {
			edits = append(edits, edit{at: m.start(), cut: m.end() - m.start(), text: b.text})
			drop[m] = true
		}
		after = append(after, placed{block: b, start: m.start(), dress: m.in.style != b.style || merged[m.in.start]})
		last = m
	}
	flush(nil)

	slices.SortStableFunc(edits, func(a, b edit) int {
		if c := cmp.Compare(b.at, a.at); c != 0 {
			return c
		}
		return cmp.Compare(rank(a), rank(b))
	})
	place(after, kept, drop, edits)
	return requests(l, drop, edits, after)
}

func rank(e edit) int {
	if e.leading {
		return 1
	}
	return 0
}

// place gives each block its place after all edits.
func place(after []placed, kept map[string]*managed, drop map[*managed]bool, edits []edit) {
	// moved is how far text at index is moved by what comes before it.
	moved := func(index int64, behindLeading bool) (d int64) {
		for _, e := range edits {
			if e.at < index || e.at == index && e.leading && behindLeading {
				d += units(e.text) - e.cut
			}
		}
		return d
	}
	for i := range after {
		p := &after[i]
		if !p.new {
			m := kept[p.key]
			p.start, p.name = m.start()+moved(m.start(), true), drop[m]
			continue
		}
		// New blocks stand one behind the other, with a newline in between: behind a kept block's paragraph, or in front of all.
		if i > 0 && after[i-1].new {
			p.start = after[i-1].start + after[i-1].units + 1
			continue
		}
		if i > 0 {
			at := kept[after[i-1].key].in.end - 1
			p.start = at + moved(at, true) + 1
			continue
		}
		for _, e := range edits {
			if e.leading {
				p.start = e.at + moved(e.at, false)
			}
		}
	}
}

func requests(l layout, drop map[*managed]bool, edits []edit, after []placed) (all []*docs.Request) {
	for _, m := range l.blocks {
		if drop[m] {
			for _, id := range m.ids {
				all = append(all, &docs.Request{DeleteNamedRange: &docs.DeleteNamedRangeRequest{NamedRangeId: id}})
			}
		}
	}
	for _, e := range edits {
		if e.cut > 0 {
			all = append(all, &docs.Request{DeleteContentRange: &docs.DeleteContentRangeRequest{Range: &docs.Range{StartIndex: e.at, EndIndex: e.at + e.cut}}})
		}
		if e.text != "" {
			all = append(all, &docs.Request{InsertText: &docs.InsertTextRequest{Location: &docs.Location{Index: e.at}, Text: e.text}})
		}
	}
	for _, p := range after {
		at := &docs.Range{StartIndex: p.start, EndIndex: p.start + p.units}
		if p.bare {
			all = append(all,
				&docs.Request{DeleteParagraphBullets: &docs.DeleteParagraphBulletsRequest{Range: at}},
				&docs.Request{UpdateTextStyle: &docs.UpdateTextStyleRequest{Range: at, TextStyle: &docs.TextStyle{}, Fields: "*"}})
		}
		if p.dress {
			all = append(all, &docs.Request{UpdateParagraphStyle: &docs.UpdateParagraphStyleRequest{
				Range: at, ParagraphStyle: &docs.ParagraphStyle{NamedStyleType: p.style}, Fields: "namedStyleType",
			}})
		}
		if p.name {
			all = append(all, &docs.Request{CreateNamedRange: &docs.CreateNamedRangeRequest{Name: prefix + p.key, Range: at}})
		}
	}
	return all
}

// keep chooses the blocks that may stay where they are: the longest run of sound ones that is in the wanted order already.
func keep(l layout, want []block) map[string]*managed {
	place := map[string]int{}
	for i, b := range want {
		place[b.key] = i
	}
	var can []*managed
	for _, m := range l.blocks {
		if _, ok := place[m.key]; ok && m.sound {
			can = append(can, m)
		}
	}
	best, from := make([]int, len(can)), make([]int, len(can))
	end := -1
	for i := range can {
		best[i], from[i] = 1, -1
		for j := range i {
			if place[can[j].key] < place[can[i].key] && best[j]+1 > best[i] {
				best[i], from[i] = best[j]+1, j
			}
		}
		if end < 0 || best[i] > best[end] {
			end = i
		}
	}
	kept := map[string]*managed{}
	for i := end; i >= 0; i = from[i] {
		kept[can[i].key] = can[i]
	}
	return kept
}

// top is the paragraph that new blocks with no kept one before them are put in front of.
func (l layout) top(before *managed) *paragraph {
	if before != nil {
		return before.in
	}
	for _, m := range l.blocks {
		for _, s := range m.spans {
			if p := l.paragraphAt(s.start); p != nil {
				return p
			}
		}
	}
	if len(l.paragraphs) == 0 {
		return &paragraph{span: span{1, 2}}
	}
	return l.paragraphs[0]
}

// erase is what can be deleted of spans: text, and the newline of a paragraph that stands in one of them alone and may go. A piece never
// reaches over the start of a paragraph, so that text can be put there.
func (l layout) erase(spans []span) (all []span) {
	for _, s := range spans {
		for _, p := range l.paragraphs {
			if p.end <= s.start || p.start >= s.end {
				continue
			}
			part := span{max(s.start, p.start), min(s.end, p.end-1)}
			if part.start == p.start && part.end == p.end-1 && p.followed {
				part.end = p.end
			}
			if part.start < part.end {
				all = append(all, part)
			}
		}
	}
	return all
}

// union joins spans that overlap or touch.
func union(spans []span) (all []span) {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	for _, s := range spans {
		if n := len(all); n > 0 && s.start <= all[n-1].end {
			all[n-1].end = max(all[n-1].end, s.end)
			continue
		}
		all = append(all, s)
	}
	return all
}
