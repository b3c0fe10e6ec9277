// Package importer makes a first draft of a runbook from one that was written in Markdown for people.
//
// It does its best and says what it could not read. Headings, and sentences that lead into a list, tell whose steps follow and when they
// fall due; each item of a list is a step that a person does. What prose rarely says (nudges, cadence, drafts of updates) is taken over from
// the embedded runbook. The draft can be parsed by package runbook; kinds, by which the machine does a step, are left to whoever edits it.
package importer

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"tocsin/internal/catalogue"
	"tocsin/internal/runbook"
)

// Unread is a part of the document that is not in the draft.
type Unread struct {
	Line int    `json:"line"` // from 1
	Text string `json:"text"` // its first words
	Why  string `json:"why"`  // one clause: what became of it
}

// MaxSource is how long a document may be, in bytes: 1 MB.
const MaxSource = 1 << 20

// Markdown gives a runbook with this name, as YAML, and what is not in it, in the document's order. It is an error if there is no item of a
// list to make a step of.
func Markdown(src []byte, name string) (string, []Unread, error) {
	if len(src) > MaxSource {
		return "", nil, errors.New(catalogue.Mark("the document is too long: 1 MB can be read"))
	}
	src = []byte(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return ' '
		}
		return c
	}, strings.ReplaceAll(strings.ToValidUTF8(string(src), "�"), "\r\n", "\n")))
	d := &draft{src: src, taken: map[string]bool{}, when: "declared"}
	d.book.Name, d.book.Version = name, 1
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
	d.findRoles(root)
	d.learn()
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		d.block(n)
	}
	if len(d.book.Steps) == 0 {
		return "", d.unread, errors.New(catalogue.Mark("there is no list in it: each item of a list, below a heading that says whose it is, becomes a step"))
	}
	slices.SortStableFunc(d.unread, func(a, b Unread) int { return a.Line - b.Line })
	out, err := d.yaml()
	return out, d.unread, err
}

// section is a heading: its level, and the role and moment it tells of, if any.
type section struct {
	level      int
	role, when string
}

// draft is what has been read so far.
type draft struct {
	src    []byte
	book   runbook.Runbook
	names  []named
	taken  map[string]bool // ids of steps
	unread []Unread

	above         []section // the headings that the next words stand under, the highest first
	role, heading string    // whose steps follow, by the last heading that says so; the last heading
	when          string    // when they fall due, by the last words that say so
	lead          section   // the sentence right before a list; its level is none
}

var (
	people   = regexp.MustCompile(`(?i)^(?:the |our )?(?:roles?|who is who|people|team|responsibilities)\b`)
	then     = regexp.MustCompile(`(?i)\b(?:when|once|after|as soon as)\b[^.]*\b(?:resolved|solved|over|handled|mitigated)\b|\bpost[- ]?mortem\b|\bretrospective\b|^afterwards?\b`)
	over     = regexp.MustCompile(`(?i)\b(resolved|resolution|solved|afterwards?|is over|post[- ]?mortems?|retrospective|already handled|closing|follow[- ]?ups?)\b`)
	major    = regexp.MustCompile(`(?i)\bmajor\b`)
	minor    = regexp.MustCompile(`(?i)\bminor\b`)
	etaOver  = regexp.MustCompile(`(?i)\beta\b[^.\n]{0,20}?(?:more|longer|greater|over|>)\D{0,8}(\d{1,3})\s*(h|hours?|m|min|minutes?)\b`)
	braces   = regexp.MustCompile(`\{([a-z_][a-z0-9_]*(?:\.[a-z_]+)?)\}`)
	notID    = regexp.MustCompile(`[^a-z0-9]+`)
	sentence = regexp.MustCompile(`[.!?:]\s+\p{Lu}`)
	address  = regexp.MustCompile(` \(\w+:[^\s()]*\)`)
)

// moment is when something falls due by words about it, or "".
func moment(words string) string {
	switch isMajor, isMinor := major.MatchString(words), minor.MatchString(words); {
	case over.MatchString(words):
		return "resolved"
	case isMajor && !isMinor:
		return "major"
	case isMinor && !isMajor:
		return "minor"
	}
	return ""
}

