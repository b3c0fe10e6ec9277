package googledocs

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"

	"google.golang.org/api/docs/v1"

	"tocsin/internal/connect"
)

// zelda finds one person, as a redactor would.
func zelda(text string) (all []connect.Replacement) {
	for from := 0; ; {
		n := strings.Index(text[from:], "Zelda")
		if n < 0 {
			return all
		}
		end := from + n + len("Zelda")
		if rest, whole := strings.CutPrefix(text[end:], "\nRoth"); whole {
			end = len(text) - len(rest)
		}
		all = append(all, connect.Replacement{Start: from + n, End: end, Text: "team-member-1"})
		from = end
	}
}

// cleanse carries out what is planned for a document of one tab, and gives each segment's text. Chips and pictures are a "#".
func cleanse(t *testing.T, d *docs.Document) (texts map[string]string, links, replaced int) {
	t.Helper()
	segments := map[string][]uint16{}
	var read func(id string, content []*docs.StructuralElement)
	read = func(id string, content []*docs.StructuralElement) {
		for _, e := range content {
			if e.Table != nil {
				for _, row := range e.Table.TableRows {
					for _, cell := range row.TableCells {
						read(id, cell.Content)
					}
				}
			}
			if e.Paragraph == nil {
				continue
			}
			for _, p := range e.Paragraph.Elements {
				for int64(len(segments[id])) < p.EndIndex {
					segments[id] = append(segments[id], '#')
				}
				if p.TextRun != nil {
					copy(segments[id][p.StartIndex:], utf16.Encode([]rune(p.TextRun.Content)))
				}
			}
		}
	}
	tab := d.Tabs[0].DocumentTab
	read("", tab.Body.Content)
	for id, h := range tab.Headers {
		read(id, h.Content)
	}
	requests, replaced := cleansed(d, zelda)
	for _, r := range requests {
		switch {
		case r.DeleteContentRange != nil:
			at := r.DeleteContentRange.Range
			s := segments[at.SegmentId]
			if at.TabId != "t.0" || strings.Contains(string(utf16.Decode(s[at.StartIndex:at.EndIndex])), "\n") {
				t.Errorf("deletes %+v", at)
			}
			segments[at.SegmentId] = append(s[:at.StartIndex:at.StartIndex], s[at.EndIndex:]...)
		case r.InsertText != nil:
			at := r.InsertText.Location
			s := segments[at.SegmentId]
			segments[at.SegmentId] = append(append(s[:at.Index:at.Index], utf16.Encode([]rune(r.InsertText.Text))...), s[at.Index:]...)
		case r.UpdateTextStyle != nil && r.UpdateTextStyle.Fields == "link":
			links++
		default:
			t.Errorf("not a request of ours: %+v", r)
		}
	}
	texts = map[string]string{}
	for id, s := range segments {
		texts[id] = string(utf16.Decode(s))
	}
	return texts, links, replaced
}

