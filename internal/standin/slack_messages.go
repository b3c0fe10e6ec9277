package standin

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type slackMessage struct {
	birth
	channel          *slackChannel
	ts, thread, text string
	edited           string
	blocks, attached any
	metadata         map[string]any
	replies          int
	broadcast        bool
	username         string
}

// tell gives the message as lists show it; metadata only if it is asked for.
func (m *slackMessage) tell(metadata bool) map[string]any {
	t := map[string]any{"type": "message", "text": m.text, "ts": m.ts, "user": slackBot, "bot_id": botID, "team": slackTeam}
	if m.thread != "" {
		t["thread_ts"] = m.thread
	}
	if m.replies > 0 {
		t["thread_ts"], t["reply_count"] = m.ts, m.replies
	}
	if m.edited != "" {
		t["edited"] = map[string]any{"user": slackBot, "ts": m.edited}
	}
	if m.blocks != nil {
		t["blocks"] = m.blocks
	}
	if m.attached != nil {
		t["attachments"] = m.attached
	}
	if m.username != "" {
		t["username"] = m.username
	}
	if metadata && m.metadata != nil {
		t["metadata"] = m.metadata
	}
	return t
}

func (m *slackMessage) permalink(base string) string {
	return base + "/slack/archives/" + m.channel.id + "/p" + strings.Replace(m.ts, ".", "", 1)
}

// nextTS gives the next timestamp: seconds with six digits, never twice the same.
func (s *slack) nextTS(now time.Time) string {
	s.stamp = max(s.stamp+1, now.UnixMicro())
	return fmt.Sprintf("%d.%06d", s.stamp/1e6, s.stamp%1e6)
}

// content reads what a message says, or gives Slack's code for what is wrong with it.
func (s *slack) content(r *request) (text string, metadata map[string]any, code string) {
	text = r.arg("text")
	blocks, _ := r.args["blocks"].([]any)
	attached, _ := r.args["attachments"].([]any)
	switch {
	case text == "" && len(blocks) == 0 && len(attached) == 0:
		return "", nil, "no_text"
	case utf8.RuneCountInString(text) > 40000:
		return "", nil, "msg_too_long"
	case len(blocks) > 50:
		return "", nil, "invalid_blocks"
	}
	if r.has("metadata") && r.arg("metadata") != "" {
		fields, _ := r.args["metadata"].(map[string]any)
		kind, _ := fields["event_type"].(string)
		_, isObject := fields["event_payload"].(map[string]any)
		if kind == "" || !isObject {
			return "", nil, "invalid_metadata_format"
		}
		metadata = map[string]any{"event_type": kind, "event_payload": fields["event_payload"]}
	}
	return text, metadata, ""
}

func (s *slack) postMessage(r *request) reply {
	c := s.channel(r.arg("channel"))
	if c == nil {
		c = s.direct(r, r.arg("channel"))
	}
	text, metadata, code := s.content(r)
	switch {
	case c == nil:
		return s.fail("channel_not_found")
	case code != "":
		return s.fail(code)
	case !slices.Contains(c.members, slackBot):
		return s.fail("not_in_channel")
	}
	m := &slackMessage{birth: r.birth(), channel: c, text: text, metadata: metadata, blocks: r.args["blocks"], attached: r.args["attachments"], username: r.arg("username")}
	if thread := r.arg("thread_ts"); thread != "" {
		parent := s.message(c, thread)
		if parent == nil {
			return s.fail("thread_not_found")
		}
		parent.replies++
		m.thread = thread
		m.broadcast, _ = r.flag("reply_broadcast")
	}
	m.ts = s.nextTS(r.now)
	s.messages = append(s.messages, m)
	return s.ok(map[string]any{"channel": c.id, "ts": m.ts, "message": m.tell(true)})
}

func (s *slack) updateMessage(r *request) reply {
	return s.found(r, "ts", func(m *slackMessage) reply {
		text, metadata, code := s.content(r)
		if code != "" {
			return s.fail(code)
		}
		m.text, m.edited = text, s.nextTS(r.now)
		m.blocks, m.attached = r.args["blocks"], r.args["attachments"]
		if metadata != nil {
			m.metadata = metadata
		}
		return s.ok(map[string]any{"channel": m.channel.id, "ts": m.ts, "text": m.text, "message": m.tell(true)})
	})
}

func (s *slack) message(c *slackChannel, ts string) *slackMessage {
	for _, m := range s.messages {
		if m.channel == c && m.ts == ts {
			return m
		}
	}
	return nil
}

// found calls do with the message whose channel r names, and whose timestamp is the value called name.
func (s *slack) found(r *request, name string, do func(*slackMessage) reply) reply {
	return s.within(r, func(c *slackChannel) reply {
		m := s.message(c, r.arg(name))
		if m == nil {
			return s.fail("message_not_found")
		}
		return do(m)
	})
}

func (s *slack) getPermalink(r *request) reply {
	return s.found(r, "message_ts", func(m *slackMessage) reply {
		return s.ok(map[string]any{"channel": m.channel.id, "permalink": m.permalink(r.base)})
	})
}

var slackTime = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// history gives a channel's messages, newest first, without those inside threads.
func (s *slack) history(r *request) reply {
	return s.within(r, func(c *slackChannel) reply {
		if !slices.Contains(c.members, slackBot) {
			return s.fail("not_in_channel")
		}
		return s.listMessages(r, c, true, func(m *slackMessage) bool { return m.thread == "" || m.broadcast })
	})
}

