package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tocsin/internal/report"
)

func TestGitLab(t *testing.T) {
	t.Parallel()
	w := gitlab(t)
	sections := draft(t, w.i)
	golden(t, "gitlab.md", report.Markdown(w.i, sections))
	public := report.PublicMarkdown(w.i, w.redactor()).String()
	golden(t, "gitlab.public.md", public)
	measured, err := json.MarshalIndent(report.Measure(w.i), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "gitlab.metrics.json", string(measured)+"\n")
	for _, text := range []string{report.Markdown(w.i, sections), public} {
		for _, bad := range []string{"PRIVATE", "STRUCK-SECRET", "a password"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q is told", bad)
			}
		}
	}
	for _, leak := range w.redactor().Leaks(public) {
		if !leak.Review {
			t.Errorf("a name leaks: %q", public[leak.Start:leak.End])
		}
	}
}
