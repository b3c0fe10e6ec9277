package x

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"tocsin/internal/connect"
)

var (
	postID = regexp.MustCompile(`^[0-9]{1,19}$`)
	handle = regexp.MustCompile(`^[A-Za-z0-9_]{1,15}$`)
)

// post sends the text as it is. It never shortens: callers use Fit, so that what people were shown is what goes out.
func (c *Connector) post(ctx context.Context, _ connect.Call, r connect.SocialMessage) (connect.Result, error) {
	if !r.Text.Sealed() {
		return connect.Result{}, refused("the post was not redacted: it stays here")
	}
	text := r.Text.String()
	if !Valid(text) {
		if strings.TrimSpace(text) == "" {
			return connect.Result{}, refused("the post is empty")
		}
		if w := Weight(text); w > Limit {
			return connect.Result{}, refused("the post weighs %d and X takes %d: shorten it (a link weighs 23, and so does whatever looks like one)", w, Limit)
		}
		return connect.Result{}, refused("the post holds a character that X does not take: write it anew")
	}
	in := map[string]any{"text": text}
	if r.ReplyTo != "" {
		if !postID.MatchString(r.ReplyTo) {
			return connect.Result{}, refused("what this post replies to is not a post on X: post it by hand, or without a thread")
		}
		in["reply"] = map[string]any{"in_reply_to_tweet_id": r.ReplyTo}
	}
	var out struct {
		Data struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := c.call(ctx, http.MethodPost, "/2/tweets", nil, in, &out); err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if !postID.MatchString(out.Data.ID) {
		return connect.Result{}, &connect.Error{Kind: connect.Unknown, Message: "x took the post and does not say where it is"}
	}
	return c.posted(out.Data.ID), nil
}

func (c *Connector) posted(id string) connect.Result {
	return connect.Result{Ref: id, URL: c.status + id}
}

// tweet is what we read of a post.
type tweet struct {
	ID         string `json:"id"`
	Text       string `json:"text"`
	Referenced []struct {
		Type string `json:"type"`
		ID   string `json:"id"`
	} `json:"referenced_tweets"`
	Entities struct {
		URLs []struct {
			URL      string `json:"url"`
			Expanded string `json:"expanded_url"`
		} `json:"urls"`
	} `json:"entities"`
}

// find looks through the account's own posts since a minute before the first attempt for one of exactly this text.
func (c *Connector) find(ctx context.Context, call connect.Call, r connect.SocialMessage) (*connect.Result, error) {
	me, err := c.whoami(ctx)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	want := parse(r.Text.String(), nil)
	query := url.Values{
		"start_time":   {call.Since.Add(-time.Minute).UTC().Format("2006-01-02T15:04:05Z")},
		"max_results":  {"100"},
		"tweet.fields": {"created_at,entities,referenced_tweets"},
	}
	seen := map[string]bool{}
	for {
		var page struct {
			Data []tweet `json:"data"`
			Meta struct {
				Next string `json:"next_token"`
			} `json:"meta"`
		}
		if err := c.call(ctx, http.MethodGet, "/2/users/"+url.PathEscape(me.ID)+"/tweets", query, nil, &page); err != nil {
			return nil, connect.Failure(provider, err)
		}
		for _, t := range page.Data {
			if t.repliesElsewhere(r.ReplyTo) || !postID.MatchString(t.ID) {
				continue
			}
			expanded := map[string]string{}
			for _, u := range t.Entities.URLs {
				expanded[u.URL] = u.Expanded
			}
			have := parse(shown(t.Text, me.Username, r.ReplyTo != ""), expanded)
			if want.equal(have) {
				result := c.posted(t.ID)
				return &result, nil
			}
		}
		if page.Meta.Next == "" {
			return nil, nil
		}
		if seen[page.Meta.Next] {
			return nil, &connect.Error{Kind: connect.Unknown, Message: "x's list of posts has no end"}
		}
		seen[page.Meta.Next] = true
		query.Set("pagination_token", page.Meta.Next)
	}
}

// repliesElsewhere is true if X says that the post replies to another one than ours would, or shares one.
func (t tweet) repliesElsewhere(to string) bool {
	for _, ref := range t.Referenced {
		if ref.Type == "retweeted" || ref.Type == "replied_to" && ref.ID != to {
			return true
		}
	}
	return false
}
