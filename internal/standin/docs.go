package standin

import (
	"fmt"
	"net/http"
	"strings"

	"google.golang.org/api/docs/v1"
	"google.golang.org/api/drive/v3"
)

// document finds a document that is not deleted.
func (g *google) document(id string) *driveFile {
	if f := g.file(id); f != nil && f.MimeType == documentType {
		return f
	}
	return nil
}

// docsRevision names the document's present state; it is not the revision's id in Drive.
func docsRevision(f *driveFile) string {
	return "ALm37B" + opaque("docs revision", f.Id, len(f.revisions), f.draft.edits)
}

func (g *google) createDocument(r *request) reply {
	var in docs.Document
	if no := googleBody(r, &in); no != nil {
		return *no
	}
	f := g.create(r, drive.File{Name: in.Title, MimeType: documentType})
	return googleAnswer(r, told(f), "")
}

func (g *google) getDocument(r *request) reply {
	f := g.document(r.PathValue("document"))
	if f == nil {
		return googleError(http.StatusNotFound, "notFound", "Requested entity was not found.")
	}
	d := told(f)
	if tabs, _ := r.flag("includeTabsContent"); tabs {
		d.Tabs = []*docs.Tab{{TabProperties: &docs.TabProperties{TabId: onlyTab, Title: "Tab 1"}, DocumentTab: &docs.DocumentTab{Body: d.Body, NamedRanges: d.NamedRanges}}}
		d.Body, d.NamedRanges = nil, nil
	}
	return googleAnswer(r, d, "")
}

// onlyTab is the id of a document's one tab.
const onlyTab = "t.0"

// told gives the document as Docs structures it: a section break, then paragraphs, with indices in UTF-16 code units.
func told(f *driveFile) *docs.Document {
	d := &docs.Document{DocumentId: f.Id, Title: f.Name, RevisionId: docsRevision(f), SuggestionsViewMode: "SUGGESTIONS_INLINE"}
	d.Body = &docs.Body{Content: []*docs.StructuralElement{{EndIndex: 1, SectionBreak: &docs.SectionBreak{SectionStyle: &docs.SectionStyle{ContentDirection: "LEFT_TO_RIGHT"}}}}}
	start := 0
	for i, unit := range f.draft.text {
		if unit != '\n' {
			continue
		}
		from, to := int64(start+1), int64(i+2)
		d.Body.Content = append(d.Body.Content, &docs.StructuralElement{StartIndex: from, EndIndex: to, Paragraph: &docs.Paragraph{
			Elements: []*docs.ParagraphElement{{
				StartIndex: from, EndIndex: to, TextRun: &docs.TextRun{Content: decodeUnits(f.draft.text[start : i+1]), TextStyle: &docs.TextStyle{}},
			}},
			ParagraphStyle: &docs.ParagraphStyle{NamedStyleType: f.draft.styles[i], Direction: "LEFT_TO_RIGHT"},
		}})
		start = i + 1
	}
	d.NamedRanges = map[string]docs.NamedRanges{}
	for _, n := range f.draft.ranges {
		all := d.NamedRanges[n.name]
		all.Name = n.name
		all.NamedRanges = append(all.NamedRanges, &docs.NamedRange{Name: n.name, NamedRangeId: n.id, Ranges: []*docs.Range{{StartIndex: n.start, EndIndex: n.end}}})
		d.NamedRanges[n.name] = all
	}
	return d
}

// batchUpdate carries all requests out, in order, or none.
func (g *google) batchUpdate(r *request) reply {
	id, verb, _ := strings.Cut(r.PathValue("document"), ":")
	if verb != "batchUpdate" {
		return googleUnknown(r)
	}
	f := g.document(id)
	if f == nil {
		return googleError(http.StatusNotFound, "notFound", "Requested entity was not found.")
	}
	if f.locked() {
		return googleError(http.StatusForbidden, "forbidden", "The caller does not have permission")
	}
	var in docs.BatchUpdateDocumentRequest
	if no := googleBody(r, &in); no != nil {
		return *no
	}
	if w := in.WriteControl; w != nil {
		switch {
		case w.RequiredRevisionId != "" && w.TargetRevisionId != "":
			return googleError(http.StatusBadRequest, "badRequest", "Only one of requiredRevisionId and targetRevisionId may be set.")
		case w.RequiredRevisionId != "" && w.RequiredRevisionId != docsRevision(f):
			return googleError(http.StatusBadRequest, "failedPrecondition", "The required revision ID '%s' does not match the latest revision.", w.RequiredRevisionId)
		}
	}
	next := f.draft.clone()
	var replies []*docs.Response
	for i, request := range in.Requests {
		kind, answer, err := next.apply(request)
		if err != nil {
			return googleError(http.StatusBadRequest, "badRequest", "Invalid requests[%d].%s: %v", i, kind, err)
		}
		replies = append(replies, answer)
	}
	if len(in.Requests) > 0 {
		next.edits++
		f.draft = next
		f.revise(r.now)
	}
	return googleAnswer(r, &docs.BatchUpdateDocumentResponse{
		DocumentId: f.Id, Replies: replies, WriteControl: &docs.WriteControl{RequiredRevisionId: docsRevision(f)},
	}, "")
}

// apply carries one request out and gives its kind and reply.
func (d *draft) apply(r *docs.Request) (kind string, answer *docs.Response, err error) {
	answer = &docs.Response{}
	switch {
	case r == nil:
		return "request", nil, fmt.Errorf("Request must not be empty.")
	case r.InsertText != nil:
		return "insertText", answer, d.insertText(r.InsertText)
	case r.DeleteContentRange != nil:
		return "deleteContentRange", answer, d.deleteContent(r.DeleteContentRange.Range)
	case r.ReplaceAllText != nil:
		n, err := d.replaceAll(r.ReplaceAllText)
		answer.ReplaceAllText = &docs.ReplaceAllTextResponse{OccurrencesChanged: n}
		return "replaceAllText", answer, err
	case r.CreateNamedRange != nil:
		id, err := d.createRange(r.CreateNamedRange)
		answer.CreateNamedRange = &docs.CreateNamedRangeResponse{NamedRangeId: id}
		return "createNamedRange", answer, err
	case r.DeleteNamedRange != nil:
		return "deleteNamedRange", answer, d.deleteRange(r.DeleteNamedRange)
	case r.ReplaceNamedRangeContent != nil:
		return "replaceNamedRangeContent", answer, d.replaceRange(r.ReplaceNamedRangeContent)
	case r.UpdateTextStyle != nil:
		return "updateTextStyle", answer, d.styled(r.UpdateTextStyle.Range, r.UpdateTextStyle.Fields)
	case r.UpdateParagraphStyle != nil:
		return "updateParagraphStyle", answer, d.styleParagraphs(r.UpdateParagraphStyle)
	case r.CreateParagraphBullets != nil:
		return "createParagraphBullets", answer, d.styled(r.CreateParagraphBullets.Range, "bullet")
	case r.DeleteParagraphBullets != nil:
		return "deleteParagraphBullets", answer, d.styled(r.DeleteParagraphBullets.Range, "bullet")
	}
	return "request", nil, fmt.Errorf("The stand-in does not know this kind of request, or it is empty.")
}
