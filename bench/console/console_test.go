// Package console measures the faces of the real binary in a real browser.
//
//	go test ./bench/console -bench . -benchtime 1x
//
// Usable: from asking for the room to being able to write in it, on a slow mobile network (1.6 Mbit/s, 150 ms, a processor four times as
// slow), nothing cached. Echo: from a command given by somebody else to the entry on the page, the 95th percentile. Paint: from a key to
// what it shows, as the browser itself measures. Frame: the longest, while a room of 2,000 entries is scrolled from end to end, or searched. Bytes are
// those that went over the wire.
package console

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"tocsin/bench/world"
)

// visit is a browser with somebody signed in.
type visit struct {
	b    *testing.B
	w    *world.World
	tab  context.Context
	room string

	mu       sync.Mutex
	requests int
	bytes    map[string]float64 // by kind of resource
}

func newVisit(b *testing.B, entries int) *visit {
	b.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		b.Fatal("chromium is needed; ./test installs it")
	}
	binary := world.Build(b)
	w := world.New(b, binary, world.Options{})
	w.Serve()
	id := w.Declare("declare")
	w.Do(id, "declare_major", nil, "major")
	for n := range entries {
		w.Do(id, "say", map[string]any{"text": fmt.Sprintf("Entry %d: replication lag on db-%d is %d GB and it is not getting any better", n, n%7, n%40)}, fmt.Sprint("say ", n))
	}
	link, err := exec.Command(binary, "user", "link", "owner", "--at", w.URL(), "--data", w.Path("data")).Output()
	if err != nil {
		b.Fatalf("user link: %v", err)
	}
	alloc, shut := chromedp.NewExecAllocator(context.WithoutCancel(b.Context()), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true))...)
	tab, closeTab := chromedp.NewContext(alloc)
	b.Cleanup(func() {
		closeTab()
		shut()
	})
	v := &visit{b: b, w: w, tab: tab, room: w.URL() + "/i/" + strings.TrimPrefix(id, "INC-"), bytes: map[string]float64{}}
	kinds := map[network.RequestID]string{}
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil { // the browser lives as long as this context
		b.Fatal(err)
	}
	if err := chromedp.Listen(tab, func(ev any) {
		v.mu.Lock()
		defer v.mu.Unlock()
		switch ev := ev.(type) {
		case *network.EventResponseReceived:
			kinds[ev.RequestID] = string(ev.Type)
		case *network.EventLoadingFinished:
			v.requests++
			v.bytes[kinds[ev.RequestID]] += ev.EncodedDataLength
		}
	}); err != nil {
		b.Fatal(err)
	}
	v.run(chromedp.Navigate(strings.TrimSpace(string(link))), chromedp.Click("form button.primary"))
	v.until(`location.pathname == "/"`)
	return v
}

func (v *visit) run(steps ...chromedp.Action[chromedp.Void]) {
	v.b.Helper()
	ctx, cancel := context.WithTimeout(v.tab, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.b.Fatal(err)
	}
}

func get[T any](v *visit, expression string) T {
	v.b.Helper()
	ctx, cancel := context.WithTimeout(v.tab, time.Minute)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.b.Fatalf("%.100s: %v", expression, err)
	}
	return out
}

func (v *visit) until(expression string) {
	v.b.Helper()
	v.w.Until(expression, func(context.Context) (bool, error) {
		out, err := chromedp.Run(v.tab, chromedp.Evaluate[bool]("!!("+expression+")"))
		return out && err == nil, err
	})
}

// call carries a command of the browser's protocol out.
func call[P, R any](v *visit, method cdp.Command[P, R], params P) {
	v.b.Helper()
	if _, err := chromedp.Call(v.tab, method, params); err != nil {
		v.b.Fatal(err)
	}
}

