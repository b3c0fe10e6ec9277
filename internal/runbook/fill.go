package runbook

import (
	"regexp"
	"slices"
	"strings"
)

var placeholder = regexp.MustCompile(`\{[a-z_][a-z0-9_]*(\.[a-z_]+)?\}`)

// Fill replaces {name} and {step.output} by what get knows. Names it does not know stay as they stand and are listed in missing.
func Fill(text string, get func(name string) (string, bool)) (filled string, missing []string) {
	filled = placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name := m[1 : len(m)-1]
		if v, ok := get(name); ok {
			return v
		}
		missing = append(missing, name)
		return m
	})
	return filled, missing
}

// Placeholders lists the names that a text refers to.
func Placeholders(text string) []string {
	var out []string
	for _, m := range placeholder.FindAllString(text, -1) {
		out = append(out, m[1:len(m)-1])
	}
	return out
}

// Render makes the step's text: placeholders are filled and the literal pieces of Substitute replaced by the first reference that is
// known; a piece in brackets becomes a link with these words, [words](url). What is not known is listed in missing. Values are put in as they are; they are never read for placeholders again.
func (s Step) Render(get func(name string) (string, bool)) (text string, missing []string) {
	pieces := make([]string, 0, len(s.Substitute))
	for literal := range s.Substitute {
		pieces = append(pieces, literal)
	}
	slices.Sort(pieces)
	text = s.Text
	values := map[string]string{}
	for n, literal := range pieces {
		mark := "{substitute." + string(rune('a'+n%26)) + "}"
		found := false
		for _, ref := range s.Substitute[literal] {
			if v, ok := get(ref); ok {
				if strings.HasPrefix(literal, "[") {
					v = literal + "(" + v + ")"
				}
				values[mark[1:len(mark)-1]], found = v, true
				break
			}
		}
		if !found {
			missing = append(missing, s.Substitute[literal]...)
			continue
		}
		text = strings.ReplaceAll(text, literal, mark)
	}
	filled, more := Fill(text, func(name string) (string, bool) {
		if v, ok := values[name]; ok {
			return v, true
		}
		return get(name)
	})
	return filled, append(missing, more...)
}
