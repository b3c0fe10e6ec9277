package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"tocsin/internal/connect"
	"tocsin/internal/connect/all"
	"tocsin/internal/connect/bluesky"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/connect/github"
	"tocsin/internal/connect/gitlab"
	"tocsin/internal/connect/googledocs"
	"tocsin/internal/connect/mastodon"
	"tocsin/internal/connect/mattermost"
	"tocsin/internal/connect/slack"
	"tocsin/internal/connect/x"
	"tocsin/internal/connect/youtube"
	"tocsin/internal/connect/zoom"
)

// config sets every connector up against stand-ins at base.
func config(base string) all.Config {
	google := []byte(`{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"}`)
	return all.Config{
		Slack:      slack.Config{BaseURL: base + "/slack/api/", Token: "xoxb-t", SigningSecret: "s", Channels: map[string]string{"general": "general"}},
		Zoom:       zoom.Config{BaseURL: base + "/zoom/v2", AuthURL: base + "/zoom/oauth/token", AccountID: "a", ClientID: "c", ClientSecret: "s", LicensedHost: "licensed@example.com"},
		Google:     googledocs.Config{DocsURL: base + "/google/docs/", DriveURL: base + "/google/drive/v3/", TokenURL: base + "/google/token", Domain: "example.com", Credentials: google},
		YouTube:    youtube.Config{BaseURL: base + "/google/youtube/v3/", TokenURL: base + "/google/token", WatchURL: base + "/youtube/watch?v=", Credentials: google},
		X:          x.Config{BaseURL: base + "/x", APIKey: "k", APISecret: "s", AccessToken: "42-t", AccessSecret: "s"},
		Mattermost: mattermost.Config{BaseURL: base + "/mattermost/", Token: "t", Team: "acme", Channels: map[string]string{"general": "general"}},
		Mastodon:   mastodon.Config{BaseURL: base + "/mastodon", Token: "t"},
		Bluesky:    bluesky.Config{BaseURL: base + "/bluesky", Handle: "status.example.com", Password: "app-password"},
		GitLab:     gitlab.Config{BaseURL: base + "/gitlab", Token: "glpat-t", Project: "example/infrastructure"},
		GitHub:     github.Config{BaseURL: base + "/github/api/v3", Token: "github_pat_t", Repository: "example/infrastructure"},
	}
}

// order is the order in which an incident would do things.
var order = []connect.Kind{
	connect.RoomOpen, connect.RoomLicense, connect.RoomLivestream, connect.RoomGoLive, connect.RoomEnd,
	connect.DocumentCreate, connect.DocumentWrite, connect.DocumentShare, connect.DocumentPublish,
	connect.ChatChannel, connect.ChatPost, connect.ChatPin, connect.ChatInvite,
	connect.SocialPost, connect.StreamCreate, connect.StreamLive, connect.StreamEnd,
	connect.TrackerIssue, connect.TrackerComment, connect.TrackerOpen, connect.TrackerUpdate,
}

// samples gives a request for each kind that c knows.
func samples(t *testing.T, c connect.Connector, w world) []conformance.Sample {
	var out []conformance.Sample
	for _, kind := range order {
		if _, ok := c.Operations()[kind]; ok {
			out = append(out, conformance.Sample{Kind: kind, Raw: func(made map[connect.Kind]connect.Result) any { return w.request(t, kind, made) }})
		}
	}
	return out
}

