package standin

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"
	docsapi "google.golang.org/api/docs/v1"
	driveapi "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
)

// signedIn are the options of a Google client that is signed in at endpoint.
func signedIn(endpoint string) []option.ClientOption {
	return []option.ClientOption{option.WithEndpoint(endpoint), option.WithTokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "ya29.test"}))}
}

// because tells whether err is Google's refusal with that status and reason.
func because(err error, status int, reason string) bool {
	var e *googleapi.Error
	return errors.As(err, &e) && e.Code == status && len(e.Errors) > 0 && e.Errors[0].Reason == reason
}

func newDrive(t *testing.T, s stand) (*driveapi.Service, *docsapi.Service) {
	t.Helper()
	drive, err := driveapi.NewService(t.Context(), signedIn(s.url+"/google/drive/v3/")...)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := docsapi.NewService(t.Context(), signedIn(s.url+"/google/docs/")...)
	if err != nil {
		t.Fatal(err)
	}
	return drive, docs
}

func newDoc(t *testing.T, drive *driveapi.Service) *driveapi.File {
	t.Helper()
	f, err := drive.Files.Create(&driveapi.File{Name: "Outage", MimeType: documentType, AppProperties: map[string]string{"tocsin_op": "it's 1"}}).Fields("*").Do()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestGoogleToken(t *testing.T) {
	t.Parallel()
	s := start(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	account := jwt.Config{
		Email: "tocsin@project.iam.example", TokenURL: s.url + "/google/token", Scopes: []string{"drive.file"},
		PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
	}
	if token, err := account.TokenSource(t.Context()).Token(); err != nil || !strings.HasPrefix(token.AccessToken, "ya29.") {
		t.Error(token, err)
	}
	person := oauth2.Config{ClientID: "client", ClientSecret: "canary-1", Endpoint: oauth2.Endpoint{TokenURL: s.url + "/google/token", AuthStyle: oauth2.AuthStyleInParams}}
	if token, err := person.TokenSource(context.Background(), &oauth2.Token{RefreshToken: "canary-2"}).Token(); err != nil || !strings.HasPrefix(token.AccessToken, "ya29.") {
		t.Error(token, err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	stale := b64([]byte(`{"alg":"RS256"}`)) + "." + b64([]byte(`{"iss":"a","aud":"b","iat":1,"exp":2}`)) + ".c2ln"
	for assertion, want := range map[string]string{"nothing": "Not a valid assertion", "a.b.c": "Failed to decode", stale: "short-lived", b64([]byte(`{"alg":"none"}`)) + ".e30.x": "RS256"} {
		a := s.ask(t, "POST", "/google/token", url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion}})
		if a.status != 400 || a.json["error"] != "invalid_grant" || !strings.Contains(a.json["error_description"].(string), want) {
			t.Errorf("%s: %+v", assertion, a)
		}
	}
	if a := s.ask(t, "POST", "/google/token", url.Values{"grant_type": {"password"}}); a.status != 400 || a.json["error"] != "unsupported_grant_type" {
		t.Errorf("%+v", a)
	}
	for _, c := range s.heard(t) {
		body := fmt.Sprint(c["body"])
		if strings.Contains(body, "canary") || strings.Contains(body, stale) {
			t.Errorf("a secret is told: %s", body)
		}
	}
	if a := s.ask(t, "GET", "/google/drive/v3/files", nil, "Authorization", ""); a.status != 401 || dig(a.json, "error", "status") != "UNAUTHENTICATED" {
		t.Errorf("%+v", a)
	}
}

func TestDriveFiles(t *testing.T) {
	t.Parallel()
	s := start(t)
	drive, _ := newDrive(t, s)
	f := newDoc(t, drive)
	if f.WebViewLink != s.url+"/google/document/d/"+f.Id+"/edit" {
		t.Error(f.WebViewLink)
	}
	if bare, err := drive.Files.Get(f.Id).Do(); err != nil || bare.Name != "Outage" || bare.WebViewLink != "" {
		t.Error("fields that nobody asked for:", bare, err)
	}
	for q, want := range map[string]int{
		"": 1, `appProperties has { key='tocsin_op' and value='it\'s 1' } and trashed=false`: 1, "appProperties has { key='tocsin_op' and value='2' }": 0,
		"trashed = true": 0, "mimeType = '" + documentType + "' and name='Outage'": 1, "name contains 'out' and mimeType != 'a/b'": 1, "'root' in parents": 0,
	} {
		list, err := drive.Files.List().Q(q).Fields("files(id,appProperties)").Do()
		if err != nil || len(list.Files) != want {
			t.Errorf("%s: %v %v", q, list, err)
		}
	}
	for _, q := range []string{"trashed", "name='a' or name='b'", "name='a' and"} {
		if _, err := drive.Files.List().Q(q).Do(); !because(err, 400, "invalid") {
			t.Errorf("%s: %v", q, err)
		}
	}
	if _, err := drive.Files.Get("nothing").Do(); !because(err, 404, "notFound") {
		t.Error(err)
	}
	for _, fields := range []googleapi.Field{"idd", "id,", "owners(nickname)"} {
		if _, err := drive.Files.Get(f.Id).Fields(fields).Do(); !because(err, 400, "invalidParameter") {
			t.Errorf("%s: %v", fields, err)
		}
	}
	if a := s.ask(t, "POST", "/google/drive/v3/files", map[string]any{"name": "x", "nam": "y"}); a.status != 400 || !strings.Contains(a.text, `Unknown name \"nam\"`) {
		t.Errorf("%+v", a)
	}
	newDoc(t, drive)
	page, err := drive.Files.List().PageSize(1).Fields("nextPageToken,files/id").Do()
	if err != nil || len(page.Files) != 1 || page.NextPageToken == "" {
		t.Fatal(page, err)
	}
	if page, err = drive.Files.List().PageSize(1).PageToken(page.NextPageToken).Do(); err != nil || len(page.Files) != 1 || page.Files[0].Id != f.Id || page.NextPageToken != "" {
		t.Error(page, err)
	}
	if _, err := drive.Files.Update(f.Id, &driveapi.File{Trashed: true}).Do(); err != nil {
		t.Error(err)
	}
	if list, err := drive.Files.List().Q("trashed=false").Do(); err != nil || len(list.Files) != 1 || list.Files[0].Id == f.Id {
		t.Error(list, err)
	}
	if err := drive.Files.Delete(f.Id).Do(); err != nil || len(s.told(t, "google.document")) != 1 {
		t.Error(err)
	}
	if about, err := drive.About.Get().Fields("user(emailAddress)").Do(); err != nil || about.User.EmailAddress == "" {
		t.Error(about, err)
	}
}

func TestDrivePermissions(t *testing.T) {
	t.Parallel()
	s := start(t)
	drive, _ := newDrive(t, s)
	f := newDoc(t, drive)
	domain := &driveapi.Permission{Type: "domain", Role: "writer", Domain: "gitlab.example", ForceSendFields: []string{"AllowFileDiscovery"}}
	p, err := drive.Permissions.Create(f.Id, domain).SupportsAllDrives(true).Fields("*").Do()
	if err != nil || p.Domain != "gitlab.example" {
		t.Fatal(p, err)
	}
	if again, err := drive.Permissions.Create(f.Id, domain).Do(); err != nil || again.Id != p.Id || again.Domain != "" {
		t.Error(again, err)
	}
	if list, err := drive.Permissions.List(f.Id).Do(); err != nil || len(list.Permissions) != 2 {
		t.Error(list, err)
	}
	for reason, bad := range map[string]*driveapi.PermissionsCreateCall{
		"required":              drive.Permissions.Create(f.Id, &driveapi.Permission{Type: "domain", Role: "writer"}),
		"invalidSharingRequest": drive.Permissions.Create(f.Id, domain).SendNotificationEmail(true),
	} {
		if _, err := bad.Do(); !because(err, 400, reason) {
			t.Errorf("%s: %v", reason, err)
		}
	}
	if p, err := drive.Permissions.Update(f.Id, p.Id, &driveapi.Permission{Role: "reader"}).Do(); err != nil || p.Role != "reader" {
		t.Error(p, err)
	}
	if err := drive.Permissions.Delete(f.Id, p.Id).Do(); err != nil {
		t.Error(err)
	}
	if err := drive.Permissions.Delete(f.Id, p.Id).Do(); !because(err, 404, "notFound") {
		t.Error(err)
	}
}

// TestPublish: the world reads the published revision, and later ones only if they follow by themselves.
func TestPublish(t *testing.T) {
	t.Parallel()
	s := start(t)
	drive, docs := newDrive(t, s)
	f := newDoc(t, drive)
	write := func(text string) {
		t.Helper()
		if _, err := docs.Documents.BatchUpdate(f.Id, &docsapi.BatchUpdateDocumentRequest{Requests: []*docsapi.Request{insert(1, text)}}).Do(); err != nil {
			t.Fatal(err)
		}
	}
	publish := func(r *driveapi.Revision) string {
		t.Helper()
		revisions, err := drive.Revisions.List(f.Id).Fields("revisions(id)").Do()
		if err != nil {
			t.Fatal(err)
		}
		done, err := drive.Revisions.Update(f.Id, revisions.Revisions[len(revisions.Revisions)-1].Id, r).Fields("published,publishedLink").Do()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(done.PublishedLink, s.url)
	}
	write("one\n")
	link := publish(&driveapi.Revision{Published: true, PublishedOutsideDomain: true})
	write("two <b>\n")
	if a := s.ask(t, "GET", link, nil); a.status != 200 || !strings.Contains(a.text, "one") || strings.Contains(a.text, "two") {
		t.Errorf("%+v", a)
	}
	if a := s.ask(t, "GET", "/google/document/d/"+f.Id+"/edit", nil); a.status != 200 || !strings.Contains(a.text, "two &lt;b&gt;") {
		t.Errorf("%+v", a)
	}
	publish(&driveapi.Revision{Published: true, PublishAuto: true, PublishedOutsideDomain: true})
	write("three\n")
	if a := s.ask(t, "GET", link, nil); !strings.Contains(a.text, "three") {
		t.Errorf("%+v", a)
	}
	d := s.told(t, "google.document")[0]
	if d["text"] != "three\ntwo <b>\none\n\n" || d["publishedText"] != d["text"] || dig(d, "revisions", 1, "text") != "one\n\n" || dig(d, "revisions", 3, "published") != true {
		t.Errorf("%v", d)
	}
	r, err := drive.Revisions.Get(f.Id, "2").Fields("exportLinks").Do()
	if err != nil {
		t.Fatal(err)
	}
	for media, want := range map[string]string{"text/plain": "one\n\n", "text/html": "<p><span>one</span></p>"} {
		if a := s.ask(t, "GET", strings.TrimPrefix(r.ExportLinks[media], s.url), nil); a.status != 200 || !strings.Contains(a.text, want) || strings.Contains(a.text, "two") {
			t.Errorf("%s: %+v", media, a)
		}
	}
	if resp, err := drive.Files.Export(f.Id, "text/plain").Download(); err != nil || resp.StatusCode != 200 {
		t.Error(resp, err)
	}
	publish(&driveapi.Revision{Published: true, PublishedOutsideDomain: false, ForceSendFields: []string{"PublishedOutsideDomain"}})
	if a := s.ask(t, "GET", link, nil); a.status != 404 {
		t.Errorf("published inside the domain only, yet: %+v", a)
	}
	publish(&driveapi.Revision{Published: false, ForceSendFields: []string{"Published"}})
	if d := s.told(t, "google.document")[0]; d["publishedText"] != "" {
		t.Errorf("%v", d)
	}
}

func insert(index int64, text string) *docsapi.Request {
	return &docsapi.Request{InsertText: &docsapi.InsertTextRequest{Text: text, Location: &docsapi.Location{Index: index}}}
}

func within(start, end int64) *docsapi.Range { return &docsapi.Range{StartIndex: start, EndIndex: end} }

// TestDocs: edits one after the other on one document; indices are UTF-16 code units.
func TestDocs(t *testing.T) {
	t.Parallel()
	s := start(t)
	drive, docs := newDrive(t, s)
	f := newDoc(t, drive)
	name := func(start, end int64, name string) *docsapi.Request {
		return &docsapi.Request{CreateNamedRange: &docsapi.CreateNamedRangeRequest{Name: name, Range: within(start, end)}}
	}
	remove := func(start, end int64) *docsapi.Request {
		return &docsapi.Request{DeleteContentRange: &docsapi.DeleteContentRangeRequest{Range: within(start, end)}}
	}
	replace := func(r docsapi.ReplaceNamedRangeContentRequest) *docsapi.Request {
		return &docsapi.Request{ReplaceNamedRangeContent: &r}
	}
	for _, c := range []struct {
		what     string
		requests []*docsapi.Request
		err      string // part of Google's words; "" if it is taken
		text     string // afterwards
		ranges   string // afterwards
	}{
		{"before the body", []*docsapi.Request{insert(0, "x")}, "inside the bounds of an existing paragraph", "\n", ""},
		{"behind the body", []*docsapi.Request{insert(2, "x")}, "must be less than the end index of the referenced segment, 2", "\n", ""},
		{"all or nothing", []*docsapi.Request{insert(1, "x"), insert(9, "x")}, "requests[1].insertText", "\n", ""},
		{"nowhere", []*docsapi.Request{{InsertText: &docsapi.InsertTextRequest{Text: "x"}}}, "Exactly one of", "\n", ""},
		{"insert", []*docsapi.Request{insert(1, "a😀b\x00\ue000\r\n")}, "", "a😀b\n\n", ""},
		{"half a character", []*docsapi.Request{insert(3, "x")}, "grapheme", "a😀b\n\n", ""},
		{"cut half a character", []*docsapi.Request{remove(1, 3)}, "surrogate", "a😀b\n\n", ""},
		{"name", []*docsapi.Request{name(2, 5, "n")}, "", "a😀b\n\n", "n[2,5)"},
		{"name too far", []*docsapi.Request{name(2, 8, "n")}, "less than or equal to the end index", "a😀b\n\n", "n[2,5)"},
		{"nameless", []*docsapi.Request{name(2, 3, "")}, "at least 1", "a😀b\n\n", "n[2,5)"},
		{"inside grows", []*docsapi.Request{insert(4, "in")}, "", "a😀inb\n\n", "n[2,7)"},
		{"before moves", []*docsapi.Request{insert(1, "--"), insert(4, "s")}, "", "--as😀inb\n\n", "n[5,10)"},
		{"behind stays", []*docsapi.Request{insert(10, "!")}, "", "--as😀inb!\n\n", "n[5,10)"},
		{"cut across", []*docsapi.Request{remove(4, 7)}, "", "--ainb!\n\n", "n[4,7)"},
		{"the last newline", []*docsapi.Request{remove(8, 10)}, "newline character at the end", "--ainb!\n\n", "n[4,7)"},
		{"empty cut", []*docsapi.Request{remove(3, 3)}, "should not be empty", "--ainb!\n\n", "n[4,7)"},
		{"replace by name", []*docsapi.Request{replace(docsapi.ReplaceNamedRangeContentRequest{NamedRangeName: "n", Text: "four"})}, "", "--afour!\n\n", "n[4,8)"},
		{"replace by unknown name", []*docsapi.Request{replace(docsapi.ReplaceNamedRangeContentRequest{NamedRangeName: "m", Text: "x"})}, "", "--afour!\n\n", "n[4,8)"},
		{"replace by unknown id", []*docsapi.Request{replace(docsapi.ReplaceNamedRangeContentRequest{NamedRangeId: "m", Text: "x"})}, "No named range", "--afour!\n\n", "n[4,8)"},
		{"replace all", []*docsapi.Request{{ReplaceAllText: &docsapi.ReplaceAllTextRequest{ContainsText: &docsapi.SubstringMatchCriteria{Text: "OU"}, ReplaceText: "ooo"}}}, "", "--afooor!\n\n", "n[4,9)"},
		{"replace nothing", []*docsapi.Request{{ReplaceAllText: &docsapi.ReplaceAllTextRequest{ContainsText: &docsapi.SubstringMatchCriteria{}}}}, "must not be empty", "--afooor!\n\n", "n[4,9)"},
		{"at the end", []*docsapi.Request{{InsertText: &docsapi.InsertTextRequest{Text: "end", EndOfSegmentLocation: &docsapi.EndOfSegmentLocation{}}}}, "", "--afooor!\nend\n", "n[4,9)"},
		{"heading", []*docsapi.Request{{UpdateParagraphStyle: &docsapi.UpdateParagraphStyleRequest{Range: within(1, 2), ParagraphStyle: &docsapi.ParagraphStyle{NamedStyleType: "HEADING_1"}, Fields: "namedStyleType"}}}, "", "--afooor!\nend\n", "n[4,9)"},
		{"no such style", []*docsapi.Request{{UpdateParagraphStyle: &docsapi.UpdateParagraphStyleRequest{Range: within(1, 2), ParagraphStyle: &docsapi.ParagraphStyle{NamedStyleType: "HUGE"}, Fields: "*"}}}, "named_style_type", "--afooor!\nend\n", "n[4,9)"},
		{"no fields", []*docsapi.Request{{UpdateTextStyle: &docsapi.UpdateTextStyleRequest{Range: within(1, 2), TextStyle: &docsapi.TextStyle{Bold: true}}}}, "At least one field", "--afooor!\nend\n", "n[4,9)"},
		{"bullets too far", []*docsapi.Request{{CreateParagraphBullets: &docsapi.CreateParagraphBulletsRequest{Range: within(1, 99)}}}, "end index", "--afooor!\nend\n", "n[4,9)"},
		{"nothing", []*docsapi.Request{{}}, "empty", "--afooor!\nend\n", "n[4,9)"},
		{"forget", []*docsapi.Request{{DeleteNamedRange: &docsapi.DeleteNamedRangeRequest{Name: "n"}}}, "", "--afooor!\nend\n", ""},
		{"all cut", []*docsapi.Request{name(1, 3, "m"), remove(1, 14)}, "", "\n", ""},
	} {
		_, err := docs.Documents.BatchUpdate(f.Id, &docsapi.BatchUpdateDocumentRequest{Requests: c.requests}).Do()
		if (err != nil) != (c.err != "") || err != nil && (!because(err, 400, "badRequest") || !strings.Contains(err.Error(), c.err)) {
			t.Fatalf("%s: %v", c.what, err)
		}
		d, err := docs.Documents.Get(f.Id).Do()
		if err != nil {
			t.Fatal(err)
		}
		text, at := "", int64(1)
		for _, e := range d.Body.Content[1:] {
			if e.StartIndex != at {
				t.Errorf("%s: a paragraph starts at %d, want %d", c.what, e.StartIndex, at)
			}
			at, text = e.EndIndex, text+e.Paragraph.Elements[0].TextRun.Content
		}
		ranges := ""
		for _, all := range d.NamedRanges {
			for _, n := range all.NamedRanges {
				ranges += fmt.Sprintf("%s[%d,%d)", n.Name, n.Ranges[0].StartIndex, n.Ranges[0].EndIndex)
			}
		}
		if text != c.text || ranges != c.ranges {
			t.Fatalf("%s: %q %s; want %q %s", c.what, text, ranges, c.text, c.ranges)
		}
		if style := d.Body.Content[1].Paragraph.ParagraphStyle.NamedStyleType; c.what == "heading" && style != "HEADING_1" {
			t.Errorf("style: %s", style)
		}
	}
}

func TestDocsRevision(t *testing.T) {
	t.Parallel()
	s := start(t)
	drive, docs := newDrive(t, s)
	f := newDoc(t, drive)
	d, err := docs.Documents.Get(f.Id).Fields("revisionId,body(content(startIndex,endIndex))").Do()
	if err != nil || d.Title != "" || d.RevisionId == "" {
		t.Fatal(d, err)
	}
	update := func(required string) (*docsapi.BatchUpdateDocumentResponse, error) {
		return docs.Documents.BatchUpdate(f.Id, &docsapi.BatchUpdateDocumentRequest{Requests: []*docsapi.Request{insert(1, "x")}, WriteControl: &docsapi.WriteControl{RequiredRevisionId: required}}).Do()
	}
	done, err := update(d.RevisionId)
	if err != nil || done.WriteControl.RequiredRevisionId == d.RevisionId {
		t.Fatal(done, err)
	}
	if _, err := update(d.RevisionId); !because(err, 400, "failedPrecondition") {
		t.Error(err)
	}
	if _, err := update(done.WriteControl.RequiredRevisionId); err != nil {
		t.Error(err)
	}
	if a := s.ask(t, "POST", "/google/docs/v1/documents/"+f.Id+":batchUpdate", `{"requests":[{"insertTxt":{}}]}`); a.status != 400 || !strings.Contains(a.text, "insertTxt") {
		t.Errorf("%+v", a)
	}
	if _, err := docs.Documents.Get("nothing").Do(); !because(err, 404, "notFound") {
		t.Error(err)
	}
	if made, err := docs.Documents.Create(&docsapi.Document{Title: "By Docs"}).Do(); err != nil || made.Title != "By Docs" {
		t.Error(made, err)
	}
}

// TestByHand: people type into documents, lock them and throw them away.
func TestByHand(t *testing.T) {
	t.Parallel()
	s := start(t)
	drive, docs := newDrive(t, s)
	f := newDoc(t, drive)
	edit := func() error {
		_, err := docs.Documents.BatchUpdate(f.Id, &docsapi.BatchUpdateDocumentRequest{Requests: []*docsapi.Request{insert(1, "x")}}).Do()
		return err
	}
	for _, step := range []struct {
		act, body string
		status    int
		text      string
		edits     bool // the API may edit afterwards
	}{
		{"type", `{"text":"one three"}`, 204, "one three\n", true},
		{"type", `{"text":" two","after":"one"}`, 204, "xone two three\n", true},
		{"type", `{"text":"x","after":"four"}`, 400, "xxone two three\n", true},
		{"type", `{`, 400, "xxxone two three\n", true},
		{"lock", `{"text":"final"}`, 204, "xxxxone two three\n", false},
		{"type", `{"text":"x"}`, 400, "xxxxone two three\n", false},
		{"unlock", ``, 204, "xxxxone two three\n", true},
		{"trash", ``, 204, "xxxxxone two three\n", true},
		{"restore", ``, 204, "xxxxxxone two three\n", true},
		{"burn", ``, 404, "xxxxxxxone two three\n", true},
	} {
		a := s.ask(t, "POST", "/_documents/"+f.Id+"/"+step.act, step.body)
		if told := s.told(t, "google.document")[0]; a.status != step.status || told["text"] != step.text || (told["trashed"] == true) != (step.act == "trash") {
			t.Errorf("%s: %d, %v", step.act, a.status, told)
		}
		if err := edit(); step.edits != (err == nil) || err != nil && !because(err, 403, "forbidden") {
			t.Errorf("%s: %v", step.act, err)
		}
	}
	comment := func(content string, fields ...googleapi.Field) error {
		_, err := drive.Comments.Create(f.Id, &driveapi.Comment{Content: content}).Fields(fields...).Do()
		return err
	}
	if err := comment("x", "id,content"); err != nil {
		t.Error(err)
	}
	if !because(comment("x"), 400, "required") || !because(comment("", "id"), 400, "required") {
		t.Error("a comment without its fields, or without words, is taken")
	}
	if told := dig(s.told(t, "google.document")[0], "comments", 0, "content"); told != "x" {
		t.Errorf("comment %v", told)
	}
	d, err := docs.Documents.Get(f.Id).IncludeTabsContent(true).Do()
	if err != nil || d.Body != nil || len(d.Tabs) != 1 || len(d.Tabs[0].DocumentTab.Body.Content) != 2 {
		t.Errorf("%+v, %v", d, err)
	}
	if a := s.ask(t, "POST", "/_documents/"+f.Id+"/delete", nil); a.status != 204 || len(s.told(t, "google.document")) != 0 {
		t.Errorf("%+v", a)
	}
	for _, call := range s.heard(t) {
		if strings.HasPrefix(call["path"].(string), "/_") {
			t.Errorf("%v is told as a call", call["path"])
		}
	}
}
