package slack

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"tocsin/internal/connect"
)

// needed are the scopes of the operations, in the order they are likely to be missed. The manifest asks for these, too.
var needed = []string{"chat:write", "channels:history", "channels:read", "channels:manage", "pins:write", "users:read", "users:read.email"}

// Check asks Slack who we are and what we may do, and looks for each channel of the configuration.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	me, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return []connect.Finding{{What: "slack: token", Note: connect.Failure(provider, err).Message,
			Fix: "Put the bot token (xoxb-…) of the Slack app's OAuth & Permissions page into connectors.slack.token."}}
	}
	findings := []connect.Finding{{What: "slack: token", OK: true, Note: "signed in to the workspace " + me.Team}}
	findings = append(findings, granted(me.Header.Get("X-Oauth-Scopes"))...)
	for _, name := range slices.Sorted(maps.Keys(c.channels)) {
		findings = append(findings, c.checkChannel(ctx, name))
	}
	return findings
}

// granted compares what the token may do, as Slack's header tells, with what is needed. No header: nothing to tell.
func granted(header string) []connect.Finding {
	if header == "" {
		return nil
	}
	have := map[string]bool{}
	for s := range strings.SplitSeq(header, ",") {
		have[strings.TrimSpace(s)] = true
	}
	var lacking []string
	for _, s := range needed {
		if !have[s] {
			lacking = append(lacking, s)
		}
	}
	if len(lacking) == 0 {
		return []connect.Finding{{What: "slack: scopes", OK: true}}
	}
	return []connect.Finding{{What: "slack: scopes", Note: "missing: " + strings.Join(lacking, ", "),
		Fix: "Add " + strings.Join(lacking, ", ") + " as bot scopes under OAuth & Permissions of the Slack app and install it again."}}
}

func (c *Connector) checkChannel(ctx context.Context, name string) connect.Finding {
	f := connect.Finding{What: "slack: channel " + name}
	id, err := c.resolve(ctx, name)
	if err == nil {
		var ch *slack.Channel
		ch, err = c.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		switch {
		case err != nil || ch == nil:
		case ch.IsArchived:
			f.Note, f.Fix = "it is archived", "Unarchive it, or name another channel in connectors.slack.channels."
			return f
		case !ch.IsMember:
			f.Note, f.Fix = "the bot is not in it", "In that channel write /invite and the bot's name."
			return f
		default:
			f.OK = true
			return f
		}
	}
	if err != nil {
		f.Note = connect.Failure(provider, err).Message
	} else {
		f.Note = "slack tells nothing about it"
	}
	f.Fix = "Create the channel or correct connectors.slack.channels, then invite the bot there with /invite and its name."
	return f
}
