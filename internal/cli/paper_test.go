package cli

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

// paper is a major outage whose document lies at the stand-ins.
type paper struct {
	*app
	t       *testing.T
	base    string // of the stand-ins
	changed chan struct{}
}

// sheet is a document as the stand-in tells it.
type sheet struct {
	ID, Text, PublishedText string
	AppProperties           map[string]string
	Revisions               []struct {
		ID, Text               string
		Published, PublishAuto bool
	}
}

// newPaper declares a major outage and waits until its document is published. It is read again every so often; 0: never.
func newPaper(t *testing.T, reread time.Duration) *paper {
	t.Helper()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	cfg, err := loadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	batch := cfg.Runner.Batch // as it is unless somebody sets it
	cfg = drillConfig(services.url)
	cfg.Runner.Batch, cfg.Runner.Reread = batch, reread
	a, stop := startWith(t, t.TempDir(), cfg)
	t.Cleanup(stop)
	p := &paper{a, t, services.url, make(chan struct{}, 1)}
	t.Cleanup(a.ledger.Watch(func(ledger.Change) {
		select {
		case p.changed <- struct{}{}:
		default:
		}
	}))
	if err := a.people.Put(t.Context(), store.Person{ID: "zw", Rights: "responder", Name: "Zelda Winterbourne"}); err != nil {
		t.Fatal(err)
	}
	p.do("", &incident.Declare{Title: "Pushes fail", Disrupting: true, Point: true})
	p.do("1", &incident.DeclareMajor{})
	p.inStep()
	return p
}

func (p *paper) do(id string, c incident.Command) *incident.Incident {
	p.t.Helper()
	r, err := p.ledger.Do(p.t.Context(), ledger.Request{Incident: id, Actor: "ana", Command: c})
	if err != nil {
		p.t.Fatal(err)
	}
	return r.Incident
}

func (p *paper) say(text string) {
	p.t.Helper()
	p.do("1", &incident.Say{Text: text, Visibility: incident.Public})
}

// until waits for the incident to become so.
func (p *paper) until(what string, so func(*incident.Incident) bool) *incident.Incident {
	p.t.Helper()
	late := time.After(2 * time.Minute)
	for {
		i, err := p.ledger.View(p.t.Context(), "1")
		if err != nil {
			p.t.Fatal(err)
		}
		if so(i) {
			return i
		}
		select {
		case <-p.changed:
		case <-late:
			for _, run := range i.Runs() {
				if strings.HasPrefix(run.Step.Kind, "document.") {
					p.t.Logf("%s is %s: %s", run.ID, run.State, run.Error)
				}
			}
			p.t.Fatalf("never: %s", what)
		}
	}
}

// inStep waits until the document is written, shared and published as the log says.
func (p *paper) inStep() *incident.Incident {
	p.t.Helper()
	return p.until("in step", func(i *incident.Incident) bool {
		return !slices.ContainsFunc(i.Runs(), func(r incident.Run) bool {
			return strings.HasPrefix(r.Step.Kind, "document.") && (r.State != incident.Done || r.Act != "")
		})
	})
}

// ask calls the stand-ins.
func (p *paper) ask(path, body string) {
	p.t.Helper()
	res, err := http.Post(p.base+path, "application/json", strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode >= http.StatusBadRequest {
		p.t.Fatalf("%s: %s %v", path, res.Status, err)
	}
}

func (p *paper) read(path string, v any) {
	p.t.Helper()
	body, err := fetch(p.t.Context(), p.base+path)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(body), v); err != nil {
		p.t.Fatal(err)
	}
}

// sheets gives the documents there are, the oldest first.
func (p *paper) sheets() []sheet {
	p.t.Helper()
	var all struct {
		Documents []sheet `json:"google.document"`
	}
	p.read("/_objects", &all)
	return all.Documents
}

// byHand does to the first document what a person would.
func (p *paper) byHand(act, body string) {
	p.t.Helper()
	p.ask("/_documents/"+p.sheets()[0].ID+"/"+act, body)
}

// press sends the form that a button of the console stands in.
func (p *paper) press(within, button string) {
	p.t.Helper()
	token, err := p.auth.CreateToken(p.t.Context(), "zw", auth.ScopeWrite, time.Hour)
	if err != nil {
		p.t.Fatal(err)
	}
	send := func(method, path string, form url.Values) *html.Node {
		req, err := http.NewRequestWithContext(p.t.Context(), method, p.links.Console+path, strings.NewReader(form.Encode()))
		if err != nil {
			p.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			p.t.Fatal(err)
		}
		defer res.Body.Close()
		root, err := html.Parse(res.Body)
		if err != nil || res.StatusCode >= http.StatusBadRequest {
			p.t.Fatalf("%s %s: %s %v", method, path, res.Status, err)
		}
		return root
	}
	attr := func(n *html.Node, key string) string {
		i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
		if i < 0 {
			return ""
		}
		return n.Attr[i].Val
	}
	for part := range send(http.MethodGet, "/i/1", nil).Descendants() {
		if attr(part, "id") != within {
			continue
		}
		for form := range part.Descendants() {
			fields, is := url.Values{}, false
			for n := range form.Descendants() {
				if n.Data == "input" {
					fields.Set(attr(n, "name"), attr(n, "value"))
				}
				is = is || n.Data == "button" && n.FirstChild != nil && n.FirstChild.Data == button
			}
			if form.Data == "form" && is {
				send(http.MethodPost, attr(form, "action"), fields)
				return
			}
		}
	}
	p.t.Fatalf("there is no button %q in %s", button, within)
}
