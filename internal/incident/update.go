package incident

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Stages of a public update, in their usual order.
var Stages = []string{"investigating", "identified", "monitoring", "resolved"}

// Channels are where an update can be sent alone. It always stands on the page: the networks, mail to subscribers and the incident's own
// chat channel can be left out.
var Channels = []string{"page", "social", "mail", "chat"}

// Update is word to the public. Text is as typed; it meets redact on its way out.
type Update struct {
	Seq   int64
	By    string
	At    time.Time
	Stage string
	Text  string
	Next  time.Time // promised time of the next one; zero: none
	To    []string  // where to; empty: everywhere the runbook sends it

	Networks map[string]string // network → its own words
}

// Words is what a network is given to post.
func (u Update) Words(network string) string {
	if own := u.Networks[network]; own != "" {
		return own
	}
	return u.Text
}

// Elsewhere lists what networks are given to post in place of an entry's text, by network.
func (i *Incident) Elsewhere(seq int64) (words []string) {
	for _, u := range i.Updates {
		if u.Seq == seq {
			for _, network := range slices.Sorted(maps.Keys(u.Networks)) {
				words = append(words, u.Networks[network])
			}
		}
	}
	return words
}

// GiveUpdate tells the public (R7, R16).
type GiveUpdate struct {
	Text  string    `json:"text"`
	Stage string    `json:"stage,omitempty"` // default: the last one, or investigating; resolved once the incident is
	Next  *Duration `json:"next,omitempty"`  // when the next word comes, from now
	To    []string  `json:"to,omitempty"`    // of Channels; empty: everywhere
	At    string    `json:"at,omitempty"`    // when it happened, if it went out before it was written here

	Components map[string]string `json:"components,omitempty"` // part of the service → how it is, of ComponentStates
	Networks   map[string]string `json:"networks,omitempty"`   // network, such as x → what it posts in place of the text
}

// Decide checks stage and words.
func (c *GiveUpdate) Decide(i *Incident, a Ask) ([]Event, error) {
	text, err := clean("text", c.Text)
	if err != nil {
		return nil, err
	}
	stage := c.Stage
	if stage == "" {
		switch stage = i.Stage; {
		case i.Status == Resolved:
			stage = "resolved"
		case stage == "":
			stage = Stages[0]
		}
	}
	if !slices.Contains(Stages, stage) {
		return nil, invalid("stage", "%q is no stage; the stages are %s", c.Stage, strings.Join(Stages, ", "))
	}
	for _, to := range c.To {
		if !slices.Contains(Channels, to) {
			return nil, invalid("to", "%q is nowhere an update can go; it goes to %s, or everywhere", to, strings.Join(Channels, ", "))
		}
	}
	to := c.To
	if !slices.ContainsFunc(Channels, func(one string) bool { return !slices.Contains(to, one) }) {
		to = nil // all of them are everywhere
	}
	at, err := when(i, c.At, a)
	if err != nil {
		return nil, err
	}
	states, err := a.states(c.Components)
	if err != nil {
		return nil, err
	}
	own, err := a.networks(c.Networks, text)
	if err != nil {
		return nil, err
	}
	ev := &Updated{Stage: stage, Text: text, To: to, Components: states, Networks: own, at: at}
	if c.Next != nil && c.Next.Known && stage != "resolved" {
		next := a.Now.Add(c.Next.D)
		ev.Next = &next
	}
	return []Event{ev}, nil
}

// networks reads which networks have words of their own.
func (a Ask) networks(said map[string]string, text string) (map[string]string, error) {
	own, able := map[string]string{}, a.Services.Able["social.post"]
	for _, name := range slices.Sorted(maps.Keys(said)) {
		words, err := clean("networks", said[name])
		switch {
		case err != nil:
			return nil, err
		case len(able) == 0:
			return nil, invalid("networks", "no network is set up that could post %q", name)
		case !slices.Contains(able, name):
			return nil, invalid("networks", "there is no network %q; there are %s", name, strings.Join(able, ", "))
		case words != text:
			own[name] = words
		}
	}
	if len(own) == 0 {
		return nil, nil
	}
	return own, nil
}

