package standin

import (
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/drive/v3"
)

// driveRevision is one state of a file.
type driveRevision struct {
	drive.Revision
	text  string
	paper []paragraph
}

// publicID names the published page, apart from the document itself.
func (f *driveFile) publicID() string { return "2PACX-1v" + opaque("published", f.Id)[:24] }

// revise adds a revision that holds the text as it is now. If the published one follows along, the new one is published.
func (f *driveFile) revise(now time.Time) {
	f.ModifiedTime = googleTime(now)
	f.Version++
	r := &driveRevision{text: f.text(), paper: f.draft.paper()}
	r.Id, r.Kind, r.MimeType, r.ModifiedTime = strconv.Itoa(len(f.revisions)+1), "drive#revision", f.MimeType, f.ModifiedTime
	r.LastModifyingUser = &drive.User{Kind: "drive#user", DisplayName: "Tocsin", EmailAddress: googleAccount, Me: true}
	if was := f.published; was != nil && was.PublishAuto {
		r.Published, r.PublishAuto, r.PublishedOutsideDomain = true, true, was.PublishedOutsideDomain
		was.Published, was.PublishAuto, was.PublishedOutsideDomain = false, false, false
		f.published = r
	}
	f.revisions = append(f.revisions, r)
}

func (g *google) exportFile(r *request) reply {
	return g.withFile(r, func(f *driveFile) reply { return export(f, f.head(), r.arg("mimeType")) })
}

// exportPath serves the export links of revisions.
const exportPath = "/google/feeds/download/documents/export/Export"

// exportFormats are the formats of export links.
var exportFormats = map[string]string{"txt": "text/plain", "html": "text/html"}

func (g *google) exportRevision(r *request) reply {
	f := g.file(r.arg("id"))
	if f == nil {
		return driveMissing("File", r.arg("id"))
	}
	rev := f.revision(r.arg("revision"))
	if rev == nil {
		return driveMissing("Revision", r.arg("revision"))
	}
	return export(f, rev, exportFormats[r.arg("exportFormat")])
}

// export gives the text of one revision as a file.
func export(f *driveFile, r *driveRevision, mediaType string) reply {
	switch {
	case f.MimeType != documentType:
		return googleError(http.StatusForbidden, "fileNotExportable", "Export only supports Docs Editors files.")
	case mediaType == "text/plain":
		return reply{status: http.StatusOK, body: document{"text/plain; charset=utf-8", r.text}}
	case mediaType == "text/html":
		return reply{status: http.StatusOK, body: document{"text/html; charset=utf-8", exportHTML(f.Name, r.text)}}
	}
	return googleError(http.StatusBadRequest, "badRequest", "The requested conversion is not supported.")
}

// exportHTML gives a text as the page that Docs exports. What the API inserts is plain text: no address in it becomes a link.
func exportHTML(name, text string) string {
	var b strings.Builder
	b.WriteString("<html><head><meta content=\"text/html; charset=UTF-8\" http-equiv=\"content-type\"><title>" + html.EscapeString(name) + "</title></head><body>")
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		b.WriteString("<p><span>" + html.EscapeString(line) + "</span></p>")
	}
	b.WriteString("</body></html>")
	return b.String()
}

// revision finds a revision by its id; "head" is the newest.
func (f *driveFile) revision(id string) *driveRevision {
	if id == "head" {
		return f.head()
	}
	i := slices.IndexFunc(f.revisions, func(r *driveRevision) bool { return r.Id == id })
	if i < 0 {
		return nil
	}
	return f.revisions[i]
}

// tell gives a revision as Drive shows it: a document's has links for its export, and for the public if it is published.
func (f *driveFile) tell(r *driveRevision, base string) *drive.Revision {
	t := r.Revision
	t.ForceSendFields = nil
	if f.MimeType == documentType {
		t.ForceSendFields = []string{"Published", "PublishAuto", "PublishedOutsideDomain"}
		t.ExportLinks = map[string]string{}
		for format, mediaType := range exportFormats {
			t.ExportLinks[mediaType] = base + exportPath + "?id=" + f.Id + "&revision=" + r.Id + "&exportFormat=" + format
		}
	}
	if t.Published {
		t.PublishedLink = base + "/google/document/d/e/" + f.publicID() + "/pub"
	}
	return &t
}

const usualRevision = "kind,id,mimeType,modifiedTime"

func (g *google) listRevisions(r *request) reply {
	return g.withFile(r, func(f *driveFile) reply {
		page, next, no := drivePage(r, f.revisions, 200)
		if no != nil {
			return *no
		}
		list := &drive.RevisionList{Kind: "drive#revisionList", NextPageToken: next}
		for _, one := range page {
			list.Revisions = append(list.Revisions, f.tell(one, r.base))
		}
		return googleAnswer(r, list, "kind,nextPageToken,revisions("+usualRevision+")")
	})
}

// withRevision calls do with the revision that r names.
func (g *google) withRevision(r *request, do func(*driveFile, *driveRevision) reply) reply {
	return g.withFile(r, func(f *driveFile) reply {
		rev := f.revision(r.PathValue("revision"))
		if rev == nil {
			return driveMissing("Revision", r.PathValue("revision"))
		}
		return do(f, rev)
	})
}

func (g *google) getRevision(r *request) reply {
	return g.withRevision(r, func(f *driveFile, rev *driveRevision) reply {
		return googleAnswer(r, f.tell(rev, r.base), usualRevision)
	})
}

// updateRevision publishes a revision in place of the one before, or takes it back.
func (g *google) updateRevision(r *request) reply {
	return g.withRevision(r, func(f *driveFile, rev *driveRevision) reply {
		var in drive.Revision
		if no := googleBody(r, &in); no != nil {
			return *no
		}
		publishing := r.has("published") || r.has("publishAuto") || r.has("publishedOutsideDomain")
		if publishing && f.MimeType != documentType {
			return googleError(http.StatusForbidden, "invalidPublishing", "Only Docs Editors files can be published.")
		}
		if r.has("keepForever") {
			rev.KeepForever = in.KeepForever
		}
		if r.has("publishAuto") {
			rev.PublishAuto = in.PublishAuto
		}
		if r.has("publishedOutsideDomain") {
			rev.PublishedOutsideDomain = in.PublishedOutsideDomain
		}
		if r.has("published") {
			if was := f.published; was != nil && was != rev {
				was.Published, was.PublishAuto, was.PublishedOutsideDomain = false, false, false
			}
			rev.Published, f.published = in.Published, nil
			if in.Published {
				f.published = rev
			}
		}
		return googleAnswer(r, f.tell(rev, r.base), usualRevision)
	})
}
