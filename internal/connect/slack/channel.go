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

// names is how many names are tried: wish, wish-2 … wish-9.
const names = 9

// stamp is what a channel's purpose holds when it is ours. The brackets keep one mark from being found inside a longer one.
func stamp(mark string) string { return "(tocsin:" + mark + ")" }

var notName = regexp.MustCompile(`[^a-z0-9_-]+`)

// wish is the i-th name to try, counted from 1, as Slack allows names: lower case, at most 80.
func wish(name string, i int) string {
	name = strings.Trim(notName.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if name == "" {
		name = "incident"
	}
	if len(name) > 76 {
		name = strings.TrimRight(name[:76], "-_")
	}
	if i > 1 {
		name = fmt.Sprintf("%s-%d", name, i)
	}
	return name
}

// open creates the channel and stamps it. A name that is taken by someone else makes way for the next one.
func (c *Connector) open(ctx context.Context, call connect.Call, r connect.ChannelRequest) (connect.Result, error) {
	me, err := c.whoami(ctx)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	for i := 1; i <= names; i++ {
		ch, err := c.api.CreateConversationContext(ctx, slack.CreateConversationParams{ChannelName: wish(r.Name, i)})
		switch {
		case code(err) == "name_taken":
			all, err := c.list(ctx)
			if err != nil {
				return connect.Result{}, connect.Unsent(provider, err)
			}
			if ch = ours(all, me.UserID, call, r); ch == nil {
				continue
			}
		case err != nil:
			return connect.Result{}, connect.Failure(provider, err)
		case ch == nil || ch.ID == "":
			return connect.Result{}, unknown("slack gave a channel without an id")
		}
		return c.settle(ctx, call, r, ch, me)
	}
	return connect.Result{}, refused("the names %s to %s of Slack channels are all taken: archive or rename one, or make a channel by hand", wish(r.Name, 1), wish(r.Name, names))
}

// findChannel looks for the channel by its stamp, or for one that an attempt created and did not get to stamp; that one is stamped now.
func (c *Connector) findChannel(ctx context.Context, call connect.Call, r connect.ChannelRequest) (*connect.Result, error) {
	me, err := c.whoami(ctx)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	all, err := c.list(ctx)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	ch := ours(all, me.UserID, call, r)
	if ch == nil {
		return nil, nil
	}
	result, err := c.settle(ctx, call, r, ch, me)
	if err != nil {
		return nil, err
	}
	return &result, nil
}

// ours is the channel that holds our stamp; failing that, one of the wished names that this bot created since the first attempt and
// that nobody has given a purpose, for an attempt may have died between creating and stamping. Nil: none is.
func ours(all []slack.Channel, me string, call connect.Call, r connect.ChannelRequest) *slack.Channel {
	wished := map[string]bool{}
	for i := 1; i <= names; i++ {
		wished[wish(r.Name, i)] = true
	}
	var bare *slack.Channel
	for i := range all {
		ch := &all[i]
		if ch.IsArchived {
			continue
		}
		if strings.Contains(ch.Purpose.Value, stamp(call.Mark)) {
			return ch
		}
		fresh := !ch.Created.Time().Before(call.Since.Add(-time.Minute).Truncate(time.Second))
		if bare == nil && wished[ch.Name] && ch.Creator == me && ch.Purpose.Value == "" && fresh {
			bare = ch
		}
	}
	return bare
}

// settle gives a channel of ours its purpose and topic where it does not have them, and tells what it is. The purpose comes first: from
// then on the channel is known for ours.
func (c *Connector) settle(ctx context.Context, call connect.Call, r connect.ChannelRequest, ch *slack.Channel, me *slack.AuthTestResponse) (connect.Result, error) {
	if !strings.Contains(ch.Purpose.Value, stamp(call.Mark)) {
		if _, err := c.api.SetPurposeOfConversationContext(ctx, ch.ID, "Opened by Tocsin for an incident "+stamp(call.Mark)); err != nil {
			return connect.Result{}, connect.Failure(provider, err)
		}
	}
	if topic := shorten(r.Topic, 250); topic != "" && ch.Topic.Value != topic && ch.Topic.Value != escape.Replace(topic) {
		if _, err := c.api.SetTopicOfConversationContext(ctx, ch.ID, topic); err != nil {
			return connect.Result{}, connect.Failure(provider, err)
		}
	}
	c.mu.Lock()
	c.ids[ch.Name] = ch.ID
	c.mu.Unlock()
	return connect.Result{
		Ref:     ch.ID,
		URL:     workspace(me) + "archives/" + ch.ID,
		Outputs: map[string]string{"name": ch.Name},
	}, nil
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// workspace is the address of the workspace, with a slash at its end.
func workspace(me *slack.AuthTestResponse) string {
	if me == nil || me.URL == "" {
		return "https://slack.com/"
	}
	return strings.TrimRight(me.URL, "/") + "/"
}

// whoami says who the bot is; asked once.
func (c *Connector) whoami(ctx context.Context) (*slack.AuthTestResponse, error) {
	c.mu.Lock()
	me := c.me
	c.mu.Unlock()
	if me != nil {
		return me, nil
	}
	me, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return nil, err
	}
	if me.UserID == "" {
		return nil, unknown("slack does not say who the bot is")
	}
	c.mu.Lock()
	c.me = me
	c.mu.Unlock()
	return me, nil
}

// list gives every public channel, page by page, archived ones too: their names are taken as well.
func (c *Connector) list(ctx context.Context) ([]slack.Channel, error) {
	var all []slack.Channel
	seen := map[string]bool{}
	for cursor := ""; ; {
		page, next, err := c.api.GetConversationsContext(ctx, &slack.GetConversationsParameters{Cursor: cursor, Limit: 999, Types: []string{"public_channel"}})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if next == "" {
			break
		}
		if seen[next] {
			return nil, unknown("slack's list of channels has no end")
		}
		seen[next], cursor = true, next
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range all {
		if ch.Name != "" && !ch.IsArchived {
			c.ids[ch.Name] = ch.ID
		}
	}
	return all, nil
}
