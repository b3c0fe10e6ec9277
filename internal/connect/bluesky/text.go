package bluesky

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/rivo/uniseg"

	"tocsin/internal/connect"
)

// What a post may hold; both limits count.
const (
	mostGraphemes = 300
	mostBytes     = 3000
)

func fits(text string) bool {
	return len(text) <= mostBytes && uniseg.GraphemeClusterCount(text) <= mostGraphemes
}

// Fit gives a text that Bluesky takes: the text itself if it is short enough, else as many of its words as fit, "…" and the link (none if
// empty). Links count in full. White space at both ends goes.
func (c *Connector) Fit(text, link string) string { return connect.Shorten(text, link, fits) }

// Weigh counts graphemes, as Bluesky does; its limit of bytes is rarely the nearer one.
func (c *Connector) Weigh(text string) (weight, limit int) {
	return uniseg.GraphemeClusterCount(text), mostGraphemes
}

// facet says of a part of the text, in bytes of UTF-8, that it is a link.
type facet struct {
	Index    span      `json:"index"`
	Features []feature `json:"features"`
}

type span struct {
	Start int `json:"byteStart"`
	End   int `json:"byteEnd"`
}

type feature struct {
	Type string `json:"$type"`
	URI  string `json:"uri"`
}

var address = regexp.MustCompile(`(?i)\bhttps?://[^\s\v\x{85}\p{Z}<>"「」『』【】（）。、，]+`)

// facets finds the links: Bluesky shows none that the post does not point out. Only addresses with a scheme are links. A bare name stays
// text, for README.md or run.sh would lead to somebody else's page.
func facets(text string) []facet {
	var found []facet
	for _, at := range address.FindAllStringIndex(text, -1) {
		s := ending(text[at[0]:at[1]])
		if u, err := url.Parse(s); err != nil || u.Host == "" {
			continue
		}
		found = append(found, facet{Index: span{at[0], at[0] + len(s)}, Features: []feature{{"app.bsky.richtext.facet#link", s}}})
	}
	return found
}

// ending takes off what belongs to the sentence: punctuation, and a parenthesis that was opened before the link.
func ending(link string) string {
	for {
		short := strings.TrimRight(link, ".,;:!?'*”’»…")
		if strings.HasSuffix(short, ")") && strings.Count(short, ")") > strings.Count(short, "(") {
			short = short[:len(short)-1]
		}
		if short == link {
			return link
		}
		link = short
	}
}