func BenchmarkRoomUsable(b *testing.B) {
	v := newVisit(b, 50)
	call(v, network.Enable, network.EnableParams{})
	call(v, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	call(v, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}) // it keeps what was fetched, too
	call(v, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Latency: 150, DownloadThroughput: 1.6e6 / 8, UploadThroughput: 750e3 / 8}}})
	call(v, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
	var usable []float64
	for b.Loop() {
		v.mu.Lock()
		v.requests, v.bytes = 0, map[string]float64{}
		v.mu.Unlock()
		v.run(chromedp.Navigate(v.room))
		usable = append(usable, get[float64](v, `new Promise((done) => {
			const ready = () => document.querySelector("#say-text") && window.htmx && document.readyState !== "loading" ? done(performance.now()) : requestAnimationFrame(ready); ready(); })`))
	}
	dom := get[float64](v, `performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd`)
	v.mu.Lock()
	defer v.mu.Unlock()
	slices.Sort(usable)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(usable[len(usable)/2], "ms-usable")
	b.ReportMetric(dom, "ms-dom")
	b.ReportMetric(v.bytes["Script"]/1000, "kB-script")
	b.ReportMetric(v.bytes["Document"]/1000, "kB-document")
	b.ReportMetric(v.bytes["Stylesheet"]/1000, "kB-style")
}

func BenchmarkEcho(b *testing.B) {
	v := newVisit(b, 50)
	v.run(chromedp.Navigate(v.room))
	v.until(`window.htmx && document.querySelector("#timeline")`)
	get[bool](v, `(window.seen = {}, new MutationObserver(() => {
		for (const m of document.querySelector("#timeline").textContent.matchAll(/echo-(\d+)/g)) window.seen[m[1]] ??= Date.now();
	}).observe(document.body, {childList: true, subtree: true, characterData: true}), true)`)
	var took []float64
	n := 0
	for b.Loop() {
		for range 40 {
			n++
			began := time.Now()
			v.w.Do("1", "say", map[string]any{"text": fmt.Sprintf("echo-%d", n)}, fmt.Sprint("echo ", n))
			v.until(fmt.Sprintf(`window.seen[%d]`, n))
			took = append(took, get[float64](v, fmt.Sprintf(`window.seen[%d]`, n))-float64(began.UnixMilli()))
		}
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took[len(took)/2], "ms-median")
	b.ReportMetric(took[len(took)*95/100], "ms-p95")
}

func BenchmarkTwoThousandEntries(b *testing.B) {
	v := newVisit(b, 2000)
	var frame, key, search float64
	for b.Loop() {
		v.run(chromedp.Navigate(v.room))
		v.until(`window.htmx && document.querySelector("#say-text")`)
		frame = max(frame, get[float64](v, `new Promise((done) => {
			let last = performance.now(), longest = 0, y = 0;
			const step = (now) => { longest = Math.max(longest, now - last); last = now; y += 600; scrollTo(0, y);
				if (y < document.documentElement.scrollHeight && y < 600 * 600) requestAnimationFrame(step); else done(longest); };
			requestAnimationFrame((now) => { last = now; requestAnimationFrame(step); }); })`))
		get[bool](v, `(scrollTo(0, 0), window.slow = 0, new PerformanceObserver((l) => { for (const e of l.getEntries()) window.slow = Math.max(window.slow, e.duration); }).observe({type: "event", durationThreshold: 16}), true)`)
		v.run(chromedp.SendKeys("#say-text", "the disk is full"))
		key = max(key, get[float64](v, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.slow))))`))
	}
	search = get[float64](v, `new Promise((done) => {
		const box = document.querySelector("[data-find] input"), words = ["d", "di", "disk", "disk full", "nothing fits", ""];
		let last = 0, longest = 0, n = 0;
		const step = (now) => { longest = Math.max(longest, now - last); last = now;
			if (n === 20 * words.length) return done(longest);
			if (n % 20 === 0) { box.value = words[n / 20]; box.dispatchEvent(new Event("input")); }
			n++;
			requestAnimationFrame(step); };
		requestAnimationFrame((now) => { last = now; requestAnimationFrame(step); }); })`)
	raw, err := json.Marshal(get[int](v, `document.querySelectorAll("#timeline li").length`))
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%s entries on the page", raw)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(frame, "ms-longest-frame")
	b.ReportMetric(search, "ms-longest-frame-searching")
	b.ReportMetric(key, "ms-key-to-paint")
}
