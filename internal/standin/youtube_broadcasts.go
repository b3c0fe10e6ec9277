package standin

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	tube "google.golang.org/api/youtube/v3"
)

// tubeBroadcast is a broadcast; all three of its main parts are always there.
type tubeBroadcast struct {
	birth
	tube.LiveBroadcast
}

func (b *tubeBroadcast) watch(base string) string { return base + "/youtube/watch?v=" + b.Id }

// enter changes the state of the broadcast.
func (b *tubeBroadcast) enter(state string, now time.Time) {
	b.Status.LifeCycleStatus = state
	switch state {
	case "live":
		b.Snippet.ActualStartTime = googleTime(now)
		b.Status.RecordingStatus = "recording"
	case "complete":
		b.Snippet.ActualEndTime = googleTime(now)
		b.Status.RecordingStatus = "recorded"
	}
}

// checkBroadcast refuses what a broadcast may not say of itself.
func checkBroadcast(b *tube.LiveBroadcast) *reply {
	refuse := func(reason, words string) *reply {
		no := googleError(http.StatusBadRequest, reason, "%s", words)
		return &no
	}
	switch {
	case b.Snippet == nil || b.Snippet.Title == "":
		return refuse("titleRequired", "Title is required")
	case utf8.RuneCountInString(b.Snippet.Title) > 100 || strings.ContainsAny(b.Snippet.Title, "<>"):
		return refuse("invalidTitle", "Title is invalid")
	case len(b.Snippet.Description) > 5000 || strings.ContainsAny(b.Snippet.Description, "<>"):
		return refuse("invalidDescription", "Description is invalid")
	case b.Snippet.ScheduledStartTime == "":
		return refuse("scheduledStartTimeRequired", "Scheduled start time is required")
	case b.Status == nil || b.Status.PrivacyStatus == "":
		return refuse("privacyStatusRequired", "Privacy status is required")
	case !oneOf(b.Status.PrivacyStatus, "public", "unlisted", "private"):
		return refuse("invalidPrivacyStatus", "Privacy status is invalid")
	}
	if _, err := time.Parse(time.RFC3339, b.Snippet.ScheduledStartTime); err != nil {
		return refuse("invalidScheduledStartTime", "Scheduled start time is invalid")
	}
	if d := b.ContentDetails; d != nil && d.LatencyPreference != "" && !oneOf(d.LatencyPreference, "normal", "low", "ultraLow") {
		return refuse("invalidLatencyPreferenceOptions", "Latency preference is invalid")
	}
	return nil
}

func (y *youtube) insertBroadcast(r *request) reply {
	parts, no := y.parts(r, "liveBroadcasts")
	if no != nil {
		return *no
	}
	b := &tubeBroadcast{birth: r.birth()}
	if no := googleBody(r, &b.LiveBroadcast); no != nil {
		return *no
	}
	if no := checkBroadcast(&b.LiveBroadcast); no != nil {
		return *no
	}
	b.Id, b.Kind, b.Etag = opaque("youtube broadcast", len(y.broadcasts))[:11], "youtube#liveBroadcast", opaque("etag", len(y.broadcasts))[:27]
	b.Snippet.ChannelId, b.Snippet.PublishedAt, b.Snippet.LiveChatId = tubeChannel, googleTime(r.now), opaque("chat", b.Id)
	b.Status.LifeCycleStatus, b.Status.RecordingStatus = "created", "notRecording"
	if b.ContentDetails == nil {
		b.ContentDetails = &tube.LiveBroadcastContentDetails{}
	}
	b.ContentDetails.BoundStreamId = ""
	if m := b.ContentDetails.MonitorStream; m == nil || m.EnableMonitorStream == nil {
		on := true // YouTube's default
		b.ContentDetails.MonitorStream = &tube.MonitorStreamInfo{EnableMonitorStream: &on}
	}
	y.broadcasts = append(y.broadcasts, b)
	return googleAnswer(r, shown(&b.LiveBroadcast, parts), "")
}

func (y *youtube) broadcast(id string) *tubeBroadcast {
	i := slices.IndexFunc(y.broadcasts, func(b *tubeBroadcast) bool { return b.Id == id })
	if i < 0 {
		return nil
	}
	return y.broadcasts[i]
}

// tubeStates are the states that each value of broadcastStatus means.
var tubeStates = map[string][]string{
	"all": nil, "active": {"live", "testing"}, "completed": {"complete"}, "upcoming": {"created", "ready"},
}

func (y *youtube) listBroadcasts(r *request) reply {
	parts, no := y.parts(r, "liveBroadcasts")
	if no != nil {
		return *no
	}
	ids, no := filtered(r, "id", "mine", "broadcastStatus")
	if no != nil {
		return *no
	}
	status := r.arg("broadcastStatus")
	states, ok := tubeStates[status]
	if status != "" && !ok {
		return googleError(http.StatusBadRequest, "invalidValue", "Invalid value '%s' for broadcastStatus", status)
	}
	var all []any
	for _, b := range slices.Backward(y.broadcasts) {
		if ids != nil && !slices.Contains(ids, b.Id) || ids == nil && !r.lists(b.birth) || states != nil && !slices.Contains(states, b.Status.LifeCycleStatus) {
			continue
		}
		all = append(all, &b.LiveBroadcast)
	}
	return y.listed(r, "liveBroadcast", all, parts)
}

