package standin

import (
	"cmp"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"
)

func (z *zoom) getLivestream(r *request) reply {
	return z.in(r, func(m *zoomMeeting) reply {
		return reply{status: http.StatusOK, body: map[string]any{"stream_url": m.streamURL, "stream_key": m.streamKey, "page_url": m.pageURL, "resolution": m.resolution}}
	})
}

func (z *zoom) updateLivestream(r *request) reply {
	return z.in(r, func(m *zoomMeeting) reply {
		var wrong []string
		for _, field := range []struct {
			name string
			most int
		}{{"stream_url", 1024}, {"stream_key", 512}, {"page_url", 1024}} {
			value := r.arg(field.name)
			switch u, err := url.Parse(value); {
			case value == "":
				wrong = append(wrong, field.name, "This field is required.")
			case len(value) > field.most, field.name != "stream_key" && (err != nil || u.Scheme == "" || u.Host == ""):
				wrong = append(wrong, field.name, "Invalid field.")
			}
		}
		if wrong != nil {
			return zoomInvalid(wrong...)
		}
		m.streamURL, m.streamKey, m.pageURL = r.arg("stream_url"), r.arg("stream_key"), r.arg("page_url")
		m.resolution = cmp.Or(r.arg("resolution"), m.resolution)
		return reply{status: http.StatusNoContent}
	})
}

func (m *zoomMeeting) streamStatus() string {
	if m.streaming {
		return "started"
	}
	return "stopped"
}

// livestreamStatus starts and stops sending the picture of a running meeting. Asking for what is so already is no error.
func (z *zoom) livestreamStatus(r *request) reply {
	return z.in(r, func(m *zoomMeeting) reply {
		settings, isObject := r.args["settings"].(map[string]any)
		if r.has("settings") && !isObject {
			return zoomInvalid("settings", "Invalid field.")
		}
		if name, ok := settings["display_name"].(string); ok && (name == "" || utf8.RuneCountInString(name) > 50) {
			return zoomInvalid("settings.display_name", "Invalid field.")
		}
		action := r.arg("action")
		switch {
		case action == "stop":
			z.stopStream(m, r.now)
			return reply{status: http.StatusNoContent}
		case action != "start" && action != "mode":
			return zoomInvalid("action", "Invalid field.")
		case !m.running():
			return zoomError(http.StatusBadRequest, 3000, "The meeting has not started: it can't be live streamed.")
		case m.streamURL == "":
			return zoomError(http.StatusBadRequest, 3000, "Live streaming is not configured for this meeting.")
		}
		if isObject {
			m.streamSettings = settings
		}
		if action == "start" {
			m.streaming = true
			z.tube.picture(m.streamKey, true, r.now)
		}
		return reply{status: http.StatusNoContent}
	})
}

func (z *zoom) stopStream(m *zoomMeeting, now time.Time) {
	if m.streaming {
		m.streaming = false
		z.tube.picture(m.streamKey, false, now)
	}
}
