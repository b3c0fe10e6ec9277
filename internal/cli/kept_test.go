package cli

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestKept reads pages, and reads them again while the server can't be reached: they say of when they are, what is typed waits, and a declaration is sent once. Whoever
// signs out leaves nothing behind.
func TestKept(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	behind, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	var down, slow atomic.Bool
	answered, on := make(chan struct{}, 1), make(chan struct{})
	pass := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(behind); r.Out.Host = r.In.Host }, ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }}
	pass.ModifyResponse = func(a *http.Response) error {
		if a.Request.URL.Path == "/oncall" && slow.Load() {
			answered <- struct{}{}
			<-on
		}
		return nil
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	t.Cleanup(front.CloseClientConnections)
	at := front.URL
	gone := func(is bool) {
		down.Store(is)
		front.CloseClientConnections()
	}
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(strings.Replace(link, base, at, 1)), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	see(t, tab, `navigator.serviceWorker.controller`)
	postForm(t, tab, "/declare", "title", "Pushes fail", "disrupting", "yes", "eta", "2h", "point", "yes")
	browse(t, tab, chromedp.Navigate(at+"/i/1"))
	see(t, tab, `!document.querySelector("[data-pause]").hidden`)
	browse(t, tab, chromedp.Navigate(at+"/"))
	see(t, tab, `document.body.innerText.includes("INC-1 Pushes fail")`)
	see(t, tab, `(window.kept || (window.kept = [], caches.open("tocsin-pages").then((c) => c.keys()).then((all) => { window.kept = all.length ? all.map((r) => new URL(r.url).pathname) : null; })), window.kept && ["/", "/i/1", "/declare", "/oncall"].every((p) => window.kept.includes(p)) || (window.kept = null))`)

	gone(true)
	browse(t, tab, chromedp.Navigate(at+"/i/1"))
	see(t, tab, `document.querySelector("#offline").innerText.includes("You read this page as it was at") && document.querySelector("#timeline").textContent.includes("Pushes fail") && document.querySelector("#head .danger").disabled`)
	see(t, tab, `(f => (f.elements.text.value = "The disk is full", f.requestSubmit(), true))(document.querySelector("[data-outbox]"))`)
	see(t, tab, `document.querySelector("#outbox").innerText.includes("waits here")`)
	inspectPart(t, tab, "room-kept")
	gone(false)
	see(t, tab, `document.querySelector("#outbox").children.length == 0 && document.querySelector("#timeline").textContent.includes("The disk is full") && document.querySelector("#offline").hidden`)

	gone(true)
	browse(t, tab, chromedp.Navigate(at+"/"))
	see(t, tab, `!document.querySelector("#offline").hidden && document.body.innerText.includes("INC-1 Pushes fail")`)
	inspectPart(t, tab, "home-kept")
	browse(t, tab, chromedp.Navigate(at+"/declare"), chromedp.SendKeys("[name=title]", "Pulls fail"), chromedp.Click("form.stack .primary"))
	see(t, tab, `document.querySelector("form.stack [role=status]").textContent.includes("kept here")`)
	gone(false)
	see(t, tab, `location.pathname == "/i/2"`)
	browse(t, tab, chromedp.Navigate(at+"/incidents"))
	see(t, tab, `document.body.innerText.includes("INC-2") && !document.body.innerText.includes("INC-3")`)

	// Not even what is still on its way is kept.
	slow.Store(true)
	browse(t, tab, chromedp.Navigate(at+"/"))
	<-answered
	browse(t, tab, chromedp.Click(".foot form button"))
	see(t, tab, `location.pathname == "/signin"`)
	const left = `(caches.has("tocsin-pages").then((has) => { window.left = has; }), window.left === false)`
	see(t, tab, left)
	close(on)
	see(t, tab, `(window.asked ||= (async () => { for (let n = 0; n < 30; n++) await (await fetch("/signin")).text(); window.later = await caches.has("tocsin-pages"); })(), "later" in window)`)
	see(t, tab, `window.later === false`)
}
