package jitsi

import (
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tocsin/internal/connect"
)

// passLasts is how long somebody can come back into the room with one token, after a lost connection too. It opens no other room.
const passLasts = 12 * time.Hour

// Join adds a token for this one room, as Jitsi's plugin for token authentication wants it. It names nobody: what is in an address stays
// in the browser's history.
func (c *Connector) Join(room string) (string, error) {
	name, ok := strings.CutPrefix(room, c.base+"/")
	if c.app == "" || !ok || !ours.MatchString(name) {
		return room, nil
	}
	now := time.Now()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": c.app, "aud": c.app, "sub": "*", "room": name,
		"nbf": now.Add(-time.Minute).Unix(), // clocks differ
		"exp": now.Add(passLasts).Unix(),
	}).SignedString(c.key)
	if err != nil {
		return "", &connect.Error{Kind: connect.Refused, Message: "jitsi: no token can be made; check connectors.jitsi.app_secret"}
	}
	return room + "?" + url.Values{"jwt": {token}}.Encode(), nil
}
