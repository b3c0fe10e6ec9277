package googledocs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"google.golang.org/api/docs/v1"
	"google.golang.org/api/drive/v3"
	"pgregory.net/rapid"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/contract"
	"tocsin/internal/standin"
)

// stand is a stand-in and a connector to it.
type stand struct {
	*Connector
	url string
}

func newStand(t *testing.T) stand { return newStandWith(t, nil) }

// newStandWith makes a stand whose documents go into a folder, if inFolder makes one of the account's files.
func newStandWith(t *testing.T, inFolder func(*Connector) string) stand {
	t.Helper()
	s := standin.New(standin.Options{})
	server := httptest.NewServer(contract.Watch(t, s))
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = s.Close() })
	config := Config{
		DocsURL: server.URL + "/google/docs", DriveURL: server.URL + "/google/drive/v3/", TokenURL: server.URL + "/google/token",
		Domain: "example.com", Credentials: credentials(),
	}
	c, err := New(config, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	if inFolder != nil {
		config.Folder = inFolder(c)
		if c, err = New(config, server.Client()); err != nil {
			t.Fatal(err)
		}
	}
	return stand{c, server.URL}
}

// fault makes the nth call like match go wrong.
func (s stand) fault(t *testing.T, match, fault string, nth int) {
	t.Helper()
	b, err := json.Marshal([]map[string]any{{"match": match, "fault": fault, "nth": nth}})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(s.url+"/_faults", "application/json", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("faults: %s", resp.Status)
	}
}

// count is how many objects of a kind there are.
func (s stand) count(t *testing.T, kind string) int {
	t.Helper()
	resp, err := http.Get(s.url + "/_objects")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all map[string][]any
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return len(all[kind])
}

func (s stand) create(t *testing.T) string {
	t.Helper()
	r, err := do(t, s.Connector, connect.DocumentCreate, map[string]string{"title": "Outage"})
	if err != nil {
		t.Fatal(err)
	}
	return r.Ref
}

// types is somebody typing into the document.
func (s stand) types(t *testing.T, id string, at int64, text string) {
	t.Helper()
	_, err := s.docs.Documents.BatchUpdate(id, &docs.BatchUpdateDocumentRequest{Requests: []*docs.Request{
		{InsertText: &docs.InsertTextRequest{Location: &docs.Location{Index: at}, Text: text}},
	}}).Context(t.Context()).Do()
	if err != nil {
		t.Fatal(err)
	}
}

func body(id string, blocks ...[3]string) map[string]any {
	all := []map[string]string{}
	for _, b := range blocks {
		all = append(all, map[string]string{"key": b[0], "style": b[1], "text": b[2]})
	}
	return map[string]any{"id": id, "blocks": all}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	of := func(request func(id string) any) func(map[connect.Kind]connect.Result) any {
		return func(made map[connect.Kind]connect.Result) any { return request(made[connect.DocumentCreate].Ref) }
	}
	conformance.Run(t, conformance.Suite{
		Connector: s.Connector,
		Secrets:   []string{secretCanary, refreshCanary},
		Samples: []conformance.Sample{
			conformance.Fixed(connect.DocumentCreate, map[string]string{"title": "Outage of 🙂 things"}),
			{Kind: connect.DocumentWrite, Raw: of(func(id string) any {
				return body(id, [3]string{"title", "title", "Outage"}, [3]string{"now", "heading", "Now"}, [3]string{"1", "text", "09:00 it broke 🙂"})
			})},
			{Kind: connect.DocumentShare, Raw: of(func(id string) any { return map[string]string{"id": id, "domain": "example.com"} })},
			{Kind: connect.DocumentPublish, Raw: of(func(id string) any { return map[string]string{"id": id} })},
		},
	})
	if n := s.count(t, "google.document"); n != 1 {
		t.Errorf("%d documents; want 1", n)
	}
}

