package standin

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

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
	comments    []*drive.Comment
}

func (f *driveFile) head() *driveRevision { return f.revisions[len(f.revisions)-1] }

// text is what the document says now.
func (f *driveFile) text() string { return decodeUnits(f.draft.text) }

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
	id := opaque("drive file", g.minted)
	g.minted++
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

// createComment takes a word about a file. Drive wants to be told which fields to answer with.
func (g *google) createComment(r *request) reply {
	return g.withFile(r, func(f *driveFile) reply {
		var in drive.Comment
		if no := googleBody(r, &in); no != nil {
			return *no
		}
		switch {
		case r.arg("fields") == "":
			return googleError(http.StatusBadRequest, "required", "The 'fields' parameter is required for this method.")
		case in.Content == "":
			return googleError(http.StatusBadRequest, "required", "The comment's content is required.")
		}
		c := &drive.Comment{Kind: "drive#comment", Id: "AAAA" + opaque("comment", f.Id, len(f.comments))[:8], Content: in.Content, CreatedTime: googleTime(r.now),
			Author: &drive.User{Kind: "drive#user", DisplayName: "Tocsin", Me: true}}
		f.comments = append(f.comments, c)
		return googleAnswer(r, c, "")
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
		comments := []any{}
		for _, c := range f.comments {
			comments = append(comments, plain(c))
		}
		t["text"], t["publishedText"], t["revisions"], t["permissions"], t["comments"] = f.text(), "", revisions, permissions, comments
		if f.published != nil {
			t["publishedText"] = f.published.text
		}
		return t
	})}
}

func (g *google) panel(base string) panel {
	p := panel{Name: "Google Docs", Nothing: "No document yet."}
	for _, f := range slices.Backward(g.files) {
		it := item{At: f.born, Title: f.Name, Text: f.text(), URL: f.WebViewLink}
		if f.published != nil {
			it.Public = base + "/google/document/d/e/" + f.publicID() + "/pub"
		}
		p.Items = append(p.Items, it)
	}
	return p
}
