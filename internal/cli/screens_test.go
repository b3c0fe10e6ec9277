package cli

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe finds what keeps people out of a page: https://github.com/dequelabs/axe-core 4.14.1, MPL-2.0, see testdata/axe/LICENSE.
//
//go:embed testdata/axe/axe.min.js
var axe string

// look is one way in which a screen is looked at.
type look struct {
	name   string
	width  int64
	scheme string // prefers-color-scheme
	forced bool   // forced-colors
	hues   bool   // only what depends on colours is looked for: the rest was seen at this width or in these colours
}

var looks = []look{
	{"360-light", 360, "light", false, false}, {"360-dark", 360, "dark", false, true}, {"1280-light", 1280, "light", false, true}, {"1280-dark", 1280, "dark", false, false},
	{"360-forced", 360, "dark", true, true}, {"1280-forced", 1280, "light", true, true},
}

// violations runs axe's rules for WCAG 2.2 AA and good practice, and gives a line per element that breaks one.
const violations = `axe.run(document, {resultTypes: ["violations"]%s}).then((r) => r.violations.flatMap((v) =>
	v.nodes.map((n) => v.id + ": " + n.target.join(" ") + " " + n.html.slice(0, 160) + " " + (n.any[0] ? n.any[0].message : n.failureSummary))))`

// small lists what is to be pressed and is under 44 px, but for links within a sentence.
const small = `[...document.querySelectorAll("a[href],button,select,textarea,summary,input:not([type=hidden])")].filter((e) => {
	const target = e.matches("[type=radio],[type=checkbox]") ? e.closest("label") || e : e, r = target.getBoundingClientRect();
	if (!r.width || !r.height || e.matches(".skip") || !e.checkVisibility({visibilityProperty: true})) return false;
	if (e.matches("p a,li a,td a") && getComputedStyle(e).display === "inline" && e.closest("p,li,td").textContent.trim().length > e.textContent.trim().length) return false;
	return r.height < 43.5 || r.width < 43.5;
}).map((e) => { const r = e.getBoundingClientRect(); return Math.round(r.width) + "×" + Math.round(r.height) + " " + e.outerHTML.slice(0, 160); })`

