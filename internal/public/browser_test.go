package public

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// browser opens a tab of a headless Chromium. What its console says is kept.
func browser(t *testing.T) (context.Context, func() string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is needed; ./test installs it")
	}
	alloc, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true), chromedp.Env("TZ=Europe/Vienna"))...)
	t.Cleanup(stop)
	tab, shut := chromedp.NewContext(alloc)
	t.Cleanup(shut)
	do(t, tab, chromedp.Navigate("about:blank"))
	var mu sync.Mutex
	var said strings.Builder
	go func() {
		for m, err := range chromedp.Console(tab) {
			if err != nil {
				return
			}
			mu.Lock()
			said.WriteString(m.Text + "\n")
			mu.Unlock()
		}
	}()
	limited, cancel := context.WithTimeout(tab, time.Minute)
	t.Cleanup(cancel)
	return limited, func() string { mu.Lock(); defer mu.Unlock(); return said.String() }
}

func do(t *testing.T, tab context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, steps...); err != nil {
		t.Fatal(err)
	}
}

// until waits until an expression is true.
func until(t *testing.T, tab context.Context, expression string) {
	t.Helper()
	if _, err := chromedp.Run(tab, chromedp.Poll[bool](expression)); err != nil {
		got, _ := chromedp.Run(tab, chromedp.Evaluate[string]("document.body.innerText"))
		t.Fatalf("%s never came true: %v\n%.1500s", expression, err, got)
	}
}

func evaluate[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(tab, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func TestPageLives(t *testing.T) {
	t.Parallel()
	tab, said := browser(t)
	l := outage("INC-42")
	for range 20 {
		l.say("14:05", "fact", "One more thing that happened, told at some length so that the page has to be scrolled.")
	}
	s := site(t, l.page())
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	tell := func(text string) {
		l.say("14:06", "fact", text)
		s.Update([]report.Page{l.page()})
	}
	const first = `document.querySelector("#timeline > li .text").textContent === `
	do(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(srv.URL+"/status/42"))
	until(t, tab, `document.getElementById("state").textContent === "● Live"`)
	if got := evaluate[string](t, tab, `document.querySelector("#timeline > li .local").textContent`); !strings.HasPrefix(got, "03:05") {
		t.Errorf("14:05 UTC in Vienna is %q", got)
	}
	if w := evaluate[int](t, tab, "document.documentElement.scrollWidth"); w > 360 {
		t.Errorf("the page is %d px wide on a phone", w)
	}

	tell("The first news.")
	until(t, tab, first+`"The first news."`)
	if evaluate[bool](t, tab, `!document.getElementById("pill").hidden`) {
		t.Error("a pill for what is shown")
	}

	// Whoever reads further down is not disturbed.
	where := evaluate[float64](t, tab, `document.documentElement.style.scrollBehavior = "auto", document.querySelectorAll("#timeline > li")[15].scrollIntoView(), document.querySelectorAll("#timeline > li")[15].getBoundingClientRect().top`)
	tell("The second news.")
	tell("The third news.")
	until(t, tab, `document.getElementById("pill").textContent === "2 new ↑"`)
	if now := evaluate[float64](t, tab, `document.querySelectorAll("#timeline > li")[15].getBoundingClientRect().top`); now != where {
		t.Errorf("the page jumped by %v px", now-where)
	}
	do(t, tab, chromedp.Click("#pill"))
	until(t, tab, first+`"The third news." && document.getElementById("pill").hidden && document.activeElement.id === "tl"`)
	until(t, tab, `document.getElementById("said").textContent === "2 new entries"`)

	// Who pauses sees nothing move.
	do(t, tab, chromedp.Click("#pause"))
	tell("The fourth news.")
	until(t, tab, `document.getElementById("pill").textContent === "1 new ↑" && document.getElementById("state").textContent === "Paused"`)
	do(t, tab, chromedp.Click("#pause"))
	until(t, tab, first+`"The fourth news."`)

	l.update("14:06", "monitoring", "A fix is in place.", nil)
	s.Update([]report.Page{l.page()})
	until(t, tab, `document.title.startsWith("● INC-42") && document.querySelector(".latest .text").textContent === "A fix is in place."`)
	if got := said(); got != "" {
		t.Errorf("the console says %s", got)
	}
}

func TestNoScriptOfTheirsRuns(t *testing.T) {
	t.Parallel()
	tab, said := browser(t)
	l := nasty("INC-1", payloads[3])
	s := site(t, l.page())
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	do(t, tab, chromedp.EmulateViewport(1280, 4000), chromedp.Navigate(srv.URL+"/status/1"))
	until(t, tab, `document.getElementById("state").textContent === "● Live"`)
	for _, payload := range payloads { // by the stream
		l.say("14:06", "fact", payload)
		l.at("14:06").add("ruby", &incident.ImpactNoted{Text: payload})
		s.Update([]report.Page{l.page()})
	}
	until(t, tab, fmt.Sprintf(`!!document.getElementById("e-%d")`, l.i.Seq))
	do(t, tab, chromedp.Navigate(srv.URL+"/status/1")) // and by the page
	until(t, tab, `document.getElementById("state").textContent === "● Live"`)
	do(t, tab, chromedp.Navigate(srv.URL+"/status"))
	if got := said(); got != "" { // the policy would have spoken up
		t.Errorf("the console says %s", got)
	}
}

func TestReadableWithoutScript(t *testing.T) {
	t.Parallel()
	tab, _ := browser(t)
	srv := httptest.NewServer(site(t, outage("INC-42").page()).Handler())
	t.Cleanup(srv.Close)
	if _, err := chromedp.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(t, tab, chromedp.Navigate(srv.URL+"/status/42"))
	got, err := chromedp.Run(tab, chromedp.Text("body"))
	if err != nil {
		t.Fatal(err)
	}
	has(t, got, "As of 14:06 UTC", "Reload", "Major outage", "What this means for you", "We restore from the 13:00 snapshot", "Not confirmed")
	if strings.Contains(got, "Pause") {
		t.Error("a button that does nothing")
	}
}
