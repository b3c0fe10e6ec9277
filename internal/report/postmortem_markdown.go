package report

import (
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"
	"strings"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
)

// Markdown is the whole post-mortem for people inside: what people wrote, and what was drafted between marks that ParseEdit passes over.
// Each drafted sentence names its entries, [e17].
func Markdown(i *incident.Incident, sections []Section) string {
	var b strings.Builder
	block(&b, "head", head(i, Title(i)))
	for _, sec := range sections {
		fmt.Fprintf(&b, "\n## %s\n", sec.Title)
		if w := Neutral(sec.Written); w != "" {
			fmt.Fprintf(&b, "\n%s\n", w)
		}
		if body := drafted(sec, true); body != "" {
			b.WriteString("\n")
			block(&b, sec.ID, body)
		}
	}
	return b.String()
}

// PublicMarkdown is the post-mortem as the world may read it: the body of the issue (R15). Every text passes the redactor by itself and the
// whole passes it again; people are team-member-N, questions to the author are left out. Internal entries are used, private and struck
// ones are not.
func PublicMarkdown(i *incident.Incident, r *redact.Redactor) redact.Text {
	text := func(s string) string { return r.Text(s).String() }
	var b strings.Builder
	b.WriteString(head(i, text(Title(i))))
	b.WriteString("\nPeople's names are removed: we look at systems, not persons.\n")
	for _, sec := range Draft(i, Pseudonym(i)) {
		sec.Questions = nil
		for n, c := range sec.Claims {
			sec.Claims[n].Group, sec.Claims[n].Label, sec.Claims[n].Text = text(c.Group), text(c.Label), text(c.Text)
		}
		fmt.Fprintf(&b, "\n## %s\n", sec.Title)
		w := Neutral(text(sec.Written))
		body := drafted(sec, false)
		if w != "" {
			fmt.Fprintf(&b, "\n%s\n", w)
		}
		if body != "" {
			fmt.Fprintf(&b, "\n%s", body)
		}
		if w == "" && body == "" {
			b.WriteString("\nNothing is written down here yet.\n")
		}
	}
	return r.Text(b.String())
}

// Pseudonym gives the names of people as the public reads them (R13).
func Pseudonym(i *incident.Incident) Names {
	return func(id string) string {
		switch {
		case i.Pseudonyms[id] > 0:
			return fmt.Sprintf("team-member-%d", i.Pseudonyms[id])
		case isSystem(id):
			return "the system"
		}
		return "a team member"
	}
}

func head(i *incident.Incident, name string) string {
	kind := "Minor outage"
	if i.Kind == incident.Major {
		kind = "Major outage"
	}
	if i.Drill {
		kind = "Drill: " + strings.ToLower(kind)
	}
	return fmt.Sprintf("# Post-mortem %s: %s\n\n%s, %s. Drafted from the log up to %s; [e17] names its entry 17. All times are UTC.\n",
		escape(i.Name), escape(name), kind, i.Status, EntryID(i.Seq))
}

// drafted is the part of a section that comes from the log. Outside managed sections people's words take its place.
func drafted(sec Section, cite bool) string {
	if sec.Written != "" && !sec.Managed {
		return ""
	}
	var b strings.Builder
	group, table := "", false
	for n, c := range sec.Claims {
		if c.Group != group {
			if group = c.Group; n > 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "### %s\n\n", escape(group))
			table = false
		}
		switch {
		case sec.ID == "metrics":
			if !table {
				b.WriteString("| Measure | Value | Entries |\n|---|---|---|\n")
				table = true
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", escape(c.Label), escape(c.Text), cited(c))
		case c.Label == "" && c.Group == "" && sec.ID != "went_well":
			if n > 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "%s %s\n", first(escape(c.Text)), cited(c))
		case c.Label == "":
			fmt.Fprintf(&b, "- %s %s\n", first(escape(c.Text)), cited(c))
		default:
			if n > 0 && sec.Claims[n-1].Label == "" && sec.Claims[n-1].Group == c.Group {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "- **%s** %s %s\n", strings.TrimRight(escape(c.Label), " "), escape(c.Text), cited(c))
		}
	}
	if len(sec.Questions) > 0 && sec.Written == "" && cite {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString("Questions that the log can't answer:\n\n")
		for _, q := range sec.Questions {
			fmt.Fprintf(&b, "- %s\n", first(escape(q)))
		}
	}
	return b.String()
}

// cited names the entries of a claim; of very many, the ends.
func cited(c Claim) string {
	ids := make([]string, 0, len(c.Entries))
	for _, seq := range c.Entries {
		ids = append(ids, EntryID(seq))
	}
	if n := len(ids); n > 12 {
		ids = slices.Concat(ids[:6], []string{"…"}, ids[n-3:])
	}
	return "[" + strings.Join(ids, ", ") + "]"
}

var markup = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "[", "\\[", "]", "\\]", "<", "\\<", ">", "\\>", "|", "\\|", "~", "\\~",
	"&", "&amp;")

// escape makes a text stand in Markdown as it is. Underscores within words mean nothing there and stay.
func escape(s string) string {
	s = markup.Replace(oneline(s))
	if !strings.Contains(s, "_") {
		return s
	}
	var b strings.Builder
	for n := range len(s) {
		if s[n] == '_' && (n == 0 || n+1 == len(s) || !wordByte(s[n-1]) || !wordByte(s[n+1])) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[n])
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

var blockMark = regexp.MustCompile(`^(?:[#+=-]|\d{1,9}[.)])`)

// first keeps the beginning of a paragraph from being read as a heading or a list.
func first(s string) string {
	if loc := blockMark.FindStringIndex(s); loc != nil {
		return s[:loc[1]-1] + "\\" + s[loc[1]-1:]
	}
	return s
}

// block writes a drafted part between its marks, with a sum over it, by which ParseEdit sees whether somebody wrote into it.
func block(b *strings.Builder, id, body string) {
	fmt.Fprintf(b, "<!-- tocsin:begin %s -->\n%s<!-- tocsin:sum %s -->\n<!-- tocsin:end %s -->\n", id, body, sum(body), id)
}

// sum is blind to white space, which editors change by themselves.
func sum(body string) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(strings.Join(strings.Fields(body), " "))))
}
