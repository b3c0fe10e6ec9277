// Package incident is what did happen: the log of an incident, the state folded from it, and the rules by which commands become entries.
//
// An incident is its log. Fold turns entries into an Incident; Decide turns a Command and an Incident into events that are appended;
// Due and Wake say what the log makes due. All of it is pure: no clock, no SQL, no randomness. Time, people and random order come in
// through Ask. Names of kinds and JSON fields are permanent: old logs fold for ever (testdata/old).
//
// People in fields are ids. Free text stays as it was typed; it meets package redact on its way to the public.
package incident

import (
	"time"

	"tocsin/internal/runbook"
)

// Entry is one line of the log. Seq counts from 1 without gaps. At is when it happened, as told; Recorded is when it was written down and
// never changes. By is a person's id, or "system".
type Entry struct {
	Seq      int64
	At       time.Time
	Recorded time.Time
	By       string
	Event    Event
}

// System is the actor of everything nobody did.
const System = "system"

// Status of an incident.
const (
	Active    = "active"
	Resolved  = "resolved"
	Cancelled = "cancelled"
)

// Kind of an outage (R6).
const (
	Minor = "minor"
	Major = "major"
)

// Incident is the state folded from a log. Read it; only Fold and Apply change it.
type Incident struct {
	ID   string // ULID
	Name string // INC-n
	Seq  int64  // of the last entry; the log's length

	Title    string
	Service  string
	Drill    bool
	Kind     string // Minor or Major
	Status   string // Active, Resolved, Cancelled
	Stage    string // of the last public update: investigating, identified, monitoring, resolved; empty before the first
	Runbook  *runbook.Runbook
	Declared Stamp
	Started  time.Time // when it began, as far as known
	MajorAt  Stamp
	Ended    Stamp // resolved or cancelled; zero while active

	Pseudonyms map[string]int  // person id → N of team-member-N, in random order (R13)
	Flags      map[string]bool // words redaction was in doubt about, in lower case → is a person

	Roles  map[string][]string  // role id → holders, in the order they took it
	Offers map[string]Offer     // role id → hand-over that waits for the other's yes
	Vacant map[string]time.Time // role id → since when a wanted role has had nobody

	ETA        Estimate
	Disruption Disruption
	Prompt     Prompt

	Lines      []Line // every entry that people read, in order of Seq
	Updates    []Update
	Impact     Note
	Components []ComponentState // in the order they were said
	Review     Review
	Further    *Decision // R28
	FollowUps  []FollowUp

	Steps      map[string]*StepRun // by instance id, only those that were touched
	Items      map[string]*Item    // human state of list items: ticked, given
	Calls      []Call              // people asked for (R18)
	Postmortem Postmortem
	Practice   *Practice // of a drill; nil: nothing is played
	Restored   Cut       // where the log goes on after a backup

	versions map[string]int64 // "public", "roles": Seq of the last entry that changed what these show
	nudged   map[string]int   // role id → nudges since it became vacant
	downs    map[string]Stamp // provider → since when it is part of the outage
}

// Stamp is who and when.
type Stamp struct {
	By  string
	At  time.Time
	Seq int64
}

// IsZero reports whether it never happened.
func (s Stamp) IsZero() bool { return s.Seq == 0 }

// Line is one entry of the timeline as it stands now: corrections applied, history kept.
type Line struct {
	Seq        int64
	At         time.Time
	Recorded   time.Time
	By         string
	Kind       string // fact, finding, guess, action, decision for what was said; otherwise the kind of the entry
	Text       string // as typed; empty where the text is made from Event
	Visibility string // internal, public, private
	Event      Event
	Outcome    string // of a guess: "", confirmed, ruled_out
	Why        string // of the outcome
	Reply      int64  // the line it answers
	Contradict int64  // the line it contradicts
	Amended    []Amendment
	Pictures   []Picture
	Struck     bool
}

// Amendment is what an entry said or when it was said to be, before a correction.
type Amendment struct {
	Was   string
	WasAt time.Time
	By    string
	At    time.Time
	Why   string
}

// Visibilities of a line (rulings 3): Private is for the point person, the communications manager and security (R32).
const (
	Internal = "internal"
	Public   = "public"
	Private  = "private"
)

// Line gives the line of an entry, or nil.
func (i *Incident) Line(seq int64) *Line {
	if n := int(seq - 1); n >= 0 && n < len(i.Lines) && i.Lines[n].Seq == seq {
		return &i.Lines[n]
	}
	for n := range i.Lines {
		if i.Lines[n].Seq == seq {
			return &i.Lines[n]
		}
	}
	return nil
}

// Holds reports whether a person holds a role.
func (i *Incident) Holds(person, role string) bool {
	for _, p := range i.Roles[role] {
		if p == person {
			return true
		}
	}
	return false
}

// RolesOf lists the roles a person holds, in the runbook's order.
func (i *Incident) RolesOf(person string) []string {
	var out []string
	if i.Runbook == nil {
		return nil
	}
	for _, r := range i.Runbook.Roles {
		if i.Holds(person, r.ID) {
			out = append(out, r.ID)
		}
	}
	return out
}

// Version is the Seq of the last entry that changed what is shown under name: "public" or "roles".
func (i *Incident) Version(name string) int64 { return i.versions[name] }

// Announced reports whether the public may know of the incident: with its first public update, or once it is major (rulings 2).
func (i *Incident) Announced() bool { return i.Kind == Major || len(i.Updates) > 0 }
