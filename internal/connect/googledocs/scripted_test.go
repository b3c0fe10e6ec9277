package googledocs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/redact"
)

const (
	secretCanary  = "canary-client-secret-2741"
	refreshCanary = "canary-refresh-token-2742"
	tokenCanary   = "canary-access-token-2743"
)

func credentials() []byte {
	return []byte(`{"type":"authorized_user","client_id":"id","client_secret":"` + secretCanary + `","refresh_token":"` + refreshCanary + `"}`)
}

// script answers "METHOD /path" by what it holds, anything else with 404. Answers that begin with a digit are a status and its body.
type script map[string]any

// connector makes a connector that talks to s. Values are a string, or a func of the request giving one.
func (s script) connector(t *testing.T, change func(*Config)) *Connector {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, tokenCanary)
			return
		}
		answer := s[r.Method+" "+r.URL.Path]
		if answer == nil && r.Method == http.MethodGet && r.URL.Path == "/drive/v3/files/d" {
			answer = `{"name":"Outage"}`
		}
		if f, ok := answer.(func(*http.Request) string); ok {
			answer = f(r)
		}
		said, _ := answer.(string)
		status := http.StatusOK
		if answer == nil {
			status, said = http.StatusNotFound, `{"error":{"code":404,"message":"not found: `+tokenCanary+`"}}`
		} else if said != "" && said[0] >= '1' && said[0] <= '9' {
			_, _ = fmt.Sscan(said, &status)
			said = said[3:]
		}
		if text, plain := strings.CutPrefix(said, "text:"); plain {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			said = text
		} else if page, isPage := strings.CutPrefix(said, "html:"); isPage {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			said = page
		}
		w.WriteHeader(status)
		fmt.Fprint(w, strings.ReplaceAll(said, "BASE", "http://"+r.Host))
	}))
	t.Cleanup(server.Close)
	c := Config{DocsURL: server.URL + "/docs", DriveURL: server.URL + "/drive/v3", TokenURL: server.URL + "/token", Domain: "example.com", Credentials: credentials()}
	if change != nil {
		change(&c)
	}
	made, err := New(c, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func forbidden(reason string) string {
	return `403{"error":{"code":403,"message":"no","errors":[{"reason":"` + reason + `"}]}}`
}

func call(t *testing.T, request any) connect.Call {
	t.Helper()
	raw, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return connect.Call{Mark: "mark-1", Since: time.Now(), Raw: raw, Seal: redact.New(nil, nil).Seal, Leaks: func(artefact string) []string {
		if strings.Contains(artefact, "Zelda") {
			return []string{"Zelda"}
		}
		return nil
	}}
}

func do(t *testing.T, c *Connector, kind connect.Kind, request any) (connect.Result, error) {
	t.Helper()
	return c.Operations()[kind].Do(t.Context(), call(t, request))
}

// own checks that err is a *connect.Error without a secret or a name.
func own(t *testing.T, err error) *connect.Error {
	t.Helper()
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Fatalf("want a *connect.Error, have %T %v", err, err)
	}
	for _, secret := range []string{secretCanary, refreshCanary, tokenCanary, "Zelda"} {
		if strings.Contains(fmt.Sprintf("%v %+v", err, *e), secret) {
			t.Errorf("%s shows: %v", secret, err)
		}
	}
	return e
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	document := map[string]string{"id": "d", "title": "Outage"}
	list := "GET /drive/v3/files/d/permissions"
	grant := "POST /drive/v3/files/d/permissions"
	revisions := "GET /drive/v3/files/d/revisions"
	get := "GET /docs/v1/documents/d"
	for _, c := range []struct {
		name   string
		kind   connect.Kind
		script script
		change func(*Config)
		want   connect.ErrorKind
		word   string
	}{
		{"no such folder", connect.DocumentCreate, script{}, func(c *Config) { c.Folder = "f" }, connect.Refused, "connectors.google.folder"},
		{"made, and broken off", connect.DocumentCreate, script{"POST /drive/v3/files": `{"id":`}, nil, connect.Unknown, ""},
		{"made, and no id", connect.DocumentCreate, script{"POST /drive/v3/files": `{}`}, nil, connect.Unknown, ""},
		{"no permission", connect.DocumentCreate, script{"POST /drive/v3/files": forbidden("insufficientPermissions")}, nil, connect.Refused, "drive.file"},
		{"rate", connect.DocumentCreate, script{"POST /drive/v3/files": forbidden("rateLimitExceeded")}, nil, connect.Retry, ""},
		{"server error", connect.DocumentCreate, script{"POST /drive/v3/files": `500{}`}, nil, connect.Unknown, ""},
		{"gone", connect.DocumentWrite, script{}, nil, connect.Refused, "no such document"},
		{"can't be read now", connect.DocumentWrite, script{get: `500{}`}, nil, connect.Retry, ""},
		{"nonsense", connect.DocumentWrite, script{get: `{"revisionId":"1"}`, "POST /docs/v1/documents/d:batchUpdate": `400{"error":{"message":"why"}}`}, nil, connect.Refused, "why"},
		{"lost", connect.DocumentWrite, script{get: `{"revisionId":"1"}`, "POST /docs/v1/documents/d:batchUpdate": `500{}`}, nil, connect.Unknown, ""},
		{"no domain", connect.DocumentShare, script{}, func(c *Config) { c.Domain = "" }, connect.Refused, "connectors.google.domain"},
		{"policy", connect.DocumentShare, script{list: `{}`, grant: forbidden("domainPolicy")}, nil, connect.Refused, "by hand"},
		{"sharing too fast", connect.DocumentShare, script{list: `{}`, grant: forbidden("sharingRateLimitExceeded")}, nil, connect.Retry, ""},
		{"no revision", connect.DocumentPublish, script{revisions: `{}`}, nil, connect.Retry, ""},
		{"gone before publishing", connect.DocumentPublish, script{}, nil, connect.Refused, "no such document"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			request := any(document)
			if c.kind == connect.DocumentWrite {
				request = map[string]any{"id": "d", "blocks": []map[string]string{{"key": "a", "style": "text", "text": "x"}}}
			}
			_, err := do(t, c.script.connector(t, c.change), c.kind, request)
			if e := own(t, err); e.Kind != c.want || !strings.Contains(e.Message, c.word) {
				t.Errorf("%s %q; want %s with %q", e.Kind, e.Message, c.want, c.word)
			}
		})
	}
}

