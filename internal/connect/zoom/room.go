package zoom

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// stamp is what the agenda of a meeting of ours begins with: lists may show only its beginning. The brackets keep one mark from being
// found inside a longer one.
func stamp(mark string) string { return "[tocsin:" + mark + "]" }

func agenda(mark string) string { return stamp(mark) + " War room of an incident, opened by Tocsin." }

// open makes a meeting under the configured host. Whether the host's meetings are time limited is told, but failing to find that out
// does not keep the room shut: it is then taken to be limited.
func (c *Connector) open(ctx context.Context, call connect.Call, r connect.RoomRequest) (connect.Result, error) {
	licensed := c.isLicensed(ctx, c.host)
	m, err := c.create(ctx, c.host, r.Topic, call)
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	return room(m, c.host, map[string]string{"licensed": strconv.FormatBool(licensed)}), nil
}

func (c *Connector) findOpened(ctx context.Context, call connect.Call, r connect.RoomRequest) (*connect.Result, error) {
	m, err := c.find(ctx, c.host, r.Topic, call)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	if m == nil {
		return nil, nil
	}
	result := room(*m, c.host, map[string]string{"licensed": strconv.FormatBool(c.isLicensed(ctx, c.host))})
	return &result, nil
}

// license gives a room without time limit: the present one if its host has a licence (output moved is false), else a new one under the
// licensed host (moved is true), which is checked to be licensed first.
func (c *Connector) license(ctx context.Context, call connect.Call, r connect.RoomMove) (connect.Result, error) {
	present, err := c.present(ctx, r.ID)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	if present != nil {
		host, err := c.api.user(ctx, present.HostID)
		if _, no := refusedBy(err); err != nil && !no {
			return connect.Result{}, connect.Unsent(provider, err)
		}
		if err == nil && host.Type == licensedType {
			return room(*present, c.host, map[string]string{"licensed": "true", "moved": "false"}), nil
		}
	}
	if c.licensed == "" {
		return connect.Result{}, refused("the room's host has no paid Zoom licence and there is no other: put a licensed user into connectors.zoom.licensed_host, or open a room under a paid account by hand")
	}
	host, err := c.api.user(ctx, c.licensed)
	if err != nil {
		return connect.Result{}, connect.Unsent(provider, err)
	}
	if host.Type != licensedType {
		return connect.Result{}, refused("the user in connectors.zoom.licensed_host has no paid Zoom licence, so a room there would be time limited too: give that user a licence or name another")
	}
	m, err := c.create(ctx, c.licensed, r.Topic, call)
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	return room(m, c.licensed, map[string]string{"licensed": "true", "moved": "true"}), nil
}

// findLicensed looks for a room that an attempt made under the licensed host. That the present room needs no moving is not looked for:
// finding that out again does no harm.
func (c *Connector) findLicensed(ctx context.Context, call connect.Call, r connect.RoomMove) (*connect.Result, error) {
	if c.licensed == "" {
		return nil, ctxError(ctx)
	}
	m, err := c.find(ctx, c.licensed, r.Topic, call)
	if err != nil {
		return nil, connect.Failure(provider, err)
	}
	if m == nil {
		return nil, nil
	}
	result := room(*m, c.licensed, map[string]string{"licensed": "true", "moved": "true"})
	return &result, nil
}

func ctxError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return connect.Unsent(provider, err)
	}
	return nil
}

var meetingID = regexp.MustCompile(`^[0-9]{1,20}$`)

// present is the room as it is; nil if it is none of Zoom's or no longer there.
func (c *Connector) present(ctx context.Context, id string) (*meeting, error) {
	if !meetingID.MatchString(id) {
		return nil, ctxError(ctx)
	}
	m, err := c.api.meeting(ctx, id)
	switch {
	case code(err) == noSuchMeeting:
		return nil, nil
	case err != nil:
		return nil, err
	case m.HostID == "":
		return nil, nil
	}
	return &m, nil
}

// isLicensed asks for a host's licence, briefly.
func (c *Connector) isLicensed(ctx context.Context, host string) bool {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	u, err := c.api.user(ctx, host)
	return err == nil && u.Type == licensedType
}

// create makes a scheduled meeting that begins now and that people may join before its host.
func (c *Connector) create(ctx context.Context, host, topic string, call connect.Call) (meeting, error) {
	in := map[string]any{
		"topic":      shorten(topic, 200),
		"type":       2,
		"agenda":     agenda(call.Mark),
		"start_time": call.Since.UTC().Format("2006-01-02T15:04:05Z"),
		"timezone":   "UTC",
		"duration":   60,
		"settings":   map[string]any{"join_before_host": true, "waiting_room": false},
	}
	var m meeting
	if err := c.api.call(ctx, http.MethodPost, "/users/"+url.PathEscape(host)+"/meetings", nil, in, &m); err != nil {
		return m, err
	}
	if m.ID == "" || m.JoinURL == "" {
		return m, &connect.Error{Kind: connect.Unknown, Message: "zoom opened a meeting and does not say which"}
	}
	return m, nil
}

// find looks for our mark among the host's meetings. Lists may cut an agenda short or leave it out, so whatever could be ours is read whole.
func (c *Connector) find(ctx context.Context, host, topic string, call connect.Call) (*meeting, error) {
	asked := map[number]bool{}
	for _, kind := range []string{"scheduled", "upcoming"} {
		query := url.Values{"type": {kind}, "page_size": {"300"}}
		seen := map[string]bool{}
		for page := 1; ; page++ {
			var list struct {
				Meetings  []meeting `json:"meetings"`
				PageCount int       `json:"page_count"`
				Next      string    `json:"next_page_token"`
			}
			if err := c.api.call(ctx, http.MethodGet, "/users/"+url.PathEscape(host)+"/meetings", query, nil, &list); err != nil {
				return nil, err
			}
			for _, m := range list.Meetings {
				if asked[m.ID] || !mayBeOurs(m, topic, call.Mark) {
					continue
				}
				asked[m.ID] = true
				whole, err := c.api.meeting(ctx, string(m.ID))
				if code(err) == noSuchMeeting {
					continue
				}
				if err != nil {
					return nil, err
				}
				if strings.Contains(whole.Agenda, stamp(call.Mark)) {
					return &whole, nil
				}
			}
			// Zoom pages by token; its older servers by number.
			if list.Next != "" {
				if seen[list.Next] {
					return nil, &connect.Error{Kind: connect.Unknown, Message: "zoom's list of meetings has no end"}
				}
				seen[list.Next] = true
				query.Set("next_page_token", list.Next)
				continue
			}
			if page >= list.PageCount || query.Has("next_page_token") {
				break
			}
			query.Set("page_number", strconv.Itoa(page+1))
		}
	}
	return nil, nil
}

// mayBeOurs tells from a line of the list: the agenda begins as ours does, as far as it is shown, and if none is shown the topic is ours.
func mayBeOurs(m meeting, topic, mark string) bool {
	shown := strings.TrimRight(m.Agenda, ".… ")
	if shown == "" {
		return m.Topic == "" || m.Topic == shorten(topic, 200)
	}
	return strings.Contains(m.Agenda, stamp(mark)) || strings.HasPrefix(agenda(mark), shown)
}

// room tells of a meeting. The link to join may hold the passcode in its scrambled form, as the link people are sent does.
func room(m meeting, host string, outputs map[string]string) connect.Result {
	switch {
	case m.HostEmail != "":
		host = m.HostEmail
	case m.HostID != "":
		host = m.HostID
	}
	outputs["host"] = host
	return connect.Result{Ref: string(m.ID), URL: m.JoinURL, Outputs: outputs}
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
