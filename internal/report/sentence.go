package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
)

// Sentence is the text of a timeline line for people inside. What somebody wrote stands as it was typed; records of the system become
// sentences.
func Sentence(i *incident.Incident, l incident.Line, name Names) string {
	return SentenceIn(catalogue.English, i, l, name)
}

// SentenceIn is Sentence in the language of whoever reads it.
func SentenceIn(lang *catalogue.Language, i *incident.Incident, l incident.Line, name Names) string {
	if l.Struck {
		return lang.T("(struck: it held something that must not stay)")
	}
	role := func(id string) string {
		if r, ok := roleOf(i, id); ok && lang != catalogue.English {
			return lang.Word(r.Name)
		}
		return roleName(i, id)
	}
	step := func(id string) string { return stepTitle(i, id) }
	switch e := l.Event.(type) {
	case *incident.Declared:
		return lang.T("Declared: %s", l.Text)
	case *incident.Pseudonyms:
		return lang.N("%d person got a number for what is public", "%d people got a number for what is public", len(e.People))
	case *incident.Amended:
		return because(lang.T("Corrected %s", EntryID(e.Entry)), e.Why)
	case *incident.Struck:
		return because(lang.T("Struck %s", EntryID(e.Entry)), e.Why) + takenBack(lang, e.Seen)
	case *incident.GuessSettled:
		if e.Outcome == "confirmed" {
			return because(lang.T("The guess %s is confirmed", EntryID(e.Entry)), e.Why)
		}
		return because(lang.T("The guess %s is ruled out", EntryID(e.Entry)), e.Why)
	case *incident.VisibilitySet:
		return lang.T("%s is now %s", EntryID(e.Entry), lang.Word(e.Visibility)) + takenBack(lang, e.Seen)
	case *incident.RoleTaken:
		if e.From != "" {
			return because(lang.T("%s is %s now, after %s", name(e.Person), role(e.Role), name(e.From)), firstOf(e.Why, e.Note))
		}
		return lang.T("%s is %s", name(e.Person), role(e.Role))
	case *incident.RoleOffered:
		return because(lang.T("%s is asked to be %s", name(e.To), role(e.Role)), e.Note)
	case *incident.RoleDropped:
		return because(lang.T("%s is no longer %s", name(e.Person), role(e.Role)), e.Why)
	case *incident.ETASet:
		if e.ETA == nil {
			return because(lang.T("ETA is not known"), e.Why)
		}
		return because(lang.T("ETA %s (in %s)", ClockIn(lang, *e.ETA, l.At), SpanIn(lang, e.ETA.Sub(l.At))), e.Why)
	case *incident.DisruptionSet:
		return lang.T("The service is %s", lang.Word(Disruption(e.Grade)))
	case *incident.Prompted:
		return Prompt(lang, i, e.Reason)
	case *incident.NotNowSaid:
		return because(lang.T("Not a major outage now"), e.Why)
	case *incident.MajorDeclared:
		return because(lang.T("A major outage is declared"), e.Why)
	case *incident.MinorDeclared:
		return because(lang.T("It is a minor outage again"), e.Why)
	case *incident.ReviewRequested:
		return because(lang.T("Marketing is asked to review the document"), e.Note)
	case *incident.Reviewed:
		return because(lang.Word(verdicts[e.Of+" "+e.Verdict]), e.Comment)
	case *incident.FurtherDecided:
		choice := e.Choice
		if i.Runbook != nil {
			for _, c := range i.Runbook.Further {
				if c.ID == e.Choice {
					choice = c.Title
				}
			}
		}
		return because(lang.T("Further communication: %s", choice), e.Why)
	case *incident.Ticked:
		return lang.T("Done: %s", step(e.Item))
	case *incident.Unticked:
		return lang.T("Open again: %s", step(e.Item))
	case *incident.ItemGiven:
		return lang.T("%s has: %s", name(e.To), step(e.Item))
	case *incident.PulledIn:
		who := name(e.Person)
		if e.Role != "" {
			who = withArticle(lang, role(e.Role))
		}
		return because(lang.T("Asked for %s", who), e.Why)
	case *incident.Nudged:
		return lang.T("Still nobody is %s", role(e.Role))
	case *incident.Reminded:
		if e.Late {
			return lang.T("The public has waited since %s", ClockIn(lang, e.Due, l.At))
		}
		return lang.T("The public expects word by %s", ClockIn(lang, e.Due, l.At))
	case *incident.FlagSettled:
		if e.Person {
			return lang.T("%q is a person", e.Text)
		}
		return lang.T("%q is no person", e.Text)
	case *incident.FollowedUp:
		return lang.T("Follow-up: %s", e.Text)
	case *incident.PictureAdded:
		return lang.T("A picture was added to %s", EntryID(e.Entry))
	case *incident.PictureShown:
		if e.Hidden {
			return lang.T("A picture is hidden from the public")
		}
		return lang.T("Somebody looked: no name is seen on a picture; the public may see it")
	case *incident.FollowUpTracked:
		return tracked(lang, i, e)
	case *incident.ResolvedEvent:
		return because(lang.T("Resolved"), e.Text)
	case *incident.Reopened:
		return because(lang.T("It was not over"), e.Why)
	case *incident.CancelledEvent:
		return because(lang.T("It was no incident"), e.Why)
	case *incident.PostmortemEdited:
		return lang.T("The post-mortem was edited: %s", strings.ReplaceAll(e.Section, "_", " "))
	case *incident.PostmortemPublished:
		return lang.T("The post-mortem is published")
	case *incident.ServicesDown:
		return down(lang, i, e)
	case *incident.ServicesUp:
		return fmt.Sprintf(lang.Form("%s is up again; what waited for it goes on", "%s are up again; what waited for it goes on", len(e.Services)),
			list(lang, providers(e.Services)))
	case *incident.PracticeSet:
		return practised(lang, e)
	case *incident.Injected:
		return lang.T("Something comes into the drill at %s", ClockIn(lang, e.At, l.At))
	case *incident.Restored:
		return lang.T("This log is from the backup of %s; what was written after it is lost. Steps are looked up before they are tried", ClockIn(lang, e.Made, l.At))
	case *incident.UnknownEvent:
		return lang.T("An entry that a later version wrote: %s", e.Name)
	}
	return stepSentence(lang, i, l)
}

