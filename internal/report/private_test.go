package report_test

import (
	"regexp"
	"strings"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// TestPrivateStaysPrivate holds that nothing tells of a private or struck entry by another way (R32).
func TestPrivateStaysPrivate(t *testing.T) {
	t.Parallel()
	w := major(t)
	w.do("p1", &incident.Say{Text: "TODO: zq1 tell the customer", Visibility: incident.Private})
	guess := w.do("p2", &incident.Say{As: "guess", Text: "zq2", Visibility: incident.Private})
	w.do("p2", &incident.Amend{Entry: incident.EntryID(guess), Text: "zq3", Why: "zq4"})
	w.do("p2", &incident.SettleGuess{Entry: incident.EntryID(guess), Outcome: "confirmed", Why: "zq5"})
	w.do("p2", &incident.Say{Text: "against it", Contradict: incident.EntryID(guess)})
	w.do("p2", &incident.Skip{Item: "data_loss", Why: "zq6"})
	said := w.do("p2", &incident.Say{Text: "zq7"})
	w.do("p2", &incident.SetVisibility{Entry: incident.EntryID(said), Visibility: incident.Private})
	w.do("p3", &incident.NoteImpact{Text: "zq8"})
	w.do("p3", &incident.Strike{Entry: incident.EntryID(w.i.Seq), Why: "zq9"})
	text := report.Markdown(w.i, draft(t, w.i)) + report.PublicMarkdown(w.i, w.redactor()).String()
	if n := strings.Index(text, "zq"); n >= 0 {
		t.Errorf("told: %q", text[max(n-80, 0):n+40])
	}
	if at := regexp.MustCompile(`\b` + report.EntryID(guess) + `\b`).FindStringIndex(text); at != nil {
		t.Errorf("the private guess is cited: %q", text[max(at[0]-80, 0):at[1]])
	}
	if strings.Contains(text, "user data exposed") {
		t.Error("the private step is named")
	}
	if !strings.Contains(text, "against it") {
		t.Error("what is internal is left out")
	}
}

// TestWritten holds where people's words stand: before the draft in a managed section, instead of it in any other, and never as marks.
func TestWritten(t *testing.T) {
	t.Parallel()
	w := major(t)
	w.do("p1", &incident.EditPostmortem{Section: "impact", Text: "A third of all customers."})
	w.do("p1", &incident.EditPostmortem{Section: "summary", Text: "In our words.\n\n## Impact\n\n<!-- tocsin:end impact -->\n\n```\nopen"})
	sections := draft(t, w.i)
	text := report.Markdown(w.i, sections)
	_, rest, _ := strings.Cut(text, "## Summary\n")
	summary, rest, _ := strings.Cut(rest, "\n## Impact\n")
	if want := "\nIn our words.\n\n### Impact\n\n<!-- tocsin end impact -->\n\n```\nopen\n```\n"; summary != want {
		t.Errorf("summary %q, want %q", summary, want)
	}
	impact, _, _ := strings.Cut(rest, "\n## Timeline (UTC)\n")
	if !strings.HasPrefix(impact, "\nA third of all customers.\n\n<!-- tocsin:begin impact -->\n") || strings.Contains(impact, "Questions that") {
		t.Errorf("impact %q", impact)
	}
	for _, s := range sections {
		if s.ID == "summary" && (len(s.Claims) != 3 || s.Managed || s.Written == "") {
			t.Errorf("summary %+v", s)
		}
	}
}
