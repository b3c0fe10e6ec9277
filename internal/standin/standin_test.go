package standin

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// stand is stand-ins behind a real HTTP server.
type stand struct {
	*Server
	url string
}

func start(t *testing.T) stand {
	t.Helper()
	s := New(Options{})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = s.Close() })
	return stand{s, server.URL}
}

// answer is what came back from a raw call.
type answer struct {
	status int
	header http.Header
	text   string
	json   map[string]any // nil if the answer is no JSON object
}

// ask sends a raw call: body is nil, a url.Values for a form, a string that is JSON already, or anything else to be made JSON. Extra are headers, in pairs.
func (s stand) ask(t *testing.T, method, path string, body any, extra ...string) answer {
	t.Helper()
	a, err := s.try(t, method, path, body, extra...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s stand) try(t *testing.T, method, path string, body any, extra ...string) (answer, error) {
	t.Helper()
	var send io.Reader
	media := ""
	switch body := body.(type) {
	case nil:
	case string:
		send, media = strings.NewReader(body), "application/json"
	case url.Values:
		send, media = strings.NewReader(body.Encode()), "application/x-www-form-urlencoded"
	default:
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		send, media = bytes.NewReader(b), "application/json"
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, send)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer some-token")
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	for i := 0; i+1 < len(extra); i += 2 {
		req.Header.Set(extra[i], extra[i+1])
		if extra[i+1] == "" {
			req.Header.Del(extra[i])
		}
	}
	req.Close = true // lest the transport send a GET again on its own when a kept connection breaks
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(b)}
	_ = json.Unmarshal(b, &a.json)
	return a, nil
}

// fault sets one fault.
func (s stand) fault(t *testing.T, fields map[string]any) {
	t.Helper()
	if a := s.ask(t, "POST", "/_faults", []any{fields}); a.status != 200 {
		t.Fatalf("faults: %d %s", a.status, a.text)
	}
}

// told gives the objects of a kind.
func (s stand) told(t *testing.T, kind string) []map[string]any {
	t.Helper()
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(s.ask(t, "GET", "/_objects", nil).text), &all); err != nil {
		t.Fatal(err)
	}
	if all[kind] == nil {
		t.Fatalf("no list of %s", kind)
	}
	return all[kind]
}

// heard gives the calls so far.
func (s stand) heard(t *testing.T) []map[string]any {
	t.Helper()
	var all []map[string]any
	if err := json.Unmarshal([]byte(s.ask(t, "GET", "/_calls", nil).text), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// dig follows names and indices into JSON.
func dig(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}
