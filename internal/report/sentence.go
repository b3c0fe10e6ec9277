package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/internal/incident"
)

// Sentence is the text of a timeline line for people inside. What somebody wrote stands as it was typed; records of the system become
// sentences.
func Sentence(i *incident.Incident, l incident.Line, name Names) string {
	if l.Struck {
		return "(struck: it held something that must not stay)"
	}
	role := func(id string) string { return roleName(i, id) }
	step := func(id string) string {
		if s, ok := stepOf(i, id); ok {
			return s.Title
		}
		return id
	}
	because := func(s, why string) string {
		if why == "" {
			return s
		}
		return s + ": " + why
	}
	switch e := l.Event.(type) {
	case *incident.Declared:
		return "Declared: " + l.Text
	case *incident.Pseudonyms:
		if len(e.People) == 1 {
			return "1 person got a number for what is public"
		}
		return fmt.Sprintf("%d people got a number for what is public", len(e.People))
	case *incident.Amended:
		return because("Corrected "+EntryID(e.Entry), e.Why)
	case *incident.Struck:
		return because("Struck "+EntryID(e.Entry), e.Why) + takenBack(e.Seen)
	case *incident.GuessSettled:
		return because(fmt.Sprintf("The guess %s is %s", EntryID(e.Entry), strings.ReplaceAll(e.Outcome, "_", " ")), e.Why)
	case *incident.VisibilitySet:
		return fmt.Sprintf("%s is now %s", EntryID(e.Entry), e.Visibility) + takenBack(e.Seen)
	case *incident.RoleTaken:
		if e.From != "" {
			return because(fmt.Sprintf("%s is %s now, after %s", name(e.Person), role(e.Role), name(e.From)), firstOf(e.Why, e.Note))
		}
		return fmt.Sprintf("%s is %s", name(e.Person), role(e.Role))
	case *incident.RoleOffered:
		return because(fmt.Sprintf("%s is asked to be %s", name(e.To), role(e.Role)), e.Note)
	case *incident.RoleDropped:
		return because(fmt.Sprintf("%s is no longer %s", name(e.Person), role(e.Role)), e.Why)
	case *incident.ETASet:
		if e.ETA == nil {
			return because("ETA is not known", e.Why)
		}
		return because(fmt.Sprintf("ETA %s (in %s)", Clock(*e.ETA, l.At), Span(e.ETA.Sub(l.At))), e.Why)
	case *incident.DisruptionSet:
		return "The service is " + Disruption(e.Grade)
	case *incident.Prompted:
		return Prompt(i, e.Reason)
	case *incident.NotNowSaid:
		return because("Not a major outage now", e.Why)
	case *incident.MajorDeclared:
		return because("A major outage is declared", e.Why)
	case *incident.MinorDeclared:
		return because("It is a minor outage again", e.Why)
	case *incident.ReviewRequested:
		return because("Marketing is asked to review the document", e.Note)
	case *incident.Reviewed:
		verdict := "is approved"
		if e.Verdict == "changes" {
			verdict = "needs changes"
		}
		return because(fmt.Sprintf("The %s %s", strings.ReplaceAll(e.Of, "postmortem", "post-mortem"), verdict), e.Comment)
	case *incident.FurtherDecided:
		choice := e.Choice
		if i.Runbook != nil {
			for _, c := range i.Runbook.Further {
				if c.ID == e.Choice {
					choice = c.Title
				}
			}
		}
		return because("Further communication: "+choice, e.Why)
	case *incident.Ticked:
		return "Done: " + step(e.Item)
	case *incident.Unticked:
		return "Open again: " + step(e.Item)
	case *incident.ItemGiven:
		return fmt.Sprintf("%s has: %s", name(e.To), step(e.Item))
	case *incident.PulledIn:
		who := name(e.Person)
		if e.Role != "" {
			who = withArticle(role(e.Role))
		}
		return because("Asked for "+who, e.Why)
	case *incident.Nudged:
		return "Still nobody is " + role(e.Role)
	case *incident.Reminded:
		if e.Late {
			return "The public has waited since " + Clock(e.Due, l.At)
		}
		return "The public expects word by " + Clock(e.Due, l.At)
	case *incident.FlagSettled:
		if e.Person {
			return fmt.Sprintf("%q is a person", e.Text)
		}
		return fmt.Sprintf("%q is no person", e.Text)
	case *incident.FollowedUp:
		return "Follow-up: " + e.Text
	case *incident.ResolvedEvent:
		return because("Resolved", e.Text)
	case *incident.Reopened:
		return because("It was not over", e.Why)
	case *incident.CancelledEvent:
		return because("It was no incident", e.Why)
	case *incident.PostmortemEdited:
		return "The post-mortem was edited: " + strings.ReplaceAll(e.Section, "_", " ")
	case *incident.PostmortemPublished:
		return "The post-mortem is published"
	case *incident.StepStarted:
		if e.Attempt > 1 {
			return fmt.Sprintf("%s: attempt %d, %s", step(e.Step), e.Attempt, e.Provider)
		}
		return fmt.Sprintf("%s: begun, %s", step(e.Step), e.Provider)
	case *incident.StepDone:
		if e.Adopted {
			return step(e.Step) + ": an earlier attempt had done it"
		}
		return step(e.Step) + ": done" + replaced(e.Outputs)
	case *incident.StepKept:
		return step(e.Step) + ": brought up to date" + replaced(e.Outputs)
	case *incident.StepFailed:
		if e.Waits != "" {
			return fmt.Sprintf("%s: %s; waits until it is up, tried all the same in %s", step(e.Step), e.Error, Span(incident.WaitFor))
		}
		if e.Next != nil {
			return fmt.Sprintf("%s: %s; next try in %s", step(e.Step), e.Error, Span(max(e.Next.Sub(l.Recorded), 0)))
		}
		return fmt.Sprintf("%s: %s", step(e.Step), e.Error)
	case *incident.StepUnclear:
		return fmt.Sprintf("%s: it is not clear whether it happened (%s); looking it up", step(e.Step), e.Error)
	case *incident.StepLooked:
		if e.Error != "" {
			return fmt.Sprintf("%s: the look-up failed (%s)", step(e.Step), e.Error)
		}
		return step(e.Step) + ": looked, it is not there"
	case *incident.StepUnsure:
		return fmt.Sprintf("%s: unsure whether it went out (%s); please say", step(e.Step), e.Error)
	case *incident.StepSkipped:
		return because("Left out: "+step(e.Step), e.Why)
	case *incident.StepByHand:
		if e.Done {
			return step(e.Step) + ": done by hand"
		}
		return because(step(e.Step)+": by hand", e.Why)
	case *incident.StepRetried:
		if made(i, e.Step, l.Seq) {
			return step(e.Step) + ": what was made is of no use any more; a new one is made"
		}
		if begun(i, e.Step, l.Seq) {
			return step(e.Step) + ": trying again"
		}
		return step(e.Step) + ": somebody starts it"
	case *incident.ServicesDown:
		return down(i, e)
	case *incident.ServicesUp:
		return list(providers(e.Services)) + are(e.Services) + " up again; what waited for it goes on"
	case *incident.Restored:
		return "This log is from the backup of " + Clock(e.Made, l.At) + "; what was written after it is lost. Steps are looked up before they are tried"
	case *incident.UnknownEvent:
		return "An entry that a later version wrote: " + e.Name
	}
	return l.Text
}

