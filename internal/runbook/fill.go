package runbook

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var placeholder = regexp.MustCompile(`\{[a-z_][a-z0-9_]*(\.[a-z_]+)?\}`)

// Fill replaces {name} and {step.output} by what get knows. Names that get does not know stay as they stand and are listed in missing,
// each once. All other text is literal. What was filled in is not read again.
func Fill(text string, get func(name string) (string, bool)) (filled string, missing []string) {
	return fill(text, nil, nil, get)
}

// Placeholders lists the names that a text refers to, in its order.
func Placeholders(text string) []string {
	var out []string
	for _, m := range placeholder.FindAllString(text, -1) {
		out = append(out, m[1:len(m)-1])
	}
	return out
}

// Render makes the step's text: the literal pieces of Substitute are replaced by the first reference that is known, then placeholders
// are filled. A piece in square brackets becomes a link with these words: [words](url). Pieces for which no reference is known stay as
// they stand; all their references are listed in missing. What was filled in is not read again.
func (s Step) Render(get func(name string) (string, bool)) (text string, missing []string) {
	values := map[string]string{}
	for _, piece := range slices.Sorted(maps.Keys(s.Substitute)) {
		if piece == "" || !strings.Contains(s.Text, piece) {
			continue
		}
		refs := s.Substitute[piece]
		known := slices.IndexFunc(refs, func(ref string) bool { _, ok := get(ref); return ok })
		if known < 0 {
			missing = append(missing, refs...)
			continue
		}
		value, _ := get(refs[known])
		if strings.HasPrefix(piece, "[") && strings.HasSuffix(piece, "]") {
			value = piece + "(" + value + ")"
		}
		values[piece] = value
	}
	return fill(s.Text, values, missing, get)
}

// fill replaces literal pieces and placeholders in one pass. Pieces go before the placeholders they overlap, longer ones before shorter
// ones that begin at the same place.
func fill(text string, values map[string]string, missing []string, get func(string) (string, bool)) (string, []string) {
	pieces := slices.SortedFunc(maps.Keys(values), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var out strings.Builder
	for len(text) > 0 {
		next, end := len(text), len(text) // of the first thing to replace
		value := ""
		for _, piece := range pieces {
			if at := strings.Index(text[:min(len(text), next+len(piece)-1)], piece); at >= 0 && at < next {
				next, end, value = at, at+len(piece), values[piece]
			}
		}
		if m := placeholder.FindStringIndex(text[:next]); m != nil {
			name := text[m[0]+1 : m[1]-1]
			v, ok := get(name)
			if !ok {
				v = text[m[0]:m[1]]
				if !slices.Contains(missing, name) {
					missing = append(missing, name)
				}
			}
			next, end, value = m[0], m[1], v
		}
		out.WriteString(text[:next])
		out.WriteString(value)
		text = text[end:]
	}
	return out.String(), missing
}