// wide lists what sticks out of the page at the right.
const wide = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")].filter((e) =>
	e.getBoundingClientRect().right > innerWidth + 1 && ![...e.children].some((c) => c.getBoundingClientRect().right > innerWidth + 1)).map((e) => e.outerHTML.slice(0, 120)).slice(0, 8)`

func evaluate[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.200s: %v", expression, err)
	}
	return v
}

// postForm gives commands as the forms of the room do.
func postForm(t *testing.T, tab context.Context, path string, fields ...string) {
	t.Helper()
	form := url.Values{}
	for n := 0; n < len(fields); n += 2 {
		form.Add(fields[n], fields[n+1])
	}
	body, err := json.Marshal(form.Encode())
	if err != nil {
		t.Fatal(err)
	}
	got := evaluate[string](t, tab, fmt.Sprintf(`fetch(%q, {method: "POST", body: new URLSearchParams(%s), headers: {"HX-Request": "true"}}).then(async (r) => r.ok ? "" : r.status + " " + await r.text())`, path, body))
	if got != "" {
		t.Fatalf("%s %v: %s", path, fields, got)
	}
}

// inspect holds what every screen has to keep, and takes its pictures.
func inspect(t *testing.T, tab context.Context, name, address string) {
	t.Helper()
	browse(t, tab, chromedp.Navigate(address))
	inspectPart(t, tab, name)
}

// inspectPart does so with the page as it stands.
func inspectPart(t *testing.T, tab context.Context, name string) {
	t.Helper()
	inspectAs(t, tab, name, looks)
}

func inspectAs(t *testing.T, tab context.Context, name string, looks []look) {
	t.Helper()
	evaluate[bool](t, tab, axe+"; true")
	for _, l := range looks {
		forced := "none"
		if l.forced {
			forced = "active"
		}
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "forced-colors", Value: forced}}}
		if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, media); err != nil {
			t.Fatal(err)
		}
		browse(t, tab, chromedp.EmulateViewport(l.width, 800))
		for _, v := range evaluate[[]string](t, tab, fmt.Sprintf(violations, map[bool]string{true: `, runOnly: ["color-contrast"]`}[l.hues])) {
			t.Errorf("%s %s: %s", name, l.name, v)
		}
		for _, v := range evaluate[[]string](t, tab, wide) {
			t.Errorf("%s %s: sticks out: %s", name, l.name, v)
		}
		if l.width == 360 && !l.forced {
			for _, v := range evaluate[[]string](t, tab, small) {
				t.Errorf("%s %s: hard to hit: %s", name, l.name, v)
			}
		}
		if dir := os.Getenv("TOCSIN_ARTEFACTS"); dir != "" {
			png, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name+"-"+l.name+".png"), png, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// drawn puts a picture into the form of an entry and sends it, as a person does who chose a file.
const drawn = `new Promise((done) => {
	const canvas = Object.assign(document.createElement("canvas"), {width: 600, height: 300}), on = canvas.getContext("2d"), form = document.querySelector("form[enctype]");
	on.fillStyle = "#246"; on.fillRect(0, 0, 600, 300); on.fillStyle = "#fff"; on.font = "40px sans-serif"; on.fillText("disk 100 %", 40, 150);
	canvas.toBlob((png) => {
		const files = new DataTransfer();
		files.items.add(new File([png], "zelda-winterbourne.png", {type: "image/png"}));
		form.elements.picture.files = files.files;
		form.requestSubmit();
		done(true);
	});
})`

// TestScreens visits every screen on a phone and on a desk, by day, by night and in the colours people force upon pages: nothing that axe
// finds, nothing in the browser's console, nothing that sticks out, nothing too small for a thumb. With TOCSIN_ARTEFACTS naming a folder
// it leaves pictures there.
func TestScreens(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	said := complaints(tab)
	inspect(t, tab, "signin", base+"/signin")
	inspect(t, tab, "setup", base+"/setup?token=x")
	inspect(t, tab, "link", link)
	browse(t, tab, chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	inspect(t, tab, "welcome", base+"/welcome")
	inspect(t, tab, "home-quiet", base+"/")
	inspect(t, tab, "incidents-none", base+"/incidents")
	inspect(t, tab, "declare", base+"/declare?title=Pushes+fail&disrupting=yes&eta=2h")

	postForm(t, tab, "/declare", "title", "Pushes over SSH fail for a part of our customers since the change of the load balancer", "disrupting", "yes", "eta", "2h", "point", "yes")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "fact", "text", "Ana Diaz sees the disk of db1 is full", "visibility", "public")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "guess", "text", "The replica fell behind because of the nightly job")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "guess", "text", "A_very_long_word_without_any_place_to_break_it_like_a_path_/var/opt/gitlab/postgresql/data/pg_wal/000000010000000000000001")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "finding", "text", "The lag began with the change")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "action", "text", "Restore from the snapshot of 13:00")
	postForm(t, tab, "/i/1/do", "kind", "say", "as", "decision", "text", "We stop the replication")
	spoken := evaluate[string](t, tab, `fetch("/i/1").then((r) => r.text()).then((page) => new DOMParser().parseFromString(page, "text/html").querySelector("#timeline li.fact").id.slice(2))`)
	browse(t, tab, chromedp.Navigate(base+"/i/1/e/e"+spoken))
	evaluate[bool](t, tab, drawn)
	see(t, tab, `document.querySelector(".picture img")?.naturalWidth == 600 && location.pathname.endsWith("/e/e`+spoken+`")`)
	inspect(t, tab, "entry", base+"/i/1/e/e"+spoken)
	browse(t, tab, chromedp.Click(`[name=no_names]`), chromedp.Click(`.picture button`))
	see(t, tab, `document.querySelector(".picture button[name=hide]")`)
	inspect(t, tab, "room-asked", base+"/i/1")
	postForm(t, tab, "/i/1/do", "kind", "declare_major")
	postForm(t, tab, "/i/1/do", "kind", "update", "stage", "identified", "text", "Pushes over SSH fail. We know why. Next word in 30 minutes.", "next", "30m")
	browse(t, tab, chromedp.Navigate(base+"/i/1"))
	see(t, tab, `document.querySelector("#steps #step-post_devrel.done") != null`)
	inspect(t, tab, "room-major", base+"/i/1")
	inspect(t, tab, "preview", base+"/i/1/public")
	postForm(t, tab, "/declare", "title", "Slow pipelines", "disrupting", "unknown", "eta", "unknown")
	inspect(t, tab, "room-new", base+"/i/2")
	inspect(t, tab, "preview-none", base+"/i/2/public")
	inspect(t, tab, "home", base+"/")
	postForm(t, tab, "/i/1/do", "kind", "resolve", "text", "The load balancer has its old settings back")
	inspect(t, tab, "room-resolved", base+"/i/1")
	inspect(t, tab, "postmortem", base+"/i/1/postmortem")
	inspect(t, tab, "incidents", base+"/incidents")
	inspect(t, tab, "insights", base+"/insights")
	inspect(t, tab, "people", base+"/people")
	inspect(t, tab, "connectors", base+"/connectors")
	inspect(t, tab, "status", base+"/status")
	inspect(t, tab, "outage", base+"/status/INC-1")
	inspect(t, tab, "history", base+"/history")
	inspect(t, tab, "subscribe", base+"/subscribe")
	inspect(t, tab, "runbook", base+"/runbooks/production-incidents")
	if all := said(); len(all) > 0 {
		t.Errorf("the browser's console says:\n%s", strings.Join(all, "\n"))
	}
	inspect(t, tab, "problem", base+"/no-such-page")
}
