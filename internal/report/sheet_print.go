package report

import (
	"crypto/sha256"
	_ "embed" // the sheet's page and style
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
)

//go:embed sheet.css
var sheetStyle string

//go:embed sheet.html
var sheetSource string

var sheetPage = template.Must(template.New("sheet").Funcs(template.FuncMap{
	"css":    func() template.CSS { return template.CSS(sheetStyle) }, //nolint:gosec // our own
	"plain":  fillIn,
	"blanks": func() []int { return make([]int, 8) },
}).Parse(sheetSource))

// SheetPolicy is the Content-Security-Policy under which the page of a sheet is whole: it refers to nothing.
var SheetPolicy = func() string {
	h := sha256.Sum256([]byte(sheetStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(h[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// fillIn names on paper what is filled in: "the post's link" is "Link of the post".
func fillIn(paste string) string {
	paste, _, _ = strings.Cut(strings.TrimPrefix(paste, "the "), " (")
	return strings.ToUpper(paste[:1]) + paste[1:]
}

// HTML is the sheet as one page that refers to nothing outside, for A4 and for small screens.
func (s Sheet) HTML() (string, error) {
	var b strings.Builder
	err := sheetPage.Execute(&b, s)
	return b.String(), err
}

// Markdown is the sheet as text.
func (s Sheet) Markdown() string {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	for n, role := range s.Roles {
		if n > 0 {
			put("\n---\n\n")
		}
		put("# %s\n\n%s, version %d", role.Name, s.Title, s.Version)
		if s.Incident != "" {
			put(" · **%s** (%s)", s.Incident, s.State)
		}
		put(" · printed %s\n\n", s.Made.UTC().Format("2006-01-02 15:04 UTC"))
		if role.Holders != "" {
			put("Now: %s\n\n", role.Holders)
		}
		put("%s\n\nA **major outage**: %s. The point person declares it.\n\n⚙ Tocsin does this by itself while it can. ‹words› are to be filled in.\n", role.Instructions, s.Definition)
		for _, l := range s.Links {
			put("\n%s: %s\n", l.What, l.Text)
		}
		for _, part := range role.Parts {
			put("\n## %s\n\n", part.Title)
			for _, step := range part.Steps {
				step.markdown(put)
			}
		}
		if len(role.Drafts) > 0 {
			put("\n## Updates to copy\n")
		}
		for _, d := range role.Drafts {
			put("\n### %s\n\n%s", d.What, codeBlock("", d.Text))
		}
		put("\n## Phone numbers\n\n")
		for _, p := range s.People {
			put("- %s **%s** %s\n", p.Name, p.Phone, p.Roles)
		}
		if len(s.People) == 0 {
			put("- None are known: write them down here, and in the people file. ________________\n")
		}
	}
	return b.String()
}

func (s SheetStep) markdown(put func(string, ...any)) {
	mark := map[bool]string{true: "x", false: " "}[s.Done]
	put("- [%s] **%s**", mark, s.Title)
	if s.To != "" {
		put(" · %s", s.To)
	}
	if s.Machine {
		put(" ⚙")
	}
	put("\n")
	for _, l := range []Said{{"", s.How}, {"At ", s.Link}, {"☎ ", s.Phone}, {"After: ", strings.Join(s.After, "; ")}} {
		if l.Text != "" {
			put("  %s%s\n", l.What, l.Text)
		}
	}
	if s.Text != "" {
		put("\n%s\n", codeBlock("  ", s.Text))
	}
	if s.State != "" {
		put("  %s\n", strings.Join(strings.Fields(strings.Join([]string{s.State, s.At, s.URL, s.Why}, " ")), " "))
	}
	if !s.Done {
		put("  Time ______ By ____________")
		if s.Paste != "" {
			put(" %s ______________________", fillIn(s.Paste))
		}
		put("\n")
	}
}

// codeBlock is a text as a block that nothing in it can end.
func codeBlock(indent, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return indent + fence + "\n" + indent + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+indent) + "\n" + indent + fence + "\n"
}
