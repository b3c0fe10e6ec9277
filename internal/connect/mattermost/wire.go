package mattermost

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// apiError is Mattermost's no, with the id of its reason for the few callers to which a reason means something else.
type apiError struct {
	id  string
	err *connect.Error
}

func (e *apiError) Error() string { return e.err.Error() }
func (e *apiError) Unwrap() error { return e.err }

// absent tells whether err is Mattermost's word that there is no such thing.
func absent(err error) bool {
	var e *apiError
	return errors.As(err, &e) && e.err.Status == http.StatusNotFound && e.id != ""
}

// reason gives the id of Mattermost's reason, "" if err is none of its.
func reason(err error) string {
	var e *apiError
	if errors.As(err, &e) {
		return e.id
	}
	return ""
}

// call sends in as JSON (nil: no body) to a path under /api/v4 and reads the answer into out. Its errors are *apiError or *connect.Error.
func (c *Connector) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return connect.Failure(provider, err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v4"+path, body)
	if err != nil {
		return refused("mattermost: an address can't be made of the request")
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := connect.Send(c.client, provider, req)
	if err != nil {
		return err
	}
	if answer.Status >= 300 {
		return c.refusal(answer)
	}
	return answer.JSON(provider, out)
}

// refusal says what an answer that is no success means.
func (c *Connector) refusal(answer connect.Answer) error {
	var said struct {
		ID      string `json:"id"`
		Message string `json:"message"`
	}
	broken := answer.JSON(provider, &said)
	e := connect.Status(provider, answer.Status, answer.Header, strings.ReplaceAll(said.Message, c.token, "…"))
	if broken != nil && e.Kind == connect.Refused && answer.Status != http.StatusUnauthorized {
		var page *connect.Error
		if errors.As(broken, &page) && strings.Contains(strings.ToLower(answer.Header.Get("Content-Type")), "html") {
			return page
		}
		e.Message += ": check connectors.mattermost.base_url"
	}
	switch answer.Status {
	case http.StatusUnauthorized:
		e.Message = "mattermost does not accept the token: make a new one for the bot account under Integrations and put it into connectors.mattermost.token"
	case http.StatusForbidden:
		if said.ID == "api.context.permissions.app_error" {
			e.Scope = "bot permissions"
			e.Message = "mattermost: the bot may not do this: add it to the team and the channel, or give its role the permission"
		}
	case http.StatusTooManyRequests:
		if secs, err := strconv.Atoi(answer.Header.Get("X-RateLimit-Reset")); err == nil && e.RetryAfter == 0 {
			e.RetryAfter = time.Duration(min(max(secs, 0), 86400)) * time.Second
		}
	}
	return &apiError{said.ID, e}
}
