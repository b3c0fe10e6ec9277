package blame

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a word of a text.
type word struct {
	start, end int
	raw, low   string
	gap        string // what stands between it and the word before
}

// text is a text cut into words and sentences.
type text struct {
	plain  string // same length as what was read; code and links are blank
	words  []word
	starts []int // the first word of each sentence
	people map[string]bool
}

// spot is a match in a text: words i to j, half-open, of the sentence from words a to b.
type spot struct {
	*text
	i, j, a, b int
	start, end int
}

var (
	passed = regexp.MustCompile("(?s)```.*?(?:```|$)|`[^`\n]*`|<!--.*?-->|https?://[^\\s)>]*")
	wordRE = regexp.MustCompile(`\d[\d.,:]*\d|[@#]?[\p{L}\p{N}](?:[\p{L}\p{N}_.'’/@-]*[\p{L}\p{N}_])?`)
	ended  = regexp.MustCompile(`[.!?…:;]["')\]”’*_]*\s|\n\s*\n|\n\s*(?:[-*|#>]|\d+[.)])|[.!?][)"”]*$|[•–—]\s`)
)

func parse(s string, people []string) *text {
	t := &text{plain: s, people: map[string]bool{}}
	if strings.ContainsAny(s, "`<") || strings.Contains(s, "://") {
		b := []byte(s)
		for _, at := range passed.FindAllStringIndex(s, -1) {
			for n := at[0]; n < at[1]; n++ {
				if b[n] != '\n' {
					b[n] = ' '
				}
			}
			if s[at[0]] == '`' && b[at[1]-1] == ' ' && at[1]-at[0] > 2 {
				b[at[0]+1] = 'x' // code is a word: a thing
			}
		}
		t.plain = string(b)
	}
	for _, p := range people {
		for w := range strings.FieldsSeq(strings.ToLower(p)) {
			if utf8.RuneCountInString(w) > 2 {
				t.people[w] = true
			}
		}
	}
	at := 0
	for _, m := range wordRE.FindAllStringIndex(t.plain, -1) {
		w := word{start: m[0], end: m[1], raw: t.plain[m[0]:m[1]], gap: t.plain[at:m[0]]}
		w.low = strings.ReplaceAll(strings.ToLower(w.raw), "’", "'")
		if at == 0 || ended.MatchString(w.gap) && !abbreviated(t.words, w) {
			t.starts = append(t.starts, len(t.words))
		}
		t.words = append(t.words, w)
		at = m[1]
	}
	return t
}

// abbreviated reports whether the full stop before w ends no sentence: "e.g. the engineer".
func abbreviated(before []word, w word) bool {
	first, _ := utf8.DecodeRuneInString(w.raw)
	return strings.HasPrefix(w.gap, ". ") && unicode.IsLower(first) || len(before) > 0 && slices.Contains([]string{"e.g", "i.e", "vs", "cf"}, before[len(before)-1].low)
}

// at is the spot of the bytes start to end.
func (t *text) at(start, end int) spot {
	i, _ := slices.BinarySearchFunc(t.words, start, func(w word, at int) int { return w.end - 1 - at })
	j, _ := slices.BinarySearchFunc(t.words, end, func(w word, at int) int { return w.start - at })
	s, found := slices.BinarySearch(t.starts, i)
	if !found {
		s--
	}
	p := spot{text: t, i: i, j: max(i, j), b: len(t.words), start: start, end: end}
	if s >= 0 {
		p.a = t.starts[s]
	}
	if s+1 < len(t.starts) {
		p.b = t.starts[s+1]
	}
	return p
}

// before is the n-th word before the match, counted from 1, in lower case; "" outside the sentence.
func (s spot) before(n int) string {
	if k := s.i - n; k >= s.a {
		return s.words[k].low
	}
	return ""
}

// after is the n-th word after the match, counted from 1, in lower case; "" outside the sentence.
func (s spot) after(n int) string {
	if k := s.j + n - 1; k < s.b {
		return s.words[k].low
	}
	return ""
}

// rest is up to a dozen words of the sentence after the match, in lower case.
func (s spot) rest() []string {
	var out []string
	for k := s.j; k < min(s.b, s.j+12); k++ {
		out = append(out, s.words[k].low)
	}
	return out
}

// asks reports whether the sentence is a question.
func (s spot) asks() bool {
	return s.b > s.a && strings.HasPrefix(strings.TrimLeft(s.plain[s.words[s.b-1].end:], " )\"”"), "?")
}
