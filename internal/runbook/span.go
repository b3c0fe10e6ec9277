package runbook

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Duration is the span as time.Duration.
func (s Span) Duration() time.Duration { return time.Duration(s) }

// String writes it as it is written in the YAML: "15m", "1h30m".
func (s Span) String() string { return shortSpan(time.Duration(s)) }

func shortSpan(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalJSON writes the string form.
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads the string form.
func (s *Span) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("a length of time is a string like \"15m\"")
	}
	return s.parse(text)
}

// MarshalYAML writes the string form.
func (s Span) MarshalYAML() (any, error) { return s.String(), nil }

// UnmarshalYAML reads the string form.
func (s *Span) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	return s.parse(text)
}

func (s *Span) parse(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is not a length of time; write it like 15m or 1h30m", text)
	}
	*s = Span(d)
	return nil
}
