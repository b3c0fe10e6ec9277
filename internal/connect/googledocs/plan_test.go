package googledocs

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/docs/v1"
	"pgregory.net/rapid"
)

func blockNamed(key, style, text string) block { return block{key, styles[style], text, units(text)} }

func drawBlocks(t *rapid.T) []block {
	keys := rapid.Permutation([]string{"title", "a", "b", "c", "d", "e", "f"}).Draw(t, "keys")
	var all []block
	for _, key := range keys[:rapid.IntRange(0, len(keys)).Draw(t, "count")] {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("xyz é🙂👩🏽\v")), 1, 6, -1).Draw(t, "text")
		if text = paragraphText(text); text != "" {
			all = append(all, blockNamed(key, rapid.SampledFrom([]string{"title", "heading", "text"}).Draw(t, "style"), text))
		}
	}
	return all
}

// people types and deletes anywhere, our ranges included.
func people(t *rapid.T, p *paper) {
	for range rapid.IntRange(0, 4).Draw(t, "edits") {
		at := rapid.Int64Range(1, int64(len(p.text))).Draw(t, "at")
		if rapid.Bool().Draw(t, "types") {
			_ = p.insert(at, rapid.SampledFrom([]string{"note", "\n", "note\n", "\nnote", "🙂", "\n\n"}).Draw(t, "typed"))
		} else {
			_ = p.delete(at, min(at+rapid.Int64Range(1, 8).Draw(t, "deleted"), int64(len(p.text))))
		}
	}
}

// Whatever people did to a document: after one batch it reads as wanted, everything they wrote outside our blocks is still there in its
// order, and nothing more is to be done.
func TestPlanConverges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := newPaper(func() bool { return rapid.Bool().Draw(t, "coin") })
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			people(t, p)
			before := p.foreign()
			want := drawBlocks(t)
			if err := p.apply(plan(read(p.document()), want)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, p.managed(), cmp.AllowUnexported(block{})); diff != "" {
				t.Fatalf("-want +have:\n%s", diff)
			}
			if after := p.foreign(); after != before {
				t.Fatalf("people's text was %q and is %q", before, after)
			}
			if more := plan(read(p.document()), want); len(more) > 0 {
				t.Fatalf("%d requests more for a document that reads as wanted", len(more))
			}
		}
	})
}

func TestPlanIsSmall(t *testing.T) {
	t.Parallel()
	first := []block{blockNamed("title", "title", "Outage"), blockNamed("1", "text", "one 🙂"), blockNamed("2", "text", "two")}
	p := newPaper(func() bool { return false })
	if err := p.apply(plan(read(p.document()), first)); err != nil {
		t.Fatal(err)
	}
	changed := slices.Clone(first)
	changed[1] = blockNamed("1", "text", "one, amended")
	for _, c := range []struct {
		name string
		want []block
		most int
	}{
		{"nothing", first, 0},
		{"one more", append(slices.Clone(first), blockNamed("3", "text", "three")), 5}, // the text, its style and name, the neighbour's name anew
		{"one changed", changed, 4},
		{"one gone", slices.Delete(slices.Clone(first), 1, 2), 3},
		{"another style", []block{first[0], blockNamed("1", "heading", "one 🙂"), first[2]}, 1},
	} {
		if got := plan(read(p.document()), c.want); len(got) > c.most {
			t.Errorf("%s takes %d requests; want at most %d", c.name, len(got), c.most)
		}
	}
}

// Text before a table keeps its newline, and what is typed next to a list or a bold line takes on neither.
func TestPlanRespectsNeighbours(t *testing.T) {
	t.Parallel()
	bold := &docs.TextStyle{Bold: true}
	d := &docs.Document{
		Body: &docs.Body{Content: []*docs.StructuralElement{
			{EndIndex: 1, SectionBreak: &docs.SectionBreak{}},
			{StartIndex: 1, EndIndex: 5, Paragraph: &docs.Paragraph{Elements: []*docs.ParagraphElement{{StartIndex: 1, EndIndex: 5, TextRun: &docs.TextRun{Content: "one\n", TextStyle: bold}}}}},
			{StartIndex: 5, EndIndex: 9, Table: &docs.Table{}},
			{StartIndex: 9, EndIndex: 10, Paragraph: &docs.Paragraph{Elements: []*docs.ParagraphElement{{StartIndex: 9, EndIndex: 10, TextRun: &docs.TextRun{Content: "\n"}}}}},
		}},
		NamedRanges: map[string]docs.NamedRanges{prefix + "1": {NamedRanges: []*docs.NamedRange{{NamedRangeId: "n", Ranges: []*docs.Range{{StartIndex: 1, EndIndex: 4}}}}}},
	}
	for _, r := range plan(read(d), nil) {
		if r.DeleteContentRange != nil && r.DeleteContentRange.Range.EndIndex > 4 {
			t.Error("the newline before a table can't be deleted")
		}
	}
	var undressed, inserted bool
	for _, r := range plan(read(d), []block{blockNamed("1", "text", "one"), blockNamed("2", "text", "two")}) {
		undressed = undressed || r.UpdateTextStyle != nil && r.UpdateTextStyle.Range.StartIndex == 5
		inserted = inserted || r.InsertText != nil && r.InsertText.Location.Index == 4 && r.InsertText.Text == "\ntwo"
	}
	if !undressed || !inserted {
		t.Errorf("undressed %v, inserted within the paragraph before the table %v", undressed, inserted)
	}
}

func TestParagraphText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":            "plain",
		"two\nlines\n":     "two\vlines",
		"dos\r\nlines":     "dos\vlines",
		"bell\a \uE000end": "bell end",
		"bad \xff byte":    "bad \uFFFD byte",
		"tab\tstays":       "tab\tstays",
	} {
		if got := paragraphText(in); got != want {
			t.Errorf("paragraphText(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(int64(1), int64(3), int64(1), int64(2), "a\n")
	f.Fuzz(func(t *testing.T, start, end, from, to int64, text string) {
		d := &docs.Document{
			Body: &docs.Body{Content: []*docs.StructuralElement{{StartIndex: start, EndIndex: end, Paragraph: &docs.Paragraph{
				Elements: []*docs.ParagraphElement{{StartIndex: start, EndIndex: end, TextRun: &docs.TextRun{Content: text}}},
			}}}},
			NamedRanges: map[string]docs.NamedRanges{prefix + "1": {NamedRanges: []*docs.NamedRange{{NamedRangeId: "n", Ranges: []*docs.Range{{StartIndex: from, EndIndex: to}}}}}},
		}
		_ = fmt.Sprint(len(plan(read(d), []block{blockNamed("1", "text", "one"), blockNamed("2", "text", "two")})))
	})
}
