package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// again is how long Follow waits before it connects again.
const again = 2 * time.Second

// Follow has f given each entry written after seq, in the order they were written, until ctx ends or f returns an error, which Follow
// returns. A connection that breaks is made again and nothing is missed; while the server can't be reached, lost, if not nil, is told
// why. Other problems end it.
func (c *Client) Follow(ctx context.Context, id string, after int64, f func(Entry) error, lost func(error)) error {
	for {
		err := c.follow(ctx, id, &after, f)
		var p *Problem
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
		case errors.As(err, &p) && (p.Code == "unreachable" || p.Code == "unavailable"):
			if lost != nil {
				lost(err)
			}
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(again):
		}
	}
}

// follow reads one connection. nil: it ended and may be made again.
func (c *Client) follow(ctx context.Context, id string, after *int64, f func(Entry) error) error {
	res, err := c.send(ctx, http.MethodGet, under(id, "events"), url.Values{"after": {strconv.FormatInt(*after, 10)}}, nil, "", "text/event-stream")
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue // id is in the entry; comments keep the line open
		}
		var e Entry
		if err := json.Unmarshal([]byte(data), &e); err != nil || e.Seq <= *after {
			continue
		}
		if err := f(e); err != nil {
			return err
		}
		*after = e.Seq
	}
	return nil
}
