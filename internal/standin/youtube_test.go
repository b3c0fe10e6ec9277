package standin

import (
	"fmt"
	"strings"
	"testing"

	tube "google.golang.org/api/youtube/v3"
)

// newTube gives the library's client, a stream and a way to send it a picture or to stop.
func newTube(t *testing.T, s stand) (*tube.Service, *tube.LiveStream, func(action string)) {
	t.Helper()
	api, err := tube.NewService(t.Context(), signedIn(s.url+"/google/")...)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := api.LiveStreams.Insert([]string{"snippet", "cdn", "contentDetails", "status"}, &tube.LiveStream{
		Snippet: &tube.LiveStreamSnippet{Title: "tocsin"}, Cdn: &tube.CdnSettings{IngestionType: "rtmp", Resolution: "variable", FrameRate: "variable"},
		ContentDetails: &tube.LiveStreamContentDetails{IsReusable: true},
	}).Do()
	if err != nil || stream.Status.StreamStatus != "ready" {
		t.Fatal(stream, err)
	}
	made := s.ask(t, "POST", "/zoom/v2/users/paid/meetings", map[string]any{"topic": "War room"})
	at := fmt.Sprintf("/zoom/v2/meetings/%.0f/livestream", made.json["id"])
	to := stream.Cdn.IngestionInfo
	s.ask(t, "PATCH", at, map[string]any{"stream_url": to.IngestionAddress, "stream_key": to.StreamName, "page_url": s.url})
	s.ask(t, "GET", strings.TrimPrefix(made.json["join_url"].(string), s.url), nil)
	return api, stream, func(action string) {
		t.Helper()
		if a := s.ask(t, "PATCH", at+"/status", map[string]any{"action": action}); a.status != 204 {
			t.Fatalf("%+v", a)
		}
	}
}

func broadcast(details *tube.LiveBroadcastContentDetails) *tube.LiveBroadcast {
	return &tube.LiveBroadcast{
		Snippet: &tube.LiveBroadcastSnippet{Title: "Outage", Description: "tocsin:1", ScheduledStartTime: "2026-11-23T08:00:00Z"},
		Status:  &tube.LiveBroadcastStatus{PrivacyStatus: "public"}, ContentDetails: details,
	}
}

var parts = []string{"id", "snippet", "status", "contentDetails"}

// TestTransitions: a broadcast with a monitor stream goes from bound through testing to live and complete, and only with a picture.
func TestTransitions(t *testing.T) {
	t.Parallel()
	s := start(t)
	api, stream, send := newTube(t, s)
	b, err := api.LiveBroadcasts.Insert(parts, broadcast(nil)).Do()
	if err != nil || b.Status.LifeCycleStatus != "created" {
		t.Fatal(b, err)
	}
	to := func(state, want string) {
		t.Helper()
		b, err := api.LiveBroadcasts.Transition(state, b.Id, []string{"status"}).Do()
		if want == "" && (err != nil || b.Status.LifeCycleStatus != state || b.Snippet != nil) || want != "" && !because(err, 403, want) {
			t.Fatalf("%s: %+v %v", state, b, err)
		}
	}
	to("testing", "errorStreamInactive")
	if _, err := api.LiveBroadcasts.Bind(b.Id, []string{"id"}).StreamId("nothing").Do(); !because(err, 404, "liveStreamNotFound") {
		t.Error(err)
	}
	if b, err := api.LiveBroadcasts.Bind(b.Id, parts).StreamId(stream.Id).Do(); err != nil || b.Status.LifeCycleStatus != "ready" {
		t.Fatal(b, err)
	}
	to("live", "errorStreamInactive")
	to("complete", "invalidTransition")
	send("start")
	if l, err := api.LiveStreams.List([]string{"status"}).Id(stream.Id).Do(); err != nil || l.Items[0].Status.StreamStatus != "active" {
		t.Error(l, err)
	}
	to("live", "invalidTransition")
	to("testing", "")
	to("testing", "redundantTransition")
	to("live", "")
	to("live", "redundantTransition")
	if _, err := api.LiveBroadcasts.Bind(b.Id, parts).StreamId(stream.Id).Do(); !because(err, 403, "liveBroadcastBindingNotAllowed") {
		t.Error(err)
	}
	to("complete", "")
	to("live", "invalidTransition")
	if a := s.ask(t, "GET", "/youtube/watch?v="+b.Id, nil); a.status != 200 || !strings.Contains(a.text, "complete") {
		t.Errorf("%+v", a)
	}
}

