package mastodon

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/net/idna"

	"tocsin/internal/connect"
)

// rules is how much a post may hold on a server.
type rules struct {
	most int // characters
	link int // characters that every link counts as, however long
}

// usual is what servers have that don't say.
var usual = rules{most: 500, link: 23}

const (
	rulesLast = time.Hour       // how long a server's rules are believed
	rulesRest = time.Minute     // how long after a failure they are not asked for again
	rulesWait = 3 * time.Second // how long an answer is waited for
)

// limits gives the server's rules, the last known or usual ones if it does not tell them now. While one caller asks, the others wait.
func (c *Connector) limits(ctx context.Context) rules {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Before(c.until) {
		return c.rules
	}
	soon, cancel := context.WithTimeout(ctx, rulesWait)
	defer cancel()
	if told, err := c.ask(soon); err == nil {
		c.rules, c.until = told, now.Add(rulesLast)
	} else if ctx.Err() == nil {
		c.until = now.Add(rulesRest)
	}
	return c.rules
}

// ask reads the rules from the server.
func (c *Connector) ask(ctx context.Context) (rules, error) {
	var out struct {
		Configuration struct {
			Statuses struct {
				Most int `json:"max_characters"`
				Link int `json:"characters_reserved_per_url"`
			} `json:"statuses"`
		} `json:"configuration"`
	}
	if err := c.call(ctx, http.MethodGet, "/api/v2/instance", nil, nil, "", &out); err != nil {
		return rules{}, err
	}
	told := rules{most: out.Configuration.Statuses.Most, link: out.Configuration.Statuses.Link}
	if told.most <= 0 {
		told.most = usual.most
	}
	if told.link <= 0 {
		told.link = usual.link
	}
	return told, nil
}

// Weigh counts as the server does.
func (c *Connector) Weigh(text string) (weight, limit int) {
	r := c.limits(context.Background())
	return r.count(text), r.most
}

// Fit gives a text that the server takes: the text itself if it is short enough, else as many of its words as fit, "…" and the link (none
// if empty). White space at both ends goes. It may ask the server for its rules, for at most three seconds.
func (c *Connector) Fit(text, link string) string {
	r := c.limits(context.Background())
	return connect.Shorten(text, link, func(s string) bool { return r.count(s) <= r.most })
}

// count is how many characters a text has by Mastodon's rules: graphemes, a link with its scheme as many as the server says, and of
// @user@domain only @user.
func (r rules) count(text string) int {
	var b strings.Builder
	from := 0
	for at := 0; at < len(text); {
		next := strings.IndexFunc(text[at:], func(c rune) bool { return c == '@' || c == 'h' || c == 'H' })
		if next < 0 {
			break
		}
		at += next
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		if n := link(text[at:]); n > 0 && !strings.ContainsRune("@＠$#＃\ufeff\ufffe\uffff", before) && !alphanumeric(before) {
			b.WriteString(text[from:at])
			b.WriteString(strings.Repeat("x", r.link))
			at += n
			from = at
		} else if user, n := mention(text[at:]); n > 0 && before != '=' && before != '/' && !word(before) {
			b.WriteString(text[from:at])
			b.WriteString(user)
			at += n
			from = at
		} else {
			at++
		}
	}
	b.WriteString(text[from:])
	return uniseg.GraphemeClusterCount(b.String())
}

const (
	space  = `\s\v\x{85}\p{Z}`
	inPath = `[^` + space + `<>()?]`
	parens = `\((?:` + inPath + `+|` + inPath + `*\(` + inPath + `+\)` + inPath + `*)\)`
	toEnd  = `(?:[^` + space + `()?!*"'「」<>;:=,.$%\[\]~&|@]|` + parens + `)`
	path   = `(?:` + inPath + `*(?:` + parens + inPath + `*)*` + toEnd + `|` + inPath + `+/)`
	beyond = `\x{A0}-\x{10FFFD}`
	query  = `\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^` + beyond + `]*[a-z0-9_&=#/\-` + beyond + `]`
	label  = `[\pL\pM\pN](?:[\pL\pM\pN_-]*[\pL\pM\pN])?`
	inWord = `[\pL\pM\p{Nd}\p{Pc}]+`
)

var (
	host    = regexp.MustCompile(`(?i)^https?://((?:` + label + `\.)+` + label + `)`)
	rest    = regexp.MustCompile(`(?i)^(?::[0-9]+)?(?:/` + path + `*)?(?:` + query + `)?`)
	address = regexp.MustCompile(`(?i)^(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@(` + inWord + `(?:[.-]+` + inWord + `)*)`)
)

const (
	longestLink   = 4096 // bytes; what is longer is no link to Mastodon
	longestDomain = 253  // bytes
)

// link gives the length of the link that s begins with, 0 if it begins with none: a scheme and a name under a top-level domain.
func link(s string) int {
	m := host.FindStringSubmatchIndex(s)
	if m == nil {
		return 0
	}
	for end := m[3]; end > m[2]; {
		dot := strings.LastIndexByte(s[m[2]:end], '.')
		if dot < 0 {
			return 0
		}
		dot += m[2]
		name := s[m[2]:dot]
		ascii, err := idna.ToASCII(strings.ToLower(s[dot+1 : end]))
		glued := end < len(s) && strings.IndexByte("@+-", s[end]) >= 0
		if err == nil && !glued && connect.TopLevel(ascii) && !strings.Contains(name[strings.LastIndexByte(name, '.')+1:], "_") {
			if end += len(rest.FindString(s[end:])); end > longestLink {
				return 0
			}
			return end
		}
		end = dot
	}
	return 0
}

// mention gives @user and the length of the @user@domain that s begins with, 0 if it begins with none.
func mention(s string) (user string, length int) {
	m := address.FindStringSubmatch(s)
	if m == nil || len(m[2]) > longestDomain || strings.HasPrefix(s[len(m[0]):], "@") || strings.HasPrefix(s[len(m[0]):], "://") {
		return "", 0
	}
	return m[1], len(m[0])
}

func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func word(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc)
}