// Made, and the answer was lost: found, and exactly one.
func TestCreateIsFoundAfterALoss(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"reset_after", "malformed", "truncate"} {
		s := newStand(t)
		s.fault(t, "POST /google/drive/v3/files", fault, 1)
		c := call(t, map[string]string{"title": "Outage"})
		op := s.Operations()[connect.DocumentCreate]
		if _, err := op.Do(t.Context(), c); own(t, err).Kind != connect.Unknown {
			t.Fatalf("%s: %v", fault, err)
		}
		found, err := op.Find(t.Context(), c)
		if err != nil || found == nil || found.Ref == "" || found.URL == "" || s.count(t, "google.document") != 1 {
			t.Errorf("%s: %+v, %v", fault, found, err)
		}
	}
	for _, fault := range []string{"reset_before", "login_page"} {
		s := newStand(t)
		s.fault(t, "POST /google/drive/v3/files", fault, 1)
		c := call(t, map[string]string{"title": "Outage"})
		op := s.Operations()[connect.DocumentCreate]
		if _, err := op.Do(t.Context(), c); own(t, err).Kind != connect.Unknown {
			t.Fatalf("%s: %v", fault, err)
		}
		if found, err := op.Find(t.Context(), c); err != nil || found != nil {
			t.Errorf("%s: %+v, %v", fault, found, err)
		}
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	folder := ""
	s := newStandWith(t, func(c *Connector) string {
		f, err := c.drive.Files.Create(&drive.File{Name: "Incidents", MimeType: "application/vnd.google-apps.folder"}).Do()
		if err != nil {
			t.Fatal(err)
		}
		folder = f.Id
		return f.Id
	})
	s.fault(t, "POST /google/drive/v3/files", "reset_after", 1)
	c := call(t, map[string]string{"title": "Outage"})
	op := s.Operations()[connect.DocumentCreate]
	if _, err := op.Do(t.Context(), c); own(t, err).Kind != connect.Unknown {
		t.Fatal(err)
	}
	found, err := op.Find(t.Context(), c)
	if err != nil || found == nil {
		t.Fatalf("%+v, %v", found, err)
	}
	f, err := s.drive.Files.Get(found.Ref).Fields("parents").Do()
	if err != nil || !slices.Equal(f.Parents, []string{folder}) {
		t.Errorf("%+v, %v", f, err)
	}
	for _, f := range s.Check(t.Context()) {
		if !f.OK {
			t.Errorf("%+v", f)
		}
	}
	s.fault(t, "GET /google/docs", "wrong_scope", 0)
	wrong := 0
	for _, f := range s.Check(t.Context()) {
		if !f.OK && f.Fix != "" {
			wrong++
		}
	}
	if wrong != 1 {
		t.Errorf("%d findings that Docs is closed to us; want 1", wrong)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	id := s.create(t)
	for _, c := range []struct {
		match, fault string
		kind         connect.Kind
		request      any
		want         connect.ErrorKind
		scope        bool
	}{
		{"POST /google/docs/v1/documents", "reset_after", connect.DocumentWrite, body(id, [3]string{"1", "text", "one"}), connect.Unknown, false},
		{"GET /google/docs/v1/documents", "malformed", connect.DocumentWrite, body(id, [3]string{"1", "text", "two"}), connect.Retry, false},
		{"GET /google/docs/v1/documents", "login_page", connect.DocumentWrite, body(id, [3]string{"1", "text", "two"}), connect.Retry, false},
		{"GET /google/docs/v1/documents", "truncate", connect.DocumentWrite, body(id, [3]string{"1", "text", "two"}), connect.Retry, false},
		{"POST /google/docs/v1/documents", "wrong_scope", connect.DocumentWrite, body(id, [3]string{"1", "text", "three"}), connect.Refused, true},
		{"POST /google/drive/v3/files", "reset_after", connect.DocumentShare, map[string]string{"id": id}, connect.Unknown, false},
		{"PATCH /google/drive/v3/files", "reset_after", connect.DocumentPublish, map[string]string{"id": id}, connect.Unknown, false},
	} {
		s.fault(t, c.match, c.fault, 1)
		_, err := do(t, s.Connector, c.kind, c.request)
		if e := own(t, err); e.Kind != c.want || c.scope != (e.Scope != "") {
			t.Errorf("%s %s: %+v", c.match, c.fault, e)
		}
		// Whatever happened, the same again sets it right.
		if _, err := do(t, s.Connector, c.kind, c.request); err != nil {
			t.Errorf("%s %s, again: %v", c.match, c.fault, err)
		}
	}
	// A token that ran out is renewed and nobody notices.
	s.fault(t, "POST /google/docs/v1/documents", "token_expired", 1)
	if _, err := do(t, s.Connector, connect.DocumentWrite, body(id, [3]string{"1", "text", "four"})); err != nil {
		t.Error(err)
	}
	s.fault(t, "* /google/drive", "token_expired", 0)
	if _, err := do(t, s.Connector, connect.DocumentShare, map[string]string{"id": id, "domain": "other.example"}); own(t, err).Kind != connect.Refused {
		t.Error(err)
	}
}

func TestShareOnce(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	id := s.create(t)
	for range 3 {
		if _, err := do(t, s.Connector, connect.DocumentShare, map[string]string{"id": id}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.drive.Permissions.List(id).Fields("permissions(type,role,domain,allowFileDiscovery)").Do()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range list.Permissions {
		if p.Type == "domain" && p.Domain == "example.com" && p.Role == "writer" && !p.AllowFileDiscovery {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d permissions for the domain; want 1", n)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Random changes of the blocks, and people typing in between: after each write the document reads as wanted, people's text stays.
func TestWriteConverges(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	rapid.Check(t, func(rt *rapid.T) {
		id := s.create(t)
		for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
			for range rapid.IntRange(0, 2).Draw(rt, "typed") {
				l := read(s.look(t, id))
				p := rapid.SampledFrom(l.paragraphs).Draw(rt, "paragraph")
				s.types(t, id, rapid.SampledFrom([]int64{p.start, p.end - 1}).Draw(rt, "at"), rapid.SampledFrom([]string{"note", "\n", "🙂 note\n", "\nnote"}).Draw(rt, "text"))
			}
			before := foreign(s.look(t, id))
			want := drawBlocks(rt)
			var blocks [][3]string
			for _, b := range want {
				for name, style := range styles {
					if style == b.style {
						blocks = append(blocks, [3]string{b.key, name, b.text})
					}
				}
			}
			if _, err := do(t, s.Connector, connect.DocumentWrite, body(id, blocks...)); err != nil {
				rt.Fatal(err)
			}
			now := s.look(t, id)
			var have []block
			for _, m := range read(now).blocks {
				if !m.sound {
					rt.Fatalf("block %s is cut up", m.key)
				}
				have = append(have, block{m.key, m.in.style, m.text, units(m.text)})
			}
			if !slices.Equal(have, want) {
				rt.Fatalf("have %v\nwant %v", have, want)
			}
			if after := foreign(now); after != before {
				rt.Fatalf("people's text was %q and is %q", before, after)
			}
		}
	})
}

func (s stand) look(t *testing.T, id string) *docs.Document {
	t.Helper()
	d, err := s.docs.Documents.Get(id).Do()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// foreign is the text outside our named ranges, newlines left out.
func foreign(d *docs.Document) string {
	var out []uint16
	for _, e := range d.Body.Content {
		if e.Paragraph == nil {
			continue
		}
		for _, run := range e.Paragraph.Elements {
			for i, u := range utf16.Encode([]rune(run.TextRun.Content)) {
				at := run.StartIndex + int64(i)
				ours := false
				for name, ranges := range d.NamedRanges {
					for _, r := range ranges.NamedRanges {
						ours = ours || strings.HasPrefix(name, prefix) && slices.ContainsFunc(r.Ranges, func(r *docs.Range) bool { return r.StartIndex <= at && at < r.EndIndex })
					}
				}
				if !ours && u != '\n' {
					out = append(out, u)
				}
			}
		}
	}
	return string(utf16.Decode(out))
}

// Nothing is sent for a document that reads as wanted, and little for a small change.
func TestWriteSendsWhatDiffers(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	id := s.create(t)
	blocks := [][3]string{{"title", "title", "Outage"}}
	for i := range 40 {
		blocks = append(blocks, [3]string{fmt.Sprint("e", i), "text", fmt.Sprint("entry ", i, " 🙂")})
		if _, err := do(t, s.Connector, connect.DocumentWrite, body(id, blocks...)); err != nil {
			t.Fatal(err)
		}
	}
	s.fault(t, "POST /google/docs", "reset_before", 0)
	if _, err := do(t, s.Connector, connect.DocumentWrite, body(id, blocks...)); err != nil {
		t.Errorf("something was sent: %v", err)
	}
}