// TestAutoStart: such a broadcast goes live with the picture and ends with it.
func TestAutoStart(t *testing.T) {
	t.Parallel()
	s := start(t)
	api, stream, send := newTube(t, s)
	b, err := api.LiveBroadcasts.Insert(parts, broadcast(&tube.LiveBroadcastContentDetails{EnableAutoStart: true, EnableAutoStop: true})).Do()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.LiveBroadcasts.Bind(b.Id, parts).StreamId(stream.Id).Do(); err != nil {
		t.Fatal(err)
	}
	send("start")
	if l, err := api.LiveBroadcasts.List(parts).BroadcastStatus("active").Do(); err != nil || len(l.Items) != 1 || l.Items[0].Status.LifeCycleStatus != "live" {
		t.Error(l, err)
	}
	send("stop")
	if l, err := api.LiveBroadcasts.List(parts).Id(b.Id).Do(); err != nil || l.Items[0].Status.LifeCycleStatus != "complete" {
		t.Error(l, err)
	}
	if told := s.told(t, "youtube.stream"); dig(told[0], "status", "streamStatus") != "inactive" {
		t.Error(told)
	}
}

func TestYouTubeRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	api, stream, _ := newTube(t, s)
	const path = "/google/youtube/v3/liveBroadcasts"
	snippet := map[string]any{"title": "t", "scheduledStartTime": "2026-11-23T08:00:00Z"}
	for _, c := range []struct {
		method, path string
		body         any
		status       int
		reason       string
	}{
		{"GET", path + "?mine=true", nil, 400, "missingRequiredParameter"},
		{"GET", path + "?part=id", nil, 400, "missingRequiredParameter"},
		{"GET", path + "?part=idea&mine=true", nil, 400, "unknownPart"},
		{"GET", path + "?part=id&mine=true&broadcastStatus=all", nil, 400, "incompatibleParameters"},
		{"POST", path + "?part=snippet", map[string]any{"snippet": snippet, "status": map[string]any{}}, 400, "unexpectedPart"},
		{"POST", path + "?part=snippet,status", map[string]any{"snippet": snippet, "status": map[string]any{"privacyStatus": "open"}}, 400, "invalidPrivacyStatus"},
		{"POST", path + "?part=snippet,status", map[string]any{"snippet": map[string]any{"title": "t"}, "status": map[string]any{"privacyStatus": "public"}}, 400, "scheduledStartTimeRequired"},
		{"POST", path + "?part=snippet,status", map[string]any{"snippet": map[string]any{"titel": "t"}}, 400, "parseError"},
		{"POST", path + "?part=snippet", map[string]any{"snippet": map[string]any{"title": "<b>"}}, 400, "invalidTitle"},
		{"POST", path + "/transition?part=id&id=nothing&broadcastStatus=live", nil, 404, "liveBroadcastNotFound"},
		{"POST", "/google/youtube/v3/liveStreams?part=snippet,cdn", map[string]any{"snippet": map[string]any{"title": "t"}, "cdn": map[string]any{"ingestionType": "rtmp"}}, 400, "frameRateRequired"},
	} {
		a := s.ask(t, c.method, c.path, c.body)
		if a.status != c.status || dig(a.json, "error", "errors", 0, "reason") != c.reason {
			t.Errorf("%s %s: %+v", c.method, c.path, a)
		}
	}
	b, err := api.LiveBroadcasts.Insert(parts, broadcast(nil)).Do()
	if err != nil {
		t.Fatal(err)
	}
	b.Snippet.Title = "Outage over"
	if b, err = api.LiveBroadcasts.Update([]string{"snippet"}, &tube.LiveBroadcast{Id: b.Id, Snippet: b.Snippet}).Do(); err != nil || b.Snippet.Title != "Outage over" {
		t.Error(b, err)
	}
	if l, err := api.LiveBroadcasts.List([]string{"snippet"}).Mine(true).Do(); err != nil || len(l.Items) != 1 || l.Items[0].Status != nil {
		t.Error(l, err)
	}
	if err := api.LiveBroadcasts.Delete(b.Id).Do(); err != nil {
		t.Error(err)
	}
	if err := api.LiveStreams.Delete(stream.Id).Do(); err != nil || len(s.told(t, "youtube.stream")) != 0 {
		t.Error(err)
	}
}
