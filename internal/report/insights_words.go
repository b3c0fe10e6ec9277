package report

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/catalogue"
)

// WeeksSaid says how many incidents there were.
func (in Insights) WeeksSaid(l *catalogue.Language) string {
	total, most := in.Minor+in.Major, 0
	for _, w := range in.Weeks {
		most = max(most, w.Minor+w.Major)
	}
	if total == 0 {
		return l.T("No incidents")
	}
	return l.N("%d incident, %d of them major; the fullest week had %d", "%d incidents, %d of them major; the fullest week had %d", total, in.Major, most)
}

// TimesSaid says how fast the most needed things came.
func (in Insights) TimesSaid(l *catalogue.Language) string {
	var said []string
	for _, t := range in.Times {
		if words := quick[t.ID]; words != "" && t.N > 0 {
			said = append(said, l.T(words, t.Median.In(l)))
		}
	}
	if len(said) == 0 {
		return l.T("No times are known yet")
	}
	return l.T("At least half: %s", strings.Join(said, ", "))
}

// quick are the times that count most.
var quick = map[string]string{"point": catalogue.Mark("point person within %s"), "first_update": catalogue.Mark("first public update within %s"),
	"resolve": catalogue.Mark("resolved within %s")}

// ETAsSaid says how good estimates were.
func (in Insights) ETAsSaid(l *catalogue.Language) string {
	if len(in.ETAs) == 0 {
		return l.T("No estimate can be held against what came")
	}
	met, off := 0, []time.Duration{}
	for _, e := range in.ETAs {
		if e.Real <= e.Said {
			met++
		}
		off = append(off, (e.Real - e.Said).Duration().Abs())
	}
	return l.N("%[2]d of %[1]d estimate held; half were off by %[3]s or less", "%[2]d of %[1]d estimates held; half were off by %[3]s or less",
		len(in.ETAs), met, rank(off, 50).In(l))
}

// CadenceSaid says how promises of a next update were kept.
func (in Insights) CadenceSaid(l *catalogue.Language) string {
	if in.Promises == 0 {
		return l.T("No next update was promised")
	}
	return l.N("%[2]d of %[1]d promised update came in time", "%[2]d of %[1]d promised updates came in time", in.Promises, in.Kept)
}

// ConnectorsSaid says how reliable steps were.
func (in Insights) ConnectorsSaid(l *catalogue.Language) string {
	attempts, failed, unclear := 0, 0, 0
	for _, c := range in.Connectors {
		attempts, failed, unclear = attempts+c.Attempts, failed+c.Failed, unclear+c.Unclear
	}
	if attempts == 0 {
		return l.T("No step was carried out")
	}
	said := l.N("Of %d attempt at steps %d failed", "Of %d attempts at steps %d failed", attempts, failed)
	if unclear > 0 {
		said += l.T(", %d got no clear answer", unclear)
	}
	if worst := slices.MaxFunc(in.Connectors, func(a, b Reliability) int { return a.Failed - b.Failed }); failed > 0 {
		said += l.T("; most with %s (%d)", Provider(worst.Connector), worst.Failed)
	}
	return said
}

// FollowUpsSaid says what is left to do.
func (in Insights) FollowUpsSaid(l *catalogue.Language) string {
	if in.FollowUps.Open == 0 {
		return l.T("No follow-up is open")
	}
	return l.N("%[2]d of %[1]d open follow-up overdue", "%[2]d of %[1]d open follow-ups overdue", in.FollowUps.Open, len(in.FollowUps.Overdue))
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
