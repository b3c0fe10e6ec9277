package incident

import "time"

// Restore says that the log is one from a backup.
type Restore struct {
	ID   string    `json:"id"`   // of this restoring, unlike any other
	Made time.Time `json:"made"` // when the backup was made
}

// Decide takes each restoring once.
func (c *Restore) Decide(i *Incident, _ Ask) ([]Event, error) {
	if c.ID == "" {
		return nil, invalid("id", "a restoring has an id")
	}
	if i.Restored.ID == c.ID {
		return nil, nil
	}
	return []Event{&Restored{ID: c.ID, Made: c.Made}}, nil
}

// Restored is that the log was restored from a backup: entries after it are lost, but what they led to in the world is not.
type Restored struct {
	ID   string    `json:"id"`
	Made time.Time `json:"made"`
}

// Kind names the entry.
func (*Restored) Kind() string { return "restored" }

// Apply remembers where the log was cut.
func (c *Restored) Apply(i *Incident, e Entry) { i.Restored = Cut{ID: c.ID, Seq: e.Seq} }

// Cut is where a log from a backup goes on.
type Cut struct {
	ID  string
	Seq int64 // 0: it never was
}

// Lost reports whether an entry that is lost may have begun a step, so that it is looked up before it is sent.
func (i *Incident) Lost(r Run) bool { return r.For <= i.Restored.Seq && r.Begun < i.Restored.Seq }

// Namesake tells instances of a step apart that bear the same number because the entry that first had it is lost; mostly it is empty.
func (i *Incident) Namesake(r Run) string {
	if i.Restored.Seq == 0 || r.For <= i.Restored.Seq {
		return ""
	}
	return i.Restored.ID
}
