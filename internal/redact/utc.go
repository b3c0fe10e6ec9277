package redact

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// zones are the abbreviations of time zones that mean one offset, in minutes east of UTC. Those that mean several (CST, IST, BST, PT) are
// not here.
var zones = map[string]int{"CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "WET": 0, "WEST": 60, "EET": 120, "EEST": 180, "MSK": 180, "TRT": 180,
	"EST": -300, "EDT": -240, "CDT": -300, "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "JST": 540, "KST": 540,
	"HKT": 480, "SGT": 480, "AEST": 600, "AEDT": 660, "ACST": 570, "ACDT": 630, "AWST": 480, "NZST": 720, "NZDT": 780, "SAST": 120, "EAT": 180, "WAT": 60, "PKT": 300, "ICT": 420, "WIB": 420, "GMT": 0}

var localTime = regexp.MustCompile(`\b(?:(\d{4}-\d\d-\d\d)[ T])?(\d{1,2})(?::(\d\d))?(?::(\d\d)(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)? ?(?:([A-Z]{3,4})\b(?:([+-]\d{1,2})(?::?(\d\d))?)?|([+-]\d\d):?(\d\d)\b)`)

// UTC turns local times into UTC (language of the public: all times are UTC): "23:00 CET" becomes "22:00 UTC". A time whose zone is not
// said, or may be one of several, stays. The day is told where it changes.
func UTC(s string) string {
	if !zoned(s) {
		return s
	}
	var b strings.Builder
	last := 0
	for _, at := range localTime.FindAllStringSubmatchIndex(s, -1) {
		if to, ok := inUTC(s, at); ok {
			b.WriteString(s[last:at[0]])
			b.WriteString(to)
			last = at[1]
		}
	}
	if last == 0 {
		return s
	}
	b.WriteString(s[last:])
	return b.String()
}

// zoned reports whether a zone or an offset may stand in s: a quick look that lets most texts pass.
func zoned(s string) bool {
	for k := 0; k < len(s); k++ {
		switch c := s[k]; {
		case c-'A' < 26:
			end := k
			for end < len(s) && s[end]-'A' < 26 {
				end++
			}
			if _, ok := zones[s[k:end]]; ok || end < len(s) && s[k:end] == "UTC" && (s[end] == '+' || s[end] == '-') {
				return true
			}
			k = end - 1
		case (c == '+' || c == '-') && k > 2 && k+1 < len(s) && s[k+1]-'0' < 10 && (s[k-1]-'0' < 10 && strings.IndexByte(s[max(0, k-14):k], ':') >= 0 || s[k-1] == ' '):
			return true
		}
	}
	return false
}

// inUTC is the time that a match says, in UTC.
func inUTC(s string, at []int) (string, bool) {
	group := func(n int) string {
		if at[2*n] < 0 {
			return ""
		}
		return s[at[2*n]:at[2*n+1]]
	}
	date, hours, minutes, seconds, half, zone := group(1), group(2), group(3), group(4), strings.ToLower(group(5)), group(6)
	east, ok := offset(zone, group(7), group(8), group(9), group(10), date != "" && minutes != "")
	ranged := group(9) != "" && strings.HasPrefix(strings.TrimLeft(s[at[1]:], " "), "UTC") // "16:05-09:30 UTC"
	if !ok || ranged || east < -14*60 || east > 14*60 || east%15 != 0 || minutes == "" && half == "" || at[0] > 0 && (s[at[0]-1] == ':' || s[at[0]-1] == '.') {
		return "", false
	}
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	sec, _ := strconv.Atoi(seconds)
	if half != "" {
		if h < 1 || h > 12 {
			return "", false
		}
		h %= 12
		if half == "p" {
			h += 12
		}
	}
	if h > 23 || m > 59 || sec > 59 {
		return "", false
	}
	day := time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC)
	if date != "" {
		d, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return "", false
		}
		day = d
	}
	local := time.Date(day.Year(), day.Month(), day.Day(), h, m, sec, 0, time.UTC)
	utc := local.Add(-time.Duration(east) * time.Minute)
	clock := utc.Format("15:04")
	if seconds != "" {
		clock = utc.Format("15:04:05")
	}
	switch {
	case date != "":
		return utc.Format(time.DateOnly) + " " + clock + " UTC", true
	case utc.Day() < local.Day():
		return clock + " UTC the day before", true
	case utc.Day() > local.Day():
		return clock + " UTC the day after", true
	}
	return clock + " UTC", true
}

// offset is how many minutes east of UTC a zone lies. A bare offset counts only after a date with a time.
func offset(zone, hours, minutes, bareHours, bareMinutes string, dated bool) (int, bool) {
	if bareHours != "" {
		return signed(bareHours, bareMinutes), dated
	}
	if hours != "" {
		return signed(hours, minutes), zone == "UTC" || zone == "GMT"
	}
	east, ok := zones[zone]
	return east, ok
}

func signed(hours, minutes string) int {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if strings.HasPrefix(hours, "-") {
		return h*60 - m
	}
	return h*60 + m
}