// Every place where people may write a name, and those that can't be mended.
func TestNamesAreReplacedWhereTheyStand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, elements, want string
		links, replaced      int
	}{
		{"plain", `{"startIndex":1,"endIndex":20,"textRun":{"content":"🙂 Zelda and Zelda\n"}}`, "🙂 team-member-1 and team-member-1\n", 0, 2},
		{"over two runs", `{"startIndex":1,"endIndex":4,"textRun":{"content":"Zel"}},{"startIndex":4,"endIndex":10,"textRun":{"content":"da is\n"}}`, "team-member-1 is\n", 0, 1},
		{"over two paragraphs", `{"startIndex":1,"endIndex":18,"textRun":{"content":"by Zelda\nRoth ok\n"}}`, "by team-member-1\n ok\n", 0, 1},
		{"a chip", `{"startIndex":1,"endIndex":4,"textRun":{"content":"by "}},{"startIndex":4,"endIndex":5,"person":{"personProperties":{"name":"Zelda","email":"Zelda@example.com"}}},{"startIndex":5,"endIndex":6,"textRun":{"content":"\n"}}`, "by team-member-1\n", 0, 1},
		{"a chip whose address tells", `{"startIndex":1,"endIndex":2,"person":{"personProperties":{"name":"Z","email":"Zelda@example.com"}}},{"startIndex":2,"endIndex":3,"textRun":{"content":"\n"}}`, "team-member-1\n", 0, 1},
		{"a file", `{"startIndex":1,"endIndex":2,"richLink":{"richLinkProperties":{"title":"Notes of Zelda and Zelda","uri":"https://example.com/"}}},{"startIndex":2,"endIndex":3,"textRun":{"content":"\n"}}`, "team-member-1\n", 0, 1},
		{"behind a link", `{"startIndex":1,"endIndex":4,"textRun":{"content":"us\n","textStyle":{"link":{"url":"mailto:%5Aelda@example.com"}}}}`, "us\n", 1, 1},
		{"another's chip", `{"startIndex":1,"endIndex":2,"person":{"personProperties":{"name":"team","email":"team@example.com"}}},{"startIndex":2,"endIndex":3,"textRun":{"content":"\n"}}`, "#\n", 0, 0},
		{"a suggestion", `{"startIndex":1,"endIndex":7,"textRun":{"content":"Zelda\n","suggestedInsertionIds":["s"]}}`, "Zelda\n", 0, 0},
		{"around a picture", `{"startIndex":1,"endIndex":4,"textRun":{"content":"Zel"}},{"startIndex":4,"endIndex":5,"inlineObjectElement":{}},{"startIndex":5,"endIndex":8,"textRun":{"content":"da\n"}}`, "Zel#da\n", 0, 0},
	} {
		for place, frame := range map[string]string{
			"body":   `{"tabs":[{"tabProperties":{"tabId":"t.0"},"documentTab":{"body":{"content":[{"paragraph":{"elements":[HERE]}}]}}}]}`,
			"table":  `{"tabs":[{"tabProperties":{"tabId":"t.0"},"documentTab":{"body":{"content":[{"table":{"tableRows":[{"tableCells":[{"content":[{"paragraph":{"elements":[HERE]}}]}]}]}}]}}}]}`,
			"header": `{"tabs":[{"tabProperties":{"tabId":"t.0"},"documentTab":{"body":{},"headers":{"h":{"content":[{"paragraph":{"elements":[HERE]}}]}}}}]}`,
		} {
			t.Run(c.name+" in the "+place, func(t *testing.T) {
				t.Parallel()
				var d docs.Document
				if err := json.Unmarshal([]byte(strings.Replace(frame, "HERE", c.elements, 1)), &d); err != nil {
					t.Fatal(err)
				}
				segment := map[string]string{"header": "h"}[place]
				texts, links, replaced := cleanse(t, &d)
				if got := texts[segment]; got != "#"+c.want || links != c.links || replaced != c.replaced {
					t.Errorf("%q, %d links, %d replaced; want %q, %d, %d", got, links, replaced, "#"+c.want, c.links, c.replaced)
				}
			})
		}
	}
}

// A tab within a tab is read, too.
func TestNamesInOtherTabs(t *testing.T) {
	t.Parallel()
	var d docs.Document
	if err := json.Unmarshal([]byte(`{"tabs":[{"tabProperties":{"tabId":"t.0"},"documentTab":{"body":{}},"childTabs":[{"tabProperties":{"tabId":"t.1"},
		"documentTab":{"footnotes":{"n":{"content":[{"paragraph":{"elements":[{"endIndex":6,"textRun":{"content":"Zelda\n"}}]}}]}}}}]}]}`), &d); err != nil {
		t.Fatal(err)
	}
	requests, replaced := cleansed(&d, zelda)
	if replaced != 1 || len(requests) != 2 || requests[0].DeleteContentRange.Range.TabId != "t.1" || requests[1].InsertText.Location.SegmentId != "n" {
		t.Fatalf("%d replaced by %d requests", replaced, len(requests))
	}
	// The segment begins at 0, which must not be left out as if it were not said.
	if b, err := json.Marshal(requests); err != nil || strings.Count(string(b), `ndex":0`) != 2 {
		t.Errorf("%s, %v", b, err)
	}
}
