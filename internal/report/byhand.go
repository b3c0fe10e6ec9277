package report

import (
	"cmp"
	"strings"

	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/runbook"
)

// Card is how a person does a step that the machine can't do, or does not: DESIGN §1.6.
type Card struct {
	Step    string   `json:"step"`
	Title   string   `json:"title"`
	How     string   `json:"how,omitempty"`  // what to do, in the runbook's words
	Why     string   `json:"why,omitempty"`  // why it is by hand; empty while the machine may still do it
	Text    string   `json:"text,omitempty"` // exact text to copy
	To      string   `json:"to,omitempty"`   // where: "#general", "the status account"
	Link    string   `json:"link,omitempty"` // what it is about: the document, the stream, the room
	Phone   string   `json:"phone,omitempty"`
	Paste   string   `json:"paste,omitempty"`   // the link to fill in afterwards; empty: it is enough to say that it is done
	Public  bool     `json:"public,omitempty"`  // the text is to be read as the world may: show it Redacted
	Missing []string `json:"missing,omitempty"` // references in the text that are not known yet; they stand in braces
}

// ByHand makes the card of a step with a kind; of any other, a card with its words alone. get gives what the texts refer to; besides
// runbook.Names it is asked for "document.text", "postmortem.text" and "people.text", the texts that go where a step has none of its own, and
// for "phone".
func ByHand(i *incident.Incident, run incident.Run, get func(name string) (string, bool)) Card {
	c := Card{Step: run.ID, Title: run.Step.Title, How: run.Step.ByHand, Public: run.Step.Outward(), Paste: paste[run.Step.Kind]}
	lookup := func(name string) (string, bool) {
		if get != nil {
			if v, ok := get(name); ok && v != "" {
				return v, true
			}
		}
		return known(i, run, name)
	}
	value := func(name string) string { v, _ := lookup(name); return v }
	c.Text, c.Missing = run.Step.Render(lookup)
	if run.StepRun != nil {
		if c.Why = run.Error; run.Scope != "" && !strings.Contains(c.Why, run.Scope) {
			c.Why = strings.TrimPrefix(c.Why+"; missing permission: "+run.Scope, "; ")
		}
		if run.AskWhom != "" {
			c.Why = strings.TrimPrefix(c.Why+"; ask "+run.AskWhom, "; ")
		}
	}
	made := func(kinds ...string) string {
		for _, kind := range kinds {
			for _, r := range i.Runs() {
				if r.Step.Kind == kind && r.Finished && r.URL != "" {
					return r.URL
				}
			}
		}
		return ""
	}
	switch run.Step.Kind {
	case "room.open":
	case "room.license", "room.golive", "room.end":
		c.Link = cmp.Or(i.Link("room.license", "room.open"), value("room.url"))
	case "room.livestream":
		c.Text, c.Link = cmp.Or(c.Text, made("stream.create")), cmp.Or(i.Link("room.license", "room.open"), value("room.url"))
	case "document.write":
		if run.Wanted && !run.Finished { // it is long
			c.Text = cmp.Or(value("document.text"), c.Text)
		}
		c.Link = made("document.create")
	case "document.share", "document.publish":
		c.Link = made("document.create")
	case "social.post":
		c.To = catalogue.Mark("the status account")
	case "stream.live", "stream.end":
		c.Link = made("stream.create")
	case "tracker.issue", "tracker.update":
		if f, ok := i.FollowUp(run.For); ok {
			c.Text, c.Link = f.Text, cmp.Or(f.URL, made("tracker.issue"))
			break
		}
		if run.Wanted && !run.Finished {
			c.Text = cmp.Or(value("postmortem.text"), c.Text)
		}
		c.Link = value("postmortem.url")
		if labels := run.Step.With["labels"]; labels != "" {
			c.To = "an issue labelled " + labels
		}
	case "mail.send":
		c.To, c.Link = run.Step.With["to"], value("room")
	case "tracker.open", "tracker.comment":
		c.Link = made("tracker.issue")
	case "chat.channel":
		c.To = "#" + ChannelName(i)
	case "chat.pin":
		c.To, c.Link = channel(i, run, lookup), cmp.Or(pinned(i, run), made("chat.channel"))
	case "chat.post", "chat.invite":
		c.To, c.Link = channel(i, run, lookup), made("chat.channel")
		if run.Step.Kind == "chat.invite" {
			c.Text = cmp.Or(c.Text, value("people.text"))
		}
		if run.Step.With["channel"] != "" && !strings.Contains(run.Step.With["channel"], "{") {
			c.Link = ""
		}
	}
	if run.Step.Each == "call" {
		c.Phone = value("phone")
	}
	return c
}

// paste names by kind the link that is filled in once a person has done the step: later steps and texts refer to it.
var paste = map[string]string{
	"room.open": "the meeting's link", "room.license": "the meeting's link", "document.create": "the document's link",
	"document.publish": "the link it is published under", "chat.channel": "the channel's link", "chat.post": "the message's link (or --done)",
	"social.post": "the post's link", "stream.create": "the link where people watch", "tracker.issue": "the issue's link",
}

// pinned is the link of the message that a step pins.
func pinned(i *incident.Incident, run incident.Run) string {
	for _, ref := range runbook.Placeholders(run.Step.With["message"]) {
		step, _, _ := strings.Cut(ref, ".")
		if s := i.Steps[step]; s != nil && s.Finished() {
			return s.URL
		}
	}
	return ""
}

// ChannelName is the name of the incident's own chat channel: its id and the first words of its title, at most 40 characters.
func ChannelName(i *incident.Incident) string {
	name := strings.ToLower(i.Name)
	for _, w := range strings.FieldsFunc(strings.ToLower(i.Title), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }) {
		if len(name)+len(w) > 40 {
			break
		}
		name += "-" + w
	}
	return name
}

// channel names where a message goes: a channel of the runbook by its name, the incident's own by the name it was given.
func channel(i *incident.Incident, run incident.Run, get func(string) (string, bool)) string {
	with := run.Step.With["channel"]
	if !strings.Contains(with, "{") {
		if with == "" {
			return ""
		}
		return "#" + strings.TrimPrefix(with, "#")
	}
	for _, ref := range runbook.Placeholders(with) {
		step, _, _ := strings.Cut(ref, ".")
		if name, ok := get(step + ".name"); ok {
			return "#" + strings.TrimPrefix(name, "#")
		}
	}
	for _, r := range i.Runs() {
		if r.Step.Kind == "chat.channel" && r.State == incident.HandDone {
			return "#" + ChannelName(i) // so the card of that step asked for
		}
	}
	return catalogue.Mark("the incident's channel")
}

// Redacted is the card with its text as the world may read it, where the text goes to the world (R13).
func (c Card) Redacted(r *redact.Redactor) Card {
	if c.Public {
		c.Text = r.Text(c.Text).String()
	}
	return c
}
