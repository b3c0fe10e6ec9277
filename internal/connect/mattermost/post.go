package mattermost

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// prop names our mark among a post's props.
const prop = "tocsin_op"

// most is how many characters Mattermost takes in a post.
const most = 16383

// skew is how far Mattermost's clock may be from ours.
const skew = 10 * time.Minute

// perPage is the longest page of posts that Mattermost gives.
const perPage = 200

type post struct {
	ID        string         `json:"id"`
	ChannelID string         `json:"channel_id"`
	CreateAt  int64          `json:"create_at"` // milliseconds
	DeleteAt  int64          `json:"delete_at"`
	Props     map[string]any `json:"props"`
}

// post sends the message with our mark in its props. @channel and [text](url) are Mattermost's own ways to write.
func (c *Connector) post(ctx context.Context, call connect.Call, r connect.ChatMessage) (connect.Result, error) {
	if strings.TrimSpace(r.Text) == "" {
		return connect.Result{}, refused("the message is empty")
	}
	to, err := c.resolve(ctx, r.Channel)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	text := quiet(r.Text)
	if people, _, err := c.people(ctx, r.Emails, r.Handles); err == nil { // a call goes out without, too
		for _, p := range people {
			text = "@" + p.Username + " " + text
		}
	}
	var made post
	err = c.call(ctx, http.MethodPost, "/posts", map[string]any{"channel_id": to, "message": shorten(text, most), "props": map[string]any{prop: call.Mark}}, &made)
	switch {
	case err != nil:
		return connect.Result{}, connect.Failure(provider, err)
	case made.ID == "":
		return connect.Result{}, unknown("mattermost took a message and does not say which it is")
	}
	return c.message(to, made.ID), nil
}

// findPost looks through the channel's posts, newest first, back to the first attempt.
func (c *Connector) findPost(ctx context.Context, call connect.Call, r connect.ChatMessage) (*connect.Result, error) {
	in, err := c.resolve(ctx, r.Channel)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	oldest := call.Since.Add(-skew).UnixMilli()
	for page := 0; ; page++ {
		var list struct {
			Order []string        `json:"order"`
			Posts map[string]post `json:"posts"`
		}
		if err := c.call(ctx, http.MethodGet, fmt.Sprintf("/channels/%s/posts?page=%d&per_page=%d", in, page, perPage), nil, &list); err != nil {
			return nil, connect.Failure(provider, err)
		}
		if list.Order == nil {
			return nil, unknown("mattermost does not show the channel's posts")
		}
		for _, id := range list.Order {
			p := list.Posts[id]
			if p.DeleteAt == 0 && p.Props[prop] == call.Mark {
				found := c.message(in, id)
				return &found, nil
			}
			if p.CreateAt < oldest {
				return nil, nil
			}
		}
		if len(list.Order) < perPage {
			return nil, nil
		}
	}
}

func (c *Connector) message(channel, id string) connect.Result {
	return connect.Result{Ref: id, URL: c.base + "/" + c.team + "/pl/" + id, Outputs: map[string]string{"channel": channel}}
}

// pin pins a message; pinned already is as good.
func (c *Connector) pin(ctx context.Context, _ connect.Call, r connect.ChatRef) (connect.Result, error) {
	if !id26.MatchString(r.ID) {
		return connect.Result{}, refused("mattermost: %q is no message's id", r.ID)
	}
	var said struct {
		Status string `json:"status"`
	}
	if err := c.call(ctx, http.MethodPost, "/posts/"+r.ID+"/pin", nil, &said); err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	return connect.Result{Ref: r.ID}, nil
}
