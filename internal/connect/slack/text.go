package slack

import (
	"regexp"
	"strings"
)

var (
	link = regexp.MustCompile(`\[([^\[\]\n]+)\]\(((?:https?://|mailto:)[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)\)`)
	// The word @channel by itself: neither part of an address nor of a longer handle.
	everyone = regexp.MustCompile(`(^|[^\w@.&/-])@channel($|[^\w@-])`)
	escape   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	target   = strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C")
)

// mrkdwn writes our text as Slack wants it: & < > escaped, so that nobody's words become a mention; [text](url) as a link; the literal
// @channel as the mention that notifies everyone in the channel.
func mrkdwn(text string) string {
	var b strings.Builder
	for {
		at := link.FindStringSubmatchIndex(text)
		if at == nil {
			b.WriteString(plain(text))
			return b.String()
		}
		b.WriteString(plain(text[:at[0]]))
		b.WriteString("<" + target.Replace(text[at[4]:at[5]]) + "|" + escape.Replace(text[at[2]:at[3]]) + ">")
		text = text[at[1]:]
	}
}

func plain(text string) string {
	text = everyone.ReplaceAllString(text, "$1\x00$2")
	text = everyone.ReplaceAllString(text, "$1\x00$2") // neighbours share the character between them
	return strings.ReplaceAll(escape.Replace(text), "\x00", "<!channel>")
}
