package googledocs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tocsin/internal/connect"
)

// revised stands for a document with revisions; revisions may come while it is looked at.
func revised(title, text, links string, heads ...string) (script, *map[string]any) {
	set := &map[string]any{}
	n := 0
	s := script{
		"GET /drive/v3/files/d": fmt.Sprintf(`{"name":%q}`, title),
		"GET /drive/v3/files/d/revisions": func(*http.Request) string {
			head := heads[min(n, len(heads)-1)]
			n++
			return fmt.Sprintf(`{"revisions":[{"id":"1"},{"id":%q}]}`, head)
		},
		"GET /drive/v3/files/d/export": func(r *http.Request) string {
			if r.URL.Query().Get("mimeType") != "text/plain" || r.Header.Get("Authorization") == "" {
				return `400{}`
			}
			return "text:" + text
		},
		"GET /of-revision": func(r *http.Request) string {
			if r.Header.Get("Authorization") == "" {
				return `401{}`
			}
			return "text:" + text
		},
		"GET /page": "html:" + links,
	}
	for _, head := range heads {
		at := "/drive/v3/files/d/revisions/" + head
		s["GET "+at] = fmt.Sprintf(`{"id":%q}`, head)
		s["PATCH "+at] = func(r *http.Request) string {
			_ = json.NewDecoder(r.Body).Decode(set)
			return `{"id":"x","published":true,"publishedOutsideDomain":true,"publishedLink":"BASE/pub/` + head + `"}`
		}
	}
	return s, set
}

func TestPublish(t *testing.T) {
	t.Parallel()
	exported := func(s script, html bool) {
		links := map[string]string{"text/plain": "BASE/of-revision"}
		if html {
			links["text/html"] = "BASE/page"
		}
		b, _ := json.Marshal(map[string]any{"id": "7", "exportLinks": links})
		s["GET /drive/v3/files/d/revisions/7"] = string(b)
	}
	for _, c := range []struct {
		name, title, text, page string
		heads                   []string
		links                   bool // the revision has export links
		want                    string
		kind                    connect.ErrorKind
	}{
		{"clean", "Outage", "all well", "", []string{"7"}, false, "7", ""},
		{"clean by link", "Outage", "all well", `<a href="https://example.com/">`, []string{"7"}, true, "7", ""},
		{"moved once", "Outage", "all well", "", []string{"7", "8"}, false, "8", ""},
		{"always moving", "Outage", "all well", "", []string{"7", "8", "9", "10", "11", "12", "13"}, false, "", connect.Retry},
		{"name in text", "Outage", "Zelda fixed it", "", []string{"7"}, false, "", connect.Refused},
		{"name in text by link", "Outage", "Zelda fixed it", "", []string{"7"}, true, "", connect.Refused},
		{"name in title", "Outage of Zelda", "all well", "", []string{"7"}, false, "", connect.Refused},
		{"name behind a link", "Outage", "ask us", `<a href="https://www.google.com/url?q=mailto:%5Aelda@example.com&amp;sa=D">us</a>`, []string{"7"}, true, "", connect.Refused},
		{"name of a picture", "Outage", "look", `<img alt="Zelda at work">`, []string{"7"}, true, "", connect.Refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, set := revised(c.title, c.text, c.page, c.heads...)
			if c.links {
				exported(s, c.page != "")
			}
			got, err := do(t, s.connector(t, nil), connect.DocumentPublish, map[string]string{"id": "d"})
			if c.kind != "" {
				if e := own(t, err); e.Kind != c.kind {
					t.Errorf("%v", e)
				}
				if len(*set) > 0 {
					t.Error("published all the same")
				}
				return
			}
			if err != nil || got.Outputs["revision"] != c.want || !strings.HasSuffix(got.URL, "/pub/"+c.want) {
				t.Fatalf("%+v, %v", got, err)
			}
			if s := *set; s["published"] != true || s["publishedOutsideDomain"] != true || s["publishAuto"] != false {
				t.Errorf("set: %v", s)
			}
		})
	}
}

func TestPublishNotAllowed(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"forbidden":       forbidden("publishOutNotPermitted"),
		"only the domain": `{"id":"7","published":true}`,
	} {
		s, _ := revised("Outage", "all well", "", "7")
		s["PATCH /drive/v3/files/d/revisions/7"] = answer
		_, err := do(t, s.connector(t, nil), connect.DocumentPublish, map[string]string{"id": "d"})
		if e := own(t, err); e.Kind != connect.Refused || !strings.Contains(e.Message, "Admin console") {
			t.Errorf("%s: %v", name, e)
		}
	}

	// A sign-in page in place of the text must not pass as a clean document.
	s, set := revised("Outage", "all well", "", "7")
	s["GET /drive/v3/files/d/export"] = "html:<title>Sign in</title>"
	if _, err := do(t, s.connector(t, nil), connect.DocumentPublish, map[string]string{"id": "d"}); own(t, err).Kind != connect.Retry || len(*set) > 0 {
		t.Errorf("sign-in page: %v, set %v", err, *set)
	}

	c := call(t, map[string]string{"id": "d"})
	c.Leaks = nil
	s, set = revised("Outage", "all well", "", "7")
	if _, err := s.connector(t, nil).Operations()[connect.DocumentPublish].Do(t.Context(), c); own(t, err).Kind != connect.Refused || len(*set) > 0 {
		t.Errorf("without a leak check: %v", err)
	}
}
