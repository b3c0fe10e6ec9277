package zoom

import (
	"context"

	"tocsin/internal/connect"
)

// Check signs in and asks for the licences of the hosts.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	if _, err := c.api.tokens.get(ctx, ""); err != nil {
		return []connect.Finding{{What: "zoom: sign-in", Note: connect.Failure(provider, err).Message,
			Fix: "Copy account_id, client_id and client_secret from the Server-to-Server OAuth app in the Zoom App Marketplace and activate the app."}}
	}
	findings := []connect.Finding{{What: "zoom: sign-in", OK: true}}

	host := connect.Finding{What: "zoom: host"}
	u, err := c.api.user(ctx, c.host)
	limited := err != nil || u.Type != licensedType
	switch {
	case err != nil:
		host.Note, host.Fix = connect.Failure(provider, err).Message, "Put the e-mail address of a user of the Zoom account into connectors.zoom.host, and give the app the scope user:read:user:admin."
	case limited:
		host.OK, host.Note = true, "no paid licence: its meetings end after 40 minutes"
	default:
		host.OK, host.Note = true, "licensed"
	}
	findings = append(findings, host)

	licensed := connect.Finding{What: "zoom: licensed host"}
	const fix = "Put the e-mail address of a user with a paid licence into connectors.zoom.licensed_host."
	switch {
	case c.licensed == "" && limited:
		licensed.Note, licensed.Fix = "none: a war room can't be moved to a room without time limit", fix
	case c.licensed == "":
		return findings
	default:
		u, err := c.api.user(ctx, c.licensed)
		switch {
		case err != nil:
			licensed.Note, licensed.Fix = connect.Failure(provider, err).Message, fix
		case u.Type != licensedType:
			licensed.Note, licensed.Fix = "it has no paid licence", fix
		default:
			licensed.OK = true
		}
	}
	return append(findings, licensed)
}
