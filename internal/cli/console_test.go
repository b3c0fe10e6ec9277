package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"tocsin/internal/store"
)

// console starts a whole Tocsin wired to the stand-ins, with Ana signed in by a link, and a browser of a phone's size.
func console(t *testing.T) (tab context.Context, base string, link string) {
	t.Helper()
	services, stop, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return consoleAs(t, services, store.Person{ID: "ana", Rights: "responder", Name: "Ana Diaz", Handles: []string{"ana"}, Emails: []string{"ana@example.com"}})
}

// consoleAs does so with such stand-ins and such a person.
func consoleAs(t *testing.T, services standins, me store.Person) (tab context.Context, base string, link string) {
	t.Helper()
	a, stop := startWith(t, t.TempDir(), services.config())
	t.Cleanup(stop)
	if err := a.people.Put(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	return browser(t), a.links.Console, linkOf(t, a, me.ID)
}

// linkOf is a link that signs somebody in.
func linkOf(t *testing.T, a *app, person string) string {
	t.Helper()
	secret, err := a.auth.LinkFor(t.Context(), person, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return a.links.Console + "/link?token=" + secret
}

// browser starts a browser that lives as long as the test.
func browser(t *testing.T) (tab context.Context) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is needed; ./test installs it")
	}
	alloc, shut := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true))...)
	tab, closeTab := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		closeTab()
		shut()
	})
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil { // the browser lives as long as this context
		t.Fatal(err)
	}
	return tab
}

// another is the browser of somebody else, on a device of their own.
func another(t *testing.T, tab context.Context) context.Context {
	t.Helper()
	theirs, closeTab := chromedp.NewContext(tab, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	if err := chromedp.Do(theirs, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return theirs
}

// complaints gathers what the console of a browser says.
func complaints(tab context.Context) func() []string {
	var mu sync.Mutex
	var said []string
	messages := chromedp.Console(tab)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			mu.Lock()
			said = append(said, string(m.Type)+" "+m.Text)
			mu.Unlock()
		}
	}()
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(said)
	}
}

func browse(t *testing.T, tab context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// see waits until an expression holds on the page.
func see(t *testing.T, tab context.Context, expression string) {
	t.Helper()
	end, every := time.After(time.Minute), time.NewTicker(50*time.Millisecond)
	defer every.Stop()
	for {
		// A page that is being left answers with an error; the next one is asked again.
		if ok, err := chromedp.Run(tab, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && ok {
			return
		}
		select {
		case <-every.C:
		case <-end:
			got, _ := chromedp.Run(tab, chromedp.Evaluate[string]("document.body.innerText")) // best effort: it only explains
			t.Fatalf("never saw %s\n%s", expression, got)
		}
	}
}

// shoot keeps a picture of the page if TOCSIN_ARTEFACTS names a folder.
func shoot(t *testing.T, tab context.Context, name, scheme string, width int64) {
	t.Helper()
	dir := os.Getenv("TOCSIN_ARTEFACTS")
	if dir == "" {
		return
	}
	if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}); err != nil {
		t.Fatal(err)
	}
	browse(t, tab, chromedp.EmulateViewport(width, 900))
	png, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestConsole is a major outage on a phone: signed in by a link, declared, definition met, major, seen live.
func TestConsole(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(base+"/i/1"))
	see(t, tab, `location.pathname == "/signin"`)
	browse(t, tab, chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/" && document.body.innerText.includes("All quiet")`)

	browse(t, tab, chromedp.Navigate(base+"/declare?title=Pushes+fail&disrupting=yes&eta=soon"), chromedp.Click("form button.primary"))
	see(t, tab, `document.querySelector("[role=alert]")?.innerText.includes("soon") && document.querySelector("[name=title]").value == "Pushes fail"`)
	shoot(t, tab, "declare-360-dark", "dark", 360)
	browse(t, tab, chromedp.Navigate(base+"/declare?title=Pushes+fail&disrupting=yes&eta=2h&point=yes"), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/i/1" && document.body.innerText.includes("This now meets the definition of a major outage")`)
	see(t, tab, `document.querySelector("#head .links").innerText.includes("Join war room")`) // came in by itself
	see(t, tab, `document.documentElement.scrollWidth <= 360`)

	browse(t, tab, chromedp.SendKeys("#say-text", "Ana Diaz sees the disk is full"))
	see(t, tab, `(document.querySelector("#compose form button.primary").click(), true)`) // what comes in above may move it while a pointer is on its way
	see(t, tab, `document.querySelector("#timeline").textContent.includes("the disk is full") && document.querySelector("#say-text").value == ""`)
	shoot(t, tab, "room-360-light", "light", 360)

	see(t, tab, `document.querySelector("#head .meter button.danger")`)
	see(t, tab, `(document.querySelector("#head .meter button.danger").click(), true)`)
	see(t, tab, `document.activeElement.textContent == "Undo" && document.querySelector("#head [data-counts]").innerText.includes("Goes out in")`) // ten seconds to take it back
	see(t, tab, `(document.activeElement.click(), !document.querySelector("#head [data-counts]") && !document.querySelector("#head .meter button.danger").disabled)`)
	see(t, tab, `(document.querySelector("#head .meter button.danger").click(), document.querySelector("#head [data-counts] .quiet").click(), true)`)
	see(t, tab, `document.querySelector("#head").innerText.includes("Major outage") && document.querySelector("#steps #step-post_devrel.done") != null`)
	shoot(t, tab, "room-1280-dark", "dark", 1280)
	shoot(t, tab, "room-1280-light", "light", 1280)
	browse(t, tab, chromedp.Navigate(base+"/i/1/public"))
	see(t, tab, `document.querySelector("h1").innerText == "What the world reads"`)
	shoot(t, tab, "preview-1280-light", "light", 1280)
	browse(t, tab, chromedp.Navigate(base+"/i/1/postmortem"))
	see(t, tab, `document.querySelectorAll("section.draft").length == 14`)
	see(t, tab, `(document.querySelector("#lucky summary").click(), true)`)
	browse(t, tab, chromedp.SendKeys("#lucky textarea", "Ana should have noticed it sooner"))
	see(t, tab, `document.querySelector("#lucky .hints")?.innerText.includes("should have")`) // as it is typed
	shoot(t, tab, "postmortem-360-dark", "dark", 360)
}
