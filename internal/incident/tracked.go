package incident

import (
	"strconv"
	"strings"
)

// TrackedIssue is what the tracker says of the issue of a follow-up.
type TrackedIssue struct {
	Closed bool
	Due    string // date; empty: none, or the tracker has no due dates
}

// follow takes over what the tracker says where that differs from what it said last: what differs from that alone is ours and goes there.
func (f *FollowUp) follow(said TrackedIssue) {
	switch {
	case said.Closed == f.There.Closed:
	case said.Closed && f.State == "open":
		f.State, f.Why = "done", "closed in the tracker"
	case !said.Closed && f.State != "open":
		f.State, f.Why = "open", ""
	}
	if said.Due != f.There.Due {
		f.Due = said.Due
	}
	f.There = said
}

// tracked takes over what a step about a follow-up's issue gave: where it is, and how it stands there.
func (i *Incident) tracked(step, url string, outputs map[string]string) {
	made, ok := about(step)
	f := i.followUp(made)
	if !ok || f == nil {
		return
	}
	if f.URL == "" {
		f.URL = url
	}
	if outputs["state"] == "" {
		return // it was just made
	}
	said := TrackedIssue{Closed: outputs["state"] == "closed", Due: f.There.Due}
	if due, ok := outputs["due"]; ok {
		said.Due = due
	}
	f.Heard = i.Seq
	f.follow(said)
}

// about is the entry that a step of a follow-up is named by.
func about(step string) (made int64, ok bool) {
	_, of, _ := strings.Cut(step, ":e")
	made, err := strconv.ParseInt(of, 10, 64)
	return made, err == nil
}

// HearTracker says how the issue of a follow-up stands in its tracker, as people left it there.
type HearTracker struct {
	Made   int64  // of the entry that added the follow-up
	Closed bool   // the issue is closed
	Due    string // date; empty: none
	Dated  bool   // the tracker has due dates
	Read   int64  // Seq of the incident when the tracker was read
}

// Decide writes nothing where the follow-up stands so already, nor where a call to the tracker about it has begun or ended since it was
// read: what was read may be older than that.
func (c *HearTracker) Decide(i *Incident, _ Ask) ([]Event, error) {
	f, ok := i.FollowUp(c.Made)
	if !ok {
		return nil, missing("there is no follow-up made by entry %d", c.Made)
	}
	for id, s := range i.Steps {
		if made, of := about(id); of && made == c.Made && (s.State == Started || s.Said.Seq > c.Read) {
			return nil, nil
		}
	}
	said := TrackedIssue{Closed: c.Closed, Due: f.There.Due}
	if c.Dated {
		said.Due = c.Due
	}
	was := f
	f.follow(said)
	if f.State == was.State && f.Due == was.Due {
		return nil, nil
	}
	return []Event{&FollowUpTracked{ID: f.ID, Closed: said.Closed, Due: said.Due}}, nil
}

// FollowUpTracked is that people changed the issue of a follow-up in its tracker.
type FollowUpTracked struct {
	ID     int64  `json:"id"`
	Closed bool   `json:"closed,omitempty"`
	Due    string `json:"due,omitempty"`
}

// Kind names the entry.
func (*FollowUpTracked) Kind() string { return "follow_up_tracked" }

// Apply takes it over. It is not a change of ours: nothing goes to the tracker for it.
func (c *FollowUpTracked) Apply(i *Incident, e Entry) {
	for n := range i.FollowUps {
		if i.FollowUps[n].ID == c.ID {
			i.FollowUps[n].Heard = e.Seq
			i.FollowUps[n].follow(TrackedIssue{Closed: c.Closed, Due: c.Due})
		}
	}
}
