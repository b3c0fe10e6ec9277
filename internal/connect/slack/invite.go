package slack

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"tocsin/internal/connect"
)

var userID = regexp.MustCompile(`^[UW][A-Z0-9]{5,}$`)

// stays are codes of a single person whom Slack does not let in; they must not keep the others out.
var stays = map[string]bool{
	"cant_invite": true, "user_is_restricted": true, "user_is_ultra_restricted": true, "ura_max_channels": true, "user_disabled": true,
	"org_user_not_in_team": true, "user_team_not_in_channel": true, "not_allowed_for_guest": true,
}

// invite brings people in, one by one, so that one who is there already does not keep the others out. Output "not_found" counts those
// Slack does not know, "not_invited" those it does not let in; both are absent when zero. Names stay out of the result.
func (c *Connector) invite(ctx context.Context, _ connect.Call, r connect.ChatInvitation) (connect.Result, error) {
	channel, err := c.resolve(ctx, r.Channel)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	users, missing, err := c.people(ctx, r)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	outside := 0
	for _, user := range users {
		c.mu.Lock()
		there := c.in[channel+" "+user]
		c.mu.Unlock()
		if there {
			continue
		}
		_, err := c.api.InviteUsersToConversationContext(ctx, channel, user)
		switch why := code(err); {
		case err == nil, why == "already_in_channel", why == "cant_invite_self":
			c.mu.Lock()
			c.in[channel+" "+user] = true
			c.mu.Unlock()
		case why == "user_not_found", why == "users_not_found":
			missing++
		case stays[why]:
			outside++
		default:
			return connect.Result{}, connect.Failure(provider, err)
		}
	}
	result := connect.Result{Ref: channel}
	count := func(name string, n int) {
		if n > 0 {
			if result.Outputs == nil {
				result.Outputs = map[string]string{}
			}
			result.Outputs[name] = strconv.Itoa(n)
		}
	}
	count("not_found", missing)
	count("not_invited", outside)
	return result, nil
}

// people finds the user ids, each once, in the order asked for, and counts whom Slack does not know.
func (c *Connector) people(ctx context.Context, r connect.ChatInvitation) (users []string, missing int, err error) {
	known := map[string]bool{}
	add := func(id string) {
		if id != "" && !known[id] {
			known[id] = true
			users = append(users, id)
		}
	}
	for _, email := range r.Emails {
		c.mu.Lock()
		id := c.who[email]
		c.mu.Unlock()
		if id != "" {
			add(id)
			continue
		}
		u, err := c.api.GetUserByEmailContext(ctx, email)
		switch {
		case err == nil && u != nil:
			c.mu.Lock()
			c.who[email] = u.ID
			c.mu.Unlock()
			add(u.ID)
		case err == nil, code(err) == "users_not_found", code(err) == "user_not_found":
			missing++
		default:
			return nil, 0, err
		}
	}
	var byName map[string]string
	for _, handle := range r.Handles {
		handle = strings.TrimPrefix(handle, "@")
		if userID.MatchString(handle) {
			add(handle)
			continue
		}
		if byName == nil {
			if byName, err = c.handles(ctx); err != nil {
				return nil, 0, err
			}
		}
		if id := byName[strings.ToLower(handle)]; id != "" {
			add(id)
		} else {
			missing++
		}
	}
	return users, missing, nil
}

// handles maps the names people are mentioned by, in lower case, to user ids. A display name that two people share names nobody.
func (c *Connector) handles(ctx context.Context) (map[string]string, error) {
	all, err := c.api.GetUsersContext(ctx, slack.GetUsersOptionLimit(200))
	if err != nil {
		return nil, err
	}
	ids, shown := map[string]string{}, map[string]string{}
	for _, u := range all {
		if u.Deleted || u.IsBot {
			continue
		}
		ids[strings.ToLower(u.Name)] = u.ID
		if d := strings.ToLower(u.Profile.DisplayName); d != "" {
			if _, twice := shown[d]; twice {
				shown[d] = ""
			} else {
				shown[d] = u.ID
			}
		}
	}
	for name, id := range shown {
		if _, taken := ids[name]; !taken {
			ids[name] = id
		}
	}
	return ids, nil
}
