package cli

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// TestIncidentsList holds what stands on the list, and in which order: what needs somebody most on top, drills apart, found by words that stand in an
// entry or by who was there, and the same for a spreadsheet.
func TestIncidentsList(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	a, stop := start(t, t.TempDir(), services)
	t.Cleanup(stop)
	for id, name := range map[string]string{"ana": "Ana Diaz", "bo": "Bo Klein"} {
		if err := a.people.Put(t.Context(), store.Person{ID: id, Name: name, Rights: auth.RightsResponder}); err != nil {
			t.Fatal(err)
		}
	}
	do := func(who, id string, c incident.Command) {
		t.Helper()
		if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: who, Command: c}); err != nil {
			t.Fatal(err)
		}
	}
	do("ana", "", &incident.Declare{Title: "=Registry gives 502", Point: true}) // INC-1
	do("ana", "1", &incident.Resolve{Text: "It is back."})
	do("ana", "", &incident.Declare{Title: "Slow pipelines", Point: true})               // INC-2
	do("bo", "", &incident.Declare{Title: "Pushes fail", Disrupting: true})              // INC-3: nobody has point
	do("bo", "", &incident.Declare{Title: "Practice", Drill: true, Point: true})         // INC-4
	do("bo", "2", &incident.Say{Text: "A runner holds all of the locks", As: "finding"}) // Bo was there
	token, err := a.auth.CreateToken(t.Context(), "ana", auth.ScopeRead, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`<b>(INC-\d+)</b>`)
	for query, want := range map[string][]string{
		"":                        {"INC-3", "INC-2", "INC-1"},
		"?status=active":          {"INC-3", "INC-2"},
		"?status=recent":          {"INC-1"},
		"?drills=only":            {"INC-4"},
		"?q=ALL+of+the+LOCKS":     {"INC-2"},
		"?q=klein":                {"INC-3", "INC-2"},
		"?q=registry&status=":     {"INC-1"},
		"?q=nothing+of+this+kind": nil,
		"?page=9":                 {"INC-3", "INC-2", "INC-1"},
		"?page=x&kind=major":      nil,
	} {
		page := readAs(t, token, a.links.Console+"/incidents"+query)
		var got []string
		for _, m := range row.FindAllStringSubmatch(page, -1) {
			got = append(got, m[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
		if query == "" && (!strings.Contains(page, "nobody has point") || !strings.Contains(page, "Active 2")) {
			t.Errorf("it does not say what is missing:\n%s", page)
		}
	}
	sheet := readAs(t, token, a.links.Console+"/incidents.csv?q=registry")
	if !strings.HasPrefix(sheet, "name,title,") || strings.Count(sheet, "\n") != 2 || !strings.Contains(sheet, "\nINC-1,'=Registry gives 502,") || !strings.Contains(sheet, ",Ana Diaz,") {
		t.Errorf("for a spreadsheet:\n%s", sheet)
	}
	var taken []struct {
		Name  string   `json:"name"`
		Point []string `json:"point"`
	}
	if err := json.Unmarshal([]byte(readAs(t, token, a.links.Console+"/incidents.json?only=INC-2&only=INC-1")), &taken); err != nil || len(taken) != 2 || taken[0].Name != "INC-2" || !slices.Equal(taken[1].Point, []string{"Ana Diaz"}) {
		t.Errorf("those chosen, for a program: %+v, %v", taken, err)
	}
}

// TestViews keeps a narrowed list under a name, finds it again, chooses from it with a key, and lets it go. What is no name is refused beside the field.
func TestViews(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	postForm(t, tab, "/declare", "title", "Pushes fail", "disrupting", "yes", "eta", "30m", "point", "yes")
	browse(t, tab, chromedp.Navigate(base+"/incidents?kind=minor&status=active"))
	see(t, tab, `((d) => (d.open = true, d.open = true, d.querySelector("[name=name]").value = "   ", d.querySelector("form").submit(), true))(document.querySelector("main details"))`)
	see(t, tab, `document.querySelector("[name=name]").getAttribute("aria-invalid") == "true" && document.querySelector("main details[open] .error").innerText.includes("1 to 40 letters")`)
	see(t, tab, `((d) => (d.querySelector("[name=name]").value = "Small ones", d.querySelector("form").submit(), true))(document.querySelector("main details"))`)
	see(t, tab, `document.querySelector(".tabs a[aria-current]")?.innerText == "Small ones"`)
	see(t, tab, `(document.querySelector("main details").open = true)`)
	inspectPart(t, tab, "incidents-views")
	browse(t, tab, chromedp.Navigate(base+"/incidents"), chromedp.KeyEvent("jx"))
	see(t, tab, `document.querySelector("[name=only]:checked")?.value == "INC-1"`)
	browse(t, tab, chromedp.KeyEvent("x"))
	see(t, tab, `!document.querySelector("[name=only]:checked")`)
	browse(t, tab, chromedp.Click(`.tabs a:last-child`))
	see(t, tab, `location.search == "?kind=minor&status=active" && (document.querySelector("main details").open = true)`)
	see(t, tab, `((f) => f && (f.submit(), true))(document.querySelector("[name=drop]")?.form)`)
	see(t, tab, `!document.querySelector("[name=drop]") && ![...document.querySelectorAll(".tabs a")].some((a) => a.innerText == "Small ones")`)
}
