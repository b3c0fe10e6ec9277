package youtube

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/api/youtube/v3"

	"tocsin/internal/connect"
)

// ours is the title of the one stream that all our broadcasts use.
const ours = "tocsin"

var (
	broadcastParts = []string{"id", "snippet", "contentDetails", "status"}
	streamParts    = []string{"id", "snippet", "cdn", "contentDetails", "status"}
)

// create makes a public broadcast and binds the stream to it. From the moment the broadcast may exist every failure is Unknown, so that
// it is looked up, and bound, rather than made again.
func (c *Connector) create(ctx context.Context, call connect.Call, r connect.StreamRequest) (connect.Result, error) {
	start, err := time.Parse(time.RFC3339, r.Start)
	if err != nil {
		return connect.Result{}, refused("youtube: the start of the stream is no time: %v", err)
	}
	stream, err := c.stream(ctx)
	if err != nil {
		return connect.Result{}, unsent(err)
	}
	// YouTube wants a start that lies ahead, and a request may have waited.
	if soon := time.Now().Add(time.Minute); start.Before(soon) {
		start = soon
	}
	off := false
	b, err := c.api.LiveBroadcasts.Insert(broadcastParts, &youtube.LiveBroadcast{
		Snippet: &youtube.LiveBroadcastSnippet{
			Title: title(r.Title.String()), Description: description(r.Description.String(), call.Mark), ScheduledStartTime: start.UTC().Format(time.RFC3339),
		},
		Status: &youtube.LiveBroadcastStatus{PrivacyStatus: "public", SelfDeclaredMadeForKids: false, ForceSendFields: []string{"SelfDeclaredMadeForKids"}},
		ContentDetails: &youtube.LiveBroadcastContentDetails{
			EnableAutoStart: true, EnableAutoStop: true, EnableDvr: true, MonitorStream: &youtube.MonitorStreamInfo{EnableMonitorStream: &off},
		},
	}).Context(ctx).Do()
	if err != nil {
		return connect.Result{}, failed(err)
	}
	if b.Id == "" {
		return connect.Result{}, &connect.Error{Kind: connect.Unknown, Message: "youtube made a broadcast and does not say which"}
	}
	if err := c.bind(ctx, b.Id, stream); err != nil {
		e := failed(err)
		e.Kind, e.Message = connect.Unknown, e.Message+" (the broadcast is made, its stream not yet bound)"
		return connect.Result{}, e
	}
	return c.made(b.Id, stream), nil
}

// find looks for the broadcast by our mark, and binds the stream if that was not reached.
func (c *Connector) find(ctx context.Context, call connect.Call, _ connect.StreamRequest) (*connect.Result, error) {
	for page, n := "", 0; ; n++ {
		list, err := c.api.LiveBroadcasts.List(broadcastParts).Mine(true).MaxResults(50).PageToken(page).Context(ctx).Do()
		if err != nil {
			return nil, failed(err)
		}
		for _, b := range list.Items {
			if b.Snippet == nil || !stamped(b.Snippet.Description, call.Mark) {
				continue
			}
			stream := ""
			if b.ContentDetails != nil {
				stream = b.ContentDetails.BoundStreamId
			}
			if stream == "" {
				if stream, err = c.stream(ctx); err == nil {
					err = c.bind(ctx, b.Id, stream)
				}
				if err != nil {
					return nil, failed(err)
				}
			}
			r := c.made(b.Id, stream)
			return &r, nil
		}
		if page = list.NextPageToken; page == "" {
			return nil, nil
		}
		if n == 200 {
			return nil, &connect.Error{Kind: connect.Unknown, Message: "youtube lists broadcasts without end"}
		}
	}
}

func (c *Connector) made(broadcast, stream string) connect.Result {
	return connect.Result{Ref: broadcast, URL: c.watch + broadcast, Outputs: map[string]string{"stream": stream}}
}

func (c *Connector) bind(ctx context.Context, broadcast, stream string) error {
	_, err := c.api.LiveBroadcasts.Bind(broadcast, []string{"id", "contentDetails"}).StreamId(stream).Context(ctx).Do()
	return err
}

// stream gives the id of our reusable stream, made if it is not there.
func (c *Connector) stream(ctx context.Context) (string, error) {
	for page := ""; ; {
		list, err := c.api.LiveStreams.List(streamParts).Mine(true).MaxResults(50).PageToken(page).Context(ctx).Do()
		if err != nil {
			return "", err
		}
		for _, s := range list.Items {
			if s.Snippet != nil && s.Snippet.Title == ours && (s.ContentDetails == nil || s.ContentDetails.IsReusable) {
				return s.Id, nil
			}
		}
		if page = list.NextPageToken; page == "" {
			break
		}
	}
	s, err := c.api.LiveStreams.Insert(streamParts, &youtube.LiveStream{
		Snippet:        &youtube.LiveStreamSnippet{Title: ours},
		Cdn:            &youtube.CdnSettings{IngestionType: "rtmp", Resolution: "variable", FrameRate: "variable"},
		ContentDetails: &youtube.LiveStreamContentDetails{IsReusable: true},
	}).Context(ctx).Do()
	if err != nil {
		return "", err
	}
	if s.Id == "" {
		return "", &connect.Error{Kind: connect.Retry, Message: "youtube made a stream and does not say which"}
	}
	return s.Id, nil
}

// Ingest tells where an encoder sends the picture of a stream. The key is a secret.
func (c *Connector) Ingest(ctx context.Context, stream string) (connect.Ingest, error) {
	s, err := c.lookAt(ctx, stream)
	if err != nil {
		return connect.Ingest{}, err
	}
	if s.Cdn == nil || s.Cdn.IngestionInfo == nil || s.Cdn.IngestionInfo.IngestionAddress == "" || s.Cdn.IngestionInfo.StreamName == "" {
		return connect.Ingest{}, &connect.Error{Kind: connect.Retry, Message: "youtube does not say yet where the picture goes"}
	}
	return connect.Ingest{URL: s.Cdn.IngestionInfo.IngestionAddress, Key: s.Cdn.IngestionInfo.StreamName}, nil
}

func (c *Connector) lookAt(ctx context.Context, stream string) (*youtube.LiveStream, error) {
	if stream == "" {
		return nil, refused("youtube: no stream is named")
	}
	list, err := c.api.LiveStreams.List(streamParts).Id(stream).Context(ctx).Do()
	if err != nil {
		return nil, unsent(err)
	}
	for _, s := range list.Items {
		if s.Id == stream {
			return s, nil
		}
	}
	return nil, refused("youtube: the stream no longer exists: make the broadcast anew")
}

// YouTube takes neither < nor > in titles and descriptions.
var angles = strings.NewReplacer("<", "‹", ">", "›")

// title is one line of at most 100 characters, never empty.
func title(s string) string {
	s = angles.Replace(strings.Join(strings.Fields(s), " "))
	if s == "" {
		return "Incident"
	}
	if utf8.RuneCountInString(s) > 100 {
		s = string([]rune(s)[:99]) + "…"
	}
	return s
}

// description is at most 5000 bytes with our mark as its last line.
func description(s, mark string) string {
	s = angles.Replace(strings.TrimSpace(s))
	last := "tocsin:" + mark
	if s == "" {
		return last
	}
	if most := 5000 - len(last) - 2; len(s) > most {
		s = strings.ToValidUTF8(s[:most-len("…")], "") + "…"
	}
	return s + "\n\n" + last
}

func stamped(description, mark string) bool {
	for line := range strings.Lines(description) {
		if strings.TrimSpace(line) == "tocsin:"+mark {
			return true
		}
	}
	return false
}