// block reads a part of the document that stands by itself.
func (d *draft) block(n ast.Node) {
	words := d.words(n)
	switch n := n.(type) {
	case *ast.Heading:
		d.read(n, words)
	case *ast.List:
		d.list(n)
		d.lead = section{}
	case *ast.Paragraph:
		d.paragraph(n, words)
	case *ast.ThematicBreak:
	default:
		d.leave(n, words, catalogue.Mark("only headings, sentences and lists are read"))
	}
}

func (d *draft) read(n *ast.Heading, words string) {
	if n.Level == 1 && d.book.Title == "" {
		d.book.Title = words
		return
	}
	d.heading = words
	for len(d.above) > 0 && d.above[len(d.above)-1].level >= n.Level {
		d.above = d.above[:len(d.above)-1]
	}
	d.above = append(d.above, section{n.Level, d.mentioned(words), moment(words)})
	d.role, d.when = "", "declared"
	for _, s := range d.above { // what a heading does not say, the ones above it do
		d.role, d.when = cmp.Or(s.role, d.role), cmp.Or(s.when, d.when)
	}
}

// paragraph takes a sentence before a list as what leads into it, and the first one of all as the description.
func (d *draft) paragraph(n *ast.Paragraph, words string) {
	if m := etaOver.FindStringSubmatch(words); m != nil && d.book.Definition.Major == "" {
		d.define(m[1] + strings.ToLower(m[2][:1]))
		return
	}
	if _, list := n.NextSibling().(*ast.List); list {
		d.lead = section{role: d.mentioned(words), when: moment(words)}
		if d.lead != (section{}) || strings.HasSuffix(words, ":") {
			return
		}
	}
	if d.book.Description == "" && d.heading == "" && len(d.book.Steps) == 0 {
		d.book.Description = words
		return
	}
	d.leave(n, words, catalogue.Mark("a sentence that is in no list: put it into a role's instructions or a step's text"))
}

// define takes an outage for major from so long on; whether it will pass is asked after three quarters of that.
func (d *draft) define(long string) {
	if span, err := time.ParseDuration(long); err == nil && span > 0 {
		d.book.Definition = runbook.Definition{Major: "eta > " + long + " and disrupting", Ask: runbook.Span(span * 3 / 4), Passed: runbook.Span(span)}
	}
}

// list makes steps of its items, or roles where the heading says that it is about people.
func (d *draft) list(l *ast.List) {
	role, when := cmp.Or(d.lead.role, d.role), cmp.Or(d.lead.when, d.when)
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		words, inner := d.item(item)
		if d.isRole(item) {
			continue
		}
		if own := d.mentioned(words); inner != nil && own != "" { // "The point person will", and what
			for sub := inner.FirstChild(); sub != nil; sub = sub.NextSibling() {
				d.step(sub, own, when)
			}
			continue
		}
		d.step(item, role, when)
	}
}

// step makes a step of an item; what is listed below it is part of its text.
func (d *draft) step(item ast.Node, role, when string) {
	words, inner := d.item(item)
	if words == "" {
		if inner != nil {
			for sub := inner.FirstChild(); sub != nil; sub = sub.NextSibling() {
				d.step(sub, role, when)
			}
		}
		return
	}
	if len(d.book.Steps) == runbook.MaxSteps {
		d.leave(item, words, catalogue.Mark("a runbook has at most 500 steps"))
		return
	}
	if then.MatchString(words) {
		when = "resolved"
	}
	if role == "" {
		if role = d.mentioned(words); role == "" {
			role = d.book.Roles[0].ID
		}
	}
	title, rest := titled(words)
	if inner != nil {
		rest = strings.TrimSpace(rest + "\n" + d.plain(inner, ""))
	}
	d.book.Steps = append(d.book.Steps, runbook.Step{ID: d.id(title), Title: title, Role: role, When: when, Text: rest})
}

// titled gives the first words of an item as a title, and all else of it; where the title is not whole, all of it.
func titled(words string) (title, rest string) {
	title = words
	if at := sentence.FindStringIndex(words); at != nil {
		title, rest = words[:at[0]], strings.TrimSpace(words[at[0]+1:])
	}
	if plain := address.ReplaceAllString(title, ""); plain != title {
		title, rest = plain, words
	}
	const most = 100
	if r := []rune(title); len(r) > most {
		title = string(r[:most])
		if cut := strings.LastIndex(title, " "); cut > 0 {
			title = title[:cut]
		}
		return title + " …", words
	}
	if bare := strings.TrimRight(title, ".: "); bare != "" {
		return bare, rest
	}
	return words, ""
}

