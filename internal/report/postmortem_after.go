package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// actions lists the follow-ups with who owns them by role, and asks for what an action needs: an owner and a date.
func (s *story) actions(sec *Section) {
	listed := map[int64]bool{}
	for _, f := range s.followUps() {
		listed[f.Seq] = true
		var parts []string
		if f.Class != "" {
			parts = append(parts, "to "+oneline(f.Class))
		}
		if owner := s.owner(f.Owner); owner != "" {
			parts = append(parts, "owner: "+owner)
		}
		if f.Due != "" {
			parts = append(parts, "due "+oneline(f.Due))
		}
		parts = append(parts, state(f.State))
		if f.Why != "" {
			parts = append(parts, "because: "+oneline(f.Why))
		}
		if f.URL != "" {
			parts = append(parts, oneline(f.URL))
		}
		s.add(sec, "", quote(f.Text), strings.Join(parts, " — "), f.Seq)
		if f.State != "open" {
			continue
		}
		switch {
		case f.Owner == "" && f.Due == "":
			sec.Questions = append(sec.Questions, fmt.Sprintf("Which role owns %s, and by when?", quote(f.Text)))
		case f.Owner == "":
			sec.Questions = append(sec.Questions, fmt.Sprintf("Which role owns %s?", quote(f.Text)))
		case f.Due == "":
			sec.Questions = append(sec.Questions, fmt.Sprintf("By when is %s done?", quote(f.Text)))
		}
	}
	for _, l := range s.byTime {
		if spoken(l) && strings.Contains(strings.ToUpper(l.Text), "TODO") && !strings.HasPrefix(l.Text, "TODO:") {
			s.add(sec, "Noted on the way", stamp(l.At), Sentence(s.i, l, s.name), l.Seq)
		}
	}
	if len(sec.Claims) == 0 {
		sec.Questions = append(sec.Questions, "What will be changed, to prevent, to detect, to mitigate or to recover?")
	}
}

// followUps lists the follow-ups that may be told. One that repeats what was struck or private is left out.
func (s *story) followUps() []incident.FollowUp {
	first := map[string]bool{} // texts that came from entries which may not be told
	for _, l := range s.i.Lines {
		if e, ok := l.Event.(*incident.FollowedUp); ok && !s.shown[l.Seq] && e.Text != "" {
			first[e.Text] = true
		}
	}
	var out []incident.FollowUp
	for _, f := range s.i.FollowUps {
		if s.shown[f.Seq] && f.Text != "" && !first[f.Text] {
			if l := s.i.Line(f.Seq); l.Text != "" {
				f.Text = l.Text // as it was corrected
			}
			out = append(out, f)
		}
	}
	return out
}

// owner names a role as a role; a person as people may be named here.
func (s *story) owner(id string) string {
	if id == "" {
		return ""
	}
	if r, ok := roleOf(s.i, id); ok {
		return strings.ToLower(r.Name)
	}
	return s.name(id)
}

func state(st string) string {
	switch st {
	case "wont":
		return "won't be done"
	case "":
		return "open"
	}
	return oneline(st)
}

// communications is every word that was given: updates with their stage, posts, the document, and how promises were kept.
func (s *story) communications(sec *Section) {
	none := true
	for _, l := range s.byTime {
		e, ok := l.Event.(*incident.Updated)
		if !ok {
			continue
		}
		none = false
		text := fmt.Sprintf("%s: %s", oneline(e.Stage), quote(l.Text))
		if e.Next != nil && !e.Next.IsZero() {
			text += "; next word promised by " + stamp(*e.Next)
		}
		if len(e.To) > 0 {
			text += "; sent to " + oneline(strings.Join(e.To, ", ")) + " only"
		}
		for _, network := range slices.Sorted(maps.Keys(e.Networks)) {
			text += fmt.Sprintf("; on %s: %s", Provider(network), quote(e.Networks[network]))
		}
		s.add(sec, "Updates", stamp(l.At), text, l.Seq)
	}
	if none {
		s.add(sec, "Updates", "none", "no public update is in the log", s.declared.seqs...)
	}
	if p := promises(s.lines); p.made > 0 {
		s.add(sec, "Updates", "promises", fmt.Sprintf("%d of %d promised updates came in time", p.kept, p.made), p.rests...)
	}
	s.posts(sec)
	for _, l := range s.byTime {
		switch e := l.Event.(type) {
		case *incident.ReviewRequested:
			s.add(sec, "Review of the public document", stamp(l.At), Sentence(s.i, l, s.name), l.Seq)
		case *incident.Reviewed:
			if e.Of != "postmortem" {
				s.add(sec, "Review of the public document", stamp(l.At), Sentence(s.i, l, s.name), l.Seq)
			}
		case *incident.FurtherDecided:
			s.add(sec, "Afterwards", stamp(l.At), Sentence(s.i, l, s.name), l.Seq)
		case *incident.PostmortemPublished:
			s.add(sec, "Afterwards", stamp(l.At), Sentence(s.i, l, s.name), l.Seq)
		}
	}
	s.versions(sec)
}

