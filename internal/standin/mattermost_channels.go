package standin

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var mmName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

func (c *mmChannel) tell() map[string]any {
	return map[string]any{
		"id": c.id, "team_id": c.team.id, "type": c.kind, "name": c.name, "display_name": c.display, "purpose": c.purpose, "header": c.header,
		"create_at": c.born.UnixMilli(), "update_at": c.born.UnixMilli(), "delete_at": 0, "creator_id": mmBot,
	}
}

func (m *mattermost) createChannel(r *request) reply {
	t := slices.IndexFunc(m.teams, func(t *mmTeam) bool { return t.id == r.arg("team_id") })
	c := &mmChannel{
		birth: r.birth(), id: mmID("channel", r.arg("team_id"), r.arg("name")), name: r.arg("name"), display: r.arg("display_name"),
		purpose: r.arg("purpose"), header: r.arg("header"), kind: r.arg("type"), members: []string{mmBot},
	}
	switch {
	case t < 0:
		return mmInvalid("team_id")
	case !oneOf(c.kind, "O", "P"):
		return mmError(http.StatusBadRequest, "model.channel.is_valid.type.app_error", "Invalid type.")
	case !mmName.MatchString(c.name):
		return mmError(http.StatusBadRequest, "model.channel.is_valid.1_or_more.app_error", "Name must be 1 or more lowercase alphanumeric characters.")
	case c.display == "" || utf8.RuneCountInString(c.display) > 64:
		return mmError(http.StatusBadRequest, "model.channel.is_valid.display_name.app_error", "Invalid display name.")
	case utf8.RuneCountInString(c.purpose) > 250:
		return mmError(http.StatusBadRequest, "model.channel.is_valid.purpose.app_error", "Invalid purpose.")
	case utf8.RuneCountInString(c.header) > 1024:
		return mmError(http.StatusBadRequest, "model.channel.is_valid.header.app_error", "Invalid header.")
	}
	c.team = m.teams[t]
	if slices.ContainsFunc(m.channels, func(o *mmChannel) bool { return o.team == c.team && o.name == c.name }) {
		return mmError(http.StatusBadRequest, "store.sql_channel.save_channel.exists.app_error", "A channel with that name already exists on the same team.")
	}
	m.channels = append(m.channels, c)
	return mmOK(http.StatusCreated, c.tell())
}

func (m *mattermost) ownChannels(r *request) reply {
	all := []any{}
	for _, c := range m.channels {
		if c.team.id == r.PathValue("team") && r.lists(c.birth) && slices.Contains(c.members, mmBot) {
			all = append(all, c.tell())
		}
	}
	return mmOK(http.StatusOK, all)
}

func (m *mattermost) channelByName(r *request) reply {
	for _, c := range m.channels {
		if c.team.id == r.PathValue("team") && c.name == strings.ToLower(r.PathValue("name")) {
			return mmOK(http.StatusOK, c.tell())
		}
	}
	return mmError(http.StatusNotFound, "app.channel.get_by_name.missing.app_error", "Channel does not exist.")
}

// withChannel calls do with the channel of that id.
func (m *mattermost) withChannel(id string, do func(*mmChannel) reply) reply {
	for _, c := range m.channels {
		if c.id == id {
			return do(c)
		}
	}
	return mmError(http.StatusNotFound, "app.channel.get.existing.app_error", "Unable to find the existing channel.")
}

func (m *mattermost) ownMembership(r *request) reply {
	return m.withChannel(r.PathValue("channel"), func(c *mmChannel) reply {
		return mmOK(http.StatusOK, map[string]any{"channel_id": c.id, "user_id": mmBot, "roles": "channel_user"})
	})
}

// addMember takes a member that is one already for success, as Mattermost does.
func (m *mattermost) addMember(r *request) reply {
	return m.withChannel(r.PathValue("channel"), func(c *mmChannel) reply {
		id := r.arg("user_id")
		if !slices.ContainsFunc(m.users, func(u *mmUser) bool { return u.id == id }) {
			return mmInvalid("user_id")
		}
		if !slices.Contains(c.members, id) {
			c.members = append(c.members, id)
		}
		return mmOK(http.StatusCreated, map[string]any{"channel_id": c.id, "user_id": id, "roles": "channel_user"})
	})
}

func (p *mmPost) tell() map[string]any {
	return map[string]any{
		"id": p.id, "channel_id": p.channel.id, "user_id": mmBot, "message": p.text, "props": p.props, "is_pinned": p.pinned,
		"create_at": p.born.UnixMilli(), "update_at": p.born.UnixMilli(), "delete_at": 0, "type": "",
	}
}

func (m *mattermost) createPost(r *request) reply {
	if r.arg("channel_id") == "" {
		return mmInvalid("channel_id")
	}
	return m.withChannel(r.arg("channel_id"), func(c *mmChannel) reply {
		text := r.arg("message")
		switch {
		case strings.TrimSpace(text) == "":
			return mmInvalid("message")
		case utf8.RuneCountInString(text) > 16383:
			return mmError(http.StatusBadRequest, "model.post.is_valid.message_length.app_error", "Post Message property is longer than the maximum permitted length.")
		}
		p := &mmPost{birth: r.birth(), id: mmID("post", len(m.posts)), text: text, channel: c, props: r.args["props"]}
		if p.props == nil {
			p.props = map[string]any{}
		}
		m.posts = append(m.posts, p)
		return mmOK(http.StatusCreated, p.tell())
	})
}

func (m *mattermost) listPosts(r *request) reply {
	return m.withChannel(r.PathValue("channel"), func(c *mmChannel) reply {
		order, posts := []string{}, map[string]any{}
		skip, size := mmPage(r, 60)
		for _, p := range slices.Backward(m.posts) {
			if p.channel != c || !r.lists(p.birth) {
				continue
			}
			if skip--; skip < 0 && len(order) < size {
				order, posts[p.id] = append(order, p.id), p.tell()
			}
		}
		return mmOK(http.StatusOK, map[string]any{"order": order, "posts": posts, "next_post_id": "", "prev_post_id": ""})
	})
}

func (m *mattermost) pinPost(r *request) reply {
	for _, p := range m.posts {
		if p.id == r.PathValue("post") {
			p.pinned = true
			return mmOK(http.StatusOK, map[string]any{"status": "OK"})
		}
	}
	return mmError(http.StatusNotFound, "app.post.get.app_error", "Unable to get the post.")
}
