package slack

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"tocsin/internal/connect"
)

// eventType names our metadata on a message; its payload is {"op": mark}.
const eventType = "tocsin_op"

var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{5,}$`)

// address is where a request's channel is: the id or name that the configuration gives it, without '#'.
func (c *Connector) address(channel string) string {
	channel = strings.TrimPrefix(channel, "#")
	if to := c.channels[channel]; to != "" {
		channel = strings.TrimPrefix(to, "#")
	}
	return channel
}

// resolve gives the id of a channel, for calls that take no names.
func (c *Connector) resolve(ctx context.Context, channel string) (string, error) {
	channel = c.address(channel)
	if channelID.MatchString(channel) {
		return channel, nil
	}
	c.mu.Lock()
	id := c.ids[channel]
	c.mu.Unlock()
	if id != "" {
		return id, nil
	}
	if _, err := c.list(ctx); err != nil {
		return "", err
	}
	c.mu.Lock()
	id = c.ids[channel]
	c.mu.Unlock()
	if id == "" {
		return "", refused("slack has no public channel #%s: create it, or give its id in connectors.slack.channels", channel)
	}
	return id, nil
}

// post sends the message with our mark as metadata.
func (c *Connector) post(ctx context.Context, call connect.Call, r connect.ChatMessage) (connect.Result, error) {
	if strings.TrimSpace(r.Text) == "" {
		return connect.Result{}, refused("the message is empty")
	}
	to := c.address(r.Channel)
	if to == "" {
		return connect.Result{}, refused("the message has no channel")
	}
	if !channelID.MatchString(to) {
		to = "#" + to
	}
	text := mrkdwn(r.Text)
	if len(r.Emails)+len(r.Handles) > 0 {
		if users, _, err := c.people(ctx, connect.ChatInvitation{Emails: r.Emails, Handles: r.Handles}); err == nil { // a call goes out without, too
			for _, u := range users {
				text = "<@" + u + "> " + text
			}
		}
	}
	channel, ts, err := c.api.PostMessageContext(ctx, to,
		slack.MsgOptionText(text, false),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"op": call.Mark}}),
	)
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if channel == "" || ts == "" {
		return connect.Result{}, unknown("slack took the message and does not say where it is")
	}
	return c.message(ctx, channel, ts), nil
}

// findPost reads the channel's history since a minute before the first attempt and looks for our mark.
func (c *Connector) findPost(ctx context.Context, call connect.Call, r connect.ChatMessage) (*connect.Result, error) {
	channel, err := c.resolve(ctx, r.Channel)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	oldest := call.Since.Add(-time.Minute)
	seen := map[string]bool{}
	for cursor := ""; ; {
		page, err := c.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Cursor: cursor, Limit: 200, Inclusive: true, IncludeAllMetadata: true,
			Oldest: fmt.Sprintf("%d.%06d", oldest.Unix(), oldest.Nanosecond()/1000),
		})
		if err != nil {
			return nil, connect.Failure(provider, err)
		}
		for _, m := range page.Messages {
			if m.Metadata.EventType == eventType && m.Metadata.EventPayload["op"] == call.Mark {
				result := c.message(ctx, channel, m.Timestamp)
				return &result, nil
			}
		}
		next := page.ResponseMetaData.NextCursor
		if next == "" && !page.HasMore {
			return nil, nil
		}
		if next == "" || seen[next] {
			return nil, unknown("slack does not show the whole history of the channel")
		}
		seen[next], cursor = true, next
	}
}

// message tells of a message that surely exists. Its link is a convenience: failing to get it must not make the post look failed.
func (c *Connector) message(ctx context.Context, channel, ts string) connect.Result {
	r := connect.Result{Ref: ts, Outputs: map[string]string{"channel": channel}}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	url, err := c.api.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
	if err != nil || url == "" {
		c.mu.Lock()
		me := c.me
		c.mu.Unlock()
		url = workspace(me) + "archives/" + channel + "/p" + strings.Replace(ts, ".", "", 1)
	}
	r.URL = url
	return r
}

// pin pins a message; pinned already is as good.
func (c *Connector) pin(ctx context.Context, _ connect.Call, r connect.ChatRef) (connect.Result, error) {
	channel, err := c.resolve(ctx, r.Channel)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	if err := c.api.AddPinContext(ctx, channel, slack.ItemRef{Timestamp: r.ID}); err != nil && code(err) != "already_pinned" {
		return connect.Result{}, connect.Failure(provider, err)
	}
	return connect.Result{Ref: r.ID, Outputs: map[string]string{"channel": channel}}, nil
}
