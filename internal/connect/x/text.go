package x

import (
	"html"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// parsed is a text with its links taken out, for comparing what we sent with what X gives back: X replaces each link by one of t.co,
// writes & < > as entities, and may trim white space.
type parsed struct {
	texts []string // what stands between the links; one more than links
	links []string // in a canonical form; "" stands for any
}

var space = regexp.MustCompile(`\s+`)

// parse takes a text apart. expanded maps the links in it to what they stand for; a t.co link that it does not know may be any.
func parse(text string, expanded map[string]string) parsed {
	text = norm.NFC.String(text)
	var p parsed
	from := 0
	for _, at := range links(text) {
		p.texts = append(p.texts, tidy(text[from:at.start]))
		link := text[at.start:at.end]
		if long, ok := expanded[link]; ok && long != "" {
			link = long
		} else if expanded != nil && shortLink.MatchString(link) {
			link = ""
		}
		p.links = append(p.links, canonical(link))
		from = at.end
	}
	p.texts = append(p.texts, tidy(text[from:]))
	return p
}

func tidy(s string) string { return strings.TrimSpace(space.ReplaceAllString(s, " ")) }

var scheme = regexp.MustCompile(`(?i)^https?://`)

// canonical forgets what X adds or changes when it expands a link: the scheme of a bare domain, the case of the host, a final slash.
func canonical(link string) string {
	link = scheme.ReplaceAllString(html.UnescapeString(link), "")
	host, rest, _ := strings.Cut(link, "/")
	if rest = strings.TrimRight(rest, "/"); rest != "" {
		return strings.ToLower(host) + "/" + rest
	}
	return strings.ToLower(host)
}

func (p parsed) equal(q parsed) bool {
	if len(p.links) != len(q.links) || len(p.texts) != len(q.texts) {
		return false
	}
	for i := range p.texts {
		if p.texts[i] != q.texts[i] {
			return false
		}
	}
	for i := range p.links {
		if p.links[i] != q.links[i] && p.links[i] != "" && q.links[i] != "" {
			return false
		}
	}
	return true
}

// shown is X's text of a post as it was typed: entities undone, and without the account's own name, which X may put before a reply.
func shown(text, me string, reply bool) string {
	text = html.UnescapeString(text)
	if reply && me != "" && len(text) > len(me)+2 && strings.EqualFold(text[:len(me)+2], "@"+me+" ") {
		text = text[len(me)+2:]
	}
	return text
}