// practised says how a drill is played.
func practised(lang *catalogue.Language, e *incident.PracticeSet) string {
	switch {
	case e.State == incident.Paused:
		return lang.T("The drill pauses")
	case e.State == incident.Stopped:
		return lang.T("Nothing more is played in this drill")
	case e.Mode == incident.Lists || e.Scenario == "":
		return lang.T("A drill of the runbook alone: nothing is played")
	case e.Mode == incident.Surprise:
		return lang.T("%s is played, as monitoring and customers notice it, %s times as fast", e.Scenario, strconv.FormatFloat(e.Speed, 'f', -1, 64))
	}
	return lang.T("%s is played, %s times as fast", e.Scenario, strconv.FormatFloat(e.Speed, 'f', -1, 64))
}

// tracked says what people did with the issue of a follow-up.
func tracked(lang *catalogue.Language, i *incident.Incident, e *incident.FollowUpTracked) string {
	var text string
	for _, f := range i.FollowUps {
		if f.ID == e.ID {
			text = f.Text
		}
	}
	switch {
	case e.Closed:
		return lang.T("Follow-up closed in the tracker: %s", text)
	case e.Due != "":
		return lang.T("Follow-up open in the tracker, due %s: %s", e.Due, text)
	}
	return lang.T("Follow-up open in the tracker: %s", text)
}

// because adds the reason to what was done.
func because(s, why string) string {
	if why == "" {
		return s
	}
	return s + ": " + why
}

// withArticle puts the article before a word, in English "a" or "an".
func withArticle(lang *catalogue.Language, s string) string {
	if s != "" && strings.ContainsAny(strings.ToLower(s[:1]), "aeiou") {
		return lang.T("an %s", s)
	}
	return lang.T("a %s", s)
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}

// verdicts are what was reviewed and how.
var verdicts = map[string]string{
	"document approved": catalogue.Mark("The document is approved"), "document changes": catalogue.Mark("The document needs changes"),
	"postmortem approved": catalogue.Mark("The post-mortem is approved"), "postmortem changes": catalogue.Mark("The post-mortem needs changes"),
}

// Disruption puts a grade into words, which are marked for the catalogue.
func Disruption(grade string) string {
	switch grade {
	case incident.None:
		return catalogue.Mark("not disrupted")
	case incident.Degraded:
		return catalogue.Mark("degraded, not disrupted")
	case incident.Partial:
		return catalogue.Mark("partly down")
	case incident.Down:
		return catalogue.Mark("down")
	}
	return catalogue.Mark("perhaps disrupted; nobody knows yet")
}

// Prompt puts the question to the point person into words.
func Prompt(lang *catalogue.Language, i *incident.Incident, reason string) string {
	if i.Runbook == nil {
		return lang.T("This now meets the definition of a major outage.")
	}
	passed, ask := SpanIn(lang, i.Runbook.Definition.Passed.Duration()), SpanIn(lang, i.Runbook.Definition.Ask.Duration())
	switch reason {
	case "passed":
		return lang.T("The service has been disrupted for %s. Is this a major outage?", passed)
	case "added_up":
		return lang.T("Estimates have slid past %s. Is this a major outage?", passed)
	case "ask":
		return lang.T("The service has been disrupted for %s. Will this pass %s?", ask, passed)
	}
	return lang.T("This now meets the definition of a major outage.")
}

// Elapsed is how long the incident has run, or ran.
func Elapsed(i *incident.Incident, now time.Time) time.Duration {
	if !i.Ended.IsZero() {
		now = i.Ended.At
	}
	return max(now.Sub(i.Started), 0)
}

// takenBack says what taking words back from the public can't do.
func takenBack(lang *catalogue.Language, seen bool) string {
	if !seen {
		return ""
	}
	return lang.T("; the public could read it until now: page, feeds and document are made anew without it, but what was copied, mailed or posted elsewhere may still stand there")
}