// replaced tells people that what one of them typed into the document was changed before the world could read it: not which name it was.
func replaced(outputs map[string]string) string {
	switch n := outputs["replaced"]; n {
	case "":
		return ""
	case "1":
		return "; a name that was typed into the document was replaced first. Please write team-member-N there"
	default:
		return "; " + n + " names that were typed into the document were replaced first. Please write team-member-N there"
	}
}

// withArticle puts "a" or "an" before a word.
func withArticle(s string) string {
	if s != "" && strings.ContainsAny(strings.ToLower(s[:1]), "aeiou") {
		return "an " + s
	}
	return "a " + s
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}

// Disruption puts a grade into words.
func Disruption(grade string) string {
	switch grade {
	case incident.None:
		return "not disrupted"
	case incident.Degraded:
		return "degraded, not disrupted"
	case incident.Partial:
		return "partly down"
	case incident.Down:
		return "down"
	}
	return "perhaps disrupted; nobody knows yet"
}

// Prompt puts the question to the point person into words.
func Prompt(i *incident.Incident, reason string) string {
	if i.Runbook == nil {
		reason = ""
	}
	switch reason {
	case "passed":
		return "The service has been disrupted for " + Span(i.Runbook.Definition.Passed.Duration()) + ". Is this a major outage?"
	case "added_up":
		return "Estimates have slid past " + Span(i.Runbook.Definition.Passed.Duration()) + ". Is this a major outage?"
	case "ask":
		return fmt.Sprintf("The service has been disrupted for %s. Will this pass %s?", Span(i.Runbook.Definition.Ask.Duration()),
			Span(i.Runbook.Definition.Passed.Duration()))
	}
	return "This now meets the definition of a major outage."
}

// Elapsed is how long the incident has run, or ran.
func Elapsed(i *incident.Incident, now time.Time) time.Duration {
	if !i.Ended.IsZero() {
		now = i.Ended.At
	}
	return max(now.Sub(i.Started), 0)
}

// made reports whether a step stood as done before an entry.
func made(i *incident.Incident, step string, before int64) (done bool) {
	for _, l := range i.Lines {
		if l.Seq >= before {
			break
		}
		if aboutStep(l.Event) != step {
			continue
		}
		switch l.Event.(type) {
		case *incident.StepDone:
			done = true
		case *incident.StepKept:
		default:
			done = false
		}
	}
	return done
}

// begun reports whether an attempt of a step came before an entry.
func begun(i *incident.Incident, step string, before int64) bool {
	return slices.ContainsFunc(i.Lines, func(l incident.Line) bool {
		s, ok := l.Event.(*incident.StepStarted)
		return ok && s.Step == step && l.Seq < before
	})
}

// takenBack says what taking words back from the public can't do.
func takenBack(seen bool) string {
	if !seen {
		return ""
	}
	return "; the public could read it until now: page, feeds and document are made anew without it, but what was copied, mailed or posted elsewhere may still stand there"
}
