package cli

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"tocsin/internal/auth"
)

// TestSetup sets a server up as its owner does who follows the first link: their name, whose incidents these are, and what to do next. It is
// asked for once, and not at all where the configuration says.
func TestSetup(t *testing.T) {
	t.Parallel()
	a, stop := startWith(t, t.TempDir(), Config{})
	t.Cleanup(stop)
	secret, err := a.auth.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	read := func(res *http.Response, err error) (string, *http.Response) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body), res
	}
	base := a.links.Console
	if page, _ := read(browser.Get(base + "/setup?token=" + secret)); !strings.Contains(page, "Your organisation") {
		t.Errorf("the page asks for no organisation: %s", page)
	}
	page, res := read(browser.PostForm(base+"/setup", url.Values{"token": {secret}, "name": {""}, "organisation": {"Example Forge GmbH"}}))
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `value="Example Forge GmbH"`) {
		t.Errorf("without a name: %s, and what was typed is kept: %v", res.Status, strings.Contains(page, "Example Forge"))
	}
	page, res = read(browser.PostForm(base+"/setup", url.Values{"token": {secret}, "name": {"Olga Petrova"}, "organisation": {" Example  Forge GmbH"}, "public_name": {"Example"}}))
	if res.Request.URL.Path != "/welcome" || !strings.Contains(page, "Example Forge GmbH") || !strings.Contains(page, "Start a drill") || !strings.Contains(page, "Connect your tools") {
		t.Errorf("%s %s", res.Request.URL, page)
	}
	for end := time.Now().Add(time.Minute); !strings.Contains(page, "Example status") && time.Now().Before(end); runtime.Gosched() { // within a moment
		page, _ = read(http.Get(base + "/status"))
	}
	if !strings.Contains(page, "Example status") {
		t.Errorf("the public name is not there: %s", page)
	}
	if strings.Contains(page, "GmbH") || strings.Contains(page, "Olga") {
		t.Errorf("the public page: %s", page)
	}
	if _, err := a.auth.SetupLink(t.Context()); err != auth.ErrSetUp { //nolint:errorlint // the error is made there
		t.Errorf("a second owner: %v", err)
	}
	if page, _ = read(browser.Get(base + "/declare?drill=yes")); !strings.Contains(page, `name="drill" value="yes" checked`) {
		t.Errorf("the drill is not prefilled: %s", page)
	}
	_, res = read(browser.PostForm(base+"/declare", url.Values{"title": {"Practice"}, "drill": {"yes"}}))
	if i, err := a.ledger.View(t.Context(), "INC-1"); err != nil || !i.Drill {
		t.Errorf("no drill: %s %v %v", res.Status, i, err)
	}
}
