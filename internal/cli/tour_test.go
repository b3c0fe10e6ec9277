package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"tocsin/internal/store"
)

// tour is where the pictures of docs/tour.md are.
const tour = "../../docs/tour"

// device is a browser in somebody's hands.
type device struct {
	t      *testing.T
	tab    context.Context
	width  int64
	height int64
	taken  *[]string
}

func (d device) see(expression string) { d.t.Helper(); see(d.t, d.tab, expression) }

// press finds a button by its words, in an element, and presses it. The click comes after the answer, which a page that is left can't give.
func (d device) press(in, words string) {
	d.t.Helper()
	d.see(fmt.Sprintf(`(b => b && !b.disabled && (b.closest("details") && (b.closest("details").open = true), setTimeout(() => b.click()), true))([...document.querySelectorAll(%q)].find((b) => b.textContent.includes(%q)))`, in+" button", words))
}

func (d device) open(address string) {
	d.t.Helper()
	browse(d.t, d.tab, chromedp.EmulateViewport(d.width, d.height), chromedp.Navigate(address))
}

// write puts an entry into the room as somebody who types does.
func (d device) write(kind, text string) {
	d.t.Helper()
	d.see(fmt.Sprintf(`((f) => f && (f.elements.as.value = %q, f.elements.text.value = %q, f.requestSubmit(), true))(document.querySelector("[data-outbox]"))`, kind, text))
}

