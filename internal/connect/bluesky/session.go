package bluesky

import (
	"context"
	"errors"
	"net/http"
	"regexp"

	"tocsin/internal/connect"
)

// session is what the server gives for the password.
type session struct {
	DID     string `json:"did"`
	Handle  string `json:"handle"`
	Access  string `json:"accessJwt"`
	Refresh string `json:"refreshJwt"`
}

var did = regexp.MustCompile(`^did:[a-z]+:[A-Za-z0-9._:%-]+$`)

// sessions hands out the account's session. While one caller fetches or renews it the others wait for it; servers allow few sessions a
// day, so one is kept as long as it can be renewed.
type sessions struct {
	server           *Connector
	handle, password string
	lock             chan struct{} // holds one element while free
	now              session       // under lock
}

func newSessions(server *Connector, handle, password string) *sessions {
	s := &sessions{server: server, handle: handle, password: password, lock: make(chan struct{}, 1)}
	s.lock <- struct{}{}
	return s
}

// get gives a session that is good for now. stale, if not empty, is an access token that the server refused: it is not given again.
// Nothing was done yet when it fails, so no error is Unknown.
func (s *sessions) get(ctx context.Context, stale string) (session, error) {
	select {
	case <-s.lock:
		defer func() { s.lock <- struct{}{} }()
	case <-ctx.Done():
		return session{}, connect.Unsent(provider, ctx.Err())
	}
	if s.now.Access != "" && s.now.Access != stale {
		return s.now, nil
	}
	if s.now.Refresh != "" {
		fresh, err := s.fetch(ctx, "com.atproto.server.refreshSession", s.now.Refresh, nil)
		var no *refusal
		if err == nil || !errors.As(err, &no) || !no.about("ExpiredToken", "InvalidToken") {
			return fresh, err
		}
		s.now = session{}
	}
	return s.fetch(ctx, "com.atproto.server.createSession", "", map[string]string{"identifier": s.handle, "password": s.password})
}

// fetch asks for a session and keeps it.
func (s *sessions) fetch(ctx context.Context, method, token string, in any) (session, error) {
	var fresh session
	err := s.server.send(ctx, http.MethodPost, method, nil, token, in, &fresh)
	var no *refusal
	switch {
	case errors.As(err, &no):
		no.err = connect.Unsent(provider, no.err)
		return session{}, no
	case err != nil:
		return session{}, connect.Unsent(provider, err)
	case !did.MatchString(fresh.DID) || fresh.Access == "" || fresh.Refresh == "":
		return session{}, &connect.Error{Kind: connect.Retry, Message: "bluesky's sign-in gave an answer that can't be read: check connectors.bluesky.base_url, and whether a proxy wants a sign-in"}
	}
	s.now = fresh
	return fresh, nil
}
