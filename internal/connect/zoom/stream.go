package zoom

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"tocsin/internal/connect"
)

// displayName is shown beside the stream in Zoom; people's names are not (rulings 15).
const displayName = "War room"

// livestream tells Zoom where to send the room's picture. The key is fetched now and goes nowhere else.
func (c *Connector) livestream(ctx context.Context, call connect.Call, r connect.RoomStream) (connect.Result, error) {
	if err := isMeeting(r.ID); err != nil {
		return connect.Result{}, err
	}
	if call.Ingest == nil {
		return connect.Result{}, refused("there is no stream to send the room's picture to: set up a stream provider")
	}
	to, err := call.Ingest(ctx, r.Stream)
	if err != nil {
		return connect.Result{}, connect.Unsent("the stream", err)
	}
	if to.URL == "" || to.Key == "" || len(to.URL) > 1024 || len(to.Key) > 512 || len(r.Page) > 1024 {
		return connect.Result{}, refused("the stream's address, key or page is missing or longer than Zoom takes")
	}
	err = c.api.call(ctx, http.MethodPatch, "/meetings/"+url.PathEscape(r.ID)+"/livestream", nil,
		map[string]string{"stream_url": to.URL, "stream_key": to.Key, "page_url": r.Page}, nil)
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	return connect.Result{Ref: r.ID, URL: r.Page}, nil
}

// goLive starts sending. Zoom does so only while the meeting runs, so a meeting nobody started yet gives Retry.
func (c *Connector) goLive(ctx context.Context, _ connect.Call, r connect.RoomRef) (connect.Result, error) {
	if err := isMeeting(r.ID); err != nil {
		return connect.Result{}, err
	}
	err := c.api.call(ctx, http.MethodPatch, "/meetings/"+url.PathEscape(r.ID)+"/livestream/status", nil, map[string]any{
		"action":   "start",
		"settings": map[string]any{"active_speaker_name": false, "display_name": displayName},
	}, nil)
	no, isNo := refusedBy(err)
	switch {
	case err == nil:
		return connect.Result{Ref: r.ID}, nil
	case !isNo || no.err.Scope != "":
		return connect.Result{}, connect.Failure(provider, err)
	}
	// What Zoom refuses may be so already, or not be possible yet: the meeting tells.
	m, merr := c.api.meeting(ctx, r.ID)
	switch {
	case merr != nil:
		return connect.Result{}, connect.Failure(provider, err)
	case m.Status != "started":
		return connect.Result{}, &connect.Error{Kind: connect.Retry, Status: no.err.Status, Message: "the meeting is not running: start it as host first"}
	case strings.Contains(no.said, "already"):
		return connect.Result{Ref: r.ID}, nil
	}
	return connect.Result{}, connect.Failure(provider, err)
}

// end stops sending and ends the meeting for everyone. What is over already is well. Ending the meeting ends the stream, so a stream
// that can't be stopped by itself is no failure.
func (c *Connector) end(ctx context.Context, _ connect.Call, r connect.RoomRef) (connect.Result, error) {
	if err := isMeeting(r.ID); err != nil {
		return connect.Result{}, err
	}
	done := connect.Result{Ref: r.ID}
	path := "/meetings/" + url.PathEscape(r.ID)
	err := c.api.call(ctx, http.MethodPatch, path+"/livestream/status", nil, map[string]any{"action": "stop"}, nil)
	if code(err) == noSuchMeeting {
		return done, nil
	}
	err = c.api.call(ctx, http.MethodPut, path+"/status", nil, map[string]any{"action": "end"}, nil)
	if err == nil || code(err) == noSuchMeeting {
		return done, nil
	}
	if no, isNo := refusedBy(err); isNo && no.err.Scope == "" {
		m, merr := c.api.meeting(ctx, r.ID)
		if code(merr) == noSuchMeeting || merr == nil && m.Status != "started" {
			return done, nil
		}
	}
	return connect.Result{}, connect.Failure(provider, err)
}

// isMeeting refuses a room that is none of Zoom's, for example one that was opened elsewhere when Zoom was down.
func isMeeting(id string) error {
	if !meetingID.MatchString(id) {
		return refused("the room is not a Zoom meeting: do this by hand in the tool it runs in")
	}
	return nil
}
