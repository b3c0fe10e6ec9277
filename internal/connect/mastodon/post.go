package mastodon

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// status is what we read of a post.
type status struct {
	ID      string    `json:"id"`
	URL     string    `json:"url"`
	ReplyTo string    `json:"in_reply_to_id"` // absent or null: none
	Created time.Time `json:"created_at"`
	Account account   `json:"account"`
}

// post sends the text as it is. It never shortens: callers use Fit, so that what people were shown is what goes out.
func (c *Connector) post(ctx context.Context, call connect.Call, r connect.SocialMessage) (connect.Result, error) {
	if !r.Text.Sealed() {
		return connect.Result{}, refused("the post was not redacted: it stays here")
	}
	text := strings.TrimSpace(r.Text.String())
	if text == "" {
		return connect.Result{}, refused("the post is empty")
	}
	limit := c.limits(ctx)
	if n := limit.count(text); n > limit.most {
		return connect.Result{}, refused("the post has %d characters and this Mastodon server takes %d: shorten it (a link counts as %d)", n, limit.most, limit.link)
	}
	in := map[string]any{"status": text, "visibility": "public"}
	if r.ReplyTo != "" {
		if !postID.MatchString(r.ReplyTo) {
			return connect.Result{}, refused("what this post replies to is not a post on Mastodon: post it by hand, or without a thread")
		}
		in["in_reply_to_id"] = r.ReplyTo
	}
	var out status
	if err := c.call(ctx, http.MethodPost, "/api/v1/statuses", nil, in, call.Mark, &out); err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if !postID.MatchString(out.ID) {
		return connect.Result{}, &connect.Error{Kind: connect.Unknown, Message: "mastodon took the post and does not say where it is"}
	}
	return c.posted(out), nil
}

// posted gives where the post is: at the server's own address for it, or at Mastodon's usual one if it gives none.
func (c *Connector) posted(s status) connect.Result {
	page := c.base + "/@" + url.PathEscape(s.Account.Acct) + "/" + s.ID
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && u.RawQuery == "" && u.Fragment == "" {
		page = u.String()
	}
	return connect.Result{Ref: s.ID, URL: page}
}

// find looks through the account's own posts, newest first and back to a minute before the first attempt, for one of exactly this text
// in the same place of the thread.
func (c *Connector) find(ctx context.Context, call connect.Call, r connect.SocialMessage) (*connect.Result, error) {
	me, err := c.whoami(ctx)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	want, since := strings.TrimSpace(r.Text.String()), call.Since.Add(-time.Minute)
	query := url.Values{"limit": {"40"}, "exclude_reblogs": {"true"}}
	seen := map[string]bool{}
	for {
		var page []status
		if err := c.call(ctx, http.MethodGet, "/api/v1/accounts/"+url.PathEscape(me.ID)+"/statuses", query, nil, "", &page); err != nil {
			return nil, connect.Failure(provider, err)
		}
		if len(page) == 0 {
			return nil, nil
		}
		for _, s := range page {
			switch {
			case !postID.MatchString(s.ID) || s.Created.IsZero() || seen[s.ID]:
				return nil, &connect.Error{Kind: connect.Unknown, Message: "mastodon's list of posts can't be read"}
			case s.Created.Before(since):
				return nil, nil
			}
			seen[s.ID] = true
			if s.ReplyTo != r.ReplyTo {
				continue
			}
			text, err := c.source(ctx, s.ID)
			if err != nil {
				return nil, connect.Failure(provider, err)
			}
			if text == want {
				result := c.posted(s)
				return &result, nil
			}
		}
		query.Set("max_id", page[len(page)-1].ID)
	}
}

// source gives a post's text as it was sent; the list shows it as HTML. It is empty for a post deleted meanwhile.
func (c *Connector) source(ctx context.Context, id string) (string, error) {
	var out struct {
		Text string `json:"text"`
	}
	err := c.call(ctx, http.MethodGet, "/api/v1/statuses/"+url.PathEscape(id)+"/source", nil, nil, "", &out)
	var e *connect.Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound {
		return "", nil
	}
	return strings.TrimSpace(out.Text), err
}
