package standin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tube "google.golang.org/api/youtube/v3"
)

// youtube is one channel that may stream live.
type youtube struct {
	streams    []*tubeStream
	broadcasts []*tubeBroadcast
}

const tubeChannel = "UCstandin0000000000000000"

func newYouTube() *youtube { return &youtube{} }

func (y *youtube) provider() *provider {
	return &provider{
		name: "youtube", prefixes: []string{"/google/youtube"},
		routes: []route{
			{"GET /google/youtube/v3/channels", y.listChannels},
			{"POST /google/youtube/v3/liveStreams", y.insertStream},
			{"GET /google/youtube/v3/liveStreams", y.listStreams},
			{"DELETE /google/youtube/v3/liveStreams", y.deleteStream},
			{"POST /google/youtube/v3/liveBroadcasts", y.insertBroadcast},
			{"GET /google/youtube/v3/liveBroadcasts", y.listBroadcasts},
			{"PUT /google/youtube/v3/liveBroadcasts", y.updateBroadcast},
			{"DELETE /google/youtube/v3/liveBroadcasts", y.deleteBroadcast},
			{"POST /google/youtube/v3/liveBroadcasts/bind", y.bindBroadcast},
			{"POST /google/youtube/v3/liveBroadcasts/transition", y.transitionBroadcast},
		},
		admit: googleAdmit, unknown: googleUnknown, expired: googleExpired, unscoped: googleUnscoped("youtube"), refused: googleRefused,
		objects: y.objects,
		panel:   y.panel,
	}
}

type tubeStream struct {
	birth
	tube.LiveStream
}

// tubeParts are the parts that resources have.
var tubeParts = map[string][]string{
	"channels":       {"id", "snippet", "status", "contentDetails", "statistics", "brandingSettings"},
	"liveStreams":    {"id", "snippet", "cdn", "contentDetails", "status"},
	"liveBroadcasts": {"id", "snippet", "contentDetails", "status", "statistics", "monetizationDetails"},
}

// parts reads the part parameter, which every call needs, and refuses a body with parts that it does not name.
func (y *youtube) parts(r *request, resource string) ([]string, *reply) {
	var parts []string
	for _, value := range r.URL.Query()["part"] {
		parts = append(parts, strings.Split(value, ",")...)
	}
	if len(parts) == 0 || parts[0] == "" {
		no := googleError(http.StatusBadRequest, "missingRequiredParameter", "No filter selected. Expected parameter: part")
		return nil, &no
	}
	for _, p := range parts {
		if !slices.Contains(tubeParts[resource], p) {
			no := googleError(http.StatusBadRequest, "unknownPart", "'%s'", p)
			return nil, &no
		}
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(r.body, &fields) == nil {
		for name := range fields {
			if !slices.Contains(parts, name) && !oneOf(name, "id", "kind", "etag") {
				no := googleError(http.StatusBadRequest, "unexpectedPart", "%s", name)
				return nil, &no
			}
		}
	}
	return parts, nil
}

// shown gives the parts of a resource that were asked for.
func shown(resource any, parts []string) any {
	fields := plain(resource).(map[string]any)
	for name := range fields {
		if !slices.Contains(parts, name) && !oneOf(name, "id", "kind", "etag") {
			delete(fields, name)
		}
	}
	return fields
}

// listed gives one page of resources as YouTube's lists do.
func (y *youtube) listed(r *request, kind string, all []any, parts []string) reply {
	size := r.number("maxResults", 5)
	if size < 0 || size > 50 {
		return googleError(http.StatusBadRequest, "invalidValue", "Invalid value '%s'. Values must be within the range: [0, 50]", r.arg("maxResults"))
	}
	start := 0
	if token := r.arg("pageToken"); token != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(token, "page-"))
		if err != nil || n < 0 || n > len(all) {
			return googleError(http.StatusBadRequest, "invalidPageToken", "The request specifies an invalid page token.")
		}
		start = n
	}
	end := min(start+size, len(all))
	items := []any{}
	for _, one := range all[start:end] {
		items = append(items, shown(one, parts))
	}
	answer := map[string]any{
		"kind": "youtube#" + kind + "ListResponse", "etag": opaque(kind, len(all))[:27],
		"pageInfo": map[string]any{"totalResults": len(all), "resultsPerPage": size}, "items": items,
	}
	if end < len(all) {
		answer["nextPageToken"] = fmt.Sprintf("page-%d", end)
	}
	return googleAnswer(r, answer, "")
}

