package googledocs

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/api/drive/v3"

	"tocsin/internal/connect"
)

// byHand does to a document what a person would.
func (s stand) byHand(t *testing.T, id, act, body string) {
	t.Helper()
	resp, err := http.Post(s.url+"/_documents/"+id+"/"+act, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		t.Fatalf("%s: %s", act, resp.Status)
	}
}

// told is a document as the stand-in tells it.
type told struct {
	ID, Name, Text, PublishedText string
	Comments                      []struct{ Content string }
	Revisions                     []struct {
		ID, Text                                       string
		Published, PublishAuto, PublishedOutsideDomain bool
	}
}

func (s stand) told(t *testing.T, id string) told {
	t.Helper()
	var all map[string][]told
	if err := json.Unmarshal([]byte(get(t, s.url+"/_objects")), &all); err != nil {
		t.Fatal(err)
	}
	for _, d := range all["google.document"] {
		if d.ID == id {
			return d
		}
	}
	t.Fatalf("no document %s", id)
	return told{}
}

// publish publishes as the runner would, with a redactor that knows Zelda.
func (s stand) publish(t *testing.T, id string) (connect.Result, error) {
	t.Helper()
	c := call(t, map[string]string{"id": id})
	c.Replace = zelda
	return s.Operations()[connect.DocumentPublish].Do(t.Context(), c)
}

// A name that somebody typed is replaced where it stands, in people's text, in ours and in the title; the revision that holds it is never
// the published one, and nothing else that people typed is touched.
func TestTypedNamesAreReplaced(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	id := s.create(t)
	if _, err := do(t, s.Connector, connect.DocumentWrite, body(id, [3]string{"title", "title", "Outage"}, [3]string{"1", "text", "09:00 it broke"})); err != nil {
		t.Fatal(err)
	}
	first, err := s.publish(t, id)
	if err != nil || first.Outputs["replaced"] != "" {
		t.Fatalf("%+v, %v", first, err)
	}
	s.byHand(t, id, "type", `{"text":"\nMy own note 🙂: ask Zelda, Zelda knows.\nAnd another."}`)
	s.byHand(t, id, "type", `{"text":" says Zelda","after":"09:00 it"}`)
	if _, err := s.drive.Files.Update(id, &drive.File{Name: "Zelda's outage"}).Do(); err != nil {
		t.Fatal(err)
	}
	got, err := s.publish(t, id)
	if err != nil || got.Outputs["replaced"] != "4" || got.URL != first.URL {
		t.Fatalf("%+v, %v", got, err)
	}
	d := s.told(t, id)
	for _, want := range []string{"My own note 🙂: ask team-member-1, team-member-1 knows.\nAnd another.", "09:00 it says team-member-1 broke\n"} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("the document reads %q, not %q", d.Text, want)
		}
	}
	if d.Name != "team-member-1's outage" || d.PublishedText != d.Text || strings.Contains(get(t, got.URL), "Zelda") {
		t.Errorf("%q: published %q", d.Name, d.PublishedText)
	}
	if len(d.Comments) != 1 || !strings.Contains(d.Comments[0].Content, "a name that was typed here") {
		t.Errorf("the author was told %v", d.Comments)
	}
	for _, r := range d.Revisions {
		if r.PublishAuto || r.Published && (strings.Contains(r.Text, "Zelda") || r.ID != got.Outputs["revision"] || !r.PublishedOutsideDomain) {
			t.Errorf("revision %+v", r)
		}
	}
	// What is managed comes back into step, and the note stays.
	if _, err := do(t, s.Connector, connect.DocumentWrite, body(id, [3]string{"title", "title", "Outage"}, [3]string{"1", "text", "09:00 it broke"})); err != nil {
		t.Fatal(err)
	}
	if d := s.told(t, id); !strings.Contains(d.Text, "09:00 it broke\n") || !strings.Contains(d.Text, "ask team-member-1, team-member-1 knows.\nAnd another.") {
		t.Errorf("the document reads %q", d.Text)
	}
}

// Without anything to put in its place, a name keeps the document from being published.
func TestTypedNamesAreNotPublished(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	id := s.create(t)
	first, err := do(t, s.Connector, connect.DocumentPublish, map[string]string{"id": id})
	if err != nil {
		t.Fatal(err)
	}
	s.byHand(t, id, "type", `{"text":"Zelda was here"}`)
	if _, err := do(t, s.Connector, connect.DocumentPublish, map[string]string{"id": id}); own(t, err).Kind != connect.Refused {
		t.Errorf("%v", err)
	}
	if page := get(t, first.URL); strings.Contains(page, "Zelda") {
		t.Error("what was typed is published")
	}
}

