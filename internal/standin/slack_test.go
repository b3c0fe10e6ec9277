package standin

import (
	"strings"
	"testing"

	api "github.com/slack-go/slack"
)

func TestSlack(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := api.New("xoxb-1", api.OptionAPIURL(s.url+"/slack/api/"))
	me, err := client.AuthTestContext(t.Context())
	if err != nil || me.URL != s.url+"/slack/" || !strings.Contains(me.Header.Get("X-Oauth-Scopes"), "chat:write") {
		t.Fatal(me, err)
	}

	room, err := client.CreateConversationContext(t.Context(), api.CreateConversationParams{ChannelName: "inc-1"})
	if err != nil || room.Creator != me.UserID || !room.IsMember {
		t.Fatal(room, err)
	}
	for name, want := range map[string]string{"inc-1": "name_taken", "general": "name_taken", "Inc": "invalid_name_specials", "": "invalid_name_required", "---": "invalid_name_punctuation", strings.Repeat("a", 81): "invalid_name_maxlength"} {
		if _, err := client.CreateConversationContext(t.Context(), api.CreateConversationParams{ChannelName: name}); err == nil || err.Error() != want {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := client.SetTopicOfConversationContext(t.Context(), room.ID, strings.Repeat("a", 251)); err == nil || err.Error() != "too_long" {
		t.Error(err)
	}
	if ch, err := client.SetPurposeOfConversationContext(t.Context(), room.ID, "(tocsin:1)"); err != nil || ch.Purpose.Value != "(tocsin:1)" {
		t.Error(ch, err)
	}
	if _, err := client.SetTopicOfConversationContext(t.Context(), room.ID, "Database down"); err != nil {
		t.Error(err)
	}
	if ch, err := client.GetConversationInfoContext(t.Context(), &api.GetConversationInfoInput{ChannelID: room.ID}); err != nil || ch.Topic.Value != "Database down" {
		t.Error(ch, err)
	}
	page, next, err := client.GetConversationsContext(t.Context(), &api.GetConversationsParameters{Limit: 3})
	if err != nil || len(page) != 3 || next == "" {
		t.Fatal(page, next, err)
	}
	if page, next, err = client.GetConversationsContext(t.Context(), &api.GetConversationsParameters{Limit: 3, Cursor: next}); err != nil || len(page) != 2 || next != "" {
		t.Error(page, next, err)
	}

	u, err := client.GetUserByEmailContext(t.Context(), "ada.lovelace@gitlab.example")
	again, _ := client.GetUserByEmailContext(t.Context(), "ada.lovelace@gitlab.example")
	if err != nil || u.ID != again.ID || u.RealName != "Ada Lovelace" {
		t.Error(u, err)
	}
	if _, err := client.GetUserByEmailContext(t.Context(), "ada@elsewhere.org"); err == nil || err.Error() != "users_not_found" {
		t.Error(err)
	}
	for users, want := range map[string]string{u.ID: "", "U0": "user_not_found", me.UserID: "cant_invite_self"} {
		if _, err := client.InviteUsersToConversationContext(t.Context(), room.ID, users); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%q: %v", want, err)
		}
	}
	if _, err := client.InviteUsersToConversationContext(t.Context(), room.ID, u.ID); err == nil || err.Error() != "already_in_channel" {
		t.Error(err)
	}
	if users, err := client.GetUsersContext(t.Context(), api.GetUsersOptionLimit(1)); err != nil || len(users) != 2 {
		t.Error(users, err)
	}
	if groups, err := client.GetUserGroupsContext(t.Context()); err != nil || len(groups) != 1 {
		t.Error(groups, err)
	}
}

func TestSlackMessages(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := api.New("xoxb-1", api.OptionAPIURL(s.url+"/slack/api/"))
	meta := api.MsgOptionMetadata(api.SlackMetadata{EventType: "tocsin_op", EventPayload: map[string]any{"op": "1"}})
	channel, first, err := client.PostMessageContext(t.Context(), "#general", api.MsgOptionText("<!channel> R&amp;D", false), meta)
	if err != nil || !strings.HasPrefix(channel, "C") {
		t.Fatal(channel, err)
	}
	_, second, err := client.PostMessageContext(t.Context(), "general", api.MsgOptionText("two", false))
	if err != nil || second <= first {
		t.Fatal(first, second, err)
	}
	if _, _, err := client.PostMessageContext(t.Context(), channel, api.MsgOptionText("in the thread", false), api.MsgOptionTS(first)); err != nil {
		t.Error(err)
	}
	if _, _, err := client.PostMessageContext(t.Context(), "#nowhere", api.MsgOptionText("x", false)); err == nil || err.Error() != "channel_not_found" {
		t.Error(err)
	}
	if _, _, err := client.PostMessageContext(t.Context(), channel, api.MsgOptionText("", false)); err == nil || err.Error() != "no_text" {
		t.Error(err)
	}

	history := func(p api.GetConversationHistoryParameters) []api.Message {
		t.Helper()
		p.ChannelID = channel
		h, err := client.GetConversationHistoryContext(t.Context(), &p)
		if err != nil {
			t.Fatal(err)
		}
		return h.Messages
	}
	if m := history(api.GetConversationHistoryParameters{}); len(m) != 2 || m[0].Timestamp != second || m[1].Text != "<!channel> R&amp;D" || m[1].Metadata.EventType != "" || m[1].ReplyCount != 1 {
		t.Errorf("%+v", m)
	}
	if m := history(api.GetConversationHistoryParameters{IncludeAllMetadata: true, Oldest: first, Inclusive: true, Latest: first}); len(m) != 1 || m[0].Metadata.EventPayload["op"] != "1" {
		t.Errorf("%+v", m)
	}
	if m := history(api.GetConversationHistoryParameters{Oldest: first}); len(m) != 1 || m[0].Timestamp != second {
		t.Errorf("%+v", m)
	}
	h, err := client.GetConversationHistoryContext(t.Context(), &api.GetConversationHistoryParameters{ChannelID: channel, Limit: 1})
	if err != nil || !h.HasMore || len(h.Messages) != 1 {
		t.Fatal(h, err)
	}
	if m := history(api.GetConversationHistoryParameters{Limit: 1, Cursor: h.ResponseMetaData.NextCursor}); len(m) != 1 || m[0].Timestamp != first {
		t.Errorf("%+v", m)
	}
	if replies, _, _, err := client.GetConversationRepliesContext(t.Context(), &api.GetConversationRepliesParameters{ChannelID: channel, Timestamp: first}); err != nil || len(replies) != 2 {
		t.Error(replies, err)
	}

	if _, _, text, err := client.UpdateMessageContext(t.Context(), channel, first, api.MsgOptionText("new", false)); err != nil || text != "new" {
		t.Error(text, err)
	}
	if _, _, _, err := client.UpdateMessageContext(t.Context(), channel, "1.000000", api.MsgOptionText("new", false)); err == nil || err.Error() != "message_not_found" {
		t.Error(err)
	}
	pin := api.NewRefToMessage(channel, first)
	if err := client.AddPinContext(t.Context(), channel, pin); err != nil {
		t.Error(err)
	}
	if err := client.AddPinContext(t.Context(), channel, pin); err == nil || err.Error() != "already_pinned" {
		t.Error(err)
	}
	if err := client.AddPinContext(t.Context(), channel, api.NewRefToMessage(channel, "1.0")); err == nil || err.Error() != "message_not_found" {
		t.Error(err)
	}
	if pins, _, err := client.ListPinsContext(t.Context(), channel); err != nil || len(pins) != 1 || pins[0].Message.Text != "new" {
		t.Error(pins, err)
	}
	if b, err := client.AddBookmarkContext(t.Context(), channel, api.AddBookmarkParameters{Title: "Doc", Type: "link", Link: "https://a.example"}); err != nil || b.Link != "https://a.example" {
		t.Error(b, err)
	}
	if _, _, err := client.PostMessageContext(t.Context(), channel, api.MsgOptionText("<!channel> R&amp;amp;D &lt;a&gt; <https://a.example/|doc> <@"+slackBot+"> <#"+channel+">", false)); err != nil {
		t.Error(err)
	}
	link, err := client.GetPermalinkContext(t.Context(), &api.PermalinkParameters{Channel: channel, Ts: first})
	if err != nil {
		t.Fatal(err)
	}
	if a := s.ask(t, "GET", strings.TrimPrefix(link, s.url), nil); a.status != 200 || !strings.Contains(a.text, "<p>new</p>") {
		t.Errorf("%s: %d %s", link, a.status, a.text)
	}
	if a := s.ask(t, "GET", "/", nil); !strings.Contains(a.text, "@channel R&amp;amp;D &lt;a&gt; doc (https://a.example/) @tocsin #general") {
		t.Error(a.text)
	}
	all := s.told(t, "slack.message")
	if len(all) != 4 || all[0]["channel"] != channel || dig(all[0], "metadata", "event_payload", "op") != "1" || len(s.told(t, "slack.pin")) != 1 {
		t.Errorf("%v", all)
	}
}

func TestSlackCredentials(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, c := range []struct{ header, path, want string }{
		{"", "/slack/api/auth.test", "not_authed"},
		{"Basic abc", "/slack/api/auth.test", "invalid_auth"},
		{"Bearer a b", "/slack/api/auth.test", "invalid_auth"},
		{"", "/slack/api/auth.test?token=xoxb", "true"},
		{"Bearer xoxb", "/slack//api/auth.test/", "true"},
		{"Bearer xoxb", "/slack/api/no.such", "unknown_method"},
	} {
		a := s.ask(t, "POST", c.path, nil, "Authorization", c.header)
		if a.status != 200 || !strings.Contains(a.text, c.want) {
			t.Errorf("%+v: %d %s", c, a.status, a.text)
		}
	}
}
