package zoom

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"tocsin/internal/connect"
)

// api sends calls to Zoom.
type api struct {
	base   string
	client *http.Client
	tokens *tokens
}

// call sends in (nil: no body) and reads the answer into out (nil: none is expected). A token that Zoom no longer accepts is replaced
// once: a 401 means that nothing was done. Errors are *connect.Error or *apiError.
func (a *api) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return refused("the request to Zoom can't be written")
		}
	}
	token, err := a.tokens.get(ctx, "")
	if err != nil {
		return err
	}
	answer, err := a.send(ctx, method, path, query, body, token)
	if err == nil && answer.Status == http.StatusUnauthorized && !lacksScope(answer) {
		if token, err = a.tokens.get(ctx, token); err != nil {
			return err
		}
		answer, err = a.send(ctx, method, path, query, body, token)
	}
	switch {
	case err != nil:
		return err
	case answer.Status >= 300:
		return refusal(answer)
	case out != nil:
		return answer.JSON(provider, out)
	case answer.Status != http.StatusNoContent && len(bytes.TrimSpace(answer.Body)) > 0:
		return answer.JSON(provider, new(any)) // a web page is no yes
	}
	return nil
}

func (a *api) send(ctx context.Context, method, path string, query url.Values, body []byte, token string) (connect.Answer, error) {
	target := a.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return connect.Answer{}, refused("the address of a Zoom call is not valid: check connectors.zoom.base_url")
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	return connect.Send(a.client, provider, req)
}

// meeting is what we read of a meeting. start_url and the passcodes are left out on purpose.
type meeting struct {
	ID        number `json:"id"`
	Topic     string `json:"topic"`
	Agenda    string `json:"agenda"`
	HostID    string `json:"host_id"`
	HostEmail string `json:"host_email"`
	JoinURL   string `json:"join_url"`
	Status    string `json:"status"` // waiting or started
}

// user is what we read of a user. Type 1 is Basic, 2 Licensed.
type user struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Type  int    `json:"type"`
}

const licensedType = 2

// number is a meeting's id, which Zoom writes as a number and its older description as a string.
type number string

// UnmarshalJSON takes a whole number, with or without quotes.
func (n *number) UnmarshalJSON(b []byte) error {
	i, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil {
		return err
	}
	*n = number(strconv.FormatInt(i, 10))
	return nil
}

func (a *api) meeting(ctx context.Context, id string) (meeting, error) {
	var m meeting
	err := a.call(ctx, http.MethodGet, "/meetings/"+url.PathEscape(id), nil, nil, &m)
	if err == nil && m.ID == "" {
		err = &connect.Error{Kind: connect.Unknown, Message: "zoom gave a meeting without a number"}
	}
	return m, err
}

func (a *api) user(ctx context.Context, id string) (user, error) {
	var u user
	err := a.call(ctx, http.MethodGet, "/users/"+url.PathEscape(id), nil, nil, &u)
	return u, err
}
