package incident

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tocsin/internal/catalogue"
)

func asError(err error, into **Error) bool { return errors.As(err, into) }

// maxText bounds what one entry may hold, in bytes.
const maxText = 16 << 10

// clean checks a text people typed: not empty, valid, bounded; control characters but newline and tab go.
func clean(field, s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", invalid(field, "the text is not valid UTF-8")
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if s == "" {
		return "", invalid(field, "%s is empty", fieldName(field))
	}
	if len(s) > maxText {
		return "", invalid(field, "%s is longer than %d characters", fieldName(field), maxText)
	}
	return s, nil
}

// fieldName is what people call a field.
type fieldName string

func (f fieldName) in(l *catalogue.Language) string { return l.Word(string(f)) }

// why checks a reason: like clean, with words that ask for it.
func why(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", invalid("why", "say why: it becomes an entry")
	}
	return clean("why", s)
}

// Duration is a length of time as people write it: "90m", "1h30m", "2h", "1d", in JSON a string. "unknown" is Known false.
type Duration struct {
	D     time.Duration
	Known bool
}

// ParseDuration reads "90m", "1h30m", "2 h", "45 min", "1d" or a bare number of minutes. "unknown" and "" are not known.
func ParseDuration(s string) (Duration, error) {
	w := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
	if w == "" || w == "unknown" || w == "?" {
		return Duration{}, nil
	}
	for _, r := range [][2]string{{"minutes", "m"}, {"minute", "m"}, {"mins", "m"}, {"min", "m"}, {"hours", "h"}, {"hour", "h"}, {"hrs", "h"}} {
		w = strings.ReplaceAll(w, r[0], r[1])
	}
	var d time.Duration
	var err error
	if days, ok := strings.CutSuffix(w, "d"); ok {
		var n float64
		n, err = strconv.ParseFloat(days, 64)
		d = time.Duration(n * float64(24*time.Hour))
	} else if n, perr := strconv.Atoi(w); perr == nil {
		d = time.Duration(n) * time.Minute
	} else {
		d, err = time.ParseDuration(w)
	}
	if err != nil {
		return Duration{}, invalid("eta", "%q is not a length of time; write it like 90m, 1h30m, 2h, or unknown", s)
	}
	if d < 0 || d > 90*24*time.Hour {
		return Duration{}, invalid("eta", "%q is out of range: from 0 to 90 days", s)
	}
	return Duration{D: d, Known: true}, nil
}

// UnmarshalJSON reads the string form; null is not known.
func (d *Duration) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*d = Duration{}
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return invalid("eta", "a length of time is a string like \"90m\"")
	}
	v, err := ParseDuration(s)
	*d = v
	return err
}

// MarshalJSON writes the string form.
func (d Duration) MarshalJSON() ([]byte, error) {
	if !d.Known {
		return []byte(`"unknown"`), nil
	}
	return json.Marshal(d.D.String())
}

// ParseTime reads a moment as people type it, relative to now: "14:05", "14:05Z" (the last such moment), "-5m", "5 min ago", RFC 3339
// with or without seconds. Times are UTC.
func ParseTime(s string, now time.Time) (time.Time, error) {
	w := strings.TrimSpace(s)
	now = now.UTC()
	if w == "" || w == "now" {
		return now, nil
	}
	ago, isAgo := strings.CutSuffix(strings.ToLower(w), " ago")
	if neg, ok := strings.CutPrefix(w, "-"); ok {
		ago, isAgo = neg, true
	}
	if isAgo {
		if d, err := ParseDuration(ago); err == nil && d.Known {
			return now.Add(-d.D), nil
		}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, w); err == nil {
			return t.UTC(), nil
		}
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(w), "Z"), " UTC")); err == nil {
			at := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
			if at.After(now.Add(time.Hour)) {
				at = at.AddDate(0, 0, -1)
			}
			return at, nil
		}
	}
	return time.Time{}, invalid("at", "%q is not a time; write it like 14:05, 14:05Z, -5m or 2026-11-23T14:05Z", s)
}

// ParseEntry reads an entry's number: 17 or e17.
func ParseEntry(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(s), "e"), 10, 64)
	if err != nil || n < 1 {
		return 0, invalid("entry", "%q is not an entry; entries are numbered like e17", s)
	}
	return n, nil
}

// EntryID is how people and commands name an entry: "e17".
type EntryID int64

// UnmarshalJSON reads 17, "17" or "e17".
func (e *EntryID) UnmarshalJSON(b []byte) error {
	n, err := ParseEntry(strings.Trim(string(b), `"`))
	*e = EntryID(n)
	return err
}

// MarshalJSON writes "e17".
func (e EntryID) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprintf("e%d", int64(e))) }
