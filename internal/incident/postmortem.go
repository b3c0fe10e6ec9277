package incident

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Postmortem is what people wrote into the post-mortem and where it stands. What is drafted from the log is made by package report.
type Postmortem struct {
	Edits     map[string]string // section id → Markdown that people wrote
	Last      map[string]Stamp  // section id → its last edit
	Edited    Stamp
	Published Stamp
	SignedOff Stamp // zero until a review approved it
}

// quoted are words in somebody's mouth: a Markdown quotation, or at least five words between quotation marks.
var quoted = regexp.MustCompile(`(?m)^[ \t]*>[ \t]*(\S.*)$|“([^”\n]+)”|„([^“\n]+)“|"([^"\n]+)"|«([^»\n]+)»`)

// Quotes lists the beginnings of what people quote in the sections they wrote, in the sections' order.
func (p Postmortem) Quotes() []string {
	var out []string
	for _, section := range Sections {
		for _, m := range quoted.FindAllStringSubmatch(p.Edits[section], -1) {
			words := strings.Fields(strings.Join(m[1:], ""))
			if m[1] != "" || len(words) >= 5 {
				out = append(out, "“"+strings.Join(words[:min(5, len(words))], " ")+" …”")
			}
		}
	}
	return out
}

// Sections are the parts of a post-mortem that people may write, in its order. Package report drafts them.
var Sections = []string{"summary", "impact", "timeline", "detection", "response", "contributing_factors", "went_well", "lucky", "hard", "actions",
	"metrics", "communications", "open_questions", "faq"}

// EditPostmortem writes a section. Managed sections refresh by themselves; text given for one stands beside what is drafted.
type EditPostmortem struct {
	Section string `json:"section"`
	Text    string `json:"text"` // Markdown; empty takes the section back to the draft
	// Was is the entry of the edit that the text was begun from, 0 for none. If it is given and somebody has written the section since, it is a
	// conflict, so that nobody's words are lost.
	Was *int64 `json:"was,omitempty"`
}

// Decide bounds the text.
func (c *EditPostmortem) Decide(i *Incident, _ Ask) ([]Event, error) {
	if !slices.Contains(Sections, c.Section) {
		return nil, invalid("section", "%q is not a section; there are %s", c.Section, strings.Join(Sections, ", "))
	}
	if len(c.Text) > 256<<10 || !utf8.ValidString(c.Text) {
		return nil, invalid("text", "a section holds at most 256 KiB of UTF-8")
	}
	text := strings.TrimSpace(strings.ReplaceAll(c.Text, "\r\n", "\n"))
	if i.Postmortem.Edits[c.Section] == text {
		return nil, nil
	}
	if c.Was != nil && *c.Was != i.Postmortem.Last[c.Section].Seq {
		return nil, conflict("somebody has written this section since you began; read what they wrote, then save again")
	}
	return []Event{&PostmortemEdited{Section: c.Section, Text: text}}, nil
}

// PostmortemEdited is a section as somebody wrote it.
type PostmortemEdited struct {
	Section string `json:"section"`
	Text    string `json:"text"`
}

// Kind names the entry.
func (*PostmortemEdited) Kind() string { return "postmortem_edited" }

// Apply keeps the text.
func (c *PostmortemEdited) Apply(i *Incident, e Entry) {
	edits, last, now := maps.Clone(i.Postmortem.Edits), maps.Clone(i.Postmortem.Last), Stamp{By: e.By, At: e.At, Seq: e.Seq}
	if edits == nil {
		edits = map[string]string{}
	}
	if last == nil {
		last = map[string]Stamp{}
	}
	if edits[c.Section] = c.Text; c.Text == "" {
		delete(edits, c.Section)
	}
	last[c.Section] = now
	i.Postmortem.Edits, i.Postmortem.Last, i.Postmortem.Edited = edits, last, now
}

// sitting is how long somebody's pauses are while they write one version.
const sitting = 10 * time.Minute

// Versions lists the versions of a section, the oldest first. What one person wrote without a longer pause is one version, saved often.
func (i *Incident) Versions(section string) []Line {
	var out []Line
	for _, l := range i.Lines {
		e, ok := l.Event.(*PostmortemEdited)
		if !ok || e.Section != section {
			continue
		}
		if n := len(out) - 1; n >= 0 && out[n].By == l.By && l.At.Sub(out[n].At) < sitting {
			out = out[:n]
		}
		out = append(out, l)
	}
	return out
}

// PublishPostmortem makes the post-mortem an issue (R15).
type PublishPostmortem struct{}

// Decide needs the end of the incident.
func (c *PublishPostmortem) Decide(i *Incident, _ Ask) ([]Event, error) {
	if i.Status != Resolved {
		return nil, conflict("%s is %s; the post-mortem is published once it is resolved", i.Name, i.Status)
	}
	if !i.Postmortem.Published.IsZero() {
		return nil, conflict("the post-mortem of %s is published already", i.Name)
	}
	return []Event{&PostmortemPublished{}}, nil
}

// PostmortemPublished makes the issue due.
type PostmortemPublished struct{}

// Kind names the entry.
func (*PostmortemPublished) Kind() string { return "postmortem_published" }

// Apply marks it.
func (c *PostmortemPublished) Apply(i *Incident, e Entry) {
	i.Postmortem.Published = Stamp{By: e.By, At: e.At, Seq: e.Seq}
}