// replies gives a thread with the message it hangs on, oldest first.
func (s *slack) replies(r *request) reply {
	return s.within(r, func(c *slackChannel) reply {
		ts := r.arg("ts")
		if s.message(c, ts) == nil {
			return s.fail("thread_not_found")
		}
		return s.listMessages(r, c, false, func(m *slackMessage) bool { return m.ts == ts || m.thread == ts })
	})
}

func (s *slack) listMessages(r *request, c *slackChannel, newestFirst bool, want func(*slackMessage) bool) reply {
	oldest, latest := r.arg("oldest"), r.arg("latest")
	for name, ts := range map[string]string{"invalid_ts_oldest": oldest, "invalid_ts_latest": latest} {
		if ts != "" && !slackTime.MatchString(ts) {
			return s.fail(name)
		}
	}
	inclusive, _ := r.flag("inclusive")
	metadata, _ := r.flag("include_all_metadata")
	var all []*slackMessage
	for _, m := range s.messages {
		after := oldest == "" || micros(m.ts) > micros(oldest) || inclusive && micros(m.ts) == micros(oldest)
		before := latest == "" || micros(m.ts) < micros(latest) || inclusive && micros(m.ts) == micros(latest)
		if m.channel == c && want(m) && after && before && r.lists(m.birth) {
			all = append(all, m)
		}
	}
	if newestFirst {
		slices.Reverse(all)
	}
	if !r.has("limit") {
		r.args["limit"] = "100"
	}
	page, next, ok := slackPage(r, all, 999)
	if !ok {
		return s.fail("invalid_cursor")
	}
	messages := []any{}
	for _, m := range page {
		t := m.tell(metadata)
		if s.pinned(m) {
			t["pinned_to"] = []string{c.id}
		}
		messages = append(messages, t)
	}
	answer := map[string]any{"messages": messages, "has_more": next != "", "pin_count": s.pinCount(c), "channel_actions_ts": nil, "channel_actions_count": 0}
	if next != "" {
		answer["response_metadata"] = map[string]any{"next_cursor": next}
	}
	return s.ok(answer)
}

// micros reads a timestamp.
func micros(ts string) int64 {
	seconds, fraction, _ := strings.Cut(ts, ".")
	n, _ := strconv.ParseInt(seconds+(fraction + "000000")[:6], 10, 64)
	return n
}

type slackPin struct {
	message *slackMessage
	created time.Time
}

func (p *slackPin) tell(base string) map[string]any {
	message := p.message.tell(false)
	message["permalink"] = p.message.permalink(base)
	message["pinned_to"] = []string{p.message.channel.id}
	return map[string]any{"type": "message", "channel": p.message.channel.id, "created": p.created.Unix(), "created_by": slackBot, "message": message}
}

func (s *slack) pinned(m *slackMessage) bool {
	return slices.ContainsFunc(s.pins, func(p *slackPin) bool { return p.message == m })
}

func (s *slack) pinCount(c *slackChannel) (n int) {
	for _, p := range s.pins {
		if p.message.channel == c {
			n++
		}
	}
	return n
}

func (s *slack) addPin(r *request) reply {
	return s.found(r, "timestamp", func(m *slackMessage) reply {
		if s.pinned(m) {
			return s.fail("already_pinned")
		}
		s.pins = append(s.pins, &slackPin{m, r.now})
		return s.ok(map[string]any{})
	})
}

func (s *slack) listPins(r *request) reply {
	return s.within(r, func(c *slackChannel) reply {
		items := []any{}
		for _, p := range slices.Backward(s.pins) {
			if p.message.channel == c {
				items = append(items, p.tell(r.base))
			}
		}
		return s.ok(map[string]any{"items": items})
	})
}

func (s *slack) objects(base string) []collection {
	return []collection{
		collect("slack.channel", s.channels, func(c *slackChannel) any {
			t := c.tell()
			t["members"] = c.members
			return t
		}),
		collect("slack.message", s.messages, func(m *slackMessage) any {
			t := m.tell(true)
			t["channel"], t["channel_name"], t["permalink"] = m.channel.id, m.channel.name, m.permalink(base)
			return t
		}),
		collect("slack.pin", s.pins, func(p *slackPin) any { return p.tell(base) }),
		collect("slack.bookmark", s.bookmarks, func(b *slackBookmark) any { return b.tell() }),
		collect("slack.user", s.users, func(u *slackUser) any { return u.tell() }),
	}
}

var slackMarkup = regexp.MustCompile(`<([^>|]+)(?:\|([^>]*))?>`)

// read gives a text as people read it in Slack: mentions and links written out, & < and > unescaped.
func (s *slack) read(text string) string {
	text = slackMarkup.ReplaceAllStringFunc(text, func(markup string) string {
		parts := slackMarkup.FindStringSubmatch(markup)
		target, label := parts[1], parts[2]
		switch {
		case strings.HasPrefix(target, "@"):
			if u := s.user(target[1:]); u != nil {
				return "@" + u.name
			}
		case strings.HasPrefix(target, "#"):
			if c := s.channel(target[1:]); c != nil {
				return "#" + c.name
			}
		case strings.HasPrefix(target, "!") && label == "":
			return "@" + target[1:]
		case label != "" && label != target:
			return label + " (" + target + ")"
		}
		return target
	})
	return html.UnescapeString(text)
}

func (s *slack) panel(base string) panel {
	p := panel{Name: "Slack", Nothing: "No message yet."}
	for _, m := range slices.Backward(s.messages) {
		p.Items = append(p.Items, item{At: m.born, Title: "#" + m.channel.name, Text: s.read(m.text), URL: m.permalink(base)})
	}
	return p
}
