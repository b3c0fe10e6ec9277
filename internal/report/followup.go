package report

import (
	"strings"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
)

// FollowUpMarkdown is the text of a follow-up's issue: what it comes from, who sees to it, by when. issue is the post-mortem's address,
// empty if it has none. A person who owns it is named as the public knows them.
func FollowUpMarkdown(i *incident.Incident, f incident.FollowUp, issue string, red *redact.Redactor) redact.Text {
	var b strings.Builder
	b.WriteString("Follow-up of " + i.Name + ", " + i.Title + ".\n")
	if issue != "" {
		b.WriteString("\nPost-mortem: " + issue + "\n")
	}
	owner := f.Owner
	if role, ok := i.Runbook.Role(f.Owner); ok {
		owner = role.Name
	}
	for _, l := range []struct{ name, text string }{{"Owner", owner}, {"Due", f.Due}, {"Kind", f.Class}, {"Not done", f.Why}} {
		if l.text != "" {
			b.WriteString("\n" + l.name + ": " + l.text + "\n")
		}
	}
	return red.Text(b.String())
}
