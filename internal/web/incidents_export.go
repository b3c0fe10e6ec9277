package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// exported is an incident of a list as it is taken elsewhere. Times are UTC.
type exported struct {
	Name       string     `json:"name"`
	Title      string     `json:"title"`
	Service    string     `json:"service,omitempty"`
	Kind       string     `json:"kind"`
	Status     string     `json:"status"`
	Drill      bool       `json:"drill"`
	StartedAt  time.Time  `json:"started_at"`
	DeclaredAt time.Time  `json:"declared_at"`
	MajorAt    *time.Time `json:"major_at,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	Minutes    *int       `json:"minutes,omitempty"` // how long it ran
	Point      []string   `json:"point"`             // names
	FollowUps  int        `json:"follow_ups"`
	Open       int        `json:"follow_ups_open"`
}

// export makes what a request takes along: all of the list, or what was chosen of it.
func (c *console) export(r *http.Request) ([]exported, error) {
	rows, _, err := c.listed(r, incidentFilterOf(r.URL.Query()))
	out := make([]exported, 0, len(rows))
	utc := func(t *time.Time) *time.Time {
		if t == nil {
			return nil
		}
		u := t.UTC()
		return &u
	}
	for _, row := range rows {
		one := exported{Name: row.Name, Title: row.Title, Service: row.Service, Kind: row.Kind, Status: row.Status, Drill: row.Drill, StartedAt: row.StartedAt.UTC(), DeclaredAt: row.DeclaredAt.UTC(),
			MajorAt: utc(row.MajorAt), EndedAt: utc(row.EndedAt), Point: append([]string{}, row.Points...), FollowUps: row.Acts, Open: row.Open}
		if row.EndedAt != nil {
			minutes := int(row.Lasted().Minutes())
			one.Minutes = &minutes
		}
		out = append(out, one)
	}
	return out, err
}

// incidentsJSON is the list for a program.
func (c *console) incidentsJSON(w http.ResponseWriter, r *http.Request) {
	rows, err := c.export(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="incidents.json"`)
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	_ = out.Encode(rows) // a browser that is gone is its own affair
}

// incidentsCSV is the list for a spreadsheet.
func (c *console) incidentsCSV(w http.ResponseWriter, r *http.Request) {
	rows, err := c.export(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="incidents.csv"`)
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	out := csv.NewWriter(w)
	_ = out.Write([]string{"name", "title", "service", "kind", "status", "drill", "started_at", "declared_at", "major_at", "ended_at", "minutes", "point", "follow_ups", "follow_ups_open"})
	for _, row := range rows {
		minutes := ""
		if row.Minutes != nil {
			minutes = strconv.Itoa(*row.Minutes)
		}
		_ = out.Write([]string{row.Name, cell(row.Title), cell(row.Service), row.Kind, row.Status, strconv.FormatBool(row.Drill), at(&row.StartedAt), at(&row.DeclaredAt), at(row.MajorAt), at(row.EndedAt),
			minutes, cell(strings.Join(row.Point, ", ")), strconv.Itoa(row.FollowUps), strconv.Itoa(row.Open)})
	}
	out.Flush() // a browser that is gone is its own affair
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}
