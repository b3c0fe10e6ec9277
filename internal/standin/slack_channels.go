package standin

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

type slackChannel struct {
	birth
	id, name, creator string
	topic, purpose    string
	created           time.Time
	members           []string
	private, general  bool
	direct            string // the user at the other end, of a direct message
}

func (c *slackChannel) tell() map[string]any {
	if c.direct != "" {
		return map[string]any{"id": c.id, "created": c.created.Unix(), "is_im": true, "user": c.direct, "is_user_deleted": false}
	}
	text := func(value string) map[string]any {
		return map[string]any{"value": value, "creator": c.creator, "last_set": c.created.Unix()}
	}
	return map[string]any{
		"id": c.id, "name": c.name, "name_normalized": c.name, "created": c.created.Unix(), "creator": c.creator,
		"is_channel": !c.private, "is_group": c.private, "is_private": c.private, "is_im": false, "is_mpim": false, "is_archived": false,
		"is_general": c.general, "is_member": slices.Contains(c.members, slackBot), "is_shared": false, "is_ext_shared": false,
		"is_org_shared": false, "topic": text(c.topic), "purpose": text(c.purpose), "num_members": len(c.members),
	}
}

// channel finds a channel by id, by name or by "#name".
func (s *slack) channel(address string) *slackChannel {
	name := strings.TrimPrefix(address, "#")
	for _, c := range s.channels {
		if c.id == address || c.direct == "" && c.name == name {
			return c
		}
	}
	return nil
}

