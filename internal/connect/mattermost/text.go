package mattermost

import (
	"regexp"
	"strings"
)

// loud are addresses of the web and of mail, which stay as they are, and the words that would notify all who are in a channel.
var loud = regexp.MustCompile(`(?i)https?://[^\s)]+|\w@\S*|@(?:here|all)(?:_|\b)`)

// quiet writes our text so that only @channel notifies everyone: somebody's @here or @all gets a mark without width and stays to be read.
func quiet(text string) string {
	return loud.ReplaceAllStringFunc(text, func(s string) string {
		if name, ok := strings.CutPrefix(s, "@"); ok {
			return "@\u200b" + name
		}
		return s
	})
}
