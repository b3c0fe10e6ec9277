package redact

import "strings"

// Leaks looks for people of the roster in a finished artefact: HTML, JSON or
// plain text. It reads the artefact as it stands, escapes and entities decoded,
// so that attributes and scripts count too, and then as a reader sees it, without
// tags, so that markup within a name hides nothing. The spans are bytes of the
// artefact; Review marks words that may be ordinary ones. The pseudonyms
// team-member-N never count.
func (r *Redactor) Leaks(artefact string) []Span {
	spans := r.find(artefact, false).Redact
	if strings.IndexByte(artefact, '<') >= 0 {
		text, at := strip(artefact)
		for _, s := range r.find(text, false).Redact {
			s.Start, s.End = at[s.Start], at[s.End-1]+1
			spans = append(spans, s)
		}
	}
	return merge(spans)
}

// strip is the text of a marked-up artefact as a reader sees it, and for each of
// its bytes the place in the artefact. Inline tags vanish, others end a line;
// styles, scripts and comments are left out.
func strip(s string) (string, []int) {
	var b strings.Builder
	at := make([]int, 0, len(s))
	put := func(c byte, i int) {
		b.WriteByte(c)
		at = append(at, i)
	}
	for i := 0; i < len(s); {
		if s[i] != '<' {
			put(s[i], i)
			i++
			continue
		}
		if strings.HasPrefix(s[i:], "<!--") {
			if e := strings.Index(s[i:], "-->"); e >= 0 {
				i += e + 3
				continue
			}
		}
		n := strings.IndexByte(s[i:], '>')
		if n < 0 || i+1 < len(s) && !tagStart(s[i+1]) {
			put(s[i], i)
			i++
			continue
		}
		name := tagName(s[i+1 : i+n])
		switch {
		case name == "script" || name == "style":
			if e := strings.Index(strings.ToLower(s[i:]), "</"+name); e >= 0 {
				n = e
				if c := strings.IndexByte(s[i+e:], '>'); c >= 0 {
					n += c
				}
			}
			put('\n', i)
		case !inlineTags[name]:
			put('\n', i)
		}
		i += n + 1
	}
	return b.String(), at
}

func tagStart(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '/' || c == '!' || c == '?' }

func tagName(tag string) string {
	tag = strings.TrimPrefix(tag, "/")
	if i := strings.IndexAny(tag, " \t\n\r/>"); i >= 0 {
		tag = tag[:i]
	}
	return strings.ToLower(tag)
}
