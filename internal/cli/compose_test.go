package cli

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tocsin/internal/store"
)

// TestComposer is an update from its first words: as it will look outside, what might be better, taken back, and sent.
func TestComposer(t *testing.T) {
	t.Parallel()
	services, stop, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	tab, base, link := consoleAs(t, services, store.Person{ID: "ana", Rights: "responder", Name: "Ana Diaz", Handles: []string{"ana"}, Emails: []string{"ana@example.com"}})
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	postForm(t, tab, "/declare", "title", "Pushes fail", "disrupting", "yes", "eta", "30m", "point", "yes")
	browse(t, tab, chromedp.Navigate(base+"/i/1"))
	see(t, tab, `!document.querySelector("[data-pause]").hidden`)
	write := func(text, next string) {
		t.Helper()
		evaluate[bool](t, tab, `(f => (f.closest("details").open = true, f.elements.text.value = "`+text+`", f.elements.next.value = "`+next+`", f.elements.text.dispatchEvent(new Event("input", {bubbles: true})), true))(document.querySelector("[data-check]"))`)
	}
	// An entry that the public is to read, too.
	see(t, tab, `((f) => (f.elements.text.value = "Ana Diaz broke it", f.elements.as.value = "guess", f.elements.text.dispatchEvent(new Event("input", {bubbles: true})), true))(document.querySelector("[data-outside]"))`)
	see(t, tab, `((f) => (f.elements.visibility.value = "public", f.elements.visibility.dispatchEvent(new Event("input", {bubbles: true})), true))(document.querySelector("[data-outside]"))`)
	const outside = `document.querySelector("[data-outside] .checked").innerText`
	see(t, tab, outside+`.includes("team-member-1 broke it") && `+outside+`.includes("Names a person") && `+outside+`.includes("Does not say that it is a guess")`)
	inspectPart(t, tab, "compose-public")
	see(t, tab, `((f) => (f.elements.visibility.value = "internal", f.elements.visibility.dispatchEvent(new Event("input", {bubbles: true})), true))(document.querySelector("[data-outside]"))`)
	see(t, tab, outside+` == ""`)
	browse(t, tab, chromedp.EmulateViewport(360, 800))
	const checked = `document.querySelector("[data-check] .checked").innerText`
	write("Ana Diaz will fix it soon", "")
	see(t, tab, checked+`.includes("team-member-1 will fix it soon") && `+checked+`.includes("Names a person") && `+checked+`.includes("Promises without a bound")`)
	see(t, tab, `[...document.querySelectorAll(".checked .out")].some((o) => o.innerText.includes(o.querySelector("p").innerText.length + "/280"))`)
	see(t, tab, `[...document.querySelectorAll(".checked .out")].some((o) => o.innerText.startsWith("Chat") && o.innerText.includes("Said in public (investigating): team-member-1 will fix it soon"))`)
	inspectPart(t, tab, "composer")
	write("Pushes fail since 14:02 UTC. "+"We look at the load balancer. We look at the load balancer. We look at the load balancer. We look at the load balancer. We look at the load balancer. We look at the load balancer. We look at the load balancer. We look at the load balancer. We look at the load balancer.", "30m")
	see(t, tab, checked+`.includes("shortened, with a link to the rest")`)

	write("Pushes fail since 14:02 UTC. We look for the cause.", "30m")
	// X has words of its own; they survive a reload, and are seen before they go out.
	see(t, tab, `((a) => (a.closest("details").open = true, a.value = "Pushes fail, Ana Diaz says.", a.dispatchEvent(new Event("input", {bubbles: true})), true))(document.querySelector("[name='networks.x']"))`)
	browse(t, tab, chromedp.Reload())
	see(t, tab, `document.querySelector("[name='networks.x']")?.value.startsWith("Pushes fail, Ana") && document.querySelector("[data-check]").elements.text.value.endsWith("for the cause.") && !document.querySelector("[data-pause]").hidden`)
	see(t, tab, `(document.querySelector("[data-check]").closest("details").open = true) && [...document.querySelectorAll(".checked .out")].some((o) => o.innerText.startsWith("X ") && o.innerText.includes("Pushes fail, team-member-1 says."))`)
	inspectPart(t, tab, "composer-networks")

	const button = `[...document.querySelectorAll("[data-check] .slot button")]`
	see(t, tab, `(document.querySelector("[data-check]").requestSubmit(), true)`)
	see(t, tab, button+`.length == 2 && document.activeElement.textContent == "Undo"`)
	see(t, tab, `(`+button+`[0].click(), true)`)
	see(t, tab, button+`.length == 0 && document.querySelector("[data-check]").elements.text.value.startsWith("Pushes fail since")`)
	see(t, tab, `(document.querySelector("[data-check]").requestSubmit(), true)`)
	see(t, tab, button+`.length == 2`)
	see(t, tab, `(`+button+`[1].click(), true)`)
	see(t, tab, `(document.querySelector("#pill").hidden || document.querySelector("#pill").click(), true) && [...document.querySelectorAll("#timeline li.update")].length == 1 && document.querySelector("[data-check]").elements.text.value == ""`)
	comesAbout(t, t.Context(), func() bool {
		made, err := fetch(t.Context(), services.url+"/_objects")
		return err == nil && strings.Contains(made, `"text":"Pushes fail, team-member-1 says."`) && strings.Contains(made, `Said in public (investigating): Pushes fail since`)
	})
	see(t, tab, `Object.keys(localStorage).every((k) => !k.endsWith(":update") && !k.includes("networks"))`)
}
