package report

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// Check holds drafted sentences to the log: a sentence rests on at least one entry, none of which is missing, struck or private, and every
// number, time and length of time in it stands in those entries or follows from them: a difference of two of their times, a count of them,
// a total over them. Questions are held to the whole log, without what follows from it. Each error names the sentence and the number.
// What people wrote is not checked.
func Check(i *incident.Incident, sections []Section) []error {
	var errs []error
	shown := shownLines(i)
	var all []incident.Line
	for _, l := range i.Lines {
		if shown[l.Seq] || l.Seq == i.Declared.Seq {
			all = append(all, l)
		}
	}
	var whole *facts
	for _, sec := range sections {
		for _, c := range sec.Claims {
			errs = append(errs, checkClaim(i, shown, sec.ID, c)...)
		}
		for _, q := range sec.Questions {
			if len(tokens(q)) == 0 {
				continue
			}
			if whole == nil {
				whole = gather(i, shown, all)
				if i.Runbook != nil {
					for _, own := range i.Runbook.Questions {
						whole.text(own)
					}
				}
			}
			for _, tok := range tokens(q) {
				if !whole.has[tok] {
					errs = append(errs, fmt.Errorf("%s asks %q: %s does not stand in the log", sec.ID, q, tok))
				}
			}
		}
	}
	return errs
}

func checkClaim(i *incident.Incident, shown map[int64]bool, section string, c Claim) []error {
	var errs []error
	if len(c.Entries) == 0 {
		return []error{fmt.Errorf("%s says %q: it rests on no entry", section, c.Text)}
	}
	var lines []incident.Line
	for _, seq := range c.Entries {
		l := i.Line(seq)
		switch {
		case l == nil:
			errs = append(errs, fmt.Errorf("%s says %q: there is no entry %s", section, c.Text, EntryID(seq)))
		case !shown[seq] && seq != i.Declared.Seq: // of a struck declaration the time stays
			errs = append(errs, fmt.Errorf("%s says %q: %s may not be told", section, c.Text, EntryID(seq)))
		default:
			lines = append(lines, *l)
		}
	}
	slices.SortFunc(lines, func(a, b incident.Line) int { return int(a.Seq - b.Seq) })
	f := gather(i, shown, lines)
	for _, n := range c.names {
		f.text(n)
	}
	if slices.Contains(c.Entries, i.Declared.Seq) && strings.Contains(c.Text, "the runbook") {
		f.runbook(i.Runbook) // the declaration pins it
	}
	counted := false
	for _, part := range []string{c.Group, c.Label, c.Text} {
		for _, tok := range tokens(part) {
			if !f.has[tok] && !counted {
				f.follow(lines)
				counted = true
			}
			if !f.has[tok] {
				errs = append(errs, fmt.Errorf("%s says %q: %s neither stands in the entries it rests on nor follows from them", section, c.Text, tok))
			}
		}
	}
	return errs
}

// numeral finds what is held to the log: moments, lengths of time, and words that have a digit.
var numeral = regexp.MustCompile(`\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC` +
	`|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{2}:\d{2} UTC|\d{2}:\d{2} UTC` +
	`|\d+ (?:s|min|h|d)(?: \d+ (?:min|h))?\b` +
	`|[\p{L}\p{N}][\p{L}\p{N}_.,:%/+-]*`)

// tokens lists the numbers of a text, as written, in lower case.
func tokens(text string) []string {
	var out []string
	for _, tok := range numeral.FindAllString(oneline(text), -1) {
		tok = strings.ToLower(strings.TrimRight(tok, "_.,:%/+-"))
		if strings.ContainsAny(tok, "0123456789") {
			out = append(out, tok)
		}
	}
	return out
}

// facts are the numbers that entries hold.
type facts struct {
	has   map[string]bool
	times []time.Time
}

func (f *facts) text(ss ...string) {
	for _, s := range ss {
		for _, tok := range tokens(s) {
			f.has[tok] = true
		}
	}
}

func (f *facts) time(t *time.Time) {
	if t != nil {
		f.times = append(f.times, *t)
		f.text(stamp(*t), t.UTC().Format("15:04 UTC"), t.UTC().Format("2 Jan 15:04 UTC"))
	}
}

// runbook collects the lengths of time that a runbook sets.
func (f *facts) runbook(rb *runbook.Runbook) {
	for _, d := range slices.Concat(slices.Collect(maps.Values(rb.Cadence)), rb.Nudges.Role) {
		f.text(Span(d.Duration()))
	}
}

