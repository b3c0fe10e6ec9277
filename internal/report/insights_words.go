package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// WeeksSaid says how many incidents there were.
func (in Insights) WeeksSaid() string {
	total, most := in.Minor+in.Major, 0
	for _, w := range in.Weeks {
		most = max(most, w.Minor+w.Major)
	}
	if total == 0 {
		return "No incidents"
	}
	return fmt.Sprintf("%s, %d of them major; the fullest week had %d", count(total, "incident"), in.Major, most)
}

// TimesSaid says how fast the most needed things came.
func (in Insights) TimesSaid() string {
	var said []string
	for _, t := range in.Times {
		if words := map[string]string{"point": "point person %s", "first_update": "first public update %s", "resolve": "resolved %s"}[t.ID]; words != "" && t.N > 0 {
			said = append(said, fmt.Sprintf(words, "within "+t.Median.String()))
		}
	}
	if len(said) == 0 {
		return "No times are known yet"
	}
	return "At least half: " + strings.Join(said, ", ")
}

// ETAsSaid says how good estimates were.
func (in Insights) ETAsSaid() string {
	if len(in.ETAs) == 0 {
		return "No estimate can be held against what came"
	}
	met, off := 0, []time.Duration{}
	for _, e := range in.ETAs {
		if e.Real <= e.Said {
			met++
		}
		off = append(off, (e.Real - e.Said).Duration().Abs())
	}
	return fmt.Sprintf("%d of %s held; half were off by %s or less", met, count(len(in.ETAs), "estimate"), *rank(off, 50))
}

// CadenceSaid says how promises of a next update were kept.
func (in Insights) CadenceSaid() string {
	if in.Promises == 0 {
		return "No next update was promised"
	}
	return fmt.Sprintf("%d of %s came in time", in.Kept, count(in.Promises, "promised update"))
}

// ConnectorsSaid says how reliable steps were.
func (in Insights) ConnectorsSaid() string {
	attempts, failed, unclear := 0, 0, 0
	for _, c := range in.Connectors {
		attempts, failed, unclear = attempts+c.Attempts, failed+c.Failed, unclear+c.Unclear
	}
	if attempts == 0 {
		return "No step was carried out"
	}
	said := fmt.Sprintf("Of %s at steps %d failed", count(attempts, "attempt"), failed)
	if unclear > 0 {
		said += fmt.Sprintf(", %d got no clear answer", unclear)
	}
	if worst := slices.MaxFunc(in.Connectors, func(a, b Reliability) int { return a.Failed - b.Failed }); failed > 0 {
		said += fmt.Sprintf("; most with %s (%d)", Provider(worst.Connector), worst.Failed)
	}
	return said
}

// FollowUpsSaid says what is left to do.
func (in Insights) FollowUpsSaid() string {
	if in.FollowUps.Open == 0 {
		return "No follow-up is open"
	}
	return fmt.Sprintf("%d of %s overdue", len(in.FollowUps.Overdue), count(in.FollowUps.Open, "open follow-up"))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// CSV writes every number on a line of its own. Lengths of time are in seconds. What a spreadsheet would take for a formula is quoted.
func (in Insights) CSV() string {
	rows := [][]string{{"group", "name", "measure", "value"}}
	add := func(group, name, measure, value string) {
		rows = append(rows, []string{group, plain(name), measure, value})
	}
	num := func(group, name, measure string, v int) { add(group, name, measure, strconv.Itoa(v)) }
	length := func(group, name, measure string, s *Seconds) {
		if s != nil {
			add(group, name, measure, strconv.FormatFloat(float64(*s), 'f', -1, 64))
		}
	}
	add("period", "from", "time", in.From.Format(time.RFC3339))
	add("period", "to", "time", in.To.Format(time.RFC3339))
	add("period", "drills", "counted", strconv.FormatBool(in.Drills))
	num("incidents", "minor", "count", in.Minor)
	num("incidents", "major", "count", in.Major)
	num("incidents", "cancelled", "count", in.Cancelled)
	for _, t := range in.Times {
		num("times", t.ID, "n", t.N)
		length("times", t.ID, "median_s", t.Median)
		length("times", t.ID, "p90_s", t.P90)
	}
	for _, w := range in.Weeks {
		num("weeks", w.Monday.Format(time.DateOnly), "minor", w.Minor)
		num("weeks", w.Monday.Format(time.DateOnly), "major", w.Major)
	}
	for _, e := range in.ETAs {
		length("etas", e.Incident+" "+e.Entry, "said_s", &e.Said)
		length("etas", e.Incident+" "+e.Entry, "real_s", &e.Real)
	}
	num("cadence", "promises", "count", in.Promises)
	num("cadence", "kept", "count", in.Kept)
	for _, c := range in.Connectors {
		num("connectors", c.Connector, "attempts", c.Attempts)
		num("connectors", c.Connector, "done", c.Done)
		num("connectors", c.Connector, "failed", c.Failed)
		num("connectors", c.Connector, "unclear", c.Unclear)
		num("connectors", c.Connector, "asked", c.Asked)
		length("connectors", c.Connector, "median_s", c.Median)
	}
	num("follow_ups", "open", "count", in.FollowUps.Open)
	num("follow_ups", "done", "count", in.FollowUps.Done)
	num("follow_ups", "wont", "count", in.FollowUps.Wont)
	for _, f := range in.FollowUps.Overdue {
		add("overdue", f.Incident+": "+f.Text, "due", f.Due)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // a buffer takes everything
	return b.String()
}

// plain keeps a spreadsheet from running a text.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