// Updated is word that was given to the public.
type Updated struct {
	Stage string     `json:"stage"`
	Text  string     `json:"text"`
	Next  *time.Time `json:"next,omitempty"`
	To    []string   `json:"to,omitempty"`

	Components map[string]string `json:"components,omitempty"`
	Networks   map[string]string `json:"networks,omitempty"`

	at time.Time
}

// Kind names the entry.
func (*Updated) Kind() string { return "updated" }

// When is the time the writer gave.
func (c *Updated) When() time.Time { return c.at }

// Apply adds the update.
func (c *Updated) Apply(i *Incident, e Entry) {
	u := Update{Seq: e.Seq, By: e.By, At: e.At, Stage: c.Stage, Text: c.Text, To: c.To, Networks: c.Networks}
	if c.Next != nil {
		u.Next = *c.Next
	}
	i.Updates = append(i.Updates, u)
	i.Stage = c.Stage
	i.note(c.Components, e.At)
	l := i.last()
	l.Kind, l.Text, l.Visibility = "update", c.Text, Public
	i.show()
}

// UpdateDue is when the public should hear again: what was promised, or the runbook's cadence, whichever comes first (R16). Zero when
// nothing is due: the incident is over, or nothing is known to disturb anyone.
func (i *Incident) UpdateDue() time.Time {
	if i.Status != Active || i.Runbook == nil {
		return time.Time{}
	}
	base, stage, promised := i.Declared.At, Stages[0], time.Time{}
	if n := len(i.Updates); n > 0 {
		base, stage, promised = i.Updates[n-1].At, i.Updates[n-1].Stage, i.Updates[n-1].Next
	} else if i.Kind != Major && i.Disruption.Since.IsZero() {
		return time.Time{}
	}
	if stage == "resolved" {
		return time.Time{}
	}
	every, ok := i.Runbook.Cadence[i.Kind+"."+stage]
	if !ok {
		every, ok = i.Runbook.Cadence[i.Kind]
	}
	if !ok {
		return promised
	}
	due := base.Add(every.Duration())
	if !promised.IsZero() && promised.Before(due) {
		return promised
	}
	return due
}

// Note is a text with who wrote it last.
type Note struct {
	Stamp
	Text string
}

// NoteImpact says how the outage affects customers (R27).
type NoteImpact struct {
	Text string `json:"text"`
}

// Decide checks the words.
func (c *NoteImpact) Decide(i *Incident, _ Ask) ([]Event, error) {
	text, err := clean("text", c.Text)
	if err != nil {
		return nil, err
	}
	if text == i.Impact.Text {
		return nil, nil
	}
	return []Event{&ImpactNoted{Text: text}}, nil
}

// ImpactNoted is the impact note; it stands on top of document and public page.
type ImpactNoted struct {
	Text string `json:"text"`
}

// Kind names the entry.
func (*ImpactNoted) Kind() string { return "impact_noted" }

// Apply sets the note.
func (c *ImpactNoted) Apply(i *Incident, e Entry) {
	i.Impact = Note{Stamp: Stamp{By: e.By, At: e.At, Seq: e.Seq}, Text: c.Text}
	l := i.last()
	l.Kind, l.Text, l.Visibility = "impact", c.Text, Public
	i.show()
}

// Review is where the marketing review stands (R26).
type Review struct {
	Asked   Stamp
	State   string // "", "asked", "approved", "changes"
	Said    Stamp
	Comment string
}

// RequestReview asks marketing to review.
type RequestReview struct {
	Note string `json:"note,omitempty"`
}

// Decide asks; asking twice is asking once.
func (c *RequestReview) Decide(i *Incident, _ Ask) ([]Event, error) {
	if i.Review.State == "asked" {
		return nil, nil
	}
	return []Event{&ReviewRequested{Note: strings.TrimSpace(c.Note)}}, nil
}

// ReviewRequested is that a review was asked for.
type ReviewRequested struct {
	Note string `json:"note,omitempty"`
}

// Kind names the entry.
func (*ReviewRequested) Kind() string { return "review_requested" }

// Apply opens the review.
func (c *ReviewRequested) Apply(i *Incident, e Entry) {
	i.Review.Asked, i.Review.State = Stamp{By: e.By, At: e.At, Seq: e.Seq}, "asked"
	i.last().Text = c.Note
}

