package mattermost

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"tocsin/internal/connect"
)

// Check asks Mattermost who we are, and looks for the team and each channel of the configuration.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	token := connect.Finding{What: "mattermost: token"}
	var me user
	if err := c.call(ctx, http.MethodGet, "/users/me", nil, &me); err != nil {
		token.Note, token.Fix = connect.Failure(provider, err).Message, "Make a bot account under Integrations and put its access token into connectors.mattermost.token."
		return []connect.Finding{token}
	}
	token.OK, token.Note = true, "signed in as "+me.Username
	team := connect.Finding{What: "mattermost: team " + c.team, OK: true}
	if _, err := c.ownTeam(ctx); err != nil {
		team.OK, team.Note, team.Fix = false, connect.Failure(provider, err).Message, "Correct connectors.mattermost.team, and add the bot to that team."
		return []connect.Finding{token, team}
	}
	findings := []connect.Finding{token, team}
	for _, name := range slices.Sorted(maps.Keys(c.channels)) {
		f := connect.Finding{What: "mattermost: channel " + name, OK: true}
		id, err := c.resolve(ctx, name)
		if err == nil {
			var member struct {
				UserID string `json:"user_id"`
			}
			err = c.call(ctx, http.MethodGet, "/channels/"+id+"/members/me", nil, &member)
		}
		if err != nil {
			f.OK, f.Note = false, connect.Failure(provider, err).Message
			f.Fix = "Create the channel or correct connectors.mattermost.channels, then add the bot to it."
		}
		findings = append(findings, f)
	}
	return findings
}
