package cli

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tocsin/internal/auth"
	"tocsin/internal/store"
)

// TestPeopleAndOnCall has an administrator add somebody, let them in, have people take turns and somebody stand in; whoever declares then sees who is asked.
func TestPeopleAndOnCall(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	a, stop := start(t, t.TempDir(), services)
	t.Cleanup(stop)
	for _, p := range []store.Person{{ID: "olga", Name: "Olga Lind", Rights: auth.RightsOwner}, {ID: "adam", Name: "Adam Low", Rights: auth.RightsAdmin, Zone: "Asia/Tokyo"}, {ID: "bo", Name: "Bo Klein", Rights: auth.RightsResponder, Contact: "+49 30 1"}, {ID: "vera", Name: "Vera Auer", Rights: auth.RightsViewer}} {
		if err := a.people.Put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	tab := browser(t)
	said := complaints(tab)
	enter := func(who string) {
		t.Helper()
		browse(t, tab, chromedp.Navigate(linkOf(t, a, who)), chromedp.Click("form button.primary"))
		see(t, tab, `location.pathname === "/"`)
	}
	text := func(words string) {
		t.Helper()
		see(t, tab, `document.querySelector("main").innerText.includes(`+strings.ReplaceAll("`"+words+"`", "\n", " ")+`)`)
	}
	enter("adam")

	// Somebody of a name that is taken is not put in their place.
	browse(t, tab, chromedp.Navigate(a.links.Console+"/people"), chromedp.SendKeys(".stack [name=name]", "Bo"), chromedp.SendKeys(".stack [name=zone]", "Berlin"), chromedp.Click(".stack .primary"))
	text("is no time zone")
	inspectPart(t, tab, "people-wrong")
	browse(t, tab, chromedp.Clear(".stack [name=zone]"), chromedp.Click(".stack .primary"))
	text("There is somebody with the id bo")
	if p, _ := a.people.Get("bo"); p.Name != "Bo Klein" || p.Contact == "" {
		t.Fatal(p)
	}
	browse(t, tab, chromedp.SetValue(".stack [name=name]", "Cy Tran"), chromedp.SetValue(".stack [name=zone]", "Asia/Kolkata"), chromedp.SetValue(".stack [name=contact]", "+91 11 1"), chromedp.Click(".stack [value=engineer]"), chromedp.Click(".stack .primary"))
	see(t, tab, `location.pathname === "/people/cy-tran"`)
	text("can take Engineer")
	if p, _ := a.people.Get("cy-tran"); p.Rights != auth.RightsResponder || p.Zone != "Asia/Kolkata" || len(p.Roles) != 1 {
		t.Fatal(p)
	}
	browse(t, tab, chromedp.SetValue(".stack [name=handles]", "cy, ctran"), chromedp.Click(".stack .primary"))
	text("@cy, ctran")
	if p, _ := a.people.Get("cy-tran"); len(p.Handles) != 2 || p.Contact == "" || len(p.Roles) != 1 {
		t.Fatal(p)
	}
	browse(t, tab, chromedp.Click(`form[action$="/link"] button`))
	text("signs them in, once")
	inspectPart(t, tab, "person")
	link := evaluate[string](t, tab, `document.querySelector("pre").textContent`)
	browse(t, tab, chromedp.Navigate(a.links.Console+"/people/olga"))
	text("Only the owner changes an owner")

	// Turns, and somebody who stands in.
	browse(t, tab, chromedp.Navigate(a.links.Console+"/oncall"))
	text("Nobody takes turns yet")
	inspectPart(t, tab, "oncall-empty")
	turns := `details:has([value="turns-engineer"]) `
	browse(t, tab, chromedp.Click(turns+"summary"), chromedp.SendKeys(turns+"[name=people]", "Bo Klein, Zed"), chromedp.Click(turns+".primary"))
	text(`There is nobody "Zed"`)
	see(t, tab, `document.querySelector('`+turns+`').open && document.querySelector('`+turns+`[name=people]').value === "Bo Klein, Zed"`)
	browse(t, tab, chromedp.SetValue(turns+"[name=people]", "Bo Klein, adam"), chromedp.SetValue(turns+"[name=days]", "28"), chromedp.Click(turns+".primary"))
	text("Engineer: Bo Klein")
	browse(t, tab, chromedp.Click("details.narrow summary"), chromedp.SetValue("[name=person]", "cy-tran"), chromedp.SendKeys("[name=until]", "soon"), chromedp.Click("details.narrow .primary"))
	text("is no time to come")
	inspectPart(t, tab, "oncall-wrong")
	browse(t, tab, chromedp.SetValue("[name=role]", "engineer"), chromedp.SetValue("[name=until]", "8h"), chromedp.Click("details.narrow .primary"))
	text("Engineer: Cy Tran")
	inspect(t, tab, "oncall", a.links.Console+"/oncall")
	browse(t, tab, chromedp.Click(`[aria-label="The week after"]`))
	text("This week")
	text("Bo Klein")
	inspect(t, tab, "people-on-call", a.links.Console+"/people")
	text("on call: Engineer")
	text("there")
	inspect(t, tab, "home-on-call", a.links.Console+"/")
	text("Engineer: Cy Tran")
	if body := readAs(t, token(t, a, "adam"), a.links.Console+"/oncall.ics?person=cy-tran"); !strings.Contains(body, "SUMMARY:Engineer: Cy Tran") || strings.Count(body, "BEGIN:VEVENT") != 1 {
		t.Error(body)
	}
	// A calendar program can't sign in: it has an address, until that ends.
	const calendar = `[action="/oncall/feed"] `
	browse(t, tab, chromedp.Navigate(a.links.Console+"/oncall"))
	see(t, tab, `(document.querySelector('`+calendar+`button').click(), true)`)
	see(t, tab, `(document.querySelector('`+calendar+`input')?.closest("details") || {}).open === false`)
	address := evaluate[string](t, tab, `document.querySelector('`+calendar+`input').value`)
	if body, err := fetch(t.Context(), address); err != nil || !strings.Contains(body, "SUMMARY:Engineer: Bo Klein") {
		t.Errorf("%s: %s, %v", address, body, err)
	}
	for _, other := range []string{strings.Replace(address, "/calendar/adam/", "/calendar/vera/", 1), strings.Replace(address, ".ics", "x.ics", 1), a.links.Console + "/calendar/vera/.ics"} {
		if body, err := fetch(t.Context(), other); err == nil {
			t.Errorf("%s is answered: %s", other, body)
		}
	}
	see(t, tab, `(document.querySelector('`+calendar+`').closest("details").open = true)`)
	inspectPart(t, tab, "oncall-calendar")
	see(t, tab, `(document.querySelector('`+calendar+`[name=end]').click(), true)`)
	see(t, tab, `document.querySelector('`+calendar+`') && !document.querySelector('`+calendar+`input')`)
	if body, err := fetch(t.Context(), address); err == nil {
		t.Errorf("it has not ended: %s", body)
	}
	inspect(t, tab, "declare-on-call", a.links.Console+"/declare")
	browse(t, tab, chromedp.SendKeys("[name=title]", "Pushes fail"), chromedp.Click("form.stack .primary"))
	see(t, tab, `location.pathname === "/i/1"`)
	i, err := a.ledger.View(t.Context(), "INC-1")
	if err != nil || len(i.Calls) != 1 || i.Calls[0].Role != "engineer" {
		t.Errorf("who was asked: %v, %v", i.Calls, err)
	}
	browse(t, tab, chromedp.Navigate(a.links.Console+"/oncall"), chromedp.Click(`form[action$="/remove"] button`))
	text("Engineer: Bo Klein")

	// The link lets its person in; a viewer reads who it is, and no telephone.
	browse(t, tab, chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname === "/" && document.querySelector(".foot").innerText.includes("Cy Tran")`)
	enter("vera")
	browse(t, tab, chromedp.Navigate(a.links.Console+"/people"))
	text("Cy Tran")
	for _, page := range []string{"/people", "/people/cy-tran", "/oncall", "/"} {
		if body := readAs(t, token(t, a, "vera"), a.links.Console+page); strings.Contains(body, "+91") || strings.Contains(body, "+49") || strings.Contains(body, "ctran") {
			t.Errorf("a viewer reads a telephone or handle on %s", page)
		}
	}
	for _, line := range said() {
		if !strings.Contains(line, "409") && !strings.Contains(line, "422") { // what was wrong on purpose
			t.Error(line)
		}
	}
}

// token is one that reads for a person.
func token(t *testing.T, a *app, who string) string {
	t.Helper()
	secret, err := a.auth.CreateToken(t.Context(), who, auth.ScopeRead, 0)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}