// picture takes one for the tour, by day or by night; go test -run TestTour -update keeps it.
func (d device) picture(name, scheme, at string) {
	d.t.Helper()
	*d.taken = append(*d.taken, name+".webp")
	if _, err := chromedp.Call(d.tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}); err != nil {
		d.t.Fatal(err)
	}
	d.see(fmt.Sprintf(`(document.querySelector(%q).scrollIntoView({block: "start", behavior: "instant"}), true)`, at))
	quality := int64(80)
	shot, err := chromedp.Call(d.tab, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: "webp", Quality: &quality})
	if err != nil {
		d.t.Fatal(err)
	}
	if len(shot.Data) < 1000 {
		d.t.Errorf("%s: the picture has %d bytes", name, len(shot.Data))
	}
	if *update {
		if err := os.WriteFile(filepath.Join(tour, name+".webp"), shot.Data, 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	if dir := os.Getenv("TOCSIN_ARTEFACTS"); dir != "" {
		png, err := chromedp.Run(d.tab, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "tour-"+name+".png"), png, 0o600)
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
}

const timeline = `document.querySelector("#timeline").textContent`

// TestTour is an outage as people live it: Ana has point, on a telephone; Bo is the engineer, at a desk; somebody outside reads along. Both write at once,
// the telephone loses its connection in the middle, a step fails and is done by hand. It makes the pictures of docs/tour.md.
func TestTour(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	a, stop := startWith(t, t.TempDir(), services.config())
	t.Cleanup(stop)
	for _, p := range []store.Person{{ID: "ana", Rights: "admin", Name: "Ana Diaz", Handles: []string{"ana"}, Contact: "+1 555 0100", Roles: []string{"point_person"}},
		{ID: "bo", Rights: "responder", Name: "Bo Klein", Handles: []string{"bo"}, Contact: "+1 555 0101", Roles: []string{"engineer"}}} {
		if err := a.people.Put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	var taken []string
	first := browser(t)
	ana, bo, visitor := device{t, first, 360, 760, &taken}, device{t, another(t, first), 1280, 860, &taken}, device{t, another(t, first), 360, 760, &taken}
	base := a.links.Console
	said := map[string]func() []string{"ana": complaints(ana.tab), "bo": complaints(bo.tab), "visitor": complaints(visitor.tab)}

	// Somebody declares, on a phone.
	ana.open(linkOf(t, a, "ana"))
	browse(t, ana.tab, chromedp.Click("form button.primary"))
	ana.see(`location.pathname == "/" && document.body.innerText.includes("All quiet")`)
	ana.open(base + "/declare?disrupting=yes&eta=2h&point=yes")
	browse(t, ana.tab, chromedp.SendKeys("[name=title]", "Pushes over SSH fail for some customers"))
	ana.see(`document.querySelector("details a[href^='tel:']")?.textContent.includes("Ana Diaz")`) // whom to call, should all else fail
	connected(t, ana.tab, false)
	ana.see(`(document.querySelector("form.stack").requestSubmit(), true)`)
	ana.see(`document.querySelector("form.stack [role=status]").textContent.includes("kept here")`)
	ana.picture("declare", "dark", "h1")
	if err := disturb(t.Context(), services.url, `[{"match":"POST /x/2/tweets","fault":"status","status":401},{"match":"POST /mastodon","fault":"status","status":401},{"match":"POST /bluesky","fault":"status","status":401}]`); err != nil {
		t.Fatal(err)
	}
	connected(t, ana.tab, true) // it goes out by itself
	ana.see(`location.pathname == "/i/1" && document.querySelector("#head .danger") && document.querySelector("#head .links").innerText.includes("Join war room")`)
	ana.picture("asked", "dark", "body")

	// Bo comes, takes the other role, and both see what the other does.
	bo.open(linkOf(t, a, "bo"))
	browse(t, bo.tab, chromedp.Click("form button.primary"))
	bo.see(`location.pathname == "/" && document.body.innerText.includes("Pushes over SSH fail")`)
	bo.open(base + "/i/1")
	bo.see(`[...document.querySelectorAll("#roles li")].some((li) => li.innerText.includes("Engineer") && li.querySelector("button"))`)
	bo.see(`([...document.querySelectorAll("#roles li")].find((li) => li.innerText.includes("Engineer")).querySelector("button").click(), true)`)
	ana.see(`document.querySelector("#roles").innerText.includes("Bo Klein")`)
	bo.write("guess", "The load balancer drops half of the sessions")
	ana.see(timeline + `.includes("drops half of the sessions")`)
	ana.write("fact", "Support has 40 tickets about pushes")
	bo.write("action", "Roll the load balancer back")
	for _, d := range []device{ana, bo} {
		d.see(timeline + `.includes("40 tickets") && ` + timeline + `.includes("Roll the load balancer back")`)
	}

	// The telephone loses its connection; nothing is lost, and what others wrote comes when it is back.
	connected(t, ana.tab, false)
	ana.see(`!document.querySelector("#offline").hidden && document.querySelector("#head .danger").disabled`)
	ana.write("fact", "Customers in Asia are hit most")
	ana.see(`document.querySelector("#outbox").innerText.includes("waits here")`)
	ana.picture("offline", "dark", "#outbox")
	bo.write("finding", "A rule of the balancer was changed at 13:58")
	bo.see(timeline + `.includes("was changed at 13:58") && !` + timeline + `.includes("Customers in Asia")`)
	connected(t, ana.tab, true)
	ana.see(`document.querySelector("#offline").hidden && document.querySelector("#outbox").children.length == 0 && ` + timeline + `.includes("was changed at 13:58")`)
	bo.see(`[...document.querySelectorAll("#timeline .text")].filter((e) => e.textContent == "Customers in Asia are hit most").length == 1`)

	// The point person declares a major outage; what the machine can't do, somebody does by hand.
	ana.see(`document.querySelector("#head .danger") && (document.querySelector("#head .danger").click(), true)`)
	ana.see(`document.activeElement.textContent == "Undo"`)
	ana.press("#head", "Declare now")
	ana.see(`document.querySelector("#head .meter-line")`)
	bo.see(`document.querySelector("#head").innerText.includes("Major outage") && document.querySelector("#step-tweet_document.failed")`)
	bo.see(`document.querySelector("#step-post_devrel.done") != null`)
	bo.picture("room", "light", "body")
	bo.see(`(document.querySelector("#step-tweet_document .hand details").open = true)`)
	bo.picture("failed", "light", "#step-tweet_document")
	bo.see(`((li) => { const f = li.querySelector("input[value=step_by_hand]")?.form; if (!f) return false; f.elements.url.value = "https://x.com/example/status/1"; f.requestSubmit(); return true; })(document.querySelector("#step-tweet_document"))`)
	ana.see(`document.querySelector("#ran #step-tweet_document")?.textContent.includes("by hand") && !document.querySelector("#steps .trouble")`)
	if err := calm(t.Context(), services.url); err != nil {
		t.Fatal(err)
	}
	bo.see(`((li) => li && (li.querySelector("button[value=confirmed]").click(), true))([...document.querySelectorAll("#timeline li.guess")].find((li) => li.textContent.includes("drops half")))`)
	ana.see(`document.querySelector("#timeline li.guess strong")?.textContent == "confirmed"`)

	// One truth, many networks; and what the world reads of it.
	ana.see(`(f => (f.closest("details").open = true, f.elements.stage.value = "identified", f.elements.text.value = "Pushes over SSH fail for some of you. Ana Diaz and Bo Klein know why and roll a change back. Next word within 30 minutes.", f.dispatchEvent(new Event("input")), true))(document.querySelector("[data-check]"))`)
	ana.see(`document.querySelector("[data-check] .checked").innerText.includes("team-member-")`)
	ana.see(`[...document.querySelectorAll(".checked .out")].some((o) => o.innerText.includes("Document") && o.innerText.includes("  update  Pushes over SSH") || o.textContent.includes("update  Pushes over SSH"))`)
	ana.picture("composer", "dark", "[data-check]")
	ana.see(`(document.querySelector("[data-check]").requestSubmit(), true)`)
	ana.press("[data-check]", "Send now")
	visitor.open(base + "/status")
	visitor.see(`document.querySelector(".card a") && (setTimeout(() => document.querySelector(".card h3 a").click()), true)`)
	visitor.see(`location.pathname == "/status/INC-1" && document.body.innerText.includes("roll a change back")`)
	visitor.picture("public", "light", "body")
	ana.open(base + "/i/1/hand-over/point_person")
	ana.picture("handover", "light", "h1")
	ana.open(base + "/i/1")
	ana.see(`document.querySelector("input[value=resolve]") && ((f) => (f.elements.text.value = "The rule was taken back", setTimeout(() => f.requestSubmit()), true))(document.querySelector("input[value=resolve]").form)`)
	visitor.see(`document.querySelector("#head .sign").innerText.includes("Resolved")`) // by itself
	for _, name := range []string{"Ana", "Diaz", "Bo Klein"} {
		visitor.see(fmt.Sprintf(`!document.documentElement.outerHTML.includes(%q)`, name))
	}

	// Afterwards: the draft is there, somebody adds what no machine knows, and it becomes an issue.
	bo.open(base + "/i/1/postmortem")
	bo.see(`((area) => (area.closest("details").open = true, area.value = "The change could be taken back within minutes.", area.dispatchEvent(new Event("input", {bubbles: true})), true))(document.querySelector("#went_well textarea"))`)
	bo.see(`document.querySelector("#went_well .saved").textContent.startsWith("Saved ")`)
	bo.picture("postmortem", "light", "h1")
	bo.press("main", "Publish as an issue")
	bo.see(`document.body.innerText.includes("Sign it off")`)
	for name, path := range map[string]string{"insights": "/insights", "drills": "/drills", "score": "/i/1/score"} {
		bo.open(base + path)
		bo.picture(name, "light", "h1")
	}
	ana.width, ana.height = 1280, 860
	ana.open(base + "/connectors")
	ana.picture("connectors", "light", "h1")
	ana.open(base + "/runbooks/production-incidents/edit")
	ana.see(`((f) => (f.elements.source.value = f.elements.source.value.replace("title: Open a war room", "title: Meet in the bunker"), setTimeout(() => f.querySelector("[value=check]").click()), true))(document.querySelector("form.stack"))`)
	ana.see(`document.querySelector(".diff")`)
	ana.picture("runbook", "light", "section")
	for who, all := range said {
		for _, line := range all() {
			if who != "ana" || !strings.Contains(line, "net::ERR_INTERNET_DISCONNECTED") { // she was
				t.Errorf("the console of %s says: %s", who, line)
			}
		}
	}
	told(t, taken)
}

// calm has the stand-ins behave again.
func calm(ctx context.Context, base string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodDelete, base+"/_faults", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// told holds that the tour shows the pictures that the test takes, no more and no fewer, and that each is there.
func told(t *testing.T, taken []string) {
	t.Helper()
	src, err := os.ReadFile(tour + ".md")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, m := range regexp.MustCompile(`\(tour/([a-z]+\.webp)\)`).FindAllStringSubmatch(string(src), -1) {
		shown = append(shown, m[1])
		if _, err := os.Stat(filepath.Join(tour, m[1])); err != nil {
			t.Errorf("docs/tour.md shows %s: %v", m[1], err)
		}
	}
	slices.Sort(shown)
	slices.Sort(taken)
	if !slices.Equal(shown, taken) {
		t.Errorf("the tour shows %v, the test takes %v", shown, taken)
	}
}