// versions lists when each section was written, the last time, and how often before: the post-mortem's own history.
func (s *story) versions(sec *Section) {
	of := map[string][]incident.Line{}
	var order []string
	for _, l := range s.lines {
		if e, ok := l.Event.(*incident.PostmortemEdited); ok && of[e.Section] == nil {
			order = append(order, e.Section)
			of[e.Section] = slices.DeleteFunc(s.i.Versions(e.Section), func(l incident.Line) bool { return !s.shown[l.Seq] })
		}
	}
	for _, id := range order {
		lines := of[id]
		if len(lines) == 0 {
			continue
		}
		times := "once"
		if len(lines) > 1 {
			times = fmt.Sprintf("%d times, last", len(lines))
		}
		s.add(sec, "Versions of this post-mortem", strings.ReplaceAll(id, "_", " "), fmt.Sprintf("written %s at %s", times, stamp(lines[len(lines)-1].At)), lineSeqs(lines)...)
	}
}

// posts lists what went to channels and networks besides updates: the three messages, the link of the document, the stream, the issue.
func (s *story) posts(sec *Section) {
	for _, run := range s.i.Runs() {
		name, ok := s.stepTitle(run.ID)
		l := s.i.Line(run.StepRun.Said.Seq)
		if !ok || !postKind(run.Step) || l == nil || !s.shown[l.Seq] {
			continue
		}
		rests := []int64{l.Seq}
		if first := s.firstDone(run.ID); first != nil {
			l = first
			rests = append(rests, l.Seq)
		}
		var text string
		switch {
		case run.State == incident.Done:
			text = "done at " + stamp(l.At)
		case run.State == incident.HandDone && !run.Claimed:
			text = "done by hand at " + stamp(l.At)
		case run.State == incident.Skipped:
			why, of := s.skipped(run.ID)
			text, rests = becauseOf("left out", why), append(rests, of...)
		default:
			text = "not done"
		}
		if url := oneline(run.URL); url != "" && run.Finished && runbook.Kinds[run.Step.Kind].Public {
			text += ", " + url
			rests = append(rests, s.linked(run.ID, run.URL)...)
		}
		s.add(sec, "Posts", name, text, rests...)
	}
}

// linked is the last entry that gives a step its link.
func (s *story) linked(id, url string) (seq []int64) {
	for _, l := range s.lines {
		given := ""
		switch e := l.Event.(type) {
		case *incident.StepDone:
			given = e.URL
		case *incident.StepKept:
			given = e.URL
		case *incident.StepByHand:
			given = e.URL
		}
		if given == url && incident.AboutStep(l.Event) == id {
			seq = []int64{l.Seq}
		}
	}
	return seq
}

// firstDone is the entry by which a step was first carried out.
func (s *story) firstDone(id string) *incident.Line {
	for n := range s.lines {
		switch e := s.lines[n].Event.(type) {
		case *incident.StepDone:
			if e.Step == id {
				return &s.lines[n]
			}
		case *incident.StepByHand:
			if e.Step == id && e.Done {
				return &s.lines[n]
			}
		}
	}
	return nil
}

// postKind reports whether a step tells many people something, once.
func postKind(step runbook.Step) bool {
	switch step.Kind {
	case "chat.post":
		channel := step.With["channel"]
		return step.Each == "" && channel != "" && !strings.Contains(channel, "{")
	case "social.post", "tracker.issue":
		return step.Each == ""
	case "document.publish", "stream.live":
		return true
	}
	return false
}

// openQuestions lists guesses that nobody settled, contradictions, and steps of which nobody knows whether they happened.
func (s *story) openQuestions(sec *Section) {
	for _, l := range s.byTime {
		switch {
		case l.Kind == "guess" && spoken(l) && l.Outcome == "":
			s.add(sec, "Guesses not settled", stamp(l.At), Sentence(s.i, l, s.name), l.Seq)
		case spoken(l) && s.shown[l.Contradict]:
			o := s.i.Line(l.Contradict)
			s.add(sec, "Contradictions", EntryID(l.Seq)+" and "+EntryID(o.Seq), quote(l.Text)+s.against(*o), l.Seq, o.Seq)
			sec.Questions = append(sec.Questions, fmt.Sprintf("%s and %s contradict each other: how was each measured?", EntryID(l.Seq), EntryID(o.Seq)))
		}
	}
	for _, run := range s.i.Runs() {
		name, ok := s.stepTitle(run.ID)
		if ok && run.State == incident.Unsure && s.shown[run.StepRun.Said.Seq] {
			s.add(sec, "Steps", name, "not known whether it went out", run.StepRun.Said.Seq)
		}
	}
	if !s.mitigated.zero() || s.resolved.zero() {
		return
	}
	if slices.ContainsFunc(stretches(s.lines), stretch.disrupts) {
		sec.Questions = append(sec.Questions, "When did the disruption end?")
	}
}

// against is the other side of a contradiction: its words, where it is part of the timeline.
func (s *story) against(o incident.Line) string {
	if !told(o) {
		return " against the record of the system"
	}
	return " against " + quote(Sentence(s.i, o, s.name))
}

// faq answers what the log answers, in words for users, and asks for the rest.
func (s *story) faq(sec *Section) {
	if note, ok := s.note(); ok {
		s.add(sec, "", "Was I affected?", quote(note.Text), note.Seq)
	}
	switch {
	case !s.resolved.zero():
		s.add(sec, "", "Is it over?", "Yes, since "+stamp(s.resolved.at)+".", s.resolved.seqs...)
	case s.ended.zero():
		s.add(sec, "", "Is it over?", "Not yet.", s.declared.seqs...)
	}
	sec.Questions = append(sec.Questions, "Did I lose data?", "Did anybody else see my data?", "Is there something I have to do?", "What will be different from now on?")
}
