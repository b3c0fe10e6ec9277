package report

import (
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
)

// Section is one of the 14 parts of a post-mortem (R29). What stands in it comes from three sides: Claims and Questions are drafted from
// the log and change with it; Written is what people wrote. In a managed section both stand, people's words first. In any other, people's
// words take the place of the draft.
type Section struct {
	ID        string // as in incident.EditPostmortem
	Title     string
	Managed   bool // made from the log alone
	Claims    []Claim
	Questions []string // what a machine can't know: asked, never invented
	Written   string   // Markdown, empty: nobody wrote anything
}

// SectionActions is the section that holds the follow-ups.
const SectionActions = "actions"

// IssueTitle is the title of the issue that the post-mortem becomes (R15). It is not redacted.
func IssueTitle(i *incident.Incident) string { return "Post-mortem " + i.Name + ": " + i.Title }

// Claim is a drafted sentence and the entries it rests on. It says nothing that does not stand in them or follow from them; Check holds
// it to that. Texts are plain, one line, not Markdown.
type Claim struct {
	Group   string  // sub-heading, empty for none
	Label   string  // what stands before it in a list or table: a time, a measure, a question
	Text    string  // the sentence
	Entries []int64 // never empty
	names   []string
}

// sectionKinds lists the sections in their order, which is fixed, and who drafts each.
var sectionKinds = []struct {
	id, title string
	managed   bool
	draft     func(*story, *Section)
}{
	{"summary", catalogue.Mark("Summary"), false, (*story).summary},
	{"impact", catalogue.Mark("Impact"), true, (*story).impact},
	{"timeline", catalogue.Mark("Timeline (UTC)"), true, (*story).timeline},
	{"detection", catalogue.Mark("Detection"), true, (*story).detection},
	{"response", catalogue.Mark("Response"), true, (*story).response},
	{"contributing_factors", catalogue.Mark("Contributing factors"), false, (*story).factors},
	{"went_well", catalogue.Mark("What went well"), false, (*story).wentWell},
	{"lucky", catalogue.Mark("Where we were lucky"), false, (*story).lucky},
	{"hard", catalogue.Mark("What was hard"), false, (*story).hard},
	{SectionActions, catalogue.Mark("Actions"), true, (*story).actions},
	{"metrics", catalogue.Mark("Metrics"), true, (*story).metrics},
	{"communications", catalogue.Mark("Communications"), true, (*story).communications},
	{"open_questions", catalogue.Mark("Open questions"), true, (*story).openQuestions},
	{"faq", catalogue.Mark("Questions from users"), false, (*story).faq},
}

// Draft makes the 14 sections from the log as it stands. Struck and private entries are left out, and so is what would tell of them.
// A log without a declaration gives sections without claims.
func Draft(i *incident.Incident, name Names) []Section {
	s := tell(i, name)
	out := make([]Section, 0, len(sectionKinds))
	for _, k := range sectionKinds {
		sec := Section{ID: k.id, Title: k.title, Managed: k.managed, Written: s.written[k.id]}
		if !s.declared.zero() {
			k.draft(s, &sec)
		}
		out = append(out, sec)
	}
	s.ask(out)
	return out
}

// stampLayout is how the post-mortem writes a moment.
const stampLayout = "2006-01-02 15:04 UTC"

func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }
