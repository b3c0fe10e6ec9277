package youtube

import (
	"context"

	"tocsin/internal/connect"
)

// Check looks whether the account has a channel and may stream live on it.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	channels, err := c.api.Channels.List([]string{"id", "snippet"}).Mine(true).Context(ctx).Do()
	channel := connect.Finding{What: "YouTube channel"}
	switch {
	case err != nil:
		channel.Note, channel.Fix = failed(err).Message, "put a valid authorized_user key file at connectors.youtube.credentials_file, and switch the YouTube Data API on for its project"
		return []connect.Finding{channel}
	case len(channels.Items) == 0:
		channel.Note, channel.Fix = "our account has no channel", "ask "+askWhom+" to grant our account access to the organisation's YouTube account"
		return []connect.Finding{channel}
	default:
		channel.OK = true
		if s := channels.Items[0].Snippet; s != nil {
			channel.Note = s.Title
		}
	}
	stream := connect.Finding{What: "YouTube live streaming", OK: true}
	if _, err := c.api.LiveBroadcasts.List([]string{"id"}).Mine(true).MaxResults(1).Context(ctx).Do(); err != nil {
		stream = connect.Finding{What: stream.What, Note: failed(err).Message, Fix: "ask " + askWhom + " for access to the YouTube account with live streaming switched on (https://www.youtube.com/features)"}
	}
	return []connect.Finding{channel, stream}
}