// filtered checks that a list is asked for by exactly one filter, and gives the ids asked for, if any.
func filtered(r *request, filters ...string) ([]string, *reply) {
	var used []string
	for _, f := range filters {
		if r.URL.Query().Has(f) {
			used = append(used, f)
		}
	}
	switch len(used) {
	case 0:
		no := googleError(http.StatusBadRequest, "missingRequiredParameter", "No filter selected. Expected one of: %s", strings.Join(filters, ", "))
		return nil, &no
	case 1:
	default:
		no := googleError(http.StatusBadRequest, "incompatibleParameters", "Incompatible parameters specified in the request: %s", strings.Join(used, ", "))
		return nil, &no
	}
	if used[0] != "id" {
		return nil, nil
	}
	var ids []string
	for _, value := range r.URL.Query()["id"] {
		ids = append(ids, strings.Split(value, ",")...)
	}
	return ids, nil
}

func (y *youtube) listChannels(r *request) reply {
	parts, no := y.parts(r, "channels")
	if no != nil {
		return *no
	}
	if _, no := filtered(r, "mine", "id", "forHandle"); no != nil {
		return *no
	}
	return y.listed(r, "channel", []any{&tube.Channel{
		Kind: "youtube#channel", Id: tubeChannel, Etag: "standin", Snippet: &tube.ChannelSnippet{Title: "Stand-in"},
		Status: &tube.ChannelStatus{PrivacyStatus: "public", IsLinked: true, LongUploadsStatus: "allowed"},
	}}, parts)
}

func (y *youtube) insertStream(r *request) reply {
	parts, no := y.parts(r, "liveStreams")
	if no != nil {
		return *no
	}
	s := &tubeStream{birth: r.birth()}
	if no := googleBody(r, &s.LiveStream); no != nil {
		return *no
	}
	if s.Snippet == nil || s.Snippet.Title == "" {
		return googleError(http.StatusBadRequest, "titleRequired", "Title is required")
	}
	switch cdn := s.Cdn; {
	case utf8.RuneCountInString(s.Snippet.Title) > 128:
		return googleError(http.StatusBadRequest, "invalidTitle", "Invalid title")
	case utf8.RuneCountInString(s.Snippet.Description) > 10000:
		return googleError(http.StatusBadRequest, "invalidDescription", "Invalid description")
	case cdn == nil || cdn.IngestionType == "":
		return googleError(http.StatusBadRequest, "ingestionTypeRequired", "Ingestion type is required")
	case !oneOf(cdn.IngestionType, "rtmp", "dash", "hls", "webrtc"):
		return googleError(http.StatusBadRequest, "invalidIngestionType", "Invalid ingestion type")
	case cdn.FrameRate == "":
		return googleError(http.StatusBadRequest, "frameRateRequired", "Frame rate is required")
	case !oneOf(cdn.FrameRate, "30fps", "60fps", "variable"):
		return googleError(http.StatusBadRequest, "invalidFrameRate", "Invalid frame rate")
	case cdn.Resolution == "":
		return googleError(http.StatusBadRequest, "resolutionRequired", "Resolution is required")
	case !oneOf(cdn.Resolution, "240p", "360p", "480p", "720p", "1080p", "1440p", "2160p", "variable"):
		return googleError(http.StatusBadRequest, "invalidResolution", "Invalid resolution")
	}
	id := opaque("youtube stream", len(y.streams))
	host := "localhost"
	if u, err := url.Parse(r.base); err == nil {
		host = u.Hostname()
	}
	s.Id, s.Kind, s.Etag = tubeChannel[2:]+id[:22], "youtube#liveStream", id[:27]
	s.Snippet.ChannelId, s.Snippet.PublishedAt = tubeChannel, googleTime(r.now)
	s.Cdn.IngestionInfo = &tube.IngestionInfo{
		StreamName:       strings.ToLower(id[0:4] + "-" + id[4:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20]),
		IngestionAddress: "rtmp://" + host + "/live2", BackupIngestionAddress: "rtmp://" + host + "/live2?backup=1",
		RtmpsIngestionAddress: "rtmps://" + host + "/live2", RtmpsBackupIngestionAddress: "rtmps://" + host + "/live2?backup=1",
	}
	if s.ContentDetails == nil {
		s.ContentDetails = &tube.LiveStreamContentDetails{IsReusable: true}
	}
	s.Status = &tube.LiveStreamStatus{StreamStatus: "ready", HealthStatus: &tube.LiveStreamHealthStatus{Status: "noData"}}
	y.streams = append(y.streams, s)
	return googleAnswer(r, shown(&s.LiveStream, parts), "")
}

