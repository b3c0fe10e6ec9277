package x

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Fit gives a text that X takes: the text itself if it is not too heavy, else as many of its words as fit, "…" and the link (none if
// empty). A link within the text is never cut. White space at both ends goes.
func Fit(text, link string) string {
	text = strings.TrimSpace(text)
	if Weight(text) <= Limit {
		return text
	}
	tail := "…"
	if link != "" {
		tail = "… " + link
	}
	best := ""
	for at := range ends(text) {
		short := strings.TrimRightFunc(text[:at], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-", r) })
		if Weight(short+tail) > Limit {
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
		if Weight(b.String()+g.Str()+tail) > Limit {
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

// Fit is the package's Fit: the connector is a connect.Fitter.
func (c *Connector) Fit(text, link string) string { return Fit(text, link) }
