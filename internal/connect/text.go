package connect

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/net/publicsuffix"
)

// Shorten gives the text itself if it fits, else as many of its words as fit, "…" and the link (none if empty): what a Fitter does, by
// its network's own measure. White space at both ends goes. fits must hold for whatever is shorter than a text it holds for.
func Shorten(text, link string, fits func(string) bool) string {
	text = strings.TrimSpace(text)
	if fits(text) {
		return text
	}
	tail := "…"
	if link != "" {
		tail = "… " + link
	}
	best := ""
	for at := range ends(text) {
		short := strings.TrimRightFunc(text[:at], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-", r) })
		if !fits(short + tail) {
			break
		}
		best = short
	}
	if best != "" {
		return best + tail
	}
	// The first word alone is too long.
	var b strings.Builder
	for g := uniseg.NewGraphemes(text); g.Next(); {
		if !fits(b.String() + g.Str() + tail) {
			break
		}
		b.WriteString(g.Str())
	}
	if b.Len() == 0 {
		return strings.TrimSpace(strings.TrimPrefix(tail, "… "))
	}
	return b.String() + tail
}

// ends gives where each word of the text ends.
func ends(text string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		word := false
		for i, r := range text {
			if unicode.IsSpace(r) {
				if word && !yield(i) {
					return
				}
				word = false
			} else {
				word = true
			}
		}
		if word {
			yield(len(text))
		}
	}
}

// TopLevel reports whether a label in lower-case ASCII is a top-level domain.
func TopLevel(label string) bool {
	_, icann := publicsuffix.PublicSuffix("a.b." + label) // it goes by a rule of its own for names it does not know
	return icann
}