var slackName = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]+$`)

func (s *slack) createChannel(r *request) reply {
	name := strings.TrimPrefix(r.arg("name"), "#")
	switch {
	case name == "":
		return s.fail("invalid_name_required")
	case utf8.RuneCountInString(name) > 80:
		return s.fail("invalid_name_maxlength")
	case strings.Trim(name, "-_.") == "":
		return s.fail("invalid_name_punctuation")
	case !slackName.MatchString(name):
		return s.fail("invalid_name_specials")
	case s.channel(name) != nil:
		return s.fail("name_taken")
	}
	private, _ := r.flag("is_private")
	c := &slackChannel{birth: r.birth(), id: slackID("C", fmt.Sprint(len(s.channels), name)), name: name, creator: slackBot, created: r.now, members: []string{slackBot}, private: private}
	s.channels = append(s.channels, c)
	return s.ok(map[string]any{"channel": c.tell()})
}

func (s *slack) listChannels(r *request) reply {
	types := strings.Split(r.arg("types"), ",")
	var all []*slackChannel
	for _, c := range s.channels {
		kind := "public_channel"
		switch {
		case c.direct != "":
			kind = "im"
		case c.private:
			kind = "private_channel"
		}
		if r.lists(c.birth) && (slices.Contains(types, kind) || types[0] == "" && kind == "public_channel") {
			all = append(all, c)
		}
	}
	page, next, ok := slackPage(r, all, 1000)
	if !ok {
		return s.fail("invalid_cursor")
	}
	channels := []any{}
	for _, c := range page {
		channels = append(channels, c.tell())
	}
	return s.ok(map[string]any{"channels": channels, "response_metadata": map[string]any{"next_cursor": next}})
}

// within calls do with the channel that r names.
func (s *slack) within(r *request, do func(*slackChannel) reply) reply {
	c := s.channel(r.arg("channel"))
	if c == nil {
		return s.fail("channel_not_found")
	}
	return do(c)
}

func (s *slack) channelInfo(r *request) reply {
	return s.within(r, func(c *slackChannel) reply { return s.ok(map[string]any{"channel": c.tell()}) })
}

func (s *slack) members(r *request) reply {
	return s.within(r, func(c *slackChannel) reply {
		return s.ok(map[string]any{"members": c.members, "response_metadata": map[string]any{"next_cursor": ""}})
	})
}

// invite takes everyone in or no one, as Slack does without force.
func (s *slack) invite(r *request) reply {
	return s.within(r, func(c *slackChannel) reply {
		ids := strings.FieldsFunc(r.arg("users"), func(r rune) bool { return r == ',' || r == ' ' })
		if len(ids) == 0 {
			return s.fail("no_user")
		}
		if len(ids) > 100 {
			return s.fail("too_many_users")
		}
		var wrong []any
		first := ""
		for _, id := range ids {
			var code string
			switch {
			case id == slackBot:
				code = "cant_invite_self"
			case s.user(id) == nil:
				code = "user_not_found"
			case slices.Contains(c.members, id):
				code = "already_in_channel"
			default:
				continue
			}
			first = map[bool]string{true: code, false: first}[first == ""]
			wrong = append(wrong, map[string]any{"user": id, "ok": false, "error": code})
		}
		if wrong != nil {
			return s.answer(map[string]any{"ok": false, "error": first, "errors": wrong})
		}
		c.members = append(c.members, ids...)
		return s.ok(map[string]any{"channel": c.tell()})
	})
}

func (s *slack) join(r *request) reply {
	return s.within(r, func(c *slackChannel) reply {
		answer := map[string]any{"channel": c.tell()}
		if slices.Contains(c.members, slackBot) {
			answer["warning"] = "already_in_channel"
		} else {
			c.members = append(c.members, slackBot)
		}
		return s.ok(answer)
	})
}

func (s *slack) setTopic(r *request) reply   { return s.describe(r, "topic") }
func (s *slack) setPurpose(r *request) reply { return s.describe(r, "purpose") }

func (s *slack) describe(r *request, what string) reply {
	return s.within(r, func(c *slackChannel) reply {
		text := r.arg(what)
		switch {
		case utf8.RuneCountInString(text) > 250:
			return s.fail("too_long")
		case c.direct != "":
			return s.fail("method_not_supported_for_channel_type")
		case what == "topic":
			c.topic = text
		default:
			c.purpose = text
		}
		return s.ok(map[string]any{"channel": c.tell()})
	})
}

// openDirect gives the direct message with one user.
func (s *slack) openDirect(r *request) reply {
	c := s.direct(r, r.arg("users"))
	if c == nil {
		return s.fail("user_not_found")
	}
	return s.ok(map[string]any{"channel": map[string]any{"id": c.id}})
}

// direct finds or makes the direct message with a user; nil if there is no such user.
func (s *slack) direct(r *request, user string) *slackChannel {
	if s.user(user) == nil {
		return nil
	}
	id := slackID("D", user)
	if c := s.channel(id); c != nil {
		return c
	}
	c := &slackChannel{birth: r.birth(), id: id, name: user, creator: slackBot, created: r.now, members: []string{slackBot, user}, direct: user}
	s.channels = append(s.channels, c)
	return c
}

type slackBookmark struct {
	id, channel, title, link, emoji string
	created                         time.Time
}

func (b *slackBookmark) tell() map[string]any {
	return map[string]any{
		"id": b.id, "channel_id": b.channel, "title": b.title, "link": b.link, "emoji": b.emoji, "type": "link",
		"date_created": b.created.Unix(), "date_updated": 0, "rank": "", "last_updated_by_user_id": slackBot, "last_updated_by_team_id": slackTeam,
	}
}

func (s *slack) addBookmark(r *request) reply {
	c := s.channel(r.arg("channel_id"))
	switch {
	case c == nil:
		return s.fail("channel_not_found")
	case r.arg("title") == "" || r.arg("type") != "link":
		return s.fail("invalid_arguments")
	case !strings.HasPrefix(r.arg("link"), "http"):
		return s.fail("invalid_link")
	}
	b := &slackBookmark{id: slackID("Bk", fmt.Sprint(len(s.bookmarks))), channel: c.id, title: r.arg("title"), link: r.arg("link"), emoji: r.arg("emoji"), created: r.now}
	s.bookmarks = append(s.bookmarks, b)
	return s.ok(map[string]any{"bookmark": b.tell()})
}

func (s *slack) listBookmarks(r *request) reply {
	c := s.channel(r.arg("channel_id"))
	if c == nil {
		return s.fail("channel_not_found")
	}
	all := []any{}
	for _, b := range s.bookmarks {
		if b.channel == c.id {
			all = append(all, b.tell())
		}
	}
	return s.ok(map[string]any{"bookmarks": all})
}
