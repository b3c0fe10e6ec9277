// Package redact takes people's names out of text before it becomes public (R13).
//
// It owns the roster as compiled for matching, the detector, and Text, the only
// type that public code can print. Its invariants: a Text that prints anything
// was made by a Redactor, by Literal or from such Texts; redaction is idempotent;
// the pseudonym team-member-N is stable for a person, depends on nothing but the
// number assigned in the incident, and is never itself taken for a name.
package redact

import (
	"encoding/json"
	"strconv"
)

// Person is one roster entry. ID is stable and opaque; it is never printed.
type Person struct {
	ID       string   `json:"id,omitempty"`
	Name     string   `json:"name,omitempty"`
	Aliases  []string `json:"aliases,omitempty"`
	Handles  []string `json:"handles,omitempty"` // logins, chat names and chat ids
	Emails   []string `json:"emails,omitempty"`
	Initials Strings  `json:"initials,omitempty"`
}

// Strings is a list that may stand in JSON or YAML as a single string.
type Strings []string

// UnmarshalJSON takes a string, a list of strings or null.
func (s *Strings) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*s = nil
		if one != "" {
			*s = Strings{one}
		}
		return nil
	}
	var many []string
	if err := json.Unmarshal(b, &many); err != nil {
		return err
	}
	*s = many
	return nil
}

// UnmarshalYAML takes what UnmarshalJSON takes.
func (s *Strings) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		*s = nil
		if one != "" {
			*s = Strings{one}
		}
		return nil
	}
	return decode((*[]string)(s))
}

// Roster is the people whose names must not become public.
type Roster []Person

// Span is a stretch of a text: UTF-8 byte offsets, half-open.
type Span struct {
	Start, End int
	// Person is the roster ID, or "" for an unknown person, or where the words
	// fit several people of the roster.
	Person string
	// Why names the rule, for the review queue: never a name.
	Why string
	// Review marks a decision that a person should look at: the words may be
	// ordinary ones.
	Review bool
}

// Findings is what Find sees. Each list is sorted and does not overlap itself; the
// first two do not overlap each other.
type Findings struct {
	Redact []Span // people of the roster: replaced by Text
	Flag   []Span // people nobody knows: for the point person to settle
	Hold   []Span // secrets, internal hosts and network addresses: likewise; they may lie within the others
}

// Pseudonym is what stands for the person: the same words for everybody without
// a number, so that they say nothing about who it is.
func (r *Redactor) Pseudonym(id string) string {
	if n := r.number[id]; n > 0 && id != "" {
		return "team-member-" + strconv.Itoa(n)
	}
	return "a team member"
}
