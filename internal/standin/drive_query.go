package standin

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// condition is one term of a search of Drive: its form, and what it makes of the strings in it.
type condition struct {
	form *regexp.Regexp
	test func(words []string) func(*driveFile) bool
}

// quoted is a string of the query language: ' and \ inside it are written \' and \\.
const quoted = `'((?:[^'\\]|\\.)*)'`

// conditions are the terms that the stand-in knows.
var conditions = []condition{
	{regexp.MustCompile(`^appProperties\s+has\s*\{\s*key\s*=\s*` + quoted + `\s+and\s+value\s*=\s*` + quoted + `\s*\}`), func(w []string) func(*driveFile) bool {
		return func(f *driveFile) bool { return f.AppProperties[w[0]] == w[1] && w[1] != "" }
	}},
	{regexp.MustCompile(`^trashed\s*(!?=)\s*(true|false)`), func(w []string) func(*driveFile) bool {
		return func(f *driveFile) bool { return f.Trashed == (w[1] == "true") == (w[0] == "=") }
	}},
	{regexp.MustCompile(`^mimeType\s*(!?=)\s*` + quoted), func(w []string) func(*driveFile) bool {
		return func(f *driveFile) bool { return (f.MimeType == w[1]) == (w[0] == "=") }
	}},
	{regexp.MustCompile(`^name\s*(!?=)\s*` + quoted), func(w []string) func(*driveFile) bool {
		return func(f *driveFile) bool { return (f.Name == w[1]) == (w[0] == "=") }
	}},
	{regexp.MustCompile(`^(?:name|fullText)\s+contains\s+` + quoted), func(w []string) func(*driveFile) bool {
		return func(f *driveFile) bool { return strings.Contains(strings.ToLower(f.Name), strings.ToLower(w[0])) }
	}},
	{regexp.MustCompile(`^` + quoted + `\s+in\s+parents`), func(w []string) func(*driveFile) bool {
		return func(f *driveFile) bool { return slices.Contains(f.Parents, w[0]) }
	}},
	{regexp.MustCompile(`^createdTime\s*(>=?)\s*` + quoted), func(w []string) func(*driveFile) bool {
		return func(f *driveFile) bool { return f.CreatedTime > w[1] || f.CreatedTime == w[1] && w[0] == ">=" }
	}},
}

var (
	conjunction = regexp.MustCompile(`^\s+and\s+`)
	escaped     = regexp.MustCompile(`\\(.)`)
)

// parseQuery reads a search: terms joined by "and". The empty one finds everything.
func parseQuery(q string) (func(*driveFile) bool, error) {
	var tests []func(*driveFile) bool
	rest := strings.TrimSpace(q)
	for rest != "" {
		if len(tests) > 0 {
			and := conjunction.FindString(rest)
			if and == "" {
				return nil, fmt.Errorf("want \"and\" before %q", rest)
			}
			rest = rest[len(and):]
		}
		i := slices.IndexFunc(conditions, func(c condition) bool { return c.form.MatchString(rest) })
		if i < 0 {
			return nil, fmt.Errorf("no term that is known: %q", rest)
		}
		words := conditions[i].form.FindStringSubmatch(rest)
		for j := range words[1:] {
			words[j+1] = escaped.ReplaceAllString(words[j+1], "$1")
		}
		rest = rest[len(conditions[i].form.FindString(rest)):]
		tests = append(tests, conditions[i].test(words[1:]))
	}
	return func(f *driveFile) bool {
		return !slices.ContainsFunc(tests, func(test func(*driveFile) bool) bool { return !test(f) })
	}, nil
}