// GiveReview answers the review of the public document, or signs the post-mortem off.
type GiveReview struct {
	Of      string `json:"of,omitempty"` // document (default) or postmortem
	Verdict string `json:"verdict"`      // approved or changes
	Comment string `json:"comment,omitempty"`
	Agreed  bool   `json:"quotes_agreed,omitempty"` // whoever the post-mortem quotes has agreed to be quoted in public
}

// Decide needs a comment where changes are wanted, and consent where the post-mortem quotes somebody.
func (c *GiveReview) Decide(i *Incident, _ Ask) ([]Event, error) {
	of := c.Of
	if of == "" {
		of = "document"
	}
	switch {
	case of != "document" && of != "postmortem":
		return nil, invalid("of", "what is reviewed is the document or the postmortem")
	case c.Verdict != "approved" && c.Verdict != "changes":
		return nil, invalid("verdict", "the verdict is approved or changes")
	case c.Verdict == "changes" && strings.TrimSpace(c.Comment) == "":
		return nil, invalid("comment", "say what should change")
	case of == "postmortem" && i.Postmortem.Published.IsZero():
		return nil, conflict("the post-mortem is not published yet")
	}
	if of == "postmortem" && c.Verdict == "approved" && !c.Agreed {
		if q := i.Postmortem.Quotes(); len(q) > 0 {
			return nil, invalid("quotes_agreed", "the post-mortem quotes somebody (%s): say that whoever is quoted has agreed, or take it out", strings.Join(q, ", "))
		}
	}
	return []Event{&Reviewed{Of: of, Verdict: c.Verdict, Comment: strings.TrimSpace(c.Comment), Agreed: c.Agreed}}, nil
}

// Reviewed is the verdict.
type Reviewed struct {
	Of      string `json:"of"`
	Verdict string `json:"verdict"`
	Comment string `json:"comment,omitempty"`
	Agreed  bool   `json:"quotes_agreed,omitempty"`
}

// Kind names the entry.
func (*Reviewed) Kind() string { return "reviewed" }

// Apply keeps the verdict; approval of the post-mortem signs it off (rulings 14).
func (c *Reviewed) Apply(i *Incident, e Entry) {
	s := Stamp{By: e.By, At: e.At, Seq: e.Seq}
	i.last().Text = c.Comment
	if c.Of == "postmortem" {
		i.Postmortem.SignedOff = Stamp{}
		if c.Verdict == "approved" {
			i.Postmortem.SignedOff = s
		}
		return
	}
	i.Review.State, i.Review.Said, i.Review.Comment = c.Verdict, s, c.Comment
	i.show()
}

// Decision is what was decided about further communication (R28).
type Decision struct {
	Stamp
	Choice string
	Why    string
}

// FurtherComms decides how to go on telling people.
type FurtherComms struct {
	Choice string `json:"choice"` // one of the runbook's
	Why    string `json:"why,omitempty"`
}

// Decide makes the follow-up that the runbook has for the choice.
func (c *FurtherComms) Decide(i *Incident, _ Ask) ([]Event, error) {
	var names []string
	for _, ch := range i.Runbook.Further {
		names = append(names, ch.ID)
		if ch.ID != c.Choice {
			continue
		}
		evs := []Event{&FurtherDecided{Choice: ch.ID, Why: strings.TrimSpace(c.Why)}}
		if ch.FollowUp != "" {
			evs = append(evs, &FollowedUp{ID: int64(len(i.FollowUps) + 1), Text: ch.FollowUp, Owner: marketing, State: "open"})
		}
		return evs, nil
	}
	return nil, invalid("choice", "%q is no choice; the choices are %s", c.Choice, strings.Join(names, ", "))
}

// FurtherDecided is the choice.
type FurtherDecided struct {
	Choice string `json:"choice"`
	Why    string `json:"why,omitempty"`
}

// Kind names the entry.
func (*FurtherDecided) Kind() string { return "further_decided" }

// Apply keeps it.
func (c *FurtherDecided) Apply(i *Incident, e Entry) {
	i.Further = &Decision{Stamp: Stamp{By: e.By, At: e.At, Seq: e.Seq}, Choice: c.Choice, Why: c.Why}
	i.last().Text = c.Why
}
