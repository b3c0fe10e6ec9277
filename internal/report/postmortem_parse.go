package report

import (
	"fmt"
	"regexp"
	"strings"
)

// ParseEdit reads an edited post-mortem, the whole document as Markdown gave it, back: section id → what people wrote. A section whose
// heading is there and which holds nothing of theirs is "", one whose heading is gone is absent. Drafted parts are passed over; one that
// somebody changed becomes what they wrote, except in a managed section, where it is an error, since the next draft would undo it. Headings
// that are not those of sections stay with the section before; text before the first one goes to the summary. Errors are sentences for
// whoever edited, and then nothing is read.
func ParseEdit(markdown string) (map[string]string, error) {
	p := editParser{out: map[string]string{}, seen: map[string]bool{}, section: sectionKinds[0].id}
	for n, line := range strings.Split(unixLines(markdown), "\n") {
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	switch {
	case p.block != "":
		return nil, fmt.Errorf("the drafted part %q has no end: put <!-- tocsin:end %s --> back", p.block, p.block)
	case p.fence != "":
		return nil, p.unclosed()
	}
	for id, text := range p.out {
		p.out[id] = strings.TrimSpace(text)
	}
	if first := sectionKinds[0].id; !p.seen[first] && p.out[first] == "" {
		delete(p.out, first)
	}
	return p.out, nil
}

type editParser struct {
	out     map[string]string
	section string
	seen    map[string]bool
	fence   string // the fence that opened a code block
	block   string // the drafted part we are in
	body    strings.Builder
	sum     string
}

var (
	marker  = regexp.MustCompile(`^\s*<!--\s*tocsin:(begin|end|sum)\s+([a-z0-9_]+)\s*-->\s*$`)
	heading = regexp.MustCompile(`^ {0,3}##[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	fences  = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})(.*)$")
)

func (p *editParser) line(line string) error {
	if m := marker.FindStringSubmatch(line); m != nil {
		return p.mark(m[1], m[2])
	}
	if p.block != "" {
		p.body.WriteString(line + "\n")
		return nil
	}
	p.fence = fenced(p.fence, line)
	if id, ok := sectionHeading(line); ok && p.fence == "" {
		p.section, p.seen[id] = id, true
		p.out[id] += "\n"
		return nil
	}
	p.out[p.section] += line + "\n"
	return nil
}

func (p *editParser) mark(what, id string) error {
	switch {
	case p.fence != "":
		return p.unclosed()
	case what == "begin" && p.block != "":
		return fmt.Errorf("the drafted part %q begins within %q, which has no end", id, p.block)
	case what == "begin":
		p.block, p.sum = id, ""
		p.body.Reset()
	case what == "sum" && p.block != "":
		p.sum = id
	case what == "end" && p.block != id:
		return fmt.Errorf("the drafted part %q ends, which did not begin", id)
	case what == "end":
		body := p.body.String()
		p.block = ""
		if p.sum == "" || p.sum == sum(body) {
			return nil
		}
		for _, k := range sectionKinds {
			if k.id == id && !k.managed {
				p.out[id] += "\n" + Neutral(body) + "\n"
				return nil
			}
		}
		return fmt.Errorf("the drafted part %q was changed, but it is made from the log anew each time: write above it, or correct the entry itself", id)
	}
	return nil
}

func (p *editParser) unclosed() error {
	return fmt.Errorf("a code block in %q has no end: close it with %s", p.section, p.fence)
}

// fenced follows code blocks: given the fence that is open, or "", it gives the one that is open after the line.
func fenced(open, line string) string {
	m := fences.FindStringSubmatch(line)
	switch {
	case m == nil:
	case open == "" && (m[1][0] == '~' || !strings.Contains(m[2], "`")):
		return m[1]
	case open != "" && strings.HasPrefix(m[1], open) && strings.TrimSpace(m[2]) == "":
		return ""
	}
	return open
}

// sectionHeading is the section that a line is the heading of.
func sectionHeading(line string) (id string, ok bool) {
	m := heading.FindStringSubmatch(line)
	if m == nil {
		return "", false
	}
	for _, k := range sectionKinds {
		if strings.EqualFold(m[1], k.title) {
			return k.id, true
		}
	}
	return "", false
}

// Neutral is a text that people wrote, as it can stand in a section without being taken for something else: the heading of a section goes
// one level down, Tocsin's marks are spoiled, code blocks and comments are closed. Neutral of it is itself.
func Neutral(written string) string {
	open := ""
	lines := strings.Split(strings.TrimSpace(unixLines(written)), "\n")
	for n, line := range lines {
		if marker.MatchString(line) {
			line = strings.Replace(line, "tocsin:", "tocsin ", 1)
		}
		open = fenced(open, line)
		if _, ok := sectionHeading(line); ok && open == "" {
			line = strings.Replace(line, "##", "###", 1)
		}
		lines[n] = line
	}
	if open != "" {
		lines = append(lines, open)
	}
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	if n := strings.LastIndex(text, "<!--"); n >= 0 && !strings.Contains(text[n:], "-->") {
		text += "\n-->" // else it would hide all that follows
	}
	return text
}

func unixLines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