// at calls do with the broadcast called id, and with the parts to show.
func (y *youtube) at(r *request, id string, do func(*tubeBroadcast) *reply) reply {
	parts, no := y.parts(r, "liveBroadcasts")
	if no != nil {
		return *no
	}
	if id == "" {
		return googleError(http.StatusBadRequest, "idRequired", "Broadcast id is required")
	}
	b := y.broadcast(id)
	if b == nil {
		return googleError(http.StatusNotFound, "liveBroadcastNotFound", "Broadcast not found")
	}
	if no := do(b); no != nil {
		return *no
	}
	return googleAnswer(r, shown(&b.LiveBroadcast, parts), "")
}

func (y *youtube) updateBroadcast(r *request) reply {
	var to tube.LiveBroadcast
	if no := googleBody(r, &to); no != nil {
		return *no
	}
	return y.at(r, to.Id, func(b *tubeBroadcast) *reply {
		merged := b.LiveBroadcast
		if to.Snippet != nil {
			snippet := *b.Snippet
			snippet.Title, snippet.Description, snippet.ScheduledStartTime, snippet.ScheduledEndTime = to.Snippet.Title, to.Snippet.Description, to.Snippet.ScheduledStartTime, to.Snippet.ScheduledEndTime
			merged.Snippet = &snippet
		}
		if to.Status != nil {
			status := *b.Status
			status.PrivacyStatus, status.SelfDeclaredMadeForKids = to.Status.PrivacyStatus, to.Status.SelfDeclaredMadeForKids
			merged.Status = &status
		}
		if to.ContentDetails != nil {
			if oneOf(b.Status.LifeCycleStatus, "live", "complete") {
				no := googleError(http.StatusForbidden, "modificationNotAllowed", "Modification not allowed")
				return &no
			}
			details := *to.ContentDetails
			details.BoundStreamId = b.ContentDetails.BoundStreamId
			if details.MonitorStream == nil || details.MonitorStream.EnableMonitorStream == nil {
				details.MonitorStream = b.ContentDetails.MonitorStream
			}
			merged.ContentDetails = &details
		}
		if no := checkBroadcast(&merged); no != nil {
			return no
		}
		b.LiveBroadcast = merged
		return nil
	})
}

func (y *youtube) deleteBroadcast(r *request) reply {
	b := y.broadcast(r.arg("id"))
	switch {
	case b == nil:
		return googleError(http.StatusNotFound, "liveBroadcastNotFound", "Broadcast not found")
	case oneOf(b.Status.LifeCycleStatus, "live", "testing"):
		return googleError(http.StatusForbidden, "liveBroadcastDeletionNotAllowed", "Broadcast deletion is not allowed")
	}
	y.broadcasts = slices.DeleteFunc(y.broadcasts, func(one *tubeBroadcast) bool { return one == b })
	return reply{status: http.StatusNoContent}
}

// bindBroadcast ties a broadcast to a stream, or unties it if no stream is named.
func (y *youtube) bindBroadcast(r *request) reply {
	return y.at(r, r.arg("id"), func(b *tubeBroadcast) *reply {
		stream := r.arg("streamId")
		if stream != "" && y.stream(stream) == nil {
			no := googleError(http.StatusNotFound, "liveStreamNotFound", "Stream not found")
			return &no
		}
		if !oneOf(b.Status.LifeCycleStatus, "created", "ready") {
			no := googleError(http.StatusForbidden, "liveBroadcastBindingNotAllowed", "The current status of the live broadcast does not allow it to be bound to a stream")
			return &no
		}
		b.ContentDetails.BoundStreamId = stream
		b.ContentDetails.BoundStreamLastUpdateTimeMs = r.now.Format(time.RFC3339Nano)
		b.Status.LifeCycleStatus = "ready"
		if stream == "" {
			b.Status.LifeCycleStatus = "created"
		}
		return nil
	})
}

// transitions are the states from which each state can be asked for. One with a monitor stream is tested before it goes live.
var transitions = map[string][]string{"testing": {"ready"}, "live": {"ready", "testing"}, "complete": {"testing", "live"}}

func (y *youtube) transitionBroadcast(r *request) reply {
	return y.at(r, r.arg("id"), func(b *tubeBroadcast) *reply {
		refuse := func(code int, reason, words string) *reply {
			no := googleError(code, reason, "%s", words)
			return &no
		}
		to, now := r.arg("broadcastStatus"), b.Status.LifeCycleStatus
		from, known := transitions[to]
		stream := y.stream(b.ContentDetails.BoundStreamId)
		monitored := *b.ContentDetails.MonitorStream.EnableMonitorStream
		switch {
		case to == "":
			return refuse(http.StatusBadRequest, "missingRequiredParameter", "Missing required parameter: broadcastStatus")
		case !known:
			return refuse(http.StatusBadRequest, "invalidValue", "Invalid value '"+to+"' for broadcastStatus")
		case to == now:
			return refuse(http.StatusForbidden, "redundantTransition", "Redundant transition")
		case to != "complete" && oneOf(now, "created", "ready", "testing") && (stream == nil || stream.Status.StreamStatus != "active"):
			return refuse(http.StatusForbidden, "errorStreamInactive", "Stream is inactive")
		case !slices.Contains(from, now), to == "live" && now == "ready" && monitored:
			return refuse(http.StatusForbidden, "invalidTransition", "Invalid transition")
		case to == "testing" && !monitored:
			return refuse(http.StatusForbidden, "invalidTransition", "Invalid transition")
		}
		b.enter(to, r.now)
		return nil
	})
}
