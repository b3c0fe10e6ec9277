package zoom

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"tocsin/internal/connect"
)

// tokens hands out the account's access token. While one caller fetches a new one the others wait for it; there is never more than one
// fetch under way.
type tokens struct {
	fetch  func(ctx context.Context) (*oauth2.Token, error)
	lock   chan struct{} // holds one element while free
	cached *oauth2.Token // under lock
}

func newTokens(c Config, auth string, client *http.Client) *tokens {
	cc := &clientcredentials.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, TokenURL: auth, AuthStyle: oauth2.AuthStyleInHeader,
		EndpointParams: url.Values{"grant_type": {"account_credentials"}, "account_id": {c.AccountID}},
	}
	t := &tokens{lock: make(chan struct{}, 1)}
	t.lock <- struct{}{}
	t.fetch = func(ctx context.Context) (*oauth2.Token, error) {
		return cc.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	}
	return t
}

// get gives a token that is good for now. stale, if not empty, is one that Zoom refused: it is not given again.
func (t *tokens) get(ctx context.Context, stale string) (string, error) {
	select {
	case <-t.lock:
		defer func() { t.lock <- struct{}{} }()
	case <-ctx.Done():
		return "", connect.Unsent(provider, ctx.Err())
	}
	if t.cached.Valid() && t.cached.AccessToken != stale {
		return t.cached.AccessToken, nil
	}
	fresh, err := t.fetch(ctx)
	if err != nil {
		return "", noToken(err)
	}
	t.cached = fresh
	return fresh.AccessToken, nil
}

// noToken says why there is no token. Nothing was done yet, so nothing is Unknown. The answer's text stays out of the message.
func noToken(err error) error {
	var answered *oauth2.RetrieveError
	var transport *url.Error
	switch {
	case errors.As(err, &answered) && answered.Response != nil:
		status := answered.Response.StatusCode
		if status >= 200 && status < 400 {
			break
		}
		if status == http.StatusBadRequest || status == http.StatusUnauthorized || status == http.StatusForbidden {
			return &connect.Error{Kind: connect.Refused, Status: status,
				Message: "zoom does not accept the app's credentials: check account_id, client_id and client_secret in connectors.zoom, and that the Server-to-Server OAuth app is activated"}
		}
		e := connect.Unsent(provider, connect.Status("zoom's sign-in", status, answered.Response.Header, ""))
		if e.Kind == connect.Refused {
			e.Message += ": check connectors.zoom.auth_url"
		}
		return e
	case errors.As(err, &transport), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return connect.Unsent(provider, err)
	}
	return &connect.Error{Kind: connect.Retry, Message: "zoom's sign-in gave an answer that can't be read: check connectors.zoom.auth_url, and whether a proxy wants a sign-in"}
}
