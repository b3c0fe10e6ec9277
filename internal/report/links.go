package report

import "strings"

// Links makes the addresses of Tocsin's own pages. Console and Public are base addresses without a trailing slash.
type Links struct{ Console, Public string }

func number(name string) string { return strings.TrimPrefix(name, "INC-") }

// Room is the incident room.
func (l Links) Room(name string) string { return l.Console + "/i/" + number(name) }

// WarRoom leads to the meeting that is current when it is opened (rulings 15).
func (l Links) WarRoom(name string) string { return l.Room(name) + "/war-room" }

// Postmortem is the post-mortem's page.
func (l Links) Postmortem(name string) string { return l.Room(name) + "/postmortem" }

// Runbook is where a runbook can be read.
func (l Links) Runbook(name string) string { return l.Console + "/runbooks/" + name }

// Page is the public live page.
func (l Links) Page(name string) string { return l.Public + "/status/" + name }
