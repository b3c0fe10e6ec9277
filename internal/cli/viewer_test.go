package cli

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// TestViewer holds that somebody who may only read is told so, and whom to ask, in the room and wherever they are turned away; and that the colours
// somebody chose hold for the whole page, whatever the device says.
func TestViewer(t *testing.T) {
	t.Parallel()
	a, stop := startWith(t, t.TempDir(), Config{})
	t.Cleanup(stop)
	for id, rights := range map[string]string{"vera": auth.RightsViewer, "bo": auth.RightsResponder, "adam": auth.RightsAdmin} {
		if err := a.people.Put(t.Context(), store.Person{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Rights: rights}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.ledger.Do(t.Context(), ledger.Request{Actor: "bo", Command: &incident.Declare{Title: "Pushes fail"}}); err != nil {
		t.Fatal(err)
	}
	as := func(person, method, path string, headers ...string) (int, string) {
		t.Helper()
		token, err := a.auth.CreateToken(t.Context(), person, "", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, a.links.Console+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		for n := 0; n < len(headers); n += 2 {
			r.Header.Set(headers[n], headers[n+1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	if code, page := as("vera", http.MethodGet, "/i/1"); code != http.StatusOK || !strings.Contains(page, "To write, ask Adam.") || !strings.Contains(page, "room readonly") {
		t.Errorf("the room of a viewer: %d %s", code, page)
	}
	if code, page := as("bo", http.MethodGet, "/i/1"); code != http.StatusOK || strings.Contains(page, "To write, ask") || strings.Contains(page, "room readonly") {
		t.Errorf("the room of a responder: %d %s", code, page)
	}
	if code, page := as("vera", http.MethodGet, "/declare"); code != http.StatusForbidden || !strings.Contains(page, "ask Adam to change them") {
		t.Errorf("turned away: %d %s", code, page)
	}

	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(a.links.Console+"/preferences", url.Values{"language": {"de"}, "theme": {"dark"}, "back": {"//evil.example"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	var cookies []string
	for _, c := range res.Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	if res.Header.Get("Location") != "/" {
		t.Errorf("led to %s", res.Header.Get("Location"))
	}
	if _, page := as("vera", http.MethodGet, "/i/1", "Cookie", strings.Join(cookies, "; ")); !strings.Contains(page, `<html lang="de" data-theme="dark">`) || !strings.Contains(page, "Verlauf durchsuchen") {
		t.Errorf("%v: %.200s", cookies, page)
	}
}