// request gives a kind's request, after what people do before it.
func (w world) request(t *testing.T, kind connect.Kind, made map[connect.Kind]connect.Result) any {
	room, broadcast := made[connect.RoomLicense].Ref, made[connect.StreamCreate]
	document, issue := made[connect.DocumentCreate].Ref, made[connect.TrackerIssue].Ref
	channel := made[connect.ChatChannel].Ref
	switch kind {
	case connect.RoomOpen:
		return connect.RoomRequest{Topic: "INC-1 DB down"}
	case connect.RoomLicense:
		return connect.RoomMove{ID: made[connect.RoomOpen].Ref, Topic: "INC-1 DB down"}
	case connect.RoomLivestream:
		return map[string]string{"id": room, "stream": "s", "page": "https://watch.example/b", "title": "INC-1"}
	case connect.RoomGoLive:
		w.start(t, room)
		return connect.RoomRef{ID: room}
	case connect.RoomEnd:
		return connect.RoomRef{ID: room}
	case connect.DocumentCreate:
		return map[string]string{"title": "Outage of 🙂 things"}
	case connect.DocumentWrite:
		var blocks []map[string]string
		for key, style := range map[string]string{"a": "title", "b": "heading", "c": "text"} {
			blocks = append(blocks, map[string]string{"key": key, "style": style, "text": "09:00 it broke 🙂"})
		}
		return map[string]any{"id": document, "blocks": blocks}
	case connect.DocumentShare:
		return map[string]string{"id": document, "domain": "example.com"}
	case connect.DocumentPublish:
		return map[string]string{"id": document}
	case connect.ChatChannel:
		return connect.ChannelRequest{Name: "inc-1-db-down", Topic: "DB down & out"}
	case connect.ChatPost:
		return connect.ChatMessage{Channel: channel, Text: "@channel, the room is [here](https://room.example/1)", Emails: []string{"ada@example.com"}, Handles: []string{"grace"}}
	case connect.ChatPin:
		return connect.ChatRef{Channel: made[connect.ChatPost].Outputs["channel"], ID: made[connect.ChatPost].Ref}
	case connect.ChatInvite:
		return connect.ChatInvitation{Channel: channel, Emails: []string{"ada@example.com"}}
	case connect.SocialPost:
		return map[string]string{"text": "GitLab.com is down & we know. Notes: https://docs.example.com/d/1?x=1&y=2"}
	case connect.StreamCreate:
		return map[string]string{"title": "Outage <1>", "description": "What is going on", "start": "2030-11-23T07:00:00Z"}
	case connect.StreamLive:
		w.picture(t)
		return map[string]string{"id": broadcast.Ref, "stream": broadcast.Outputs["stream"]}
	case connect.StreamEnd:
		return map[string]string{"id": broadcast.Ref, "stream": broadcast.Outputs["stream"]}
	case connect.TrackerIssue:
		return map[string]any{"title": "Outage of 2026-11-23", "body": "What happened", "labels": []string{"outage"}, "confidential": true}
	case connect.TrackerComment:
		return map[string]string{"id": issue, "text": "It is published."}
	case connect.TrackerUpdate:
		return map[string]any{"id": issue, "mark": "conformance-tracker-issue", "title": "Outage of 2026-11-23", "body": "What happened, read again", "due": "2026-12-05", "closed": true}
	case connect.TrackerOpen:
		return connect.IssueRef{ID: issue}
	}
	t.Fatalf("no sample of %s", kind)
	return nil
}

// world is what people do at the stand-ins, which is no connector's call and is not judged.
type world struct{ url string }

// do sends JSON and gives the answer.
func (w world) do(t *testing.T, method, path string, body any) map[string]any {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, w.url+path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer someone")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	var out map[string]any
	_ = json.NewDecoder(resp.Body).Decode(&out) // some answer nothing
	return out
}

// start opens a meeting as its host does.
func (w world) start(t *testing.T, id string) {
	t.Helper()
	meeting := w.do(t, http.MethodGet, "/zoom/v2/meetings/"+id, nil)
	resp, err := http.Get(fmt.Sprint(meeting["start_url"]))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}

// picture lets a running meeting send its picture to every stream there is.
func (w world) picture(t *testing.T) {
	t.Helper()
	streams := w.do(t, http.MethodGet, "/google/youtube/v3/liveStreams?part=cdn&mine=true", nil)
	for _, s := range streams["items"].([]any) {
		in := s.(map[string]any)["cdn"].(map[string]any)["ingestionInfo"].(map[string]any)
		meeting := w.do(t, http.MethodPost, "/zoom/v2/users/me/meetings", map[string]any{"topic": "War room", "type": 1})
		id := fmt.Sprintf("%.0f", meeting["id"])
		w.start(t, id)
		w.do(t, http.MethodPatch, "/zoom/v2/meetings/"+id+"/livestream", map[string]any{"stream_url": in["ingestionAddress"], "stream_key": in["streamName"], "page_url": w.url})
		w.do(t, http.MethodPatch, "/zoom/v2/meetings/"+id+"/livestream/status", map[string]any{"action": "start"})
	}
}
