package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// outside is anything by which a page could fetch something.
var outside = regexp.MustCompile(`(?i)<(script|link|img|iframe|object|embed|base)\b|\b(src|href|action)=|url\(|@import`)

// TestSheetAlone holds the copy of the whole runbook: each role has every step that is on its list, nothing is left as a placeholder, and
// the page is whole by itself.
func TestSheetAlone(t *testing.T) {
	t.Parallel()
	book := runbook.Default()
	s := report.NewSheet(book, nil, report.SheetOptions{Made: time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC),
		People: []report.SheetPerson{{Name: "Ana <b>Díaz</b>", Phone: "+34 600", Roles: "Engineer"}}})
	html, err := s.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if at := outside.FindString(html); at != "" {
		t.Errorf("the page refers to something: %s", at)
	}
	_, style, _ := strings.Cut(html, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	if want := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(report.SheetPolicy, want) {
		t.Errorf("the style is not the one that %s lets in", report.SheetPolicy)
	}
	for _, text := range []string{html, s.Markdown()} {
		if m := regexp.MustCompile(`\{[a-z_.]+\}|<here>|&lt;here&gt;`).FindString(text); m != "" {
			t.Errorf("%s is not filled in", m)
		}
		for _, want := range []string{"ETA more than 1 h, and disrupting the service", "@here, we need ‹whom›: ‹why›", "34 600", "‹link from: Publish the document to the web›", "in a major outage every 15 min"} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q", want)
			}
		}
	}
	if strings.Contains(html, "<b>Díaz") {
		t.Error("a name is taken for a part of the page")
	}
	for _, role := range book.Roles {
		one := report.NewSheet(book, nil, report.SheetOptions{Roles: []string{role.ID}})
		if len(one.Roles) != 1 || one.Roles[0].Instructions != role.Instructions {
			t.Fatalf("%s: %+v", role.ID, one.Roles)
		}
		var got, want []string
		for _, p := range one.Roles[0].Parts {
			for _, st := range p.Steps {
				got = append(got, st.Step)
			}
		}
		for _, st := range book.Steps {
			if !st.Optional && (st.Role == role.ID || strings.Contains(" "+strings.Join(st.Lists, " ")+" ", " "+role.ID+" ")) {
				want = append(want, st.ID)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s has %v, want %v", role.ID, got, want)
		}
		if md := one.Markdown(); !strings.Contains(md, "None are known: write them down") {
			t.Errorf("without telephone numbers:\n%s", md)
		}
	}
}

// TestSheetOfIncident holds the copy of an incident: what was done and when, links in place, what is yet to come with its texts; private
// steps without how they stand, names out of what goes to the world.
func TestSheetOfIncident(t *testing.T) {
	t.Parallel()
	w := major(t)
	w.put(incident.System, &incident.StepDone{Step: "publish_document", Outputs: map[string]string{"url": "https://docs.example/pub"}, URL: "https://docs.example/pub"})
	w.do("p1", &incident.GiveUpdate{Text: "Priya Raghunathan found it", Stage: "identified"})
	w.do("p1", &incident.Tick{Item: "data_loss"})
	o := report.SheetOptions{Made: w.now, Name: func(id string) string { return "called " + id },
		Get:    func(incident.Run) report.Get { return func(string) (string, bool) { return "", false } },
		Public: func(c report.Card) report.Card { return c.Redacted(w.redactor()) }}
	md := report.NewSheet(w.rb, w.i, o).Markdown()
	for _, want := range []string{"**INC-1 Pushes fail** (major, active)", "Now: called p1\n", "- [x] **Publish the document to the web**", "done 13:10 UTC https://docs.example/pub",
		"you can find the public doc https://docs.example/pub", "- [ ] **Settle: is data being lost, is user data exposed?**", "team-member-", "‹the update; drafts stand below›"} {
		if !strings.Contains(md, want) {
			t.Errorf("it lacks %q:\n%s", want, md)
		}
	}
	if strings.Contains(md, "Priya") {
		t.Errorf("a name stands in what goes to the world:\n%s", md)
	}
	o.Private = true
	if md := report.NewSheet(w.rb, w.i, o).Markdown(); !strings.Contains(md, "- [x] **Settle: is data being lost, is user data exposed?**\n  If user data may be exposed, bring in security and keep what is said about it in private entries.\n  done 13:10 UTC\n") {
		t.Errorf("whoever may see it does not:\n%s", md)
	}
}
