package report_test

import (
	"maps"
	"strings"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

func TestParseEdit(t *testing.T) {
	t.Parallel()
	w := gitlab(t)
	doc := report.Markdown(w.i, draft(t, w.i))
	for name, c := range map[string]struct {
		old, new string // edit of the document
		section  string
		want     string // what is read of that section
		err      string
	}{
		"as it was":           {"", "", "lucky", "A copy was made six hours before, by chance. Marisol Okafor had made it.", ""},
		"written above":       {"## Impact\n", "## Impact\n\n707 people lost their account.\n", "impact", "707 people lost their account.", ""},
		"written below":       {"<!-- tocsin:end impact -->\n", "<!-- tocsin:end impact -->\nMore.\n", "impact", "More.", ""},
		"own heading":         {"## What was hard\n", "## What was hard\n\n## At night\n\ndark\n", "hard", "## At night\n\ndark", ""},
		"heading in a fence":  {"## What was hard\n", "## What was hard\n```\n## Impact\n```\n", "hard", "```\n## Impact\n```", ""},
		"draft edited":        {"What was hard, and what would have made it easier?", "The dark.", "hard", "The dark.", ""},
		"heading gone":        {"## Summary\n", "", "summary", "", ""},
		"before the document": {"<!-- tocsin:begin head -->", "A word first.\n<!-- tocsin:begin head -->", "summary", "A word first.", ""},
		"white space only":    {"<!-- tocsin:begin impact -->", "<!-- tocsin:begin impact -->  \n\n", "impact", "", ""},
		"written taken back":  {"A copy was made six hours before, by chance. Marisol Okafor had made it.", "", "lucky", "", ""},
		"managed edited":      {"**declared** ", "**declared** never ", "", "", `the drafted part "detection" was changed`},
		"no end":              {"<!-- tocsin:end faq -->", "", "", "", `"faq" has no end`},
		"end lost":            {"<!-- tocsin:end impact -->", "", "", "", `begins within "impact"`},
		"begin lost":          {"<!-- tocsin:begin impact -->", "", "", "", `"impact" ends, which did not begin`},
		"open fence":          {"## What was hard\n", "## What was hard\n```\n", "", "", "a code block in \"hard\" has no end"},
		"open fence at end":   {"<!-- tocsin:end faq -->\n", "<!-- tocsin:end faq -->\n~~~\n", "", "", "a code block in \"faq\" has no end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(doc, c.old) {
				t.Fatalf("the document does not hold %q", c.old)
			}
			got, err := report.ParseEdit(strings.Replace(doc, c.old, c.new, 1))
			switch {
			case c.err != "":
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want one with %q", err, c.err)
				}
			case err != nil:
				t.Fatal(err)
			case !strings.Contains(got[c.section], c.want) || c.want == "" && got[c.section] != "":
				t.Errorf("read %q, want %q", got[c.section], c.want)
			}
		})
	}
	if got, err := report.ParseEdit("no headings at all"); err != nil || !maps.Equal(got, map[string]string{"summary": "no headings at all"}) {
		t.Errorf("%q %v", got, err)
	}
	if got, err := report.ParseEdit(""); err != nil || len(got) != 0 {
		t.Errorf("%q %v", got, err)
	}
	got, err := report.ParseEdit(strings.ReplaceAll(doc, "\n", "\r\n"))
	if err != nil || got["timeline"] != "Times before 21:00 are taken from graphs." || len(got) != 14 {
		t.Errorf("with CRLF: %q %v", got, err)
	}
}

// FuzzParseEdit holds that nothing makes it panic, and that what people write in any section comes back as Neutral of it.
func FuzzParseEdit(f *testing.F) {
	for _, s := range []string{"", "words", "## Impact\n\nx", "```\n## Impact", "<!-- tocsin:begin impact -->\nx\n<!-- tocsin:end impact -->", "<!-- open",
		"~~~~\n~~~\n## Summary\n~~~~", "    ## Summary", "\r## Summary\r", "```a`b\n## Impact", "<!-- tocsin:sum 1 -->", "### Impact\n## impact ##", "##Impact", "-->\n<!--"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if got, err := report.ParseEdit(a); err == nil {
			for id, text := range got {
				if strings.TrimSpace(text) != text {
					t.Errorf("%s: %q", id, text)
				}
			}
		}
		i := incident.New("01FUZZ", "INC-1")
		sections := report.Draft(i, nil)
		want := map[string]string{}
		for n := range sections {
			if n%2 == 0 {
				sections[n].Written = a
			} else {
				sections[n].Written = b
			}
			want[sections[n].ID] = report.Neutral(sections[n].Written)
			if again := report.Neutral(want[sections[n].ID]); again != want[sections[n].ID] {
				t.Fatalf("neutral of %q is %q, again %q", sections[n].Written, want[sections[n].ID], again)
			}
		}
		got, err := report.ParseEdit(report.Markdown(i, sections))
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(got, want) {
			t.Fatalf("read %q, written %q", got, want)
		}
	})
}
