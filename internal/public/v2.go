package public

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// The shapes of Statuspage's public API, version 2, which programs that gather statuses read.

type v2Page struct {
	ID       string  `json:"id"`
	Name     setting `json:"name"`
	URL      string  `json:"url"`
	TimeZone string  `json:"time_zone"`
	Updated  v2Time  `json:"updated_at"`
}

type v2Status struct {
	Indicator   word `json:"indicator"` // none, minor, major, critical
	Description word `json:"description"`
}

type v2Component struct {
	ID          string  `json:"id"`
	Name        setting `json:"name"`
	Status      word    `json:"status"` // operational, degraded_performance, partial_outage, major_outage
	Created     v2Time  `json:"created_at"`
	Updated     v2Time  `json:"updated_at"`
	Position    int     `json:"position"`
	Description *word   `json:"description"`
	Showcase    bool    `json:"showcase"`
	Start       *v2Time `json:"start_date"`
	GroupID     *word   `json:"group_id"`
	PageID      string  `json:"page_id"`
	Group       bool    `json:"group"`
	OnlyIf      bool    `json:"only_show_if_degraded"`
}

type v2Incident struct {
	ID         string        `json:"id"`
	Name       redact.Text   `json:"name"`
	Status     string        `json:"status"` // investigating, identified, monitoring, resolved
	Created    v2Time        `json:"created_at"`
	Updated    v2Time        `json:"updated_at"`
	Monitoring *v2Time       `json:"monitoring_at"`
	Resolved   *v2Time       `json:"resolved_at"`
	Impact     word          `json:"impact"` // none, minor, major, critical
	Shortlink  string        `json:"shortlink"`
	Started    v2Time        `json:"started_at"`
	PageID     string        `json:"page_id"`
	Updates    []v2Update    `json:"incident_updates"` // newest first
	Components []v2Component `json:"components"`
	Reminders  *word         `json:"reminder_intervals"`
}

type v2Update struct {
	ID         string        `json:"id"`
	Status     string        `json:"status"`
	Body       redact.Text   `json:"body"`
	IncidentID string        `json:"incident_id"`
	Created    v2Time        `json:"created_at"`
	Updated    v2Time        `json:"updated_at"`
	Display    v2Time        `json:"display_at"`
	Affected   []v2Component `json:"affected_components"`
	Deliver    bool          `json:"deliver_notifications"`
	Tweet      *word         `json:"custom_tweet"`
	TweetID    *word         `json:"tweet_id"`
}

type v2Time time.Time

// MarshalJSON writes milliseconds, as Statuspage does.
func (t v2Time) MarshalJSON() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format(`"2006-01-02T15:04:05.000Z"`)), nil
}

// v2 makes the status API.
func (s *Site) v2(docs map[string]*document, e *edition) {
	sum := sha256.Sum256([]byte(s.o.Organisation()))
	page := v2Page{ID: hex.EncodeToString(sum[:6]), Name: setting(s.o.Organisation()), URL: string(e.base) + "/status", TimeZone: "Etc/UTC", Updated: v2Time(s.updated(e))}
	status, component := overall(e)
	parts := []v2Component{{ID: page.ID + "-all", Name: page.Name, Status: component, Created: v2Time(s.began), Updated: page.Updated, Position: 1, PageID: page.ID}}
	names := s.o.Components()
	if len(names) > 0 {
		parts = nil
	}
	for n, name := range names {
		parts = append(parts, v2Component{ID: partID(page.ID, name), Name: setting(s.o.Components()[n]), Status: states[e.now(name)].v2, Created: v2Time(s.began), Updated: page.Updated, Position: n + 1, PageID: page.ID})
	}
	all, open := []v2Incident{}, []v2Incident{}
	for _, i := range newest(e.incidents, mostItems) {
		all = append(all, i.v2(e.base, page.ID, parts))
	}
	for _, i := range e.incidents {
		if !i.over() {
			open = append(open, i.v2(e.base, page.ID, parts))
		}
	}
	none := []v2Incident{}
	put := func(path string, shape map[string]any) {
		shape["page"] = page
		docs["/api/v2/"+path+".json"] = fixed(typeJSON, marshal(shape))
	}
	put("summary", map[string]any{"status": status, "components": parts, "incidents": open, "scheduled_maintenances": none})
	put("status", map[string]any{"status": status})
	put("components", map[string]any{"components": parts})
	put("incidents", map[string]any{"incidents": all})
	put("incidents/unresolved", map[string]any{"incidents": open})
	for _, which := range []string{"", "/upcoming", "/active"} {
		put("scheduled-maintenances"+which, map[string]any{"scheduled_maintenances": none})
	}
}

// overall is the worst of what is real: programs would raise alarms over drills.
func overall(e *edition) (v2Status, word) {
	status, component := v2Status{"none", "No known problems"}, word("operational")
	for _, i := range e.incidents {
		switch {
		case i.over() || i.page.Drill:
		case i.page.Kind == "major":
			return v2Status{"major", "Major outage"}, "major_outage"
		default:
			status, component = v2Status{"minor", "Minor outage"}, "partial_outage"
		}
	}
	return status, component
}

// partID names a part of the service.
func partID(page, name string) string {
	sum := sha256.Sum256([]byte(page + "\n" + name))
	return hex.EncodeToString(sum[:6])
}

func (i *record) v2(base setting, page string, parts []v2Component) v2Incident {
	p := i.page
	v := v2Incident{ID: i.name(), Name: i.title(), Status: i.stage, Created: v2Time(p.Started), Updated: v2Time(p.Updated), Impact: "minor",
		Shortlink: string(base) + "/status/" + i.name(), Started: v2Time(p.Started), PageID: page, Updates: []v2Update{}, Components: []v2Component{}}
	for _, part := range parts {
		if slices.ContainsFunc(p.Affected, func(a report.Affected) bool { return a.Component == string(part.Name) }) {
			v.Components = append(v.Components, part)
		}
	}
	if p.Kind == "major" {
		v.Impact = "major"
	}
	if i.over() {
		v.Status = resolved
	}
	if t := i.ended(); t != nil {
		at := v2Time(*t)
		v.Resolved = &at
	}
	stage := investigating
	var updates []v2Update
	told := i.told()
	for n := len(told) - 1; n >= 0; n-- { // oldest first, so that each has the stage of its time
		e := told[n]
		switch {
		case e.Kind == "update" && stageWords[e.Stage] != "":
			stage = e.Stage
		case e.Kind == "resolved":
			stage = resolved
		case e.Kind == "reopened":
			stage, v.Monitoring = investigating, nil
		}
		at := v2Time(e.At)
		if stage == monitoring && v.Monitoring == nil {
			v.Monitoring = &at
		}
		updates = append(updates, v2Update{ID: fmt.Sprintf("%s-e%d", v.ID, e.Seq), Status: stage, Body: e.Text, IncidentID: v.ID, Created: at,
			Updated: at, Display: at, Affected: v.Components})
	}
	for n := len(updates) - 1; n >= 0; n-- {
		v.Updates = append(v.Updates, updates[n])
	}
	return v
}