func (y *youtube) stream(id string) *tubeStream {
	i := slices.IndexFunc(y.streams, func(s *tubeStream) bool { return s.Id == id })
	if i < 0 {
		return nil
	}
	return y.streams[i]
}

func (y *youtube) listStreams(r *request) reply {
	parts, no := y.parts(r, "liveStreams")
	if no != nil {
		return *no
	}
	ids, no := filtered(r, "id", "mine")
	if no != nil {
		return *no
	}
	var all []any
	for _, s := range y.streams {
		if ids == nil && r.lists(s.birth) || slices.Contains(ids, s.Id) {
			all = append(all, &s.LiveStream)
		}
	}
	return y.listed(r, "liveStream", all, parts)
}

func (y *youtube) deleteStream(r *request) reply {
	id := r.arg("id")
	switch {
	case y.stream(id) == nil:
		return googleError(http.StatusNotFound, "liveStreamNotFound", "Stream not found")
	case slices.ContainsFunc(y.broadcasts, func(b *tubeBroadcast) bool { return b.ContentDetails.BoundStreamId == id }):
		return googleError(http.StatusForbidden, "liveStreamDeletionNotAllowed", "Stream deletion is not allowed")
	}
	y.streams = slices.DeleteFunc(y.streams, func(s *tubeStream) bool { return s.Id == id })
	return reply{status: http.StatusNoContent}
}

// picture is an encoder beginning or ceasing to send under a stream's key. Broadcasts that start or stop by themselves do.
func (y *youtube) picture(key string, on bool, now time.Time) {
	for _, s := range y.streams {
		if s.Cdn.IngestionInfo.StreamName != key {
			continue
		}
		s.Status.StreamStatus, s.Status.HealthStatus.Status = "inactive", "noData"
		if on {
			s.Status.StreamStatus, s.Status.HealthStatus.Status = "active", "good"
		}
		for _, b := range y.broadcasts {
			details, state := b.ContentDetails, b.Status.LifeCycleStatus
			switch {
			case details.BoundStreamId != s.Id:
			case on && details.EnableAutoStart && oneOf(state, "ready", "testing"):
				b.enter("live", now)
			case !on && details.EnableAutoStop && state == "live":
				b.enter("complete", now)
			}
		}
	}
}

func (y *youtube) objects(string) []collection {
	return []collection{
		collect("youtube.broadcast", y.broadcasts, func(b *tubeBroadcast) any { return plain(&b.LiveBroadcast) }),
		collect("youtube.stream", y.streams, func(s *tubeStream) any { return plain(&s.LiveStream) }),
	}
}

func (y *youtube) panel(base string) panel {
	p := panel{Name: "YouTube", Nothing: "No broadcast yet."}
	for _, b := range slices.Backward(y.broadcasts) {
		p.Items = append(p.Items, item{At: b.born, Title: b.Snippet.Title, Text: cmp.Or(map[string]string{"live": "Live now.", "complete": "Over."}[b.Status.LifeCycleStatus], "Not live.") + " " + b.Snippet.Description, URL: b.watch(base)})
	}
	return p
}
