package standin

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/drive/v3"
)

const documentType = "application/vnd.google-apps.document"

// driveFile is a file of Drive; one of documentType has a text.
type driveFile struct {
	birth
	drive.File
	draft       draft
	revisions   []*driveRevision // oldest first
	published   *driveRevision   // what the world reads; nil: nothing
	permissions []*drive.Permission
}

// driveRevision is one state of a file.
type driveRevision struct {
	drive.Revision
	text  string
	paper []paragraph
}

func (f *driveFile) head() *driveRevision { return f.revisions[len(f.revisions)-1] }

// text is what the document says now.
func (f *driveFile) text() string { return decodeUnits(f.draft.text) }

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

// driveMissing is Drive's word on a file that is not there.
func driveMissing(what, id string) reply {
	return googleError(http.StatusNotFound, "notFound", "%s not found: %s.", what, id)
}

func (g *google) file(id string) *driveFile {
	i := slices.IndexFunc(g.files, func(f *driveFile) bool { return f.Id == id })
	if i < 0 {
		return nil
	}
	return g.files[i]
}

// withFile calls do with the file that r names.
func (g *google) withFile(r *request, do func(*driveFile) reply) reply {
	f := g.file(r.PathValue("file"))
	if f == nil {
		return driveMissing("File", r.PathValue("file"))
	}
	return do(f)
}

func (g *google) about(r *request) reply {
	if r.arg("fields") == "" {
		return googleError(http.StatusBadRequest, "required", "The 'fields' parameter is required for this method.")
	}
	return googleAnswer(r, &drive.About{Kind: "drive#about", User: &drive.User{Kind: "drive#user", DisplayName: "Tocsin", EmailAddress: googleAccount, Me: true}}, "")
}

const usualFile = "kind,id,name,mimeType"

// create makes a file of a name and type, with the account as its owner.
func (g *google) create(r *request, in drive.File) *driveFile {
	id := opaque("drive file", len(g.files))
	f := &driveFile{birth: r.birth(), File: in, draft: newDraft()}
	f.Id, f.Kind, f.CreatedTime = "1"+id, "drive#file", googleTime(r.now)
	if f.Name == "" {
		f.Name = "Untitled"
	}
	if f.MimeType == "" {
		f.MimeType = "application/octet-stream"
	}
	if f.MimeType == documentType {
		f.WebViewLink = r.base + "/google/document/d/" + f.Id + "/edit"
	}
	if f.Parents == nil {
		f.Parents = []string{"0A" + opaque("root")[:17]}
	}
	me := &drive.User{Kind: "drive#user", DisplayName: "Tocsin", EmailAddress: googleAccount, Me: true}
	f.Owners, f.OwnedByMe, f.LastModifyingUser = []*drive.User{me}, true, me
	f.Capabilities = &drive.FileCapabilities{CanEdit: true, CanShare: true, CanAddChildren: in.MimeType == "application/vnd.google-apps.folder", CanTrash: true}
	f.ForceSendFields = []string{"Trashed"}
	f.permissions = []*drive.Permission{{Kind: "drive#permission", Id: "00000000000000000001", Type: "user", Role: "owner", EmailAddress: googleAccount}}
	f.revise(r.now)
	g.files = append(g.files, f)
	return f
}

// checkProperties refuses properties that are more or longer than Drive keeps.
func checkProperties(properties map[string]string) *reply {
	long := len(properties) > 30
	for key, value := range properties {
		long = long || len(key)+len(value) > 124
	}
	if !long {
		return nil
	}
	no := googleError(http.StatusForbidden, "propertyLimitExceeded", "Property limit exceeded: at most 30 of at most 124 bytes.")
	return &no
}

func (g *google) createFile(r *request) reply {
	var in drive.File
	if no := googleBody(r, &in); no != nil {
		return *no
	}
	if no := checkProperties(in.AppProperties); no != nil {
		return *no
	}
	if in.Id != "" {
		return googleError(http.StatusBadRequest, "invalid", "Generated IDs are not supported for Docs Editors formats.")
	}
	return googleAnswer(r, &g.create(r, in).File, usualFile)
}

