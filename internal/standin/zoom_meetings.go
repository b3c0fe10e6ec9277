package standin

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type zoomMeeting struct {
	birth
	host          *zoomUser
	id            int64
	topic, agenda string
	kind          int // 1 instant, 2 scheduled, 3 recurring, 8 recurring at fixed times
	start         string
	duration      int
	timezone      string
	settings      map[string]any
	joinURL       string
	startURL      string
	password      string

	begun, ended time.Time // of the latest session; running: begun and not ended
	deleted      bool

	streamURL, streamKey, pageURL, resolution string
	streaming                                 bool
	streamSettings                            map[string]any
}

func zoomTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func (m *zoomMeeting) running() bool { return !m.begun.IsZero() && m.ended.IsZero() }

// over: an instant meeting is gone when it has ended; others can be started again.
func (m *zoomMeeting) over() bool { return m.deleted || m.kind == 1 && !m.ended.IsZero() }

func (m *zoomMeeting) status() string {
	if m.running() {
		return "started"
	}
	return "waiting"
}

func (m *zoomMeeting) tell() map[string]any {
	settings := map[string]any{
		"host_video": false, "participant_video": false, "join_before_host": false, "mute_upon_entry": false, "waiting_room": true,
		"audio": "both", "auto_recording": "none", "approval_type": 2,
	}
	maps.Copy(settings, m.settings)
	return map[string]any{
		"uuid": opaque("zoom uuid", m.id)[:22] + "==", "id": m.id, "host_id": m.host.id, "host_email": m.host.email, "assistant_id": "",
		"topic": m.topic, "type": m.kind, "status": m.status(), "start_time": m.start, "duration": m.duration, "timezone": m.timezone,
		"created_at": zoomTime(m.born), "agenda": m.agenda, "start_url": m.startURL, "join_url": m.joinURL, "password": m.password,
		"h323_password": m.password, "pstn_password": m.password, "encrypted_password": opaque("zoom pwd", m.id)[:20],
		"settings": settings, "pre_schedule": false, "creation_source": "open_api",
	}
}

// apply reads the fields of a meeting that came, after it checked all of them.
func (m *zoomMeeting) apply(r *request) *reply {
	var wrong []string
	kind := r.number("type", m.kind)
	duration := r.number("duration", m.duration)
	settings, isObject := r.args["settings"].(map[string]any)
	for field, bad := range map[string]bool{
		"topic":      utf8.RuneCountInString(r.arg("topic")) > 200,
		"agenda":     utf8.RuneCountInString(r.arg("agenda")) > 2000,
		"type":       !slices.Contains([]int{1, 2, 3, 8}, kind) || r.has("type") && r.arg("type") != strconv.Itoa(kind),
		"duration":   duration < 0 || r.has("duration") && r.arg("duration") != strconv.Itoa(duration),
		"start_time": !zoomStart(r.arg("start_time")),
		"settings":   r.has("settings") && !isObject,
	} {
		if bad {
			wrong = append(wrong, field)
		}
	}
	if wrong != nil {
		slices.Sort(wrong)
		var pairs []string
		for _, field := range wrong {
			pairs = append(pairs, field, "Invalid field.")
		}
		no := zoomInvalid(pairs...)
		return &no
	}
	m.kind, m.duration = kind, duration
	for field, to := range map[string]*string{"topic": &m.topic, "agenda": &m.agenda, "start_time": &m.start, "timezone": &m.timezone, "password": &m.password} {
		if r.has(field) {
			*to = r.arg(field)
		}
	}
	if isObject {
		m.settings = settings
	}
	return nil
}

func zoomStart(s string) bool {
	if s == "" {
		return true
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05", time.RFC3339} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

func (z *zoom) createMeeting(r *request) reply {
	if no := zoomObject(r); no != nil {
		return *no
	}
	id := 81000000000 + int64(len(z.meetings)+1)*7919
	m := &zoomMeeting{
		birth: r.birth(), id: id, kind: 2, topic: "Zoom Meeting", duration: 60, timezone: "UTC", password: opaque("zoom passcode", id)[:6], start: zoomTime(r.now),
	}
	if no := m.apply(r); no != nil {
		return *no
	}
	m.host = z.user(cmp.Or(r.arg("schedule_for"), r.PathValue("user")))
	m.topic = cmp.Or(m.topic, "Zoom Meeting")
	m.joinURL = fmt.Sprintf("%s/zoom/j/%d?pwd=%s", r.base, id, opaque("zoom pwd", id)[:20])
	m.startURL = fmt.Sprintf("%s/zoom/s/%d?zak=%s", r.base, id, opaque("zoom zak", id))
	z.meetings = append(z.meetings, m)
	return reply{status: http.StatusCreated, body: m.tell()}
}

// listMeetings shows a host's meetings as Zoom's lists do: agendas cut short, instant meetings only while they run.
func (z *zoom) listMeetings(r *request) reply {
	host := z.user(r.PathValue("user"))
	kind := cmp.Or(r.arg("type"), "scheduled")
	if !slices.Contains([]string{"scheduled", "live", "upcoming", "upcoming_meetings", "previous_meetings"}, kind) {
		return zoomInvalid("type", "Invalid field.")
	}
	size := r.number("page_size", 30)
	if size < 1 || size > 300 {
		return zoomInvalid("page_size", "Invalid field.")
	}
	var all []*zoomMeeting
	for _, m := range z.meetings {
		shown := !m.over() && m.kind != 1
		switch kind {
		case "live":
			shown = m.running() && !m.deleted
		case "previous_meetings":
			shown = !m.ended.IsZero()
		}
		if m.host == host && shown && r.lists(m.birth) {
			all = append(all, m)
		}
	}
	start := (max(r.number("page_number", 1), 1) - 1) * size
	if token := r.arg("next_page_token"); token != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(token, "page-"))
		if err != nil || n < 0 {
			return zoomError(http.StatusBadRequest, 300, "The next page token is invalid or expired.")
		}
		start = n
	}
	start = min(start, len(all))
	end := min(start+size, len(all))
	next := ""
	if end < len(all) {
		next = fmt.Sprintf("page-%d", end)
	}
	meetings := []any{}
	for _, m := range all[start:end] {
		agenda := []rune(m.agenda)
		meetings = append(meetings, map[string]any{
			"uuid": m.tell()["uuid"], "id": m.id, "host_id": m.host.id, "topic": m.topic, "type": m.kind, "start_time": m.start, "duration": m.duration,
			"timezone": m.timezone, "created_at": zoomTime(m.born), "join_url": m.joinURL, "agenda": string(agenda[:min(len(agenda), 250)]),
		})
	}
	return reply{status: http.StatusOK, body: map[string]any{
		"page_count": (len(all) + size - 1) / size, "page_number": start/size + 1, "page_size": size, "total_records": len(all), "next_page_token": next, "meetings": meetings,
	}}
}

// meeting finds a meeting that is not over; nil if there is none of that number.
func (z *zoom) meeting(id string) *zoomMeeting {
	for _, m := range z.meetings {
		if strconv.FormatInt(m.id, 10) == strings.ReplaceAll(id, " ", "") && !m.over() {
			return m
		}
	}
	return nil
}

// in calls do with the meeting that r names.
func (z *zoom) in(r *request, do func(*zoomMeeting) reply) reply {
	m := z.meeting(r.PathValue("meeting"))
	if m == nil {
		return zoomError(http.StatusNotFound, 3001, "Meeting does not exist: "+r.PathValue("meeting")+".")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodDelete && r.Method != http.MethodHead {
		if no := zoomObject(r); no != nil {
			return *no
		}
	}
	return do(m)
}

func (z *zoom) getMeeting(r *request) reply {
	return z.in(r, func(m *zoomMeeting) reply { return reply{status: http.StatusOK, body: m.tell()} })
}

func (z *zoom) updateMeeting(r *request) reply {
	return z.in(r, func(m *zoomMeeting) reply {
		if no := m.apply(r); no != nil {
			return *no
		}
		return reply{status: http.StatusNoContent}
	})
}

func (z *zoom) deleteMeeting(r *request) reply {
	return z.in(r, func(m *zoomMeeting) reply {
		if m.running() {
			return zoomError(http.StatusBadRequest, 3002, "Sorry, you cannot delete this meeting since it's in progress.")
		}
		m.deleted = true
		return reply{status: http.StatusNoContent}
	})
}

// begin is a person opening the meeting as its host.
func (m *zoomMeeting) begin(now time.Time) {
	if !m.running() {
		m.begun, m.ended = now, time.Time{}
	}
}

func (z *zoom) changeStatus(r *request) reply {
	return z.in(r, func(m *zoomMeeting) reply {
		switch r.arg("action") {
		case "end":
			if !m.running() {
				return zoomError(http.StatusBadRequest, 3000, "This meeting is not in progress.")
			}
			z.stopStream(m, r.now)
			m.ended = r.now
		case "recover":
			return zoomError(http.StatusBadRequest, 3000, "This meeting was not deleted.")
		default:
			return zoomInvalid("action", "Invalid field.")
		}
		return reply{status: http.StatusNoContent}
	})
}

func (z *zoom) panel(base string) panel {
	p := panel{Name: "Zoom", Nothing: "No meeting yet."}
	for _, m := range slices.Backward(z.meetings) {
		it := item{At: m.born, Title: m.topic, Text: "Hosted by " + m.host.email + ". " + m.said(), URL: m.joinURL}
		if m.over() {
			it.URL = ""
		}
		p.Items = append(p.Items, it)
	}
	return p
}

// said tells people how the meeting stands.
func (m *zoomMeeting) said() string {
	switch {
	case m.deleted:
		return "Deleted."
	case m.streaming:
		return "Running, streamed to " + m.pageURL + "."
	case m.running() && m.host.licence == 1:
		return "Running. A Basic host's meeting ends after 40 minutes."
	case m.running():
		return "Running."
	case !m.ended.IsZero():
		return "Ended."
	}
	return "Not started. Open it to start it as its host."
}
