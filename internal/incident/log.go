package incident

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Event is the body of an entry: what happened, as data. Apply changes the state; it never fails and never panics, whatever the log
// holds, because what is written is written.
type Event interface {
	Kind() string
	Apply(i *Incident, e Entry)
}

// events lists every kind of entry there has ever been. A line is never removed.
var events = map[string]func() Event{
	"declared":             func() Event { return &Declared{} },
	"pseudonyms":           func() Event { return &Pseudonyms{} },
	"said":                 func() Event { return &Said{} },
	"amended":              func() Event { return &Amended{} },
	"struck":               func() Event { return &Struck{} },
	"guess_settled":        func() Event { return &GuessSettled{} },
	"visibility_set":       func() Event { return &VisibilitySet{} },
	"role_taken":           func() Event { return &RoleTaken{} },
	"role_offered":         func() Event { return &RoleOffered{} },
	"role_dropped":         func() Event { return &RoleDropped{} },
	"eta_set":              func() Event { return &ETASet{} },
	"disruption_set":       func() Event { return &DisruptionSet{} },
	"prompted":             func() Event { return &Prompted{} },
	"not_now":              func() Event { return &NotNowSaid{} },
	"major_declared":       func() Event { return &MajorDeclared{} },
	"minor_declared":       func() Event { return &MinorDeclared{} },
	"updated":              func() Event { return &Updated{} },
	"impact_noted":         func() Event { return &ImpactNoted{} },
	"review_requested":     func() Event { return &ReviewRequested{} },
	"reviewed":             func() Event { return &Reviewed{} },
	"further_decided":      func() Event { return &FurtherDecided{} },
	"ticked":               func() Event { return &Ticked{} },
	"unticked":             func() Event { return &Unticked{} },
	"item_given":           func() Event { return &ItemGiven{} },
	"pulled_in":            func() Event { return &PulledIn{} },
	"announced":            func() Event { return &Announced{} },
	"nudged":               func() Event { return &Nudged{} },
	"reminded":             func() Event { return &Reminded{} },
	"picture_added":        func() Event { return &PictureAdded{} },
	"picture_shown":        func() Event { return &PictureShown{} },
	"flag_settled":         func() Event { return &FlagSettled{} },
	"followed_up":          func() Event { return &FollowedUp{} },
	"follow_up_tracked":    func() Event { return &FollowUpTracked{} },
	"resolved":             func() Event { return &ResolvedEvent{} },
	"reopened":             func() Event { return &Reopened{} },
	"cancelled":            func() Event { return &CancelledEvent{} },
	"postmortem_edited":    func() Event { return &PostmortemEdited{} },
	"postmortem_published": func() Event { return &PostmortemPublished{} },
	"step_started":         func() Event { return &StepStarted{} },
	"step_unclear":         func() Event { return &StepUnclear{} },
	"step_looked":          func() Event { return &StepLooked{} },
	"step_done":            func() Event { return &StepDone{} },
	"step_failed":          func() Event { return &StepFailed{} },
	"step_unsure":          func() Event { return &StepUnsure{} },
	"step_skipped":         func() Event { return &StepSkipped{} },
	"step_by_hand":         func() Event { return &StepByHand{} },
	"step_retried":         func() Event { return &StepRetried{} },
	"step_kept":            func() Event { return &StepKept{} },
	"services_down":        func() Event { return &ServicesDown{} },
	"services_up":          func() Event { return &ServicesUp{} },
	"practice_set":         func() Event { return &PracticeSet{} },
	"injected":             func() Event { return &Injected{} },
	"restored":             func() Event { return &Restored{} },
}

// EventKinds lists the names of all kinds of entry, sorted.
func EventKinds() []string { return slices.Sorted(maps.Keys(events)) }

// Decode reads the body of a stored entry. Unknown fields are passed over; an unknown kind, written by a later version, becomes an
// UnknownEvent that keeps the body and changes nothing.
func Decode(kind string, body []byte) (Event, error) {
	make, ok := events[kind]
	if !ok {
		return &UnknownEvent{Name: kind, Body: slices.Clone(body)}, nil
	}
	e := make()
	if err := json.Unmarshal(body, e); err != nil {
		return &UnknownEvent{Name: kind, Body: slices.Clone(body)}, fmt.Errorf("entry of kind %s: %w", kind, err)
	}
	return e, nil
}

// Encode gives the stored form of an event.
func Encode(e Event) ([]byte, error) {
	if u, ok := e.(*UnknownEvent); ok {
		return u.Body, nil
	}
	return json.Marshal(e)
}

// UnknownEvent stands for an entry this version can't read.
type UnknownEvent struct {
	Name string
	Body json.RawMessage
}

// Kind is the name it was written under.
func (u *UnknownEvent) Kind() string { return u.Name }

// Apply changes nothing.
func (u *UnknownEvent) Apply(*Incident, Entry) {}

// Fold gives the state a log leads to. id and name are the incident's ULID and short name.
func Fold(id, name string, log []Entry) *Incident {
	i := New(id, name)
	for _, e := range log {
		i.Apply(e)
	}
	return i
}

// New is an incident of which nothing is known yet.
func New(id, name string) *Incident {
	return &Incident{
		ID: id, Name: name, Kind: Minor, Status: Active,
		Pseudonyms: map[string]int{}, Roles: map[string][]string{}, Offers: map[string]Offer{}, Vacant: map[string]time.Time{},
		Steps: map[string]*StepRun{}, Items: map[string]*Item{},
		versions: map[string]int64{}, nudged: map[string]int{}, downs: map[string]Stamp{},
	}
}

// Apply folds one more entry into the state.
func (i *Incident) Apply(e Entry) {
	if e.Event == nil {
		e.Event = &UnknownEvent{}
	}
	i.Seq = e.Seq
	line := Line{Seq: e.Seq, At: e.At, Recorded: e.Recorded, By: e.By, Kind: e.Event.Kind(), Visibility: Internal, Event: e.Event}
	i.Lines = append(i.Lines, line)
	e.Event.Apply(i, e)
	i.findVacant(e.At)
}

// last is the line of the entry being applied.
func (i *Incident) last() *Line { return &i.Lines[len(i.Lines)-1] }

// show marks the entry being applied as one that changes what the public sees.
func (i *Incident) show() { i.versions["public"] = i.Seq }
