package standin

import (
	"html"
	"strings"
)

type tweet struct {
	birth
	id, text  string
	reply     string // the tweet it answers
	thread    string // the tweet that began it all
	removed   bool
	links     []xLink
	permitted string // reply_settings
}

// tell gives the fields of a tweet that were asked for, its text as X shows it: links shortened, & < and > escaped.
func (t *tweet) tell(base string, fields []string) map[string]any {
	shown, urls := t.shortened(base)
	told := map[string]any{"id": t.id, "text": shown, "edit_history_tweet_ids": []string{t.id}}
	optional := map[string]any{
		"author_id": xID, "created_at": t.born.Format("2006-01-02T15:04:05.000Z"), "conversation_id": t.thread, "reply_settings": t.permitted,
	}
	if t.reply != "" {
		optional["referenced_tweets"] = []any{map[string]any{"type": "replied_to", "id": t.reply}}
		optional["in_reply_to_user_id"] = xID
	}
	if len(urls) > 0 {
		optional["entities"] = map[string]any{"urls": urls}
	}
	for _, name := range fields {
		if value, ok := optional[name]; ok {
			told[name] = value
		}
	}
	return told
}

// shortened replaces links by short ones, as X does in all it gives out.
func (t *tweet) shortened(base string) (text string, urls []any) {
	var b strings.Builder
	at := 0
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for i, l := range t.links {
		b.WriteString(escape.Replace(t.text[at:l.start]))
		long := t.text[l.start:l.end]
		display := strings.TrimPrefix(strings.TrimPrefix(long, "https://"), "http://")
		if !strings.Contains(long, "://") {
			long = "http://" + long
		}
		short := "https://t.co/" + opaque("t.co", t.id, i)[:10]
		start := len([]rune(html.UnescapeString(b.String())))
		urls = append(urls, map[string]any{"start": start, "end": start + len(short), "url": short, "expanded_url": long, "display_url": display})
		b.WriteString(short)
		at = l.end
	}
	b.WriteString(escape.Replace(t.text[at:]))
	return b.String(), urls
}

func (t *tweet) url(base string) string { return base + "/x/" + xUser + "/status/" + t.id }