// Somebody had the document follow every change on the web: a name that can't be replaced takes it off there, one that can is gone with the
// next revision, and none follows by itself any more.
func TestWhatPeoplePublish(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	id := s.create(t)
	first, err := s.publish(t, id)
	if err != nil {
		t.Fatal(err)
	}
	follow := func() {
		if _, err := s.drive.Revisions.Update(id, "head", &drive.Revision{Published: true, PublishAuto: true, PublishedOutsideDomain: true}).Do(); err != nil {
			t.Fatal(err)
		}
	}
	follow()
	s.byHand(t, id, "type", `{"text":"Zelda was here"}`)
	if !strings.Contains(get(t, first.URL), "Zelda") {
		t.Fatal("what is typed does not follow")
	}
	if _, err := do(t, s.Connector, connect.DocumentPublish, map[string]string{"id": id}); !strings.Contains(own(t, err).Message, "taken off the web") {
		t.Errorf("%v", err)
	}
	if d := s.told(t, id); d.PublishedText != "" || d.Text != "Zelda was here\n" {
		t.Errorf("%+v", d)
	}
	follow()
	if _, err := s.publish(t, id); err != nil {
		t.Fatal(err)
	}
	s.byHand(t, id, "type", `{"text":" and Zelda again"}`)
	if page := get(t, first.URL); strings.Contains(page, "Zelda") || !strings.Contains(page, "team-member-1 was here") {
		t.Errorf("published: %s", page)
	}
	// What Tocsin published stays when a name comes in that can't be replaced.
	if _, err := do(t, s.Connector, connect.DocumentPublish, map[string]string{"id": id}); strings.Contains(own(t, err).Message, "taken off the web") {
		t.Errorf("%v", err)
	}
	if page := get(t, first.URL); !strings.Contains(page, "team-member-1 was here") {
		t.Errorf("published: %s", page)
	}
}

// Somebody types while the name is replaced: what they typed is kept, and a name in it is replaced as well.
func TestTypingGoesOnWhileNamesAreReplaced(t *testing.T) {
	t.Parallel()
	revision, text, typing := 1, "Zelda", 1
	s, set := revised("Outage", "", "", "7")
	document := func() string {
		b, _ := json.Marshal(text + "\n")
		return `{"revisionId":"r` + string(rune('0'+revision)) + `","tabs":[{"tabProperties":{"tabId":"t.0"},"documentTab":{"body":{"content":[{"paragraph":{"elements":[{"startIndex":1,"endIndex":99,"textRun":{"content":` + string(b) + `}}]}}]}}}]}`
	}
	s["GET /docs/v1/documents/d"] = func(*http.Request) string { return document() }
	s["GET /drive/v3/files/d/export"] = func(*http.Request) string { return "text:" + text }
	s["POST /docs/v1/documents/d:batchUpdate"] = func(r *http.Request) string {
		var sent struct {
			WriteControl struct{ RequiredRevisionId string }
			Requests     []json.RawMessage
		}
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || sent.WriteControl.RequiredRevisionId == "" {
			t.Errorf("%+v %v", sent, err)
		}
		if typing > 0 { // just before
			typing--
			revision++
			text += " and Zelda"
		}
		if sent.WriteControl.RequiredRevisionId != "r"+string(rune('0'+revision)) {
			return `400{"error":{"code":400,"message":"revision","status":"FAILED_PRECONDITION"}}`
		}
		if len(sent.Requests) != 4 {
			t.Errorf("%d requests", len(sent.Requests))
		}
		revision++
		text = "all well"
		return `{"documentId":"d"}`
	}
	c := call(t, map[string]string{"id": "d"})
	c.Replace = zelda
	got, err := s.connector(t, nil).Operations()[connect.DocumentPublish].Do(t.Context(), c)
	if err != nil || got.Outputs["replaced"] != "2" || (*set)["published"] != true {
		t.Errorf("%+v, %v", got, err)
	}
}

// A document that is deleted, in the trash or locked is said to be so, with what to do. Nothing is written into the trash.
func TestDocumentsThatCantBeUsed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ act, undo, word string }{
		{"trash", "restore", "in the trash"}, {"lock", "unlock", "is locked"}, {"delete", "", "no such document"},
	} {
		t.Run(c.act, func(t *testing.T) {
			t.Parallel()
			s := newStand(t)
			id := s.create(t)
			s.byHand(t, id, "type", `{"text":"Zelda was here"}`)
			s.byHand(t, id, c.act, `{}`)
			write := func() error {
				_, err := do(t, s.Connector, connect.DocumentWrite, body(id, [3]string{"1", "text", "x"}))
				return err
			}
			publish := func() error { _, err := s.publish(t, id); return err }
			for name, do := range map[string]func() error{"write": write, "publish": publish} {
				if e := own(t, do()); e.Kind != connect.Refused || !strings.Contains(e.Message, c.word) || !strings.Contains(e.Message, "new document") {
					t.Errorf("%s: %v", name, e)
				}
			}
			if c.undo == "" {
				return
			}
			if d := s.told(t, id); d.Text != "Zelda was here\n" || d.PublishedText != "" {
				t.Errorf("%+v", d)
			}
			s.byHand(t, id, c.undo, `{}`)
			if err := write(); err != nil {
				t.Error(err)
			}
			if err := publish(); err != nil {
				t.Error(err)
			}
		})
	}
}