func (g *google) listFiles(r *request) reply {
	want, err := parseQuery(r.arg("q"))
	if err != nil {
		return googleError(http.StatusBadRequest, "invalid", "Invalid Value: q: %v", err)
	}
	var found []*driveFile
	for _, f := range slices.Backward(g.files) {
		if r.lists(f.birth) && want(f) {
			found = append(found, f)
		}
	}
	if oneOf(r.arg("orderBy"), "createdTime", "modifiedTime") {
		slices.Reverse(found)
	}
	page, next, no := drivePage(r, found, 100)
	if no != nil {
		return *no
	}
	list := &drive.FileList{Kind: "drive#fileList", NextPageToken: next, ForceSendFields: []string{"Files", "IncompleteSearch"}}
	for _, f := range page {
		list.Files = append(list.Files, &f.File)
	}
	return googleAnswer(r, list, "kind,nextPageToken,incompleteSearch,files("+usualFile+")")
}

// drivePage gives the part of all that pageSize and pageToken ask for.
func drivePage[T any](r *request, all []T, fallback int) (page []T, next string, no *reply) {
	size := r.number("pageSize", fallback)
	start := 0
	var err error
	if token := r.arg("pageToken"); token != "" {
		start, err = strconv.Atoi(strings.TrimPrefix(token, "~page-"))
	}
	if size < 1 || size > 1000 || err != nil || start < 0 || start > len(all) {
		refusal := googleError(http.StatusBadRequest, "invalid", "Invalid Value: pageSize or pageToken")
		return nil, "", &refusal
	}
	end := min(start+size, len(all))
	if end < len(all) {
		next = fmt.Sprintf("~page-%d", end)
	}
	return all[start:end], next, nil
}

func (g *google) getFile(r *request) reply {
	return g.withFile(r, func(f *driveFile) reply {
		if r.arg("alt") == "media" {
			return googleError(http.StatusForbidden, "fileNotDownloadable", "Only files with binary content can be directly downloaded. Use Export with Docs Editors files.")
		}
		return googleAnswer(r, &f.File, usualFile)
	})
}

func (g *google) updateFile(r *request) reply {
	return g.withFile(r, func(f *driveFile) reply {
		var in drive.File
		if no := googleBody(r, &in); no != nil {
			return *no
		}
		if no := checkProperties(in.AppProperties); no != nil {
			return *no
		}
		if r.has("name") && in.Name != "" {
			f.Name = in.Name
		}
		if r.has("description") {
			f.Description = in.Description
		}
		if r.has("trashed") {
			f.Trashed = in.Trashed
		}
		for key, value := range in.AppProperties {
			if f.AppProperties == nil {
				f.AppProperties = map[string]string{}
			}
			f.AppProperties[key] = value
		}
		f.ModifiedTime = googleTime(r.now)
		return googleAnswer(r, &f.File, usualFile)
	})
}

func (g *google) deleteFile(r *request) reply {
	return g.withFile(r, func(f *driveFile) reply {
		g.files = slices.DeleteFunc(g.files, func(one *driveFile) bool { return one == f })
		return reply{status: http.StatusNoContent}
	})
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

func (g *google) objects(base string) []collection {
	return []collection{collect("google.document", g.files, func(f *driveFile) any {
		t := plain(&f.File).(map[string]any)
		revisions, permissions := []any{}, []any{}
		for _, r := range f.revisions {
			told := plain(f.tell(r, base)).(map[string]any)
			told["text"] = r.text
			revisions = append(revisions, told)
		}
		for _, p := range f.permissions {
			permissions = append(permissions, plain(p))
		}
		t["text"], t["publishedText"], t["revisions"], t["permissions"] = f.text(), "", revisions, permissions
		if f.published != nil {
			t["publishedText"] = f.published.text
		}
		return t
	})}
}

func (g *google) panel(string) panel {
	p := panel{Name: "Google Docs", Nothing: "No document yet."}
	for _, f := range slices.Backward(g.files) {
		it := item{At: f.born, Title: f.Name, Text: f.text(), URL: f.WebViewLink}
		if f.published != nil {
			it.Public = "/google/document/d/e/" + f.publicID() + "/pub"
		}
		p.Items = append(p.Items, it)
	}
	return p
}
