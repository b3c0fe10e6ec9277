package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"tocsin/internal/store"
)

// TestBreakGlass lets somebody in at the machine beside a running server, and holds that the audit log says so, on the command line and in
// the console, without the secret.
func TestBreakGlass(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serve(t, "--data", data)
	if _, words, code := tocsin(t, "user", "add", "Ana Diaz", "--rights", "admin", "--data", data); code != 0 {
		t.Fatal(words)
	}
	out, words, code := tocsin(t, "break-glass", "ana-diaz", "--data", data, "--at", p.url)
	if code != 0 || !strings.Contains(words, "signs Ana Diaz in, once, within 15 minutes") {
		t.Fatal(code, out, words)
	}
	link, err := url.Parse(strings.TrimSpace(out))
	if err != nil {
		t.Fatal(err)
	}
	secret := link.Query().Get("token")
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	page := func(res *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res.Status, err)
		}
		return string(body)
	}
	if home := page(browser.PostForm(p.url+"/link", url.Values{"token": {secret}})); !strings.Contains(home, "The glass was broken") || !strings.Contains(home, "Ana Diaz") {
		t.Errorf("home says nothing of it: %s", home)
	}
	if log := page(browser.Get(p.url + "/audit")); !strings.Contains(log, "broke the glass") || !strings.Contains(log, "at the machine") || strings.Contains(log, secret) {
		t.Errorf("the audit log: %s", log)
	}
	if _, _, code := tocsin(t, "break-glass", "zelda", "--data", data); code != exitNotFound {
		t.Errorf("somebody unknown: exit %d", code)
	}
	out, _, code = tocsin(t, "audit", "--json", "--data", data)
	var told struct{ Deeds []store.Deed }
	if err := json.Unmarshal([]byte(out), &told); err != nil || code != 0 {
		t.Fatal(err, out)
	}
	var all []string
	for _, d := range told.Deeds {
		all = append(all, strings.TrimSpace(d.Person+" "+d.What+" "+d.About))
	}
	if got, want := strings.Join(all, "; "), "ana-diaz signed_in link; break_glass ana-diaz; person_added ana-diaz admin"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
