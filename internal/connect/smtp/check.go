package smtp

import (
	"context"
	"fmt"

	"tocsin/internal/connect"
)

// Check connects, encrypts and signs in as for a mail, and takes leave without sending one.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	f := connect.Finding{What: "smtp: server", Fix: "Check connectors.smtp: address, tls, username and password are those a mail program would use to send."}
	s, err := c.open(ctx)
	if err != nil {
		f.Note = connect.Failure(provider, err).Message
		return []connect.Finding{f}
	}
	s.quit()
	f.OK, f.Fix = true, ""
	f.Note = fmt.Sprintf("%s sends as %s", c.host, c.from.Address)
	if c.mode == "none" {
		f.Note += ", unencrypted"
	}
	return []connect.Finding{f}
}
