package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/oklog/ulid/v2"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// mail is one that the stand-in took.
type mail struct {
	To            []string
	Subject, Text string
	Headers       map[string][]string
}

// mails lists what the stand-in took, and to whom.
func mails(t *testing.T, services standins) (all []mail) {
	t.Helper()
	body, err := fetch(t.Context(), services.url+"/_objects")
	if err != nil {
		t.Fatal(err)
	}
	var objects struct {
		Mail []mail `json:"smtp.mail"`
	}
	if err := json.Unmarshal([]byte(body), &objects); err != nil {
		t.Fatal(err)
	}
	return objects.Mail
}

// linkIn is the link of a mail to a page.
func linkIn(t *testing.T, m mail, page string) string {
	t.Helper()
	link := regexp.MustCompile(`http\S+` + page + `\S+`).FindString(m.Text)
	if link == "" {
		t.Fatalf("no link to %s:\n%s", page, m.Text)
	}
	return link
}

// form posts one without a browser and gives what is answered.
func form(t *testing.T, to string, fields ...string) (status int, body string) {
	t.Helper()
	v := url.Values{}
	for n := 0; n < len(fields); n += 2 {
		v.Set(fields[n], fields[n+1])
	}
	res, err := http.PostForm(to, v)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// mailing serves a Tocsin that anybody can subscribe to.
func mailing(t *testing.T, dir string, services standins) (*app, func()) {
	t.Helper()
	cfg := services.config()
	cfg.Public.Mail = true
	return startWith(t, dir, cfg)
}

// TestSubscribe is how a reader gets mail: they ask, say yes behind the link of a mail, are told of every update and of the end, each once,
// and end it with one click of their mail program.
func TestSubscribe(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir := t.TempDir()
	a, stop := mailing(t, dir, services)
	if err := a.people.Put(t.Context(), store.Person{ID: "ada", Name: "Ada Moore", Emails: []string{"ada@example.com"}}); err != nil {
		t.Fatal(err)
	}
	do := func(id string, c incident.Command) string {
		t.Helper()
		r, err := a.ledger.Do(t.Context(), ledger.Request{Incident: id, Actor: "ada", Command: c})
		if err != nil {
			t.Fatal(err)
		}
		return r.Incident.ID
	}
	arrive := func(n int) []mail {
		t.Helper()
		comesAbout(t, t.Context(), func() bool { return len(mails(t, services)) >= n })
		got := mails(t, services)
		if len(got) != n {
			t.Fatalf("%d mails, want %d: %+v", len(got), n, got)
		}
		return got
	}
	id := do("", &incident.Declare{Title: "Ada Moore says that pushes fail", Disrupting: true, Point: true})
	do(id, &incident.GiveUpdate{Text: "We look into it.", Stage: "investigating"})

	tab := browser(t)
	said := complaints(tab)
	base := a.links.Public
	comesAbout(t, t.Context(), func() bool {
		page, err := fetch(t.Context(), base+"/subscribe")
		return err == nil && strings.Contains(page, "INC-1")
	})
	inspect(t, tab, "public-subscribe", base+"/subscribe")
	browse(t, tab, chromedp.Navigate(base+"/subscribe"), chromedp.SendKeys("#address", "nobody@nowhere"), chromedp.Click(".ask button"))
	see(t, tab, `document.querySelector("#wrong").textContent.includes("no e-mail address") && document.querySelector("#address").value === "nobody@nowhere"`)
	inspectPart(t, tab, "public-subscribe-wrong")
	browse(t, tab, chromedp.SetValue("#address", "Reader@Example.NET"), chromedp.Click(".ask button"))
	see(t, tab, `document.querySelector("h1").textContent === "Look into your mail"`)
	inspectPart(t, tab, "public-subscribe-asked")

	asked := arrive(1)[0]
	if !slices.Equal(asked.To, []string{"Reader@example.net"}) || !strings.Contains(asked.Subject, "please confirm") || asked.Headers["List-Unsubscribe"] != nil {
		t.Errorf("%+v", asked)
	}
	do(id, &incident.GiveUpdate{Text: "A replica is behind.", Stage: "identified"})
	confirm := linkIn(t, asked, "/confirm/")
	browse(t, tab, chromedp.Navigate(confirm)) // as a program does that looks at links
	see(t, tab, `document.querySelector("main button").textContent === "Yes, send me mail"`)
	inspectPart(t, tab, "public-subscribe-confirm")
	browse(t, tab, chromedp.Click("main button"))
	see(t, tab, `document.querySelector("h1").textContent === "You are subscribed"`)
	if status, _ := form(t, strings.Replace(confirm, "/confirm/", "/manage/", 1)); status != http.StatusOK { // it says that it ended, and ends nothing
		t.Errorf("a secret to confirm manages: %d", status)
	}

	do(id, &incident.GiveUpdate{Text: "Ada Moore turned writes off.\nThey come back soon.", Stage: "monitoring"})
	news := arrive(2)[1]
	for _, want := range []string{"Minor outage: ", "Monitoring, ", "turned writes off.\nThey come back soon.", base + "/status/INC-1"} {
		if !strings.Contains(news.Text, want) {
			t.Errorf("no %q in\n%s", want, news.Text)
		}
	}
	if strings.Contains(news.Subject+news.Text, "Ada") || strings.Contains(news.Subject+news.Text, "Moore") {
		t.Errorf("a name: %s\n%s", news.Subject, news.Text)
	}
	manage := linkIn(t, news, "/manage/")
	if got := news.Headers["List-Unsubscribe"]; len(got) != 1 || strings.Join(strings.Fields(got[0]), "") != "<"+manage+">" {
		t.Errorf("List-Unsubscribe: %v, want %s", got, manage)
	}

	stop() // a server that starts again tells nobody twice
	a, stop = mailing(t, dir, services)
	defer stop()
	manage, base = strings.Replace(manage, base, a.links.Public, 1), a.links.Public
	do(id, &incident.Resolve{Text: "All is well."})
	end := arrive(3)[2]
	if !strings.Contains(end.Subject, "Resolved") {
		t.Errorf("%s\n%s", end.Subject, end.Text)
	}
	if status, _ := form(t, base+"/subscribe", "address", "Reader@example.net"); status != http.StatusOK {
		t.Fatal(status)
	}
	if again := arrive(4)[3]; !strings.Contains(again.Subject, "you get mail already") {
		t.Errorf("%s\n%s", again.Subject, again.Text)
	}
	if err := a.people.Put(t.Context(), store.Person{ID: "adam", Name: "Adam Low", Rights: "admin"}); err != nil {
		t.Fatal(err)
	}
	browse(t, tab, chromedp.Navigate(linkOf(t, a, "adam")), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname === "/"`)
	inspect(t, tab, "subscribers", a.links.Console+"/subscribers")
	see(t, tab, `document.querySelector("main").textContent.includes("Reader@example.net") && document.querySelectorAll(".rows li").length === 3`)
	browse(t, tab, chromedp.SendKeys("[name=address]", "nobody@example.net"), chromedp.Click(".stack .primary"))
	see(t, tab, `document.querySelector("main").textContent.includes("Nobody subscribed with that address") && document.querySelector("[name=address]").value === "nobody@example.net"`)
	inspectPart(t, tab, "subscribers-wrong")

	browse(t, tab, chromedp.Navigate(manage))
	see(t, tab, `document.querySelectorAll(".list li").length === 1 && document.querySelector(".list").textContent.includes("Every outage")`)
	inspectPart(t, tab, "public-subscribe-manage")
	if status, body := form(t, manage, "List-Unsubscribe", "One-Click"); status != http.StatusOK || !strings.Contains(body, "That ended") {
		t.Errorf("%d %s", status, body)
	}
	do(id, &incident.Reopen{Why: "it is back"})
	do(id, &incident.GiveUpdate{Text: "It is back.", Stage: "investigating"})
	comesAbout(t, t.Context(), func() bool { // once the page says that it is back
		status, _ := form(t, base+"/subscribe", "address", "other@example.net", "only", "1")
		return status == http.StatusOK
	})
	browse(t, tab, chromedp.Navigate(a.links.Room("INC-1")))
	evaluate[bool](t, tab, `(f => (f.closest("details").open = true, f.elements.text.value = "Adam Low is on it.\nMore soon.", f.dispatchEvent(new Event("input")), true))(document.querySelector("[data-check]"))`)
	see(t, tab, `[...document.querySelectorAll(".checked .out")].some((e) => e.textContent.includes("0 subscribers") && e.textContent.includes("More soon") && !e.textContent.includes("Adam"))`)
	arrive(5) // the question to the other, and nothing to who has ended it
	browse(t, tab, chromedp.Navigate(manage))
	see(t, tab, `document.querySelector("h1").textContent === "This link does nothing any more"`)
	inspectPart(t, tab, "public-subscribe-gone")
	for _, line := range said() {
		if !strings.Contains(line, "404") && !strings.Contains(line, "422") { // what was wrong on purpose
			t.Error(line)
		}
	}
}

// TestSubscribersOnABadDay holds what comes of a letter: a server that says later is asked again, one that breaks off while its answer is
// awaited may have the mail and is not given it again, and one that refuses an address is not asked again.
func TestSubscribersOnABadDay(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault, state string
		mails        int
	}{
		"refused": {`[{"match":"RCPT /smtp","fault":"status","status":550}]`, store.LetterRefused, 0},
		"unsure":  {`[{"match":"DATA /smtp","fault":"reset_after"}]`, store.LetterUnsure, 1},
		"later":   {`[{"match":"RCPT /smtp","fault":"status","status":450}]`, store.LetterDue, 0},
		"sent":    {`[]`, store.LetterSent, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			services, halt, err := startStandins(0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(halt)
			a, stop := mailing(t, t.TempDir(), services)
			t.Cleanup(stop)
			subscribed(t, a, "reader@example.net")
			if err := disturb(t.Context(), services.url, tc.fault); err != nil {
				t.Fatal(err)
			}
			r, err := a.ledger.Do(t.Context(), ledger.Request{Actor: "ada", Command: &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.ledger.Do(t.Context(), ledger.Request{Incident: r.Incident.ID, Actor: "ada", Command: &incident.GiveUpdate{Text: "We look into it.", Stage: "investigating"}}); err != nil {
				t.Fatal(err)
			}
			var got []store.Count
			comesAbout(t, t.Context(), func() bool {
				got, err = a.store.CountLetters(t.Context())
				return err == nil && len(got) == 1 && got[0].State == tc.state && (tc.state != store.LetterDue || got[0].Moved.After(r.Incident.Started) && due(t, a) == 0)
			})
			if n := len(mails(t, services)); n != tc.mails || got[0].Letters != 1 {
				t.Errorf("%d mails, %+v", n, got)
			}
		})
	}
}

// due counts the letters whose time has come.
func due(t *testing.T, a *app) int {
	t.Helper()
	all, _, err := a.store.DueLetters(t.Context(), a.ledger.Real(), 10)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// subscribed has addresses get mail about everything.
func subscribed(t *testing.T, a *app, addresses ...string) {
	t.Helper()
	for _, address := range addresses {
		now := a.ledger.Real()
		one, err := a.store.PutSubscriber(t.Context(), ulid.Make().String(), address, "", "en", now)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := a.store.ConfirmSubscriber(t.Context(), one.ID, now.Add(-1), now); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
}
