package youtube

import (
	"context"
	"time"

	"google.golang.org/api/youtube/v3"

	"tocsin/internal/connect"
	"tocsin/internal/connect/google"
)

// soon is how long YouTube takes between two states of a broadcast.
const soon = 5 * time.Second

// live shows the broadcast to the world. It needs a picture; a broadcast with a monitor stream passes through testing first, one step an
// attempt.
func (c *Connector) live(ctx context.Context, _ connect.Call, r connect.StreamRef) (connect.Result, error) {
	b, err := c.broadcast(ctx, r.ID)
	if err != nil {
		return connect.Result{}, err
	}
	if b == nil {
		return connect.Result{}, refused("youtube: the broadcast no longer exists: make it anew")
	}
	done := c.shown(r)
	switch state(b) {
	case "live", "liveStarting":
		return done, nil
	case "complete", "revoked":
		return connect.Result{}, refused("youtube: the broadcast is over and can't go live again: make a new one")
	case "testStarting":
		return connect.Result{}, starting()
	}
	stream := r.Stream
	if b.ContentDetails != nil && b.ContentDetails.BoundStreamId != "" {
		stream = b.ContentDetails.BoundStreamId
	}
	s, err := c.lookAt(ctx, stream)
	if err != nil {
		return connect.Result{}, err
	}
	if s.Status == nil || s.Status.StreamStatus != "active" {
		return connect.Result{}, noPicture()
	}
	if state(b) != "testing" && monitored(b) {
		if b, err = c.transition(ctx, r.ID, "testing"); err != nil {
			return connect.Result{}, err
		}
		if onAir(b) {
			return done, nil
		}
		if state(b) != "testing" {
			return connect.Result{}, starting()
		}
	}
	if b, err = c.transition(ctx, r.ID, "live"); err != nil {
		return connect.Result{}, err
	}
	if !onAir(b) {
		return connect.Result{}, starting()
	}
	return done, nil
}

func onAir(b *youtube.LiveBroadcast) bool { return state(b) == "live" || state(b) == "liveStarting" }

// end is where the broadcast is over for good. One that never went live is left as it is: there was nothing to see.
func (c *Connector) end(ctx context.Context, _ connect.Call, r connect.StreamRef) (connect.Result, error) {
	b, err := c.broadcast(ctx, r.ID)
	if err != nil {
		return connect.Result{}, err
	}
	if onAir(b) {
		if _, err := c.transition(ctx, r.ID, "complete"); err != nil {
			return connect.Result{}, err
		}
	}
	return c.shown(r), nil
}

func (c *Connector) shown(r connect.StreamRef) connect.Result {
	return connect.Result{Ref: r.ID, URL: c.watch + r.ID}
}

// broadcast gives a broadcast, nil if there is none of that id.
func (c *Connector) broadcast(ctx context.Context, id string) (*youtube.LiveBroadcast, error) {
	if id == "" {
		return nil, refused("youtube: no broadcast is named")
	}
	list, err := c.api.LiveBroadcasts.List(broadcastParts).Id(id).Context(ctx).Do()
	if google.Because(err, "liveBroadcastNotFound") {
		return nil, nil
	}
	if err != nil {
		return nil, unsent(err)
	}
	for _, b := range list.Items {
		if b.Id == id {
			return b, nil
		}
	}
	return nil, nil
}

// transition asks for a state. Being in it already, past it or on the way is as good.
func (c *Connector) transition(ctx context.Context, id, to string) (*youtube.LiveBroadcast, error) {
	b, err := c.api.LiveBroadcasts.Transition(to, id, []string{"id", "status"}).Context(ctx).Do()
	switch {
	case err == nil:
		return b, nil
	case google.Because(err, "redundantTransition"):
		return &youtube.LiveBroadcast{Id: id, Status: &youtube.LiveBroadcastStatus{LifeCycleStatus: to}}, nil
	case google.Because(err, "errorStreamInactive"):
		return nil, noPicture()
	case !google.Because(err, "invalidTransition"):
		return nil, failed(err)
	}
	now, rerr := c.broadcast(ctx, id)
	if rerr != nil {
		return nil, rerr
	}
	switch s := state(now); {
	case s == to, to == "testing" && (s == "testStarting" || onAir(now)), to == "live" && onAir(now), to == "complete" && !onAir(now):
		return now, nil
	}
	e := failed(err)
	e.Kind, e.RetryAfter = connect.Retry, soon
	return nil, e
}

func state(b *youtube.LiveBroadcast) string {
	if b == nil || b.Status == nil {
		return ""
	}
	return b.Status.LifeCycleStatus
}

func monitored(b *youtube.LiveBroadcast) bool {
	m := b.ContentDetails
	return m != nil && m.MonitorStream != nil && m.MonitorStream.EnableMonitorStream != nil && *m.MonitorStream.EnableMonitorStream
}

func starting() *connect.Error {
	return &connect.Error{Kind: connect.Retry, RetryAfter: soon, Message: "youtube: the broadcast is on its way to going live"}
}

func noPicture() *connect.Error {
	return &connect.Error{Kind: connect.Retry, RetryAfter: soon, Message: "youtube: no picture has arrived yet: start streaming in the meeting first"}
}
