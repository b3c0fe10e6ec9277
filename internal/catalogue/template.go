package catalogue

import (
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// Funcs are what every page's template says texts with: t "text" values…, n "one" "many" number values…, and for texts that were marked where
// they stand word, and words for those with _ for blanks.
func (l *Language) Funcs() template.FuncMap {
	return template.FuncMap{
		"t": func(text string, values ...any) any { return fill(l.Word(text), values) },
		"n": func(one, many string, n int, values ...any) any {
			return fill(l.Form(one, many, n), append([]any{n}, values...))
		},
		"word":  l.Word,
		"words": func(s string) string { return l.Word(strings.ReplaceAll(s, "_", " ")) },
	}
}

// fill puts values into a text. Where one of them is HTML, so is the result, with everything else escaped.
func fill(text string, values []any) any {
	if len(values) == 0 {
		return text
	}
	marked := false
	for _, v := range values {
		if _, ok := v.(template.HTML); ok {
			marked = true
		}
	}
	if !marked {
		return fmt.Sprintf(text, values...)
	}
	safe := make([]any, len(values))
	for n, v := range values {
		switch v := v.(type) {
		case template.HTML:
			safe[n] = string(v)
		case string:
			safe[n] = template.HTMLEscapeString(v)
		case fmt.Stringer:
			safe[n] = template.HTMLEscapeString(v.String())
		default:
			safe[n] = v
		}
	}
	return template.HTML(fmt.Sprintf(template.HTMLEscapeString(text), safe...)) //nolint:gosec // escaped above
}

// inScripts finds the texts of a script: t("…"), and n("one", "many", …).
var inScripts = regexp.MustCompile(`\b[tn]\(("(?:[^"\\]|\\.)*")(?:, ("(?:[^"\\]|\\.)*"))?`)

// Script gives the texts of scripts in the language, for a page to hand to them; nil in English, which the scripts themselves hold.
func (l *Language) Script(sources ...[]byte) map[string]string {
	if l.po == nil {
		return nil
	}
	words := map[string]string{}
	for _, body := range sources {
		for _, m := range inScripts.FindAllSubmatch(body, -1) {
			one, err := strconv.Unquote(string(m[1]))
			if err != nil {
				continue // not a text
			}
			if many, err := strconv.Unquote(string(m[2])); err == nil {
				words[one], words[many] = l.Form(one, many, 1), l.Form(one, many, 2)
			} else {
				words[one] = l.Word(one)
			}
		}
	}
	return words
}