func TestBlocksAreChecked(t *testing.T) {
	t.Parallel()
	c := script{}.connector(t, nil)
	for name, blocks := range map[string][]map[string]string{
		"no key":    {{"style": "text", "text": "x"}},
		"key twice": {{"key": "a", "style": "text", "text": "x"}, {"key": "a", "style": "text", "text": "y"}},
		"no style":  {{"key": "a", "style": "loud", "text": "x"}},
	} {
		if _, err := do(t, c, connect.DocumentWrite, map[string]any{"id": "d", "blocks": blocks}); own(t, err).Kind != connect.Refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Someone types between our reading and our writing.
func TestWriteGivesWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed  int // how often somebody is faster
		writes int
		ok     bool
	}{{0, 1, true}, {2, 3, true}, {9, 4, false}} {
		revision, writes, typed := 1, 0, c.typed
		made := script{
			"GET /docs/v1/documents/d": func(*http.Request) string {
				return fmt.Sprintf(`{"revisionId":"r%d","body":{"content":[{"startIndex":1,"endIndex":2,"paragraph":{}}]}}`, revision)
			},
			"POST /docs/v1/documents/d:batchUpdate": func(r *http.Request) string {
				writes++
				var sent struct {
					WriteControl struct{ RequiredRevisionId string }
				}
				if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || sent.WriteControl.RequiredRevisionId != fmt.Sprintf("r%d", revision) {
					t.Errorf("revision asked for: %+v %v", sent, err)
				}
				if typed--; typed >= 0 {
					revision++
					return `400{"error":{"code":400,"message":"revision","status":"FAILED_PRECONDITION"}}`
				}
				return `{"documentId":"d"}`
			},
		}.connector(t, nil)
		got, err := do(t, made, connect.DocumentWrite, map[string]any{"id": "d", "blocks": []map[string]string{{"key": "a", "style": "text", "text": "x"}}})
		switch {
		case writes != c.writes:
			t.Errorf("%+v: %d writes", c, writes)
		case c.ok && (err != nil || got.Outputs["revision"] == ""):
			t.Errorf("%+v: %+v, %v", c, got, err)
		case !c.ok && own(t, err).Kind != connect.Retry:
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestShareAsksFirst(t *testing.T) {
	t.Parallel()
	for have, want := range map[string]string{
		`{"id":"1","type":"domain","role":"writer","domain":"Example.com"}`: "",
		`{"id":"1","type":"domain","role":"reader","domain":"example.com"}`: "PATCH",
		`{"id":"1","type":"domain","role":"writer","domain":"example.org"}`: "POST",
		`{"id":"1","type":"user","role":"writer"}`:                          "POST",
	} {
		sent := ""
		change := func(r *http.Request) string { sent = r.Method; return `{"id":"2"}` }
		c := script{
			"GET /drive/v3/files/d/permissions": func(r *http.Request) string {
				if r.URL.Query().Get("pageToken") == "" {
					return `{"nextPageToken":"2","permissions":[]}`
				}
				return `{"permissions":[` + have + `]}`
			},
			"POST /drive/v3/files/d/permissions":    change,
			"PATCH /drive/v3/files/d/permissions/1": change,
		}.connector(t, nil)
		if _, err := do(t, c, connect.DocumentShare, map[string]string{"id": "d"}); err != nil || sent != want {
			t.Errorf("%s: sent %q, want %q; %v", have, sent, want, err)
		}
	}
}
