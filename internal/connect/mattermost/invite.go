package mattermost

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tocsin/internal/connect"
)

type user struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	DeleteAt int64  `json:"delete_at"`
}

// outside are reasons that concern a single person, who must not keep the others out: not in the team, not any more, or not in the channel's group.
var outside = map[string]bool{
	"app.team.get_member.missing.app_error":                    true,
	"api.channel.add_members.user_denied":                      true,
	"api.channel.add_user.to.channel.failed.deleted.app_error": true,
}

// invite brings people in, one by one. Output "not_found" counts those Mattermost does not know, "not_invited" those it does not let
// in, for instance since they are not in the team; both are absent when zero. Names stay out of the result.
func (c *Connector) invite(ctx context.Context, _ connect.Call, r connect.ChatInvitation) (connect.Result, error) {
	channel, err := c.resolve(ctx, r.Channel)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	users, missing, err := c.people(ctx, r.Emails, r.Handles)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	stays := 0
	for _, u := range users {
		var member struct {
			UserID string `json:"user_id"`
		}
		err := c.call(ctx, http.MethodPost, "/channels/"+channel+"/members", map[string]any{"user_id": u.ID}, &member)
		switch {
		case err == nil:
		case outside[reason(err)]:
			stays++
		default:
			return connect.Result{}, connect.Failure(provider, err)
		}
	}
	result := connect.Result{Ref: channel}
	for name, n := range map[string]int{"not_found": missing, "not_invited": stays} {
		if n > 0 {
			if result.Outputs == nil {
				result.Outputs = map[string]string{}
			}
			result.Outputs[name] = strconv.Itoa(n)
		}
	}
	return result, nil
}

// people finds users, each once, in the order asked for, and counts whom Mattermost does not know.
func (c *Connector) people(ctx context.Context, emails, handles []string) (users []user, missing int, err error) {
	var paths []string
	for _, email := range emails {
		paths = append(paths, "/users/email/"+url.PathEscape(email))
	}
	for _, handle := range handles {
		paths = append(paths, "/users/username/"+url.PathEscape(strings.ToLower(strings.TrimPrefix(handle, "@"))))
	}
	known := map[string]bool{}
	for _, path := range paths {
		var u user
		err := c.call(ctx, http.MethodGet, path, nil, &u)
		switch {
		case absent(err), err == nil && u.DeleteAt != 0:
			missing++
		case err != nil:
			return nil, 0, err
		case u.ID == "" || u.Username == "":
			return nil, 0, unknown("mattermost does not say who somebody is")
		case !known[u.ID]:
			known[u.ID] = true
			users = append(users, u)
		}
	}
	return users, missing, nil
}
