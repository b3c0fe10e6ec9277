package mattermost

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"tocsin/internal/connect"
)

// names is how many names are tried: wish, wish-2 … wish-9.
const names = 9

// taken is the id of Mattermost's word that a channel, perhaps an archived one, has the name.
const taken = "store.sql_channel.save_channel.exists.app_error"

var (
	notName = regexp.MustCompile(`[^a-z0-9_-]+`)
	id26    = regexp.MustCompile(`^[a-z0-9]{26}$`)
)

type channel struct {
	ID       string `json:"id"`
	TeamID   string `json:"team_id"`
	Name     string `json:"name"`
	Purpose  string `json:"purpose"`
	DeleteAt int64  `json:"delete_at"`
}

// stamp is what a channel's purpose holds when it is ours. The brackets keep one mark from being found inside a longer one.
func stamp(mark string) string { return "(tocsin:" + mark + ")" }

// wish is the i-th name to try, counted from 1, as Mattermost allows names: lower case, at most 64.
func wish(name string, i int) string {
	name = strings.Trim(notName.ReplaceAllString(strings.ToLower(name), "-"), "-_")
	if name == "" {
		name = "incident"
	}
	if len(name) > 60 {
		name = strings.TrimRight(name[:60], "-_")
	}
	if i > 1 {
		name = fmt.Sprintf("%s-%d", name, i)
	}
	return name
}

// open creates the channel with our stamp in its purpose. A name that someone else has makes way for the next one.
func (c *Connector) open(ctx context.Context, call connect.Call, r connect.ChannelRequest) (connect.Result, error) {
	team, err := c.ownTeam(ctx)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	for i := 1; i <= names; i++ {
		var made channel
		err := c.call(ctx, http.MethodPost, "/channels", map[string]any{
			"team_id": team, "name": wish(r.Name, i), "display_name": wish(r.Name, i), "type": "O",
			"purpose": "Opened by Tocsin for an incident " + stamp(call.Mark), "header": shorten(r.Topic, 1024),
		}, &made)
		switch {
		case reason(err) == taken:
			// It may be ours, of an attempt that seemed to fail.
			found, err := c.findChannel(ctx, call, r)
			if err != nil {
				return connect.Result{}, connect.Unsent(provider, err)
			}
			if found != nil {
				return *found, nil
			}
			continue
		case err != nil:
			return connect.Result{}, connect.Failure(provider, err)
		case made.ID == "" || made.Name == "":
			return connect.Result{}, unknown("mattermost made a channel and does not say which")
		}
		return c.told(made), nil
	}
	return connect.Result{}, refused("the names %s to %s of Mattermost channels are all taken: rename one, or make a channel by hand", wish(r.Name, 1), wish(r.Name, names))
}

// findChannel looks through the channels the bot is in, for whoever makes a channel is in it.
func (c *Connector) findChannel(ctx context.Context, call connect.Call, _ connect.ChannelRequest) (*connect.Result, error) {
	team, err := c.ownTeam(ctx)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	var all []channel
	if err := c.call(ctx, http.MethodGet, "/users/me/teams/"+team+"/channels", nil, &all); err != nil {
		return nil, connect.Failure(provider, err)
	}
	for _, ch := range all {
		if ch.DeleteAt == 0 && strings.Contains(ch.Purpose, stamp(call.Mark)) {
			found := c.told(ch)
			return &found, nil
		}
	}
	return nil, nil
}

func (c *Connector) told(ch channel) connect.Result {
	return connect.Result{Ref: ch.ID, URL: c.base + "/" + c.team + "/channels/" + ch.Name, Outputs: map[string]string{"name": ch.Name}}
}

// ownTeam gives the team's id; asked once.
func (c *Connector) ownTeam(ctx context.Context) (string, error) {
	c.mu.Lock()
	id := c.teamID
	c.mu.Unlock()
	if id != "" {
		return id, nil
	}
	var team struct {
		ID string `json:"id"`
	}
	err := c.call(ctx, http.MethodGet, "/teams/name/"+url.PathEscape(c.team), nil, &team)
	switch {
	case absent(err):
		return "", refused("mattermost has no team %s, or the bot is not in it: correct connectors.mattermost.team or add the bot", c.team)
	case err != nil:
		return "", err
	case !id26.MatchString(team.ID):
		return "", unknown("mattermost does not say which team it is")
	}
	c.mu.Lock()
	c.teamID = team.ID
	c.mu.Unlock()
	return team.ID, nil
}

// resolve gives the id of the channel that a request or the configuration names.
func (c *Connector) resolve(ctx context.Context, name string) (string, error) {
	name = strings.TrimLeft(name, "#~")
	if to := c.channels[name]; to != "" {
		name = strings.TrimLeft(to, "#~")
	}
	if id26.MatchString(name) {
		return name, nil
	}
	if name == "" {
		return "", refused("the request has no channel")
	}
	c.mu.Lock()
	id := c.ids[name]
	c.mu.Unlock()
	if id != "" {
		return id, nil
	}
	team, err := c.ownTeam(ctx)
	if err != nil {
		return "", err
	}
	var ch channel
	err = c.call(ctx, http.MethodGet, "/teams/"+team+"/channels/name/"+url.PathEscape(name), nil, &ch)
	switch {
	case absent(err):
		return "", refused("mattermost has no channel ~%s that the bot may see: create it, or give another in connectors.mattermost.channels", name)
	case err != nil:
		return "", err
	case !id26.MatchString(ch.ID):
		return "", unknown("mattermost does not say which channel it is")
	}
	c.mu.Lock()
	c.ids[name] = ch.ID
	c.mu.Unlock()
	return ch.ID, nil
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