// slug makes an id of words; what begins with no letter gets a kind before it.
func slug(words, kind string) string {
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(words), "_"), "_")
	if id == "" || id[0] < 'a' {
		id = strings.TrimRight(kind+"_"+id, "_")
	}
	return id
}

// id makes a name for a step that no other has.
func (d *draft) id(title string) string {
	id := slug(title, "step")
	for len(id) > 32 {
		cut := strings.LastIndex(id, "_")
		if cut <= 0 {
			cut = 32
		}
		id = id[:cut]
	}
	free := func(id string) bool {
		return !d.taken[id] && !slices.ContainsFunc(runbook.Names, func(n string) bool { return strings.HasPrefix(n, id+".") })
	}
	once := id
	for n := 2; !free(once); n++ {
		once = fmt.Sprintf("%s_%d", id, n)
	}
	d.taken[once] = true
	return once
}

// leave notes what is not in the draft.
func (d *draft) leave(n ast.Node, words, why string) {
	if words == "" {
		words = strings.TrimPrefix(n.Kind().String(), "HTML")
	}
	if r := []rune(words); len(r) > 70 {
		words = string(r[:70]) + " …"
	}
	d.unread = append(d.unread, Unread{d.line(n), strings.Join(strings.Fields(words), " "), why})
}

// yaml writes the draft, with what the embedded runbook says of all else.
func (d *draft) yaml() (string, error) {
	var b strings.Builder
	var bad error
	quote := func(s string) string {
		out, err := yaml.MarshalWithOptions(braces.ReplaceAllString(s, "($1)"), yaml.JSON()) // nothing is filled in that the document did not mean so
		if err != nil {
			bad = err
		}
		return strings.TrimSpace(string(out))
	}
	b.WriteString("# A first draft, made of a Markdown document. Every step is one that a person does; give a step a kind to have the machine do it.\n")
	for _, u := range d.unread {
		fmt.Fprintf(&b, "# Not in it, line %d: %s (%s)\n", u.Line, u.Text, u.Why)
	}
	if d.book.Title == "" {
		d.book.Title = d.book.Name
	}
	fmt.Fprintf(&b, "name: %s\nversion: 1\ntitle: %s\n", d.book.Name, quote(d.book.Title))
	if d.book.Description != "" {
		fmt.Fprintf(&b, "description: %s\n", quote(d.book.Description))
	}
	b.WriteString("\nroles:\n")
	for _, r := range d.book.Roles {
		fmt.Fprintf(&b, "  - id: %s\n    name: %s\n", r.ID, quote(r.Name))
		if len(r.Aliases) > 0 {
			fmt.Fprintf(&b, "    aliases: [%s]\n", strings.Join(r.Aliases, ", "))
		}
		fmt.Fprintf(&b, "    wanted: %s", r.Wanted)
		if r.Wanted == "never" {
			b.WriteString(" # the document does not say when: declared or major")
		}
		b.WriteString("\n")
		if r.Many {
			b.WriteString("    many: true\n")
		}
		fmt.Fprintf(&b, "    instructions: %s\n", quote(r.Instructions))
	}
	def := d.book.Definition
	if def.Major == "" {
		def = runbook.Default().Definition
	}
	fmt.Fprintf(&b, "\ndefinition:\n  major: %s\n  ask: %s\n  passed: %s\n\nsteps:\n", def.Major, def.Ask, def.Passed)
	for _, s := range d.book.Steps {
		fmt.Fprintf(&b, "  - id: %s\n    title: %s\n    role: %s\n    when: %s\n", s.ID, quote(s.Title), s.Role, s.When)
		if s.Text != "" {
			fmt.Fprintf(&b, "    text: %s\n", quote(s.Text))
		}
	}
	_, rest, _ := strings.Cut(string(runbook.DefaultYAML()), "\nnudges:")
	b.WriteString("\nnudges:" + rest)
	return b.String(), bad
}
