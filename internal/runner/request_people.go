package runner

import (
	"cmp"
	"slices"
	"strings"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/report"
)

func (s *scene) chatChannel() (any, error) {
	return connect.ChannelRequest{Name: report.ChannelName(s.i), Topic: s.text}, nil
}

func (s *scene) chatInvite() (any, error) {
	req := connect.ChatInvitation{Channel: s.with["channel"], Emails: []string{}, Handles: []string{}}
	for _, person := range invited(s.i) {
		emails, handles := s.reach(person)
		req.Emails, req.Handles = append(req.Emails, emails...), append(req.Handles, handles...)
	}
	return req, nil
}

// invited lists who belongs in the incident's channel: everyone with a role, and everyone who was asked for.
func invited(i *incident.Incident) (people []string) {
	for _, role := range i.Runbook.Roles {
		people = append(people, i.Roles[role.ID]...)
	}
	for _, c := range i.Calls {
		if c.Person != "" {
			people = append(people, c.Person)
		}
	}
	return people
}

// reach is how chat finds a person: one e-mail address, or else one handle.
func (s *scene) reach(person string) (emails, handles []string) {
	_, emails, handles = s.r.o.Address(person)
	switch {
	case len(emails) > 0:
		return emails[:1], nil
	case len(handles) > 0:
		return nil, handles[:1]
	}
	return nil, nil
}

// onCall is who is on call for the role of a call; empty: nobody, or somebody was asked for already and did not come: then everyone is.
func (s *scene) onCall(c incident.Call) string {
	if c.Role == "" || s.r.o.OnCall == nil {
		return ""
	}
	for _, before := range s.i.Calls {
		if before.Role == c.Role && before.Seq < c.Seq {
			return ""
		}
	}
	if l := s.i.Line(c.Seq); l == nil || l.By == incident.System {
		return ""
	}
	return s.r.o.OnCall(c.Role)
}

// said is the step's text; of an update, as the world reads it.
func (s *scene) said() string {
	if s.run.Step.Outward() {
		return s.red.Text(s.text).String()
	}
	return s.text
}

// chatPost posts the step's text. One that calls a person in mentions that person (R18).
func (s *scene) chatPost() (any, error) {
	m := connect.ChatMessage{Channel: s.with["channel"], Text: s.said()}
	for _, c := range s.i.Calls {
		if s.run.For != c.Seq {
			continue
		}
		if person := cmp.Or(c.Person, s.onCall(c)); person != "" {
			m.Emails, m.Handles = s.reach(person)
		}
	}
	return m, nil
}

// mailSend writes to the person a call is about (R18), to who is on call for a role, or, where nobody is or nobody came, to everyone the roster lists for it, and to
// whom the runbook names.
func (s *scene) mailSend() (any, error) {
	m := connect.MailMessage{Subject: strings.Join(strings.Fields(s.with["subject"]), " "), Text: s.said(), Link: s.r.o.Links.Room(s.i.Name)}
	for to := range strings.SplitSeq(s.with["to"], ",") {
		if to = strings.TrimSpace(to); to != "" {
			m.To = append(m.To, to)
		}
	}
	for _, c := range s.i.Calls {
		if s.run.For != c.Seq {
			continue
		}
		add := func(people ...string) {
			for _, p := range people {
				if _, emails, _ := s.r.o.Address(p); len(emails) > 0 && !slices.Contains(m.To, emails[0]) {
					m.To = append(m.To, emails[0])
				}
			}
		}
		switch on := s.onCall(c); {
		case c.Person != "":
			add(c.Person)
		case on != "":
			if add(on); len(m.To) > 0 {
				break
			}
			fallthrough // nobody can write to who is on call
		default:
			add(s.r.o.Candidates(c.Role)...)
		}
	}
	if len(m.To) == 0 {
		return nil, noNeed("the roster has no e-mail address to write to")
	}
	return m, nil
}