// gather collects what stands in the entries themselves, and the names of roles and steps they are about.
func gather(i *incident.Incident, shown map[int64]bool, lines []incident.Line) *facts {
	f := &facts{has: map[string]bool{}}
	f.text(i.Name)
	if i.Runbook != nil {
		for _, r := range i.Runbook.Roles {
			f.text(r.ID, r.Name)
		}
	}
	for _, l := range lines {
		f.text(EntryID(l.Seq))
		f.time(&l.At)
		f.event(i, l)
		if !shown[l.Seq] {
			continue
		}
		f.text(l.By, l.Text, l.Why, l.Kind, l.Outcome)
		for _, ref := range []int64{l.Reply, l.Contradict, incident.AboutEntry(l.Event)} {
			if shown[ref] {
				f.text(EntryID(ref))
			}
		}
		for _, a := range l.Amended {
			f.text(a.Was, a.Why)
			f.time(&a.WasAt)
			f.time(&a.At)
		}
		if s, ok := stepOf(i, incident.AboutStep(l.Event)); ok {
			f.text(s.Title)
		}
		f.text(baseStep(incident.AboutStep(l.Event)))
	}
	return f
}

// event collects what stands in the body of an entry.
func (f *facts) event(i *incident.Incident, l incident.Line) {
	switch e := l.Event.(type) {
	case *incident.Declared:
		f.time(&i.Started)
		if !l.Struck {
			f.text(e.Title, e.Service, i.Service, i.Title)
		}
	case *incident.Amended:
		f.text(e.Why)
		f.time(e.Happened)
	case *incident.GuessSettled:
		f.text(e.Outcome, e.Why)
	case *incident.RoleTaken:
		f.text(e.Role, e.Why, e.Note)
		if e.Sheet != nil {
			f.time(e.Sheet.ETA)
			f.time(e.Sheet.Next)
			for _, id := range e.Sheet.Open {
				f.text(baseStep(id))
				if s, ok := stepOf(i, id); ok {
					f.text(s.Title)
				}
			}
		}
	case *incident.RoleDropped:
		f.text(e.Role, e.Why)
	case *incident.PulledIn:
		f.text(e.Role, e.Why)
	case *incident.ETASet:
		f.time(e.ETA)
		f.text(e.Why)
	case *incident.DisruptionSet:
		f.text(e.Grade)
	case *incident.NotNowSaid:
		f.text(e.Why)
	case *incident.MajorDeclared:
		f.text(e.Why)
	case *incident.MinorDeclared:
		f.text(e.Why)
	case *incident.Updated:
		f.text(e.Stage)
		f.text(e.To...)
		for network, words := range e.Networks {
			f.text(Provider(network), words)
		}
		f.time(e.Next)
	case *incident.ReviewRequested:
		f.text(e.Note)
	case *incident.Reviewed:
		f.text(e.Of, e.Comment)
	case *incident.FurtherDecided:
		f.text(e.Choice, e.Why)
		if i.Runbook != nil {
			for _, c := range i.Runbook.Further {
				if c.ID == e.Choice {
					f.text(c.Title)
				}
			}
		}
	case *incident.ServicesDown:
		f.text(e.Why)
		f.text(providers(e.Services)...)
		for _, d := range e.Detours {
			f.text(Provider(d.To))
			if s, ok := stepOf(i, d.Step); ok {
				f.text(s.Title)
			}
		}
	case *incident.ServicesUp:
		f.text(providers(e.Services)...)
	case *incident.FollowedUp:
		f.text(e.Text, e.Owner, e.Due, e.Class, e.State, e.URL, e.Why)
	case *incident.PictureAdded:
		f.text(EntryID(e.Entry))
	case *incident.FollowUpTracked:
		f.text(e.Due)
	case *incident.ResolvedEvent:
		f.text(e.Text)
	case *incident.Reopened:
		f.text(e.Why)
	case *incident.CancelledEvent:
		f.text(e.Why)
	case *incident.StepStarted:
		f.text(strconv.Itoa(e.Attempt))
	case *incident.StepDone:
		f.text(e.URL)
	case *incident.StepKept:
		f.text(e.URL)
	case *incident.StepByHand:
		f.text(e.URL, e.Why)
	case *incident.StepSkipped:
		f.text(e.Why)
	}
}

// follow adds what follows from the entries taken together.
func (f *facts) follow(lines []incident.Line) {
	for n, a := range f.times {
		for _, b := range f.times[n:] {
			f.has[Span(a.Sub(b).Abs())] = true
		}
	}
	if total, rests := disrupted(lines); len(rests) > 0 {
		f.text(Span(total))
	}
	if p := promises(lines); p.made > 0 {
		f.text(strconv.Itoa(p.made), strconv.Itoa(p.kept))
	}
	same := func(l incident.Line) bool { return l.Kind == lines[0].Kind }
	if len(lines) > 0 && !slices.ContainsFunc(lines, func(l incident.Line) bool { return !same(l) }) {
		f.text(strconv.Itoa(len(lines)))
	}
}
